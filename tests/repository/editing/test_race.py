"""Writers at the same time: one after the other, and nothing of either is lost."""

from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from tcsync.audit.recording import Actor
from tcsync.packs import loads
from tcsync.repository.editing import Change, New, edit
from tcsync.repository.editing.revising import ATTEMPTS, HeadMoved, head_of, one_after_the_other
from tcsync.repository.models import Branch, Resource, Revision
from tcsync.repository.states import History
from tcsync.repository.upkeep import verify_resource
from tests.repository.histories import History as Written

ACTOR = Actor("zoe", origin="osmc 10.0.0.1")
WRITERS, EACH = 4, 5


@pytest.fixture
def resource(transactional_db) -> str:
    Written("r1").commit(1, None, {"a": {"name": "Alpha"}})
    return "r1"


def write(resource: str, writer: int, start: Barrier, refused: list[HeadMoved]) -> None:
    """Make some elements, each below the same one; say which were refused."""
    start.wait()
    for n in range(EACH):
        wishes = [New(f"{writer}-{n}", "uml:Class", "", {}, owner="a"), Change("a", {"n": n})]
        try:
            edit(ACTOR, resource, "trunk", wishes)
        except HeadMoved as error:
            refused.append(error)
    connection.close()


def test_writers_at_the_same_time_lose_nothing(resource):
    start, refused = Barrier(WRITERS), []
    threads = [Thread(target=write, args=(resource, n, start, refused)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    head = Resource.objects.get(id=resource).head_number
    owner = loads(History(resource).get(head, "a") or b"")
    assert head == 1 + WRITERS * EACH - len(refused)
    assert len(owner["children"]) == head - 1
    assert list(verify_resource(resource)) == []


def test_a_head_that_moved_is_noticed(resource):
    head = head_of(resource, "trunk")
    edit(ACTOR, resource, "trunk", [Change("a", {"name": "Beta"})])
    with pytest.raises(HeadMoved), transaction.atomic():
        head.guard()


def test_a_branch_that_moved_is_noticed_by_itself(resource):
    head = head_of(resource, "trunk")
    Branch.objects.filter(resource=resource).update(head=7)
    with pytest.raises(HeadMoved), transaction.atomic():
        head.guard()
    with pytest.raises(HeadMoved):
        head_of(resource, "trunk")


def test_somebody_who_is_never_fast_enough_is_told(resource):
    tried = []

    def work():
        tried.append(1)
        raise HeadMoved

    with pytest.raises(HeadMoved, match="at the same time"):
        one_after_the_other(work)
    assert len(tried) == ATTEMPTS


def test_an_author_is_the_one_who_called(resource):
    done = edit(ACTOR, resource, "trunk", [Change("a", {"name": "Beta"})], "Renamed")
    row = Revision.objects.get(resource=resource, number=done.number)
    assert (row.author, row.message, row.parent) == ("zoe", "Renamed", 1)
