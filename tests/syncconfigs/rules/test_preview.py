"""The preview of a configuration, for each kind of source: page, command and API say the same."""

from __future__ import annotations

import json

from syncconfigs.models import SyncRun
from tcsync.access.models import Role
from tcsync.repository.models import Revision
from tests.syncconfigs.api.conftest import caller
from tests.syncconfigs.rules.conftest import change
from tests.syncconfigs.runs.working import synchronize
from tests.syncconfigs.test_commands import run
from tests.syncconfigs.views.conftest import signed_in


def test_totals_are_those_that_the_source_can_tell(config, kind):
    totals = (
        caller("anna", Role.ADMINISTRATOR)
        .get(f"configurations/{config.pk}/preview/")
        .json()["totals"]
    )
    is_told = kind == "tcsync"
    assert (totals["resources"], totals["revisions"]) == (2, 4)
    assert (totals["elements"], totals["raw_bytes"] > 0) == ((4, True) if is_told else (0, False))
    assert totals["at_least"] is not is_told


def test_the_page_says_what_the_source_does_not_tell(config, kind):
    text = signed_in("anna", Role.ADMINISTRATOR).get(f"/configurations/{config.pk}/preview/").text
    assert ("not told by this source" in text) == (kind == "teamwork-cloud")
    assert not Revision.objects.exists()


def test_a_command_and_the_api_show_the_same_plan(config):
    _code, said = run("sync", str(config.pk), "--dry-run", "--format", "json")
    told = json.loads(said)
    plan = caller("anna", Role.ADMINISTRATOR).get(f"configurations/{config.pk}/preview/").json()
    assert {name: told[name] for name in plan} == plan


def test_marks_say_what_a_step_does(config, source):
    synchronize(config)
    change(source, "rover", name="Rover II")
    change(source, "probe", category="elsewhere")
    text = signed_in("anna", Role.ADMINISTRATOR).get(f"/configurations/{config.pk}/preview/").text
    for words in ("was Name rover", "renamed", "no longer followed"):
        assert words in text
    assert SyncRun.objects.count() == 1
