"""What the served Teamwork Cloud API answers, called as a web server calls it."""

from __future__ import annotations

import random
import time
from itertools import islice
from typing import Any

import orjson
from django.conf import settings
from django.test import Client

from benchmarks.inside.making import biggest
from benchmarks.profiles import profiled
from tcsync.access.models import User
from tcsync.access.tokens import create_token
from tcsync.repository.states import History

STEPS = ("batches",)
ROUNDS = 25


def batches(count: int, together: bool, packed: bool = False) -> dict[str, Any]:
    """Ask for so many elements at old revisions, again and again, until the last byte came.

    `together`: elements that neighbour each other in the store, else drawn from all of it.
    """
    settings.ALLOWED_HOSTS = ["testserver"]
    user, _ = User.objects.get_or_create(username="batches", is_superuser=True)
    client = Client(headers={"authorization": f"Token {create_token(user, 'batches')}"})
    resource = biggest()
    numbers = list(resource.revisions.values_list("number", flat=True))
    ids = [id_ for id_, _body in History(resource.id).elements(min(numbers))]
    dice = random.Random(count)  # noqa: S311 - no secret
    more = {"headers": {"accept-encoding": "gzip"}} if packed else {}

    def ask() -> tuple[float, int]:
        number = dice.choice(numbers[len(numbers) // 4 : -len(numbers) // 4])
        first = dice.randrange(len(ids) - count)
        chosen = list(islice(ids, first, first + count)) if together else dice.sample(ids, count)
        where = f"/osmc/resources/{resource.id}/revisions/{number}/elements"
        began = time.perf_counter()
        answer = client.post(where, orjson.dumps(chosen), "application/json", **more)
        size = len(answer.getvalue())
        taken = time.perf_counter() - began
        if answer.status_code != 200 or b'"status":404' in answer.getvalue()[:2000]:  # noqa: PLR2004
            raise RuntimeError(answer.getvalue()[:500])
        return taken, size

    # The first one makes the spans.
    while ask()[0] > 1.0:
        pass
    seen = [ask() for _ in range(ROUNDS)]
    return {
        "seconds": [taken for taken, _size in seen],
        "bytes": max(size for _taken, size in seen),
        "revisions": len(numbers),
        "elements": len(ids),
        "profile": profiled(lambda: [ask() for _ in range(ROUNDS)]),
    }
