"""Making a copy editable, and read-only again, over the API."""

import pytest

from syncconfigs.models import Claim, SyncConfig
from tcsync.repository import writing
from tcsync.repository.models import Resource
from tests.syncconfigs.api.conftest import problem

EDITABLE, READ_ONLY = "resources/r1/make-editable/", "resources/r1/make-read-only/"


@pytest.fixture
def free(world):
    """Nobody follows Radio any more."""
    SyncConfig.objects.filter(pk=world.config.pk).delete()


def test_it_is_made_editable_and_undone(manager, free):
    said = manager.post(EDITABLE, {"reason": "ours"}).json()
    assert said["read_only"] is False
    assert said["released_at"]
    assert manager.post(READ_ONLY).json()["read_only"] is True


def test_what_is_still_synchronized_is_refused_unless_it_is_detached(manager, world):
    body = problem(manager.post(EDITABLE), 409, "still_synchronized")
    assert f"configuration {world.config.pk}" in body["detail"]
    assert manager.post(EDITABLE, {"detach": True}).json()["excluded"] is True
    assert not Claim.objects.filter(resource="r1").exists()


def test_a_change_ends_what_can_be_undone(manager, free):
    manager.post(EDITABLE)
    row = Resource.objects.get(id="r1")
    row.save()
    assert not writing.is_unchanged(row)
    problem(manager.post(READ_ONLY), 409, "clash")


def test_rights_are_those_of_everywhere(reviewer, stranger, free):
    problem(reviewer.post(EDITABLE), 403, "not_allowed")
    problem(stranger.post(EDITABLE), 404, "not_found")


def test_a_copy_is_deleted_by_its_name(world, manager):
    where = f"resources/{world.resource.pk}/delete-copy/"
    problem(manager.post(where, {"name": "Other"}), 400, "invalid")
    answer = manager.post(where, {"name": world.resource.name, "reason": "Not needed."})
    assert answer.status_code == 200
    world.resource.refresh_from_db()
    assert world.resource.removed_at is not None
