"""What the peer API streams."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tcsync import frames
from tcsync.api.peer import streams
from tests.repository.histories import History


@pytest.mark.django_db(transaction=True)
def test_many_small_resources_are_looked_up_together():
    ids = [f"small{number}" for number in range(30)]
    for id_ in ids:
        History(id_).commit(1, None, {id_: {"v": 1}})
    asked = frames.PacksRequest([frames.PackWant(id_, [(1, 1)]) for id_ in ids])
    with CaptureQueriesContext(connection) as questions:
        sent = b"".join(streams.packs(asked, lambda _category: True))
    assert all(id_.encode() in sent for id_ in ids)
    assert len(questions) <= 2
