"""Preview, confirmation, both histories and the decision between them, over the JSON API."""

from __future__ import annotations

import pytest

from syncconfigs import runs
from syncconfigs.models import Exclusion, SyncConfig
from tcsync.access.models import Role
from tcsync.audit.recording import SYSTEM
from tcsync.repository.models import Resource, Revision
from tests.repository.histories import History
from tests.syncconfigs.api.conftest import caller, problem
from tests.syncconfigs.conftest import rename

MEANT = {"name": "Name rover", "reason": "Meant."}


@pytest.fixture
def anna(transactional_db):
    return caller("anna", Role.ADMINISTRATOR)


def test_a_preview_tells_totals_and_who_is_in_the_way(config, anna):
    History("mine", name="Name rover").commit(1, None, {"m": {"v": 1}})
    plan = anna.get(f"configurations/{config.pk}/preview/").json()
    assert (plan["totals"]["revisions"], plan["totals"]["elements"]) == (2, 2)
    assert plan["totals"]["at_least"] is False
    assert plan["refusals"][0]["holder"]["id"] == "mine"
    assert not SyncConfig.objects.get().claims.exists()


def test_too_much_change_is_confirmed_with_its_digest(fleet, anna):
    rename(fleet, 4)
    where = f"configurations/{SyncConfig.objects.get().pk}"
    asked = anna.get(f"{where}/preview/").json()["too_much_change"]
    assert (asked["renamed"], asked["copies"]) == (4, 10)
    body = {"digest": asked["digest"], "reason": "Meant."}
    answer = anna.post(f"{where}/confirm-change/", body)
    runs.execute(answer.json()["run"])
    assert Resource.objects.filter(name__startswith="Other").count() == 4


def test_another_change_than_the_one_that_was_shown_is_409(fleet, anna):
    rename(fleet, 4)
    where = f"configurations/{SyncConfig.objects.get().pk}/confirm-change/"
    problem(anna.post(where, {"digest": "0" * 64, "reason": "Meant."}), 409, "clash")
    problem(anna.post(where, {"digest": "0" * 64, "reason": ""}), 400, "invalid")


def test_both_histories_are_shown_and_the_source_history_is_accepted(parted, anna):
    where = f"configurations/{parted.pk}/histories/rover/"
    found = anna.get(where).json()
    assert (found["parts_at"], found["revisions"][1]["equal"]) == (2, False)
    answer = anna.post(f"{where}accept/", {**MEANT, "history": found["history"]})
    runs.execute(answer.json()["run"])
    assert Revision.objects.filter(resource="rover").count() == 4


def test_a_copy_is_kept(parted, anna):
    answer = anna.post(f"configurations/{parted.pk}/histories/rover/keep/", MEANT)
    assert answer.status_code == 204
    assert Exclusion.objects.get().by == "anna"


def test_the_plan_of_a_run_names_who_is_in_the_way_to_who_may_see_it(config, anna):
    History("mine", name="Name rover").commit(1, None, {"m": {"v": 1}})
    run = runs.request(config, SYSTEM, "test")
    runs.execute(run.pk)
    refusals = anna.get(f"runs/{run.pk}/plan/").json()["refusals"]
    assert refusals[0]["holder"]["kind"] == "resource"


def test_a_configuration_is_taken_over(config, anna):
    assert anna.post(f"configurations/{config.pk}/take-over/").json()["created_by"] == "anna"
