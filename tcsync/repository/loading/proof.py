"""Proving loaded revisions: the state digest of the record file, recomputed from the store."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from tcsync.errors import HistoryError
from tcsync.histories.convert import combined_digest, element_digest, from_element
from tcsync.histories.lines import RevisionLine
from tcsync.packs import Kind, loads
from tcsync.repository.states import History

KEPT_STATES = 4


class Proof:
    """The element digests of a few states of one resource; each is made from its parent's.

    Keeps (stored id -> local id, digest); what changes is read back from the store.
    """

    def __init__(self) -> None:
        self._states: OrderedDict[int, dict[str, tuple[str, bytes]]] = OrderedDict()

    def check(self, history: History, line: RevisionLine, parent: int | None) -> None:
        """Raise HistoryError when the store does not give back what the file says."""
        state = self._state(history, line.number, parent)
        if line.total is not None and len(state) != line.total:
            raise HistoryError(
                f"Line {line.line}: revision {line.number} has {len(state)} elements here, the"
                f" file says {line.total}.",
                next_step="The file is damaged; its earlier revisions are kept.",
            )
        digests = dict(state.values())
        if line.state_sha256 and combined_digest(digests) != line.state_sha256:
            raise HistoryError(
                f"Line {line.line}: what the store gives back of revision {line.number} does not"
                f" have the state digest of the file.",
                next_step="The file is damaged; its earlier revisions are kept.",
            )

    def _state(
        self, history: History, number: int, parent: int | None
    ) -> dict[str, tuple[str, bytes]]:
        if parent is None or parent not in self._states:
            state = dict(_digested(history.elements(number)))
        else:
            state = dict(self._states[parent])
            changed = history.pack(history.link(number)).operations(Kind.ELEMENT)
            ids = [id_ for id_, _operation in changed]
            now = history.get_many(number, ids)
            for id_ in ids:
                state.pop(id_, None)
            state.update(_digested(now.items()))
        self._states[number] = state
        if len(self._states) > KEPT_STATES:
            self._states.popitem(last=False)
        return state


def _digested(elements: Iterable[tuple[str, bytes]]) -> Iterable[tuple[str, tuple[str, bytes]]]:
    for id_, body in elements:
        e = from_element(loads(body))
        yield id_, (e["id"], element_digest(e))
