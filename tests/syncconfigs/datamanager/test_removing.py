"""Marking as deleted, taking it back, deleting for good."""

from __future__ import annotations

import pytest

from syncconfigs import datamanager
from syncconfigs.models import Claim, Exclusion
from tcsync.errors import Missing, NotAllowed
from tcsync.repository.models import Resource
from tests.syncconfigs.conftest import OPERATOR

pytestmark = pytest.mark.both_databases


def chosen(*ids: str) -> datamanager.Chosen:
    return datamanager.choose(OPERATOR, ids)


def test_a_copy_that_is_synchronized_is_not_deleted(followed):
    with pytest.raises(datamanager.StillSynchronized):
        datamanager.delete(OPERATOR, chosen("mine", "rover"))
    assert not Resource.objects.exclude(removed_at=None).exists()


def test_a_deleted_copy_stays_excluded_and_a_local_resource_does_not(followed):
    datamanager.delete(OPERATOR, chosen("mine", "rover"), detach=True)
    assert Resource.objects.exclude(removed_at=None).count() == 2
    assert list(Exclusion.objects.values_list("resource", flat=True)) == ["rover"]
    assert not Claim.objects.filter(resource="rover").exists()


def test_the_mark_is_taken_back(free):
    datamanager.delete(OPERATOR, chosen("rover"))
    datamanager.undelete(OPERATOR, chosen("rover"))
    assert Resource.objects.get(id="rover").removed_at is None


def test_deleting_for_good_takes_all_that_is_marked_and_nothing_else(free):
    datamanager.delete(OPERATOR, chosen("rover", "mine"))
    datamanager.purge(OPERATOR)
    assert list(Resource.objects.values_list("id", flat=True)) == ["probe"]
    with pytest.raises(Missing, match="Nothing is marked"):
        datamanager.purge(OPERATOR)


def test_only_who_administers_deletes_for_good(free, carol):
    datamanager.delete(OPERATOR, chosen("rover"))
    with pytest.raises(NotAllowed):
        datamanager.purge(carol)
    with pytest.raises(NotAllowed):
        datamanager.delete(carol, chosen("mine"))
