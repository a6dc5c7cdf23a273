"""Verifying a resource at rest: a sound one has no damage, each kind of damage is found."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from tcsync.audit.recording import SYSTEM
from tcsync.domain import Tag
from tcsync.repository import upkeep, writing
from tcsync.repository.models import Blob, Branch, Revision
from tests.repository.histories import History

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def resource() -> None:
    """r1 with three revisions, artifacts in the second, and a tag."""
    one = History("r1")
    one.commit(1, None, {"a": {"v": 1}})
    one.commit(2, 1, {"a": {"v": 2}}, artifacts={"d1": b"diagram bytes"})
    one.commit(5, 2, {"b": {"v": 1}})
    writing.put_tag(SYSTEM, "r1", Tag("t", "t", 2))


def damaged(verify=upkeep.verify_resource) -> list[int]:
    return [damage.number for damage in verify("r1")]


bytes_at_rest = pytest.mark.parametrize("verify", [upkeep.verify_resource, upkeep.verify_stored])


def segment(name: str) -> Path:
    return settings.TCSYNC_DATA / "segments" / name


def flip(name: str, offset: int) -> None:
    with segment(name).open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)
        file.seek(offset)
        file.write(bytes([byte[0] ^ 1]))


@bytes_at_rest
def test_a_sound_resource_has_no_damage(verify):
    assert damaged(verify) == []


@bytes_at_rest
@pytest.mark.parametrize("offset", [0, 20, 31, 33, 60, -1, -60, -125])
def test_a_flipped_byte_is_found_wherever_it_lies(verify, offset):
    row = Revision.objects.get(number=2)
    flip(row.object, row.place + offset % row.length)
    assert damaged(verify) == [2]


@bytes_at_rest
def test_a_cut_segment_is_found(verify):
    row = Revision.objects.get(number=5)
    os.truncate(segment(row.object), row.place + row.length - 1)
    assert damaged(verify) == [5]


@bytes_at_rest
def test_a_segment_that_is_gone_damages_every_revision(verify):
    os.truncate(segment(Revision.objects.get(number=1).object), 0)
    assert damaged(verify) == [1, 2, 5]


@bytes_at_rest
def test_a_verification_can_be_stopped_between_revisions(verify):
    def stop(_resource):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify("r1", go_on=stop)


CHANGED = [
    {"author": "Mallory"},
    {"message": "other"},
    {"time": 1},
    {"commit_type": "OTHER"},
    {"branch": "side"},
    {"merged": [1]},
    {"picked": [1]},
    {"root_ids": ["x"]},
    {"used_projects": [{"project": "x"}]},
    {"parent": 1},
    {"hole_before": True},
    {"content_digest": "0" * 64},
    {"artifact_digest": "0" * 64},
    {"pack_digest": "0" * 64},
]


@pytest.mark.parametrize("change", CHANGED, ids=lambda change: next(iter(change)))
def test_a_changed_row_is_found(change):
    Revision.objects.filter(number=5).update(**change)
    assert set(damaged()) == {5}


def test_a_changed_digest_damages_the_revision_its_child_and_nothing_else():
    Revision.objects.filter(number=1).update(digest="0" * 64)
    assert damaged() == [1, 2]


def test_a_row_that_is_gone_is_found_at_its_child():
    Revision.objects.filter(number=1).delete()
    assert damaged() == [2]


def test_a_row_that_is_gone_at_the_head_is_found():
    Revision.objects.filter(number=5).delete()
    assert damaged() == [5]


def test_a_changed_head_digest_is_found():
    Branch.objects.update(head_digest="0" * 64)
    (damage,) = upkeep.verify_resource("r1")
    assert (damage.number, "Branch trunk" in str(damage.error)) == (5, True)


def test_a_head_that_was_moved_back_is_found():
    older = Revision.objects.get(number=2)
    Branch.objects.update(head=2, head_digest=older.digest)
    assert len(damaged()) == 1


@bytes_at_rest
def test_damaged_artifact_bytes_are_found(verify):
    blob = Blob.objects.get()
    flip(blob.object, blob.place + 3)
    (damage,) = verify("r1")
    assert (damage.number, "d1.png" in str(damage.error)) == (2, True)


@bytes_at_rest
def test_artifact_bytes_without_a_row_are_found(verify):
    Blob.objects.all().delete()
    assert damaged(verify) == [2]


def test_the_command_names_what_is_damaged_and_fails(capsys):
    row = Revision.objects.get(number=5)
    flip(row.object, row.place + 40)
    with pytest.raises(SystemExit) as ended:
        call_command("verify_store", "--content")
    said = capsys.readouterr()
    assert ended.value.code == 1
    assert "Name r1, revision 5: " in said.err
    assert said.out == "1 resource, 1 damaged (digests of content and revisions)\n"


def test_the_command_says_what_it_read_where_all_is_sound(capsys):
    call_command("verify_store")
    assert capsys.readouterr().out.startswith("1 resource, nothing damaged (digests of ")
