"""Verifying: everything here recomputed, everything compared with the source."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from syncconfigs.models import Claim
from tcsync.repository.models import Resource, Revision
from tests.syncconfigs.runs.working import synchronize

pytestmark = pytest.mark.both_databases


def damage(folder: Path, resource: str, number: int) -> None:
    """Turn one bit of a pack at rest."""
    row = Revision.objects.get(resource=resource, number=number)
    (path,) = folder.rglob(row.object)
    with path.open("r+b") as file:
        file.seek(row.place + 60)
        byte = file.read(1)[0]
        file.seek(row.place + 60)
        file.write(bytes([byte ^ 1]))


def test_equal_copies_are_verified_and_the_status_stays(config):
    synchronize(config)
    before = Resource.objects.get(id="rover").verified_at
    run = synchronize(config, "verify")
    assert (run.state, run.verified, config.status) == ("succeeded", "content", "synchronized")
    assert Resource.objects.get(id="rover").verified_at > before


def test_a_damaged_pack_is_found_named_and_not_green(config, data_folder):
    synchronize(config)
    damage(data_folder, "rover", 2)
    run = synchronize(config, "verify")
    assert (run.state, run.code, config.status) == ("incomplete", "verification", "error")
    assert "Name rover, revision 2" in run.reason


def test_damage_is_not_forgotten_by_the_next_synchronization(config, data_folder):
    synchronize(config)
    damage(data_folder, "rover", 2)
    synchronize(config, "verify")
    synchronize(config)
    assert config.status == "error"
    assert Claim.objects.get(resource="rover").damage


def test_a_source_that_went_on_is_no_difference(config, source):
    synchronize(config)
    here = next(r for r in source.whole.resources if r.id == "probe")
    shorter = replace(here, description="changed since")
    others = tuple(r for r in source.whole.resources if r.id != "probe")
    source.whole = replace(source.whole, resources=(*others, shorter))
    assert synchronize(config, "verify").state == "succeeded"


def test_the_same_number_with_another_digest_is_a_difference(config, source):
    synchronize(config)
    rover = next(r for r in source.whole.resources if r.id == "rover")
    refs = tuple(
        replace(ref, digest="0" * 64) if ref.number == 2 else ref for ref in rover.revisions
    )
    others = tuple(r for r in source.whole.resources if r.id != "rover")
    source.whole = replace(source.whole, resources=(*others, replace(rover, revisions=refs)))
    run = synchronize(config, "verify")
    assert (run.state, run.code) == ("incomplete", "verification")
