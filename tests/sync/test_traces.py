"""What traces say of a revision is what was there, however branches and look-ups take turns."""

from __future__ import annotations

import random

import pytest

from tcsync.sync.register import Register, Trace, trace_of
from tcsync.sync.traces import Traces
from tests.repository.histories import element

IDS = [f"e{n:02}" for n in range(12)]
MANY = 100_000


class Store:
    """Every state of a history that grows, and the traces that are kept of it."""

    def __init__(self, seed: int, *, begins_whole: bool, most: int = MANY) -> None:
        self.dice = random.Random(seed)
        self.states = {1: {id_: self.body(id_) for id_ in IDS[:6]}}
        self.traces = Traces(most)
        self.found = 0
        if begins_whole:
            register = Register()
            register.take(IDS[:6], list(self.states[1].values()))
            self.traces.note_whole(1, register)

    def body(self, id_: str) -> bytes:
        return element(id_, self.dice.choice(IDS), v=self.dice.randrange(1000))

    def seen(self, number: int, ids: list[str]) -> dict[str, Trace | None]:
        state = self.states[number]
        return {id_: trace_of(state[id_]) if id_ in state else None for id_ in ids}

    def look_up(self, number: int) -> None:
        """Ask as a run does: what is known must be true, the rest is looked up."""
        ids = self.dice.sample(IDS, 5)
        known, unknown = self.traces.find(number, ids)
        assert known | self.seen(number, unknown) == self.seen(number, ids)
        self.found += len(known)
        self.traces.note_looked_up(number, self.seen(number, unknown))

    def commit(self, number: int, *, is_told: bool) -> None:
        parent = self.dice.choice(list(self.states)[-4:])
        self.states[number] = dict(self.states[parent])
        changed = self.dice.sample(IDS, 3)
        for id_ in changed:
            self.states[number][id_] = self.body(id_)
        del self.states[number][changed[0]]
        if is_told:
            self.look_up(parent)
            self.traces.note_changed(number, parent, self.seen(number, changed))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("most", [40, MANY])
def test_what_is_known_is_true(seed, most):
    begins_whole = bool(seed % 2)
    store = Store(seed, begins_whole=begins_whole, most=most)
    for number in range(2, 120):
        # Without a whole one it goes on from what a run before has left.
        store.commit(number, is_told=begins_whole or number > 10)
        store.look_up(store.dice.choice(list(store.states)))
    assert store.found


def test_after_a_whole_revision_nothing_is_unknown():
    store = Store(1, begins_whole=True)
    store.commit(2, is_told=True)
    store.commit(3, is_told=True)
    assert store.traces.find(3, IDS)[1] == []


def test_a_revision_that_is_too_large_is_not_kept():
    traces = Traces()
    register = Register(most=3)
    register.take(IDS, [element(id_) for id_ in IDS])
    traces.note_whole(1, register)
    assert traces.find(1, IDS)[1] == IDS
