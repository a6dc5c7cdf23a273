"""Full comparisons: every revision against the source, with a signed report in the end."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from syncconfigs.connect import opening
from syncconfigs.models import (
    Claim,
    ComparedRevision,
    FullReport,
    RemoteServer,
    SyncConfig,
    SyncRun,
)
from tcsync import signing
from tcsync.domain import UNCATEGORIZED_ID
from tcsync.errors import BadAnswer, LoginRefused, Unreachable
from tcsync.repository.models import Resource
from tests.fakes.captured_source import become_another_node
from tests.fakes.telling_source import TellingSource
from tests.repository.histories import History, element
from tests.syncconfigs.runs.test_verifying import damage
from tests.syncconfigs.runs.working import synchronize

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def cloud() -> TellingSource:
    """Rover with two revisions and an artifact, and Probe, in a Teamwork Cloud."""
    History("probe").commit(1, None, {"x": {"v": 1}})
    rover = History("rover")
    rover.commit(1, None, {"a": {"v": 1}}, artifacts={"d1": b"one"})
    rover.commit(2, 1, {"a": {"v": 2}})
    captured = TellingSource()
    become_another_node()
    return captured


@pytest.fixture
def told(cloud, monkeypatch) -> SyncConfig:
    """All that the cloud has, synchronized."""
    monkeypatch.setitem(opening.OPENERS, "teamwork-cloud", lambda _server: cloud)
    server = RemoteServer.objects.create(name="TWC", kind="teamwork-cloud", address="http://twc")
    made = SyncConfig.objects.create(
        server=server,
        kind="category",
        source_id=UNCATEGORIZED_ID,
        source_name="All",
        target_category_id=UNCATEGORIZED_ID,
    )
    synchronize(made)
    yield made
    opening.close_idle()


def report() -> dict:
    signed = FullReport.objects.get().signed.encode()
    assert signing.check(signed, signing.public_key())
    return json.loads(signed)["report"]


def test_a_node_is_compared_by_all_its_digests(config):
    synchronize(config)
    run = synchronize(config, "prove")
    assert (run.state, run.verified, run.revisions_done) == ("succeeded", "every_revision", 5)
    said = report()
    assert (said["equal"], said["totals"]["revisions"]) == (True, 5)
    assert (said["source"]["account"], said["level"]) == ("reader", "every_revision")
    assert Resource.objects.get(id="rover").verified_level == "every_revision"


def test_a_cloud_is_walked_revision_by_revision_and_its_artifacts_fetched(told, cloud):
    cloud.walked.clear()
    run = synchronize(told, "prove")
    assert (run.state, run.verified, told.status) == ("succeeded", "every_revision", "synchronized")
    assert cloud.walked == [("probe", 1), ("rover", 1), ("rover", 2)]
    assert cloud.fetched == [("rover", 1, "d1"), ("rover", 2, "d1")]
    assert report()["totals"] == {
        "resources": 2,
        "revisions": 3,
        "elements": 3,
        "artifacts": 2,
        "artifact_bytes": 6,
    }


def test_what_differs_below_the_head_is_found_named_and_never_green(told, cloud):
    cloud.lie("rover", 1, {"a": element("a", v=9)})
    run = synchronize(told, "prove")
    assert (run.state, run.code, told.status) == ("incomplete", "verification", "error")
    assert "revision 1: element a has other contents" in Claim.objects.get(resource="rover").damage
    assert report()["equal"] is False
    synchronize(told, "verify")
    synchronize(told)
    assert told.status == "error"


def test_another_comparison_takes_it_back(told, cloud):
    before = cloud.lie("rover", 1, {})
    synchronize(told, "prove")
    cloud.lie("rover", 1, before)
    assert synchronize(told, "prove").state == "succeeded"
    assert Claim.objects.get(resource="rover").damage == ""


def test_damage_at_rest_is_found(config, data_folder):
    synchronize(config)
    damage(data_folder, "rover", 2)
    assert synchronize(config, "prove").code == "verification"
    assert ComparedRevision.objects.get(differing=1).number == 2


def test_a_source_that_is_ahead_is_synchronized_first(told, cloud):
    cloud.commit("rover", 3, 2, {"a": element("a", v=3)})
    run = synchronize(told, "prove")
    assert (run.state, run.code) == ("incomplete", "behind")
    assert not FullReport.objects.exists()


def test_a_commit_during_the_comparison_voids_it(told, cloud, monkeypatch):
    walk = cloud.walk

    def walk_and_commit(resource, number):
        if ("rover", 3) not in cloud.records:
            cloud.commit("rover", 3, 2, {"a": element("a", v=3)})
        return walk(resource, number)

    monkeypatch.setattr(cloud, "walk", walk_and_commit)
    run = synchronize(told, "prove")
    assert (run.state, run.code) == ("incomplete", "moved")
    assert not FullReport.objects.exists()


def test_after_a_cut_connection_it_goes_on_where_it_was(told, cloud):
    cloud.walked.clear()
    cloud.walk_faults["rover"] = Unreachable("cut")
    assert synchronize(told, "prove").state == "queued"
    cloud.walk_faults.clear()
    SyncRun.objects.update(not_before=None)
    assert synchronize(told, "prove").state == "succeeded"
    assert cloud.walked == [("probe", 1), ("rover", 1), ("rover", 2)]


def test_one_that_the_source_cannot_give_is_no_proof_and_no_damage(told, cloud):
    cloud.walk_faults["probe"] = BadAnswer("cut")
    run = synchronize(told, "prove")
    assert (run.state, run.code, told.status) == ("incomplete", "not_told", "synchronized")
    assert not Claim.objects.exclude(damage="").exists()
    by_name = {one["id"]: one for one in report()["resources"]}
    assert by_name["probe"]["not_told"]
    assert by_name["rover"]["revisions"] == 2


def test_a_refused_login_ends_the_run(told, cloud):
    cloud.walk_faults["probe"] = LoginRefused("wrong password")
    assert synchronize(told, "prove").code == "login_refused"


def test_what_a_trigger_leaves_out_is_a_difference_and_no_damage(told, cloud):
    SyncConfig.objects.update(trigger="commit_tag", tags=["none"])
    cloud.commit("rover", 3, 2, {"a": element("a", v=3)})
    told.refresh_from_db()
    run = synchronize(told, "prove")
    assert (run.state, run.code) == ("incomplete", "differs")
    assert not Claim.objects.exclude(damage="").exists()


def test_rewritten_history_is_a_difference(told, cloud):
    cloud.records["rover", 1] = replace(cloud.records["rover", 1], message="another")
    assert synchronize(told, "prove").state == "incomplete"
    assert any("another one at the source" in t for t in report()["resources"][1]["differing"])
