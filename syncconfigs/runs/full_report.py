"""The report of a full comparison: what was compared, by whose account, what it proves, signed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from syncconfigs.models import ComparedRevision, FullReport, RemoteServer, SyncConfig, SyncRun
from tcsync import signing
from tcsync.domain import Identity
from tcsync.repository import reading
from tcsync.repository.models import Branch, Resource

KIND = "tcsync-full-comparison-1"
NAMED = 50
METHODS: Mapping[str, str] = {
    RemoteServer.Kind.NODE: (
        "The source listed the digest of every revision, and each was compared with ours; every"
        " digest here was recomputed from the stored bytes, artifacts included."
    ),
    RemoteServer.Kind.TEAMWORK_CLOUD: (
        "Every revision was walked at the source from its root elements down, and each element"
        " compared with ours; every artifact of every revision was fetched and hashed; every digest"
        " here was recomputed from the stored bytes."
    ),
}
PROVES = (
    "At the moment of the comparison every revision, element, tag and artifact that the account was"
    " shown by the source was on this node, equal.",
    "This report was signed with the key of this node and was not changed since.",
)
PROVES_NOT = (
    "What the account may not see at the source, and what its interface does not give: such as"
    " comments of Collaborator, locks, roles and permissions.",
    "What was committed at the source after the comparison.",
    "That a modeling tool can open the copy: it cannot. A copy on a node is a record to read.",
    "That the copy will last: that takes backups of this node.",
)


@dataclass(frozen=True, slots=True)
class Findings:
    """What a full comparison came to. `left_out` are resources in the scope that have no copy."""

    run: SyncRun
    config: SyncConfig
    source: Identity
    copies: Sequence[Resource]
    found: Mapping[str, Sequence[str]]
    untold: Mapping[str, Sequence[str]]
    left_out: Sequence[Mapping[str, str]] = ()

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs, and nothing was left without an answer."""
        return bool(self.copies) and not any(self.found.values()) and not any(self.untold.values())


def keep(findings: Findings) -> FullReport:
    """Sign the report of a full comparison and keep it with its run."""
    signed = signing.sign(document(findings)).decode()
    report, _made = FullReport.objects.update_or_create(
        run=findings.run,
        defaults={
            "is_equal": findings.is_equal,
            "resources": [row.id for row in findings.copies],
            "signed": signed,
        },
    )
    return report


def document(findings: Findings) -> dict[str, object]:
    """Return the report as a value of JSON."""
    config, server = findings.config, findings.config.server
    resources = [_resource(row, findings) for row in findings.copies]
    return {
        "kind": KIND,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "level": "every_revision",
        "equal": findings.is_equal,
        "method": METHODS[server.kind],
        "node": _node(),
        "run": findings.run.pk,
        "asked_for_by": findings.run.requested_by,
        "configuration": {
            "number": config.pk,
            "kind": config.kind,
            "id": config.source_id,
            "name": config.source_name,
            "trigger": config.trigger,
        },
        "source": _source(server, findings.source),
        "totals": _totals(findings),
        "resources": resources,
        "left_out": list(findings.left_out),
        "proves": list(PROVES),
        "does_not_prove": list(PROVES_NOT),
    }


def _node() -> dict[str, object]:
    me = reading.identity()
    return {
        "uuid": me.uuid,
        "name": me.name,
        "major_version": me.major_version,
        "key_fingerprint": signing.fingerprint(signing.public_key()),
    }


def _source(server: RemoteServer, who: Identity) -> dict[str, object]:
    return {
        "server": server.name,
        "address": server.address,
        "kind": server.kind,
        "uuid": who.uuid,
        "name": who.name,
        "major_version": who.major_version,
        "account": who.account,
        "rights": who.rights,
    }


def _totals(findings: Findings) -> dict[str, object]:
    rows = ComparedRevision.objects.filter(run=findings.run)
    names = ("elements", "artifacts", "artifact_bytes")
    sums = dict.fromkeys(names, 0)
    count = 0
    for values in rows.values_list(*names).iterator(1000):
        count += 1
        for name, value in zip(names, values, strict=True):
            sums[name] += value
    return {"resources": len(findings.copies), "revisions": count, **sums}


def _resource(row: Resource, findings: Findings) -> dict[str, object]:
    compared = ComparedRevision.objects.filter(run=findings.run, resource=row.id)
    each = list(
        compared.order_by("number").values_list(
            "number", "digest", "elements", "artifacts", "artifact_bytes"
        )
    )
    return {
        "id": row.id,
        "project_id": row.project_id,
        "name": row.name,
        "heads": _heads(row),
        "tags": row.tags.count(),
        "revisions": len(each),
        "revisions_gone_at_source": row.revisions.filter(gone_at_source=True).count(),
        "digest": digest_of((number, digest) for number, digest, *_more in each),
        "differing": [*findings.found.get(row.id, ())][:NAMED],
        "not_told": [*findings.untold.get(row.id, ())][:NAMED],
        "each": [list(one) for one in each],
    }


def _heads(row: Resource) -> list[dict[str, object]]:
    heads = Branch.objects.filter(resource=row, head__isnull=False).order_by("uid")
    return [
        {
            "branch": branch.uid,
            "name": branch.name,
            "revision": branch.head,
            "digest": branch.head_digest,
            "gone_at_source": branch.gone_at_source,
        }
        for branch in heads
    ]


def digest_of(revisions: Iterable[tuple[int, str]]) -> str:
    """Return the SHA-256 of lines `number digest`, by rising number: a name for all of them."""
    hashed = hashlib.sha256()
    for number, digest in revisions:
        hashed.update(f"{number} {digest}\n".encode())
    return hashed.hexdigest()
