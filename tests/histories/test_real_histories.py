"""Replay of real histories; they are read where they lie and skipped where they do not."""

from pathlib import Path

import pytest

from tcsync.histories.convert import combined_digest, element_digest, from_element, to_element
from tcsync.histories.identity import namespace, resource_id
from tcsync.histories.records import PutLine, RevisionGroup, groups


@pytest.mark.slow
@pytest.mark.parametrize(("name", "revisions"), [("archi", 35), ("mtconnect", 11), ("mdk", 261)])
def test_every_state_is_the_promised_one_after_conversion_there_and_back(
    shared_data: Path, name: str, revisions: int
) -> None:
    states: dict[tuple[str, int | None], dict[str, bytes]] = {}
    matching = 0
    for group in groups(shared_data / name / f"{name}.jsonl.xz"):
        if isinstance(group, RevisionGroup):
            revision = group.revision
            state = dict(states.get((revision.resource, revision.parent), {}))
            _replay(group, state)
            states[revision.resource, revision.number] = state
            matching += (combined_digest(state), len(state)) == (
                revision.state_sha256,
                revision.total,
            )
    assert matching == revisions


def _replay(group: RevisionGroup, state: dict[str, bytes]) -> None:
    ns = namespace(resource_id(group.revision.resource))
    for change in group.changes:
        if isinstance(change, PutLine):
            e = from_element(to_element(change.element, ns, []))
            assert e == change.element
            state[e["id"]] = element_digest(e)
        else:
            del state[change.id]
