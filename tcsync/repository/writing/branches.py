"""What may change of the branches of a local resource without a revision."""

from __future__ import annotations

from tcsync.audit.recording import Actor
from tcsync.errors import Clash, Missing
from tcsync.repository.models import Branch
from tcsync.repository.writing.tree import local_resource
from tcsync.repository.writing.unit import unit


def rename_branch(actor: Actor, resource: str, branch: str, name: str) -> None:
    """Rename a branch of a local resource. Raises Missing, ReadOnly, Clash."""
    with unit(actor, "branch.rename") as work:
        row = local_resource(resource)
        found = _branch(row.id, branch)
        others = Branch.objects.filter(resource=row, name=name, archived=False)
        if others.exclude(uid=branch).exists():
            raise Clash(
                f"{row.name} has a branch called {name!r} already.",
                next_step="Choose another name.",
            )
        work.target("resource", row.id, row.name, f"branch {found.name} renamed to {name}")
        work.resources.add(row.id)
        found.name = name
        found.save(update_fields=["name"])
        row.save(update_fields=["modified"])


def archive_branch(actor: Actor, resource: str, branch: str) -> None:
    """Put a branch of a local resource away; its revisions stay.

    Raises Missing, ReadOnly, Clash.
    """
    with unit(actor, "branch.archive") as work:
        row = local_resource(resource)
        found = _branch(row.id, branch)
        if branch == row.trunk:
            raise Clash(
                f"{found.name} is the trunk of {row.name}; it cannot be deleted.",
                next_step="Delete the resource, if that is what is meant.",
            )
        work.target("resource", row.id, row.name, f"branch {found.name} put away")
        work.resources.add(row.id)
        found.archived = True
        found.save(update_fields=["archived"])
        row.save(update_fields=["modified"])


def _branch(resource: str, uid: str) -> Branch:
    found = Branch.objects.filter(resource=resource, uid=uid).first()
    if found is None:
        raise Missing(f"Resource {resource} has no branch {uid}.")
    return found
