"""Rules 7 to 9 and 11: the whole history travels, the source decides, copies are read-only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syncconfigs.models import SyncConfig
from tcsync.access.models import User
from tcsync.audit.recording import SYSTEM
from tcsync.errors import ReadOnly
from tcsync.repository import writing
from tcsync.repository.models import Blob, Branch, Category, Resource, Revision, Tag
from tests.syncconfigs.rules.conftest import change
from tests.syncconfigs.runs.working import synchronize


def test_the_whole_history_travels(config, source):
    synchronize(config)
    rows = Revision.objects.filter(resource="rover").order_by("number")
    facts = [(r.number, r.parent, r.author, r.time, r.message) for r in rows]
    records = [source.records["rover", number] for number in (1, 2, 5)]
    assert facts == [(r.number, r.parent, r.author, r.time, r.message) for r in records]
    assert Branch.objects.get(resource="rover").head == 5
    assert list(Tag.objects.values_list("name", "number")) == [("v1.0", 2)]
    assert set(Blob.objects.values_list("digest", flat=True)) == set(source.blobs)


def test_numbers_are_kept_with_their_holes_and_ids_too(config, source):
    synchronize(config)
    numbers = Revision.objects.filter(resource="rover").order_by("number")
    assert list(numbers.values_list("number", flat=True)) == [1, 2, 5]
    shown = next(r for r in source.whole.resources if r.id == "rover")
    copy = Resource.objects.get(pk="rover")
    assert (copy.project_id, copy.trunk) == (shown.project_id, shown.trunk)
    assert Branch.objects.get(resource="rover").uid == shown.branches[0].id


def test_a_rename_at_the_source_arrives(config, source):
    synchronize(config)
    change(source, "rover", name="Rover II", description="The second one.")
    synchronize(config)
    copy = Resource.objects.get(pk="rover")
    assert (copy.name, copy.description) == ("Rover II", "The second one.")


def test_a_rename_on_the_target_is_undone(config):
    synchronize(config)
    Resource.objects.filter(pk="rover").update(name="Mine")
    synchronize(config)
    assert Resource.objects.get(pk="rover").name == "Name rover"


def test_tags_follow_their_source_and_changes_here_are_undone(config, source):
    synchronize(config)
    Tag.objects.update(number=5)
    synchronize(config)
    assert Tag.objects.get().number == 2
    change(source, "rover", tags=())
    synchronize(config)
    assert not Tag.objects.exists()


def test_a_copy_is_read_only_for_who_writes_here(config):
    synchronize(config)
    with pytest.raises(ReadOnly):
        writing.rename_resource(SYSTEM, "rover", "Mine")
    with pytest.raises(ReadOnly):
        writing.remove_tag(SYSTEM, "rover", "t1")


def test_single_branches_and_revisions_of_a_copy_have_no_way_to_go(config):
    synchronize(config)
    with pytest.raises(ReadOnly):
        writing.archive_branch(SYSTEM, "rover", "trunk")
    assert not hasattr(writing, "delete_branch")
    assert not hasattr(writing, "delete_revision")


def test_a_second_run_finds_nothing_to_do(config):
    synchronize(config)
    before = list(Revision.objects.order_by("pk").values_list("pk", "digest"))
    assert synchronize(config).found_nothing
    assert list(Revision.objects.order_by("pk").values_list("pk", "digest")) == before


def test_nothing_is_written_to_the_source(config, source):
    before = source.whole
    synchronize(config)
    SyncConfig.objects.all().delete()
    assert source.whole == before
    assert Category.objects.filter(name="Space").exists()


def test_authors_need_no_account_here(config):
    synchronize(config)
    assert set(Revision.objects.values_list("author", flat=True)) == {"Zoë"}
    assert not User.objects.exists()


def test_a_branch_that_is_archived_at_the_source_is_archived_here(config, source):
    synchronize(config)
    rover = next(r for r in source.whole.resources if r.id == "rover")
    change(source, "rover", branches=tuple(replace(b, archived=True) for b in rover.branches))
    synchronize(config)
    assert Branch.objects.get(resource="rover").archived
    assert Revision.objects.filter(resource="rover").count() == 3
