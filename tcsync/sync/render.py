"""A plan as text for a terminal and as a document for JSON; the pages draw the same document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tcsync.amounts import counted, size
from tcsync.sync.causes import cause_of
from tcsync.sync.steps import Plan, Refusal, ResourceStep, TooMuch


def to_document(plan: Plan) -> dict[str, object]:
    """Return the plan as plain values; revisions are summed up per resource."""
    return {
        "source": {"node": plan.source_node, "name": plan.source_name},
        "totals": {
            "categories": len(plan.categories),
            "resources": len(plan.resources),
            "revisions": plan.revision_count,
            "elements": plan.element_count,
            "raw_bytes": plan.raw_bytes,
            "at_least": plan.is_lower_bound,
            "refusals": len(plan.refusals),
            "released": len(plan.released),
            "followed": len(plan.followed),
        },
        "categories": [
            {"id": step.category.id, "name": step.category.name, "marks": list(step.marks)}
            for step in plan.categories
        ],
        "resources": [_step(step) for step in plan.resources],
        "refusals": [
            {
                "resource": refusal.resource,
                "name": refusal.name,
                "code": refusal.code,
                "reason": refusal.reason,
                "next_step": refusal.next_step,
                "facts": dict(refusal.facts),
            }
            for refusal in plan.refusals
        ],
        "released": [
            {"resource": released.resource, "name": released.name, "reason": released.reason}
            for released in plan.released
        ],
        "missing": list(plan.missing),
        "warnings": list(plan.warnings),
        "too_much_change": _too_much(plan.too_much),
    }


def _too_much(found: TooMuch | None) -> dict[str, object] | None:
    if found is None:
        return None
    names = ("code", "reason", "next_step", "copies", "renamed", "moved", "dropped", "digest")
    return {name: getattr(found, name) for name in names}


def _step(step: ResourceStep) -> dict[str, object]:
    numbers = [ref.number for ref in step.resource.revisions]
    return {
        "resource": step.resource.id,
        "name": step.resource.name,
        "renamed_from": step.renamed_from,
        "marks": list(step.marks),
        "revisions": len(numbers),
        "first": numbers[0] if numbers else None,
        "last": numbers[-1] if numbers else None,
        "elements": sum(ref.changes for ref in step.resource.revisions),
        "raw_bytes": sum(ref.raw_bytes for ref in step.resource.revisions),
    }


def to_text(plan: Plan) -> str:
    """Return the plan as lines for a terminal."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    for category in plan.categories:
        yield f"category  {category.category.name}: {', '.join(category.marks)}"
    for step in plan.resources:
        before = f" (was {step.renamed_from})" if step.renamed_from else ""
        yield f"resource  {step.resource.name}{before}: {', '.join(step.marks)}{_range(step)}"
    for released in plan.released:
        yield f"released  {released.name or released.resource}: {released.reason}"
    yield from _refused(plan.refusals)
    for id_ in plan.missing:
        yield f"missing   {id_}: the source does not show it to this account"
    for warning in plan.warnings:
        yield f"warning   {warning}"
    if plan.too_much is not None:
        yield f"stopped   {plan.too_much.reason} {plan.too_much.next_step}"
    yield _totals(plan)


def _refused(refusals: Sequence[Refusal]) -> Iterator[str]:
    """Yield refusals, those of one cause together: the first one says why."""
    groups: dict[str, list[Refusal]] = {}
    for one in refusals:
        cause = cause_of(one.code, one.reason, one.name, one.resource)
        groups.setdefault(cause, []).append(one)
    for alike in groups.values():
        first = alike[0]
        yield f"refused   {first.name}: {first.reason} {first.next_step}"
        if len(alike) > 1:
            names = ", ".join(one.name for one in alike[1:])
            yield f"          for the same reason {len(alike) - 1} more: {names}"


def _totals(plan: Plan) -> str:
    if plan.is_empty:
        return "Nothing to do."
    revisions = counted(plan.revision_count, "revision")
    parts = [f"{counted(len(plan.resources), 'resource')}", revisions]
    # A source that tells changes cannot say how many elements and bytes they will be.
    if plan.element_count:
        parts.append(counted(plan.element_count, "changed element"))
    if plan.raw_bytes:
        parts.append(f"{size(plan.raw_bytes)} uncompressed")
    if not plan.is_lower_bound:
        return f"{', '.join(parts)}."
    untold = " The source does not tell how large they are." if not plan.tells_sizes else ""
    return f"At least {', '.join(parts)}.{untold}"


def _range(step: ResourceStep) -> str:
    numbers = [ref.number for ref in step.resource.revisions]
    if not numbers:
        return ""
    if len(numbers) == 1:
        return f" ({numbers[0]})"
    return f" ({len(numbers)} from {numbers[0]} to {numbers[-1]})"
