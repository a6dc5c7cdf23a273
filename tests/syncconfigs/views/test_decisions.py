"""The preview of a configuration, the confirmation of a change, and both histories, as pages."""

from __future__ import annotations

import pytest

from syncconfigs import runs
from syncconfigs.models import Exclusion, SyncConfig, SyncRun
from tcsync.access.models import Role
from tcsync.errors import OutsideRole, Unreachable
from tcsync.repository.models import Resource, Revision
from tests.repository.histories import History
from tests.syncconfigs.conftest import rename
from tests.syncconfigs.runs.working import synchronize
from tests.syncconfigs.views.conftest import signed_in


@pytest.fixture
def anna(transactional_db):
    return signed_in("anna", Role.ADMINISTRATOR)


def test_the_page_of_a_configuration_leads_to_its_preview(config, anna):
    assert f"/configurations/{config.pk}/preview/" in anna.get(f"/configurations/{config.pk}/").text


def test_a_preview_shows_the_plan_and_writes_nothing(config, anna):
    text = anna.get(f"/configurations/{config.pk}/preview/").text
    assert "Name rover" in text
    assert "Changed elements" in text
    assert not Revision.objects.exists()
    assert not SyncRun.objects.exists()


def test_a_preview_names_who_is_in_the_way(config, anna):
    History("mine", name="Name rover").commit(1, None, {"m": {"v": 1}})
    text = anna.get(f"/configurations/{config.pk}/preview/").text
    assert '<a href="/repository/resources/mine/">Name rover</a>' in text


def test_a_source_that_does_not_answer_is_a_sentence(config, anna, source, monkeypatch):
    def cut(*_asked):
        raise Unreachable("Bodo's node did not answer.")

    monkeypatch.setattr(source, "snapshot", cut)
    answer = anna.get(f"/configurations/{config.pk}/preview/")
    assert answer.status_code == 200
    assert "did not answer. <strong>Check the address" in answer.text.replace("&#x27;", "'")


def test_too_much_change_asks_on_the_preview_and_on_the_page_of_the_run(fleet, anna):
    rename(fleet, 4)
    config = SyncConfig.objects.get()
    run = synchronize(config)
    for where in (f"/configurations/{config.pk}/preview/", f"/runs/{run.pk}/"):
        assert "Confirm this change and synchronize" in anna.get(where).text


def test_a_confirmation_asks_for_a_run_that_makes_the_change(fleet, anna):
    rename(fleet, 4)
    config = SyncConfig.objects.get()
    digest = anna.get(f"/configurations/{config.pk}/preview/").context["too_much"]["digest"]
    where = f"/configurations/{config.pk}/confirm-change/"
    anna.post(where, {"digest": digest, "reason": ""})
    assert SyncRun.objects.count() == 1
    anna.post(where, {"digest": digest, "reason": "All meant."})
    runs.execute(SyncRun.objects.first().pk)
    assert Resource.objects.filter(name__startswith="Other").count() == 4


def test_both_histories_are_one_click_from_the_run_and_the_preview(parted, anna):
    run = synchronize(parted)
    link = f'href="/configurations/{parted.pk}/histories/rover/"'
    assert link in anna.get(f"/runs/{run.pk}/").text
    assert link in anna.get(f"/configurations/{parted.pk}/preview/").text


def test_both_histories_stand_side_by_side(parted, anna):
    text = anna.get(f"/configurations/{parted.pk}/histories/rover/").text
    assert "They part at revision 2." in text
    assert "no such revision" in text
    assert Revision.objects.get(resource="rover", number=2).digest in text


def test_the_source_history_is_accepted_with_the_name_and_a_reason(parted, anna):
    where = f"/configurations/{parted.pk}/histories/rover/"
    history = anna.get(where).context["found"].history
    said = {"decision": "accept", "history": history, "reason": "Restored.", "name": "rover"}
    assert "not the name of the copy" in anna.post(where, said).text
    anna.post(where, {**said, "name": "Name rover"})
    runs.execute(SyncRun.objects.first().pk)
    assert Revision.objects.filter(resource="rover").count() == 4


def test_a_copy_is_kept_and_named(parted, anna):
    where = f"/configurations/{parted.pk}/histories/rover/"
    said = {"decision": "keep", "name": "Name rover", "reason": "Ours."}
    answer = anna.post(where, said, follow=True)
    assert "Name rover is kept as it is" in answer.text
    assert Exclusion.objects.get().resource == "rover"


def test_a_configuration_whose_maker_lost_the_role_can_be_taken_over(config, anna):
    SyncConfig.objects.update(maker=999_999, created_by="gone")
    assert "Take it over" in anna.get(f"/configurations/{config.pk}/preview/").text
    anna.post(f"/configurations/{config.pk}/take-over/")
    config.refresh_from_db()
    assert config.created_by == "anna"
    assert OutsideRole.code not in anna.get(f"/configurations/{config.pk}/preview/").text
