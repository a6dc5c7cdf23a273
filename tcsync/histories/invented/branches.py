"""The states of a resource's branches while the steps of its outline are taken in order."""

from __future__ import annotations

from tcsync.histories.invented.growth import Counts, Growth
from tcsync.histories.invented.outline import TRUNK, Step
from tcsync.histories.invented.state import BranchState


class Branches:
    """The branches of one resource that can still go on or be merged."""

    def __init__(self, growth: Growth, elements: int, artifacts: bool) -> None:
        self._growth = growth
        self._elements = elements
        self._artifacts = artifacts
        self._states: dict[str, BranchState] = {}
        self._heads: dict[str, int] = {}

    def grow(self, step: Step) -> tuple[Counts, BranchState]:
        """Write the changes of the next step; return their counts and the state after them."""
        state = self._state_at(step)
        counts = self._changes(step, state)
        if self._artifacts and step.branch == TRUNK and not step.is_empty:
            self._growth.change_artifacts(state, counts, step.number)
        if step.branch == TRUNK:
            state.touched.clear()
        self._heads[step.branch] = step.number
        return counts, state

    def _state_at(self, step: Step) -> BranchState:
        if step.parent is None:
            self._states[step.branch] = BranchState()
        elif step.branch not in self._states:
            origin = next(name for name, head in self._heads.items() if head == step.parent)
            self._states[step.branch] = self._states[origin].copy()
        return self._states[step.branch]

    def _changes(self, step: Step, state: BranchState) -> Counts:
        if step.parent is None:
            return self._growth.begin(state, self._elements)
        if step.merged is not None:
            return self._growth.merge(state, self._states.pop(step.merged))
        return Counts() if step.is_empty else self._growth.change(state, step.number)
