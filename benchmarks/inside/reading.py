"""Verifying, elements, differences."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from itertools import islice
from typing import Any

from benchmarks.inside.making import biggest
from benchmarks.profiles import profiled
from tcsync.repository import upkeep
from tcsync.repository.diffing import changed, difference
from tcsync.repository.models import Resource, Revision
from tcsync.repository.states import History

STEPS = ("counts", "sizes", "verify", "verify_profile", "element", "differences")
DRAWN = 200
IDS = 20_000


def counts() -> dict[str, int]:
    """Say how much there is."""
    return {"resources": Resource.objects.count(), "revisions": Revision.objects.count()}


def sizes() -> dict[str, int]:
    """Say how many bytes the packs of all resources have."""
    return {"packs": sum(Resource.objects.values_list("stored_bytes", flat=True))}


def _verify(deep: bool) -> None:
    check = upkeep.verify_resource if deep else upkeep.verify_stored
    for id_ in Resource.objects.values_list("id", flat=True):
        if found := list(check(id_)):
            raise RuntimeError(str(found[0]))


def verify(deep: bool) -> float:
    """Recompute all digests (`deep`), or those of the stored bytes; return the seconds."""
    began = time.perf_counter()
    _verify(deep)
    return time.perf_counter() - began


def verify_profile(deep: bool) -> list[str]:
    """Return where the time of verifying goes."""
    return profiled(lambda: _verify(deep))


def element(seed: int = 1, name: str = "") -> dict[str, Any]:
    """Read elements of revisions drawn by chance, each as a page does: nothing is open yet."""
    resource = Resource.objects.get(name=name) if name else biggest()
    numbers = list(resource.revisions.values_list("number", flat=True))
    ids = [id_ for id_, _body in islice(History(resource.id).elements(min(numbers)), IDS)]
    dice = random.Random(seed)  # noqa: S311 - no secret
    drawn = [(dice.choice(numbers), dice.choice(ids)) for _ in range(DRAWN)]

    def read(number: int, id_: str) -> None:
        History(resource.id).get(number, id_)

    # The first ones make the spans.
    while _timed(lambda: read(max(numbers), ids[0])) > 1.0:
        pass
    taken = [_timed(lambda pair=pair: read(*pair)) for pair in drawn]
    profile = profiled(lambda: [read(*pair) for pair in drawn])
    return {"seconds": taken, "revisions": len(numbers), "profile": profile}


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def differences(most: int, named: bool) -> dict[str, Any]:
    """Compare each of the newest revisions of the trunk with its parent.

    `named`: which elements differ, else also both contents of each.
    """
    resource = biggest()
    rows = resource.revisions.filter(parent__isnull=False, branch=resource.trunk)
    pairs = list(rows.order_by("-number").values_list("parent", "number")[:most])
    compare = changed if named else difference
    found = [sum(1 for _ in compare(History(resource.id), *pair)) for pair in pairs]

    def look(before: int, after: int) -> None:
        for _one in compare(History(resource.id), before, after):
            pass

    taken = [_timed(lambda pair=pair: look(*pair)) for pair in pairs]
    profile = profiled(lambda: [look(*pair) for pair in pairs])
    return {"seconds": taken, "found": found, "profile": profile}
