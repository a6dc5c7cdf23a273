"""Reading elements at any revision: along branches, past removals, beside a plain model of it."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from tcsync.domain import Branch
from tcsync.errors import Missing
from tcsync.repository import diffing, states
from tcsync.repository.models import Revision
from tests.repository.histories import History, element

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_an_element_is_read_as_it_was_at_each_revision():
    resource = History()
    resource.commit(1, None, {"a": {"v": 1}, "b": {"v": 1}})
    resource.commit(4, 1, {"a": {"v": 2}}, removes=["b"])
    history = states.History("r1")
    assert history.get(1, "a") == element("a", v=1)
    assert history.get(4, "a") == element("a", v=2)
    assert history.get(4, "b") is None


def test_branches_do_not_see_each_other():
    branches = (Branch("trunk", "trunk", None, None), Branch("side", "side", 1, None))
    resource = History(branches=branches)
    resource.commit(1, None, {"a": {"v": 1}})
    resource.commit(2, 1, {"a": {"v": 2}})
    resource.commit(3, 1, {"b": {"v": 3}}, branch="side")
    assert dict(states.History("r1").elements(3)) == {
        "a": element("a", v=1),
        "b": element("b", v=3),
    }


def test_equal_bytes_are_dropped_from_a_changeset():
    resource = History()
    resource.commit(1, None, {"a": {"v": 1}})
    resource.commit(2, 1, {"a": {"v": 1}}, removes=["never there"])
    row = Revision.objects.get(number=2)
    assert (row.added, row.edited, row.removed, row.total) == (0, 0, 0, 1)


def test_a_number_that_does_not_exist_is_missing():
    History().commit(1, None)
    with pytest.raises(Missing, match="no revision 7"):
        states.History("r1").get(7, "a")


def test_the_artifact_manifest_follows_its_changes():
    resource = History()
    resource.commit(1, None, artifacts={"d1": b"one", "d2": b"two"})
    resource.commit(2, 1, artifacts={"d1": b"other", "d2": None})
    history = states.History("r1")
    assert [ref.id for ref in history.artifacts(1)] == ["d1", "d2"]
    assert [(ref.id, ref.size) for ref in history.artifacts(2)] == [("d1", 5)]


def test_packs_are_closed_when_they_take_too_much(monkeypatch):
    resource = History()
    for number in range(1, 6):
        resource.commit(number, number - 1 or None, {f"e{number}": {"v": number}})
    monkeypatch.setattr(states, "OPEN_BYTES", 10_000)
    reads: list[int] = []
    storage = states.default_storage()
    history = states.History("r1", read=lambda *at: reads.append(at[1]) or storage.read(*at))
    assert [history.get(5, "e1") for _ in range(2)] == [element("e1", v=1)] * 2
    assert len(reads) == 10


def test_packs_stay_open_along_a_long_chain():
    resource = History()
    for number in range(1, 6):
        resource.commit(number, number - 1 or None, {f"e{number}": {"v": number}})
    reads: list[int] = []
    storage = states.default_storage()
    history = states.History("r1", read=lambda *at: reads.append(at[1]) or storage.read(*at))
    assert [history.get(5, "e1") for _ in range(2)] == [element("e1", v=1)] * 2
    assert len(reads) == 5


IDS = st.sampled_from("abcdef")
STEPS = st.lists(
    st.tuples(st.dictionaries(IDS, st.integers(0, 2), max_size=4), st.sets(IDS, max_size=2)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, parents=st.lists(st.integers(0, 5), min_size=6, max_size=6))
def test_states_and_differences_agree_with_a_plain_model(steps, parents):
    Revision.objects.all().delete()
    resource, model = History(), {}
    for number, (puts, removes) in enumerate(steps, start=1):
        parent = min(parents[number - 1], number - 1) or None
        kept = {id_: {"v": value} for id_, value in puts.items() if id_ not in removes}
        resource.commit(number, parent, kept, sorted(removes))
        state = {k: v for k, v in model.get(parent, {}).items() if k not in removes}
        model[number] = state | {id_: element(id_, **data) for id_, data in kept.items()}
    history = states.History("r1")
    for number, state in model.items():
        assert dict(history.elements(number)) == state
    one, other = model[1], model[len(steps)]
    found = {d.id: (d.before, d.after) for d in diffing.difference(history, 1, len(steps))}
    touched = {id_ for id_ in one.keys() | other.keys() if one.get(id_) != other.get(id_)}
    assert found == {id_: (one.get(id_), other.get(id_)) for id_ in touched}
