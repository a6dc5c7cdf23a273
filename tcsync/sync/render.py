"""A plan as text for a terminal and as a document for JSON; the pages draw the same document."""

from __future__ import annotations

from collections.abc import Iterator

from tcsync.amounts import counted, size
from tcsync.sync.steps import Plan, ResourceStep


def to_document(plan: Plan) -> dict[str, object]:
    """Return the plan as plain values; revisions are summed up per resource."""
    return {
        "source": {"node": plan.source_node, "name": plan.source_name},
        "totals": {
            "categories": len(plan.categories),
            "resources": len(plan.resources),
            "revisions": plan.revision_count,
            "raw_bytes": plan.raw_bytes,
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
            }
            for refusal in plan.refusals
        ],
        "released": [
            {"resource": released.resource, "name": released.name, "reason": released.reason}
            for released in plan.released
        ],
        "missing": list(plan.missing),
        "warnings": list(plan.warnings),
    }


def _step(step: ResourceStep) -> dict[str, object]:
    numbers = [ref.number for ref in step.resource.revisions]
    return {
        "resource": step.resource.id,
        "name": step.resource.name,
        "marks": list(step.marks),
        "revisions": len(numbers),
        "first": numbers[0] if numbers else None,
        "last": numbers[-1] if numbers else None,
        "raw_bytes": sum(ref.raw_bytes for ref in step.resource.revisions),
    }


def to_text(plan: Plan) -> str:
    """Return the plan as lines for a terminal."""
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    for category in plan.categories:
        yield f"category  {category.category.name}: {', '.join(category.marks)}"
    for step in plan.resources:
        yield f"resource  {step.resource.name}: {', '.join(step.marks)}{_range(step)}"
    for released in plan.released:
        yield f"released  {released.name or released.resource}: {released.reason}"
    for refusal in plan.refusals:
        yield f"refused   {refusal.name}: {refusal.reason} {refusal.next_step}"
    for id_ in plan.missing:
        yield f"missing   {id_}: the source does not show it to this account"
    for warning in plan.warnings:
        yield f"warning   {warning}"
    if plan.is_empty:
        yield "Nothing to do."
    else:
        many = f"{counted(len(plan.resources), 'resource')}"
        # A source that tells changes cannot say how many bytes they will be.
        told = f", {size(plan.raw_bytes)} uncompressed" if plan.raw_bytes else ""
        yield f"{many}, {counted(plan.revision_count, 'revision')}{told}."


def _range(step: ResourceStep) -> str:
    numbers = [ref.number for ref in step.resource.revisions]
    if not numbers:
        return ""
    if len(numbers) == 1:
        return f" ({numbers[0]})"
    return f" ({len(numbers)} from {numbers[0]} to {numbers[-1]})"
