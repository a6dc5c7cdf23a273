"""The pages that make a copy editable, and read-only again."""

import pytest

from syncconfigs.models import Claim, Exclusion, SyncConfig
from tcsync.audit.models import AuditEntry
from tcsync.audit.recording import SYSTEM
from tcsync.repository import writing
from tcsync.repository.models import Resource

EDITABLE = "/repository/make-editable/r1/"
READ_ONLY = "/repository/make-read-only/r1/"


@pytest.fixture
def free(world):
    """Nobody follows Radio any more."""
    SyncConfig.objects.filter(pk=world.config.pk).delete()


def is_read_only():
    return Resource.objects.get(id="r1").read_only


def test_who_may_synchronize_is_offered_it(manager, reviewer, free):
    assert EDITABLE in manager.get("/repository/resources/r1/").text
    assert EDITABLE not in reviewer.get("/repository/resources/r1/").text


@pytest.mark.parametrize("address", [EDITABLE, READ_ONLY])
def test_others_get_403_and_who_may_not_see_it_404(reviewer, stranger, free, address):
    for method in ("get", "post"):
        assert getattr(reviewer, method)(address).status_code == 403
        assert getattr(stranger, method)(address).status_code == 404
    assert is_read_only()


def test_the_name_has_to_be_typed(manager, free):
    said = manager.post(EDITABLE, {"confirm": "radio set"}).text
    assert "Type the name as it stands in the heading." in said
    assert is_read_only()


def test_it_is_made_editable_with_its_reason_and_undone(manager, free):
    text = manager.post(EDITABLE, {"confirm": "Radio", "reason": "ours"}, follow=True).text
    assert "Radio is a local resource now." in text
    assert "Was a copy" in text
    entry = AuditEntry.objects.latest("seq")
    assert (entry.action, entry.actor, entry.details["reason"]) == ("copy.editable", "mara", "ours")
    manager.post(READ_ONLY, {"confirm": "Radio"})
    assert is_read_only()


def test_one_that_is_still_followed_says_by_which_configuration(manager, world):
    assert f"configuration {world.config.pk}, Source r1" in manager.get(EDITABLE).text
    said = manager.post(EDITABLE, {"confirm": "Radio"}).text
    assert "is still synchronized by" in said
    assert is_read_only()


def test_it_can_be_taken_out_in_the_same_step(manager, world):
    SyncConfig.objects.update(kind="category")
    world.run.delete()
    manager.post(EDITABLE, {"confirm": "Radio", "detach": "on"})
    assert not is_read_only()
    assert not Claim.objects.filter(resource="r1").exists()
    assert Exclusion.objects.filter(resource="r1").exists()


def test_after_a_change_only_the_reason_is_shown(manager, free):
    manager.post(EDITABLE, {"confirm": "Radio"})
    writing.rename_resource(SYSTEM, "r1", "Other")
    text = manager.get(READ_ONLY).text
    assert "It was changed here since" in text
    assert '<form method="post">' not in text


def test_a_copy_is_deleted_with_its_name_typed(world, manager):
    where = "/repository/delete-copy/r1/"
    assert "Source r1" in manager.get(where).text
    assert "Type the name" in manager.post(where, {"confirm": "Other"}).text
    manager.post(where, {"confirm": "Radio", "reason": "Not needed."})
    world.resource.refresh_from_db()
    assert world.resource.removed_at is not None
    assert manager.get(where).status_code == 404


def test_who_may_only_read_deletes_no_copy(world, reviewer, stranger):
    assert reviewer.post("/repository/delete-copy/r1/").status_code == 403
    assert stranger.post("/repository/delete-copy/r1/").status_code == 404
