"""`manage.py configurations` and the times that `add_configuration` takes."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from syncconfigs.models import SyncConfig
from tcsync.repository.models import Resource
from tests.syncconfigs.runs.working import synchronize

pytestmark = pytest.mark.both_databases


def test_they_are_listed_as_the_portal_shows_them(config, capsys):
    synchronize(config)
    call_command("configurations", "list", format="json")
    (said,) = json.loads(capsys.readouterr().out)
    assert (said["configuration"], said["status"]) == (config.pk, "Synchronized")
    call_command("configurations", "list", status="error")
    assert capsys.readouterr().out == "configurations: 0\n"


def test_one_is_paused_and_resumed(config):
    call_command("configurations", "pause", config.pk)
    assert SyncConfig.objects.get().paused
    call_command("configurations", "resume", config.pk)
    assert not SyncConfig.objects.get().paused


def test_the_configuration_alone_goes_and_its_copies_stay(config, capsys):
    synchronize(config)
    call_command("configurations", "delete", config.pk)
    assert "copies stay" in capsys.readouterr().out
    assert not SyncConfig.objects.exists()
    assert Resource.objects.exists()


def test_everything_goes_only_with_the_number_of_copies(config):
    synchronize(config)
    with pytest.raises(CommandError, match="give --confirm 2"):
        call_command("configurations", "delete", config.pk, everything=True)
    assert SyncConfig.objects.exists()
    call_command("configurations", "delete", config.pk, everything=True, confirm=2)
    assert not Resource.objects.exists()


def test_one_that_is_not_there_is_named(config):
    with pytest.raises(CommandError, match="no configuration 4711"):
        call_command("configurations", "pause", 4711)


def test_a_schedule_is_taken_by_the_command(server, source):
    words = {"resource": ["rover"], "cron": "30 2 * * *", "time_zone": "Europe/Berlin"}
    call_command("add_configuration", server.name, **words, blackout=["mon 1:00-2:00"])
    made = SyncConfig.objects.get()
    assert (made.cron, made.schedule.blackouts) == ("30 2 * * *", ("mon 01:00-02:00",))
    with pytest.raises(CommandError, match="soon"):
        call_command("add_configuration", server.name, resource=["probe"], cron="soon")


def test_a_synchronization_in_a_blackout_says_until_when_and_ends(config):
    now = timezone.now()
    hours = [f"{now + timedelta(hours=n):%H}:00" for n in (-1, 3)]
    SyncConfig.objects.update(blackouts=["daily " + "-".join(hours)])
    with pytest.raises(CommandError, match="blackout window is open until"):
        call_command("sync", config.pk)
    assert config.runs.get().state == "queued"
