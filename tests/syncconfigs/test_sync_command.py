"""`manage.py sync`: dry runs and their exit codes, and decisions about a plan."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.core.management import CommandError

from syncconfigs.models import Decision, Exclusion, SyncConfig
from tcsync.errors import Unreachable
from tcsync.repository.models import Resource, Revision
from tests.repository.histories import History
from tests.syncconfigs.conftest import rename
from tests.syncconfigs.test_commands import run


def test_a_dry_run_of_a_refusal_ends_with_1_and_names_who_is_in_the_way(config):
    History("mine", name="Name rover").commit(1, None, {"m": {"v": 1}})
    code, said = run("sync", str(config.pk), "--dry-run")
    assert code == 1
    assert "in the way of Name rover: resource Name rover (mine) in Uncategorized" in said
    assert Revision.objects.filter(resource="probe").count() == 0


def test_a_dry_run_that_cannot_ask_ends_with_3_and_shows_the_others(config, source, monkeypatch):
    def cut(*_asked):
        raise Unreachable("Bodo's node did not answer.")

    monkeypatch.setattr(source, "snapshot", cut)
    code, said = run("sync", str(config.pk), "--dry-run", "--format", "json")
    assert code == 3
    assert json.loads(said)["error"]["code"] == "unreachable"


def test_a_dry_run_of_another_major_version_is_a_refusal(config, source, settings):
    settings.TCSYNC_MAJOR_VERSION = "2024x"
    source.whole = replace(source.whole, major_version="2026x")
    code, said = run("sync", str(config.pk), "--dry-run", "--format", "json")
    assert (code, json.loads(said)["error"]["code"]) == (1, "other_major_version")


def test_a_dry_run_shows_both_histories(parted):
    code, said = run("sync", str(parted.pk), "--dry-run")
    assert code == 1
    assert "! 2 here:" in said
    assert "! 6 here:   no such revision" in said
    assert "= 1 here:" in said


def test_a_dry_run_as_json_has_both_histories_and_the_holder(parted):
    _code, said = run("sync", str(parted.pk), "--dry-run", "--format", "json")
    told = json.loads(said)
    assert told["histories"][0]["parts_at"] == 2
    assert told["refusals"][0]["facts"]["number"] == 5
    assert told["refusals"][0]["holder"] is None


def test_too_much_change_is_confirmed_by_a_command(fleet):
    rename(fleet, 5)
    config = str(SyncConfig.objects.get().pk)
    assert run("sync", config)[0] == 1
    assert run("sync", config, "--confirm-change", "--reason", "All meant.")[0] == 0
    assert Resource.objects.filter(name__startswith="Other").count() == 5


def test_a_confirmation_names_the_change_that_was_shown(fleet):
    rename(fleet, 5)
    config = str(SyncConfig.objects.get().pk)
    with pytest.raises(CommandError, match="not what was shown"):
        run("sync", config, "--confirm-change", "0" * 64, "--reason", "All meant.")
    with pytest.raises(CommandError, match="did not stop for a confirmation"):
        run("sync", config, "--confirm-change", "--reason", "All meant.")
    assert not Decision.objects.exists()


def test_the_source_history_is_accepted_by_a_command(parted):
    words = ("--accept-history", "rover", "--name", "Name rover", "--reason", "Restored.")
    assert run("sync", str(parted.pk), *words)[0] == 0
    assert Revision.objects.filter(resource="rover").count() == 4


def test_a_copy_is_kept_by_a_command(parted):
    words = ("--keep-copy", "rover", "--name", "Name rover", "--reason", "Ours.")
    assert run("sync", str(parted.pk), *words)[0] == 0
    assert Exclusion.objects.get().resource == "rover"
    assert Revision.objects.filter(resource="rover").count() == 3


def test_a_decision_needs_the_name_and_one_configuration(parted):
    with pytest.raises(CommandError, match="not the name of the copy"):
        run("sync", str(parted.pk), "--keep-copy", "rover", "--reason", "Ours.")


def test_a_configuration_whose_maker_is_gone_is_taken_over_by_a_command(config):
    SyncConfig.objects.update(maker=999_999, created_by="gone")
    code, said = run("sync", str(config.pk))
    assert (code, "gone" in said) == (1, True)
    assert run("sync", str(config.pk), "--take-over")[0] == 0
