"""What is measured inside a node's own process: `python -m benchmarks.inside NAME JSON`.

The caller gives the environment of a node; the answer is JSON on standard output.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from syncconfigs.demo.commit import commit_revision  # noqa: E402 - needs the applications
from tcsync.packs import Kind  # noqa: E402
from tcsync.repository import upkeep  # noqa: E402
from tcsync.repository.diffing import difference  # noqa: E402
from tcsync.repository.models import Resource, Revision  # noqa: E402
from tcsync.repository.states import History  # noqa: E402

ROUNDS = 5
DRAWN = 200


def _biggest() -> Resource:
    return Resource.objects.order_by("-stored_bytes")[0]


def verify(_given: Any) -> dict[str, float]:
    """Recompute every digest of every resource."""
    began = time.perf_counter()
    for id_ in Resource.objects.values_list("id", flat=True):
        if found := list(upkeep.verify_resource(id_)):
            raise RuntimeError(str(found[0]))
    return {"seconds": time.perf_counter() - began}


def element(given: Any) -> dict[str, float]:
    """Read elements of revisions drawn by chance, each through a history that is already open."""
    resource = _biggest()
    numbers = list(resource.revisions.values_list("number", flat=True))
    history = History(resource.id)
    first = min(numbers)
    ids = [id_ for _, (id_, _) in zip(range(20_000), history.elements(first), strict=False)]
    dice = random.Random(given.get("seed", 1))  # noqa: S311 - no secret
    drawn = [(dice.choice(numbers), dice.choice(ids)) for _ in range(DRAWN)]
    for number, id_ in drawn:
        history.get(number, id_)
    taken = []
    for number, id_ in drawn:
        began = time.perf_counter()
        history.get(number, id_)
        taken.append(time.perf_counter() - began)
    return {"median": sorted(taken)[DRAWN // 2], "worst": max(taken), "revisions": len(numbers)}


def differences(_given: Any) -> dict[str, Any]:
    """Compare each of the newest revisions with its parent."""
    resource = _biggest()
    pairs = list(
        resource.revisions.filter(parent__isnull=False)
        .order_by("-number")
        .values_list("parent", "number")[:20]
    )
    began = time.perf_counter()
    found = 0
    for before, after in pairs:
        found += sum(1 for _ in difference(History(resource.id), before, after, Kind.ELEMENT))
    return {"seconds": (time.perf_counter() - began) / len(pairs), "pairs": pairs, "found": found}


def commit(_given: Any) -> dict[str, Any]:
    """Make a new revision of the biggest resource."""
    made = commit_revision(_biggest().name)
    return {"resource": made.resource, "number": made.number, "at": time.time()}


def counts(_given: Any) -> dict[str, int]:
    """Say how much there is."""
    return {"resources": Resource.objects.count(), "revisions": Revision.objects.count()}


STEPS: dict[str, Callable[[Any], Any]] = {
    step.__name__: step for step in (verify, element, differences, commit, counts)
}

if __name__ == "__main__":
    print(json.dumps(STEPS[sys.argv[1]](json.loads(sys.argv[2]))))
