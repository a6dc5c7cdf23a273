"""A preview says what the first run then does, and writes nothing."""

import pytest

from syncconfigs import configurations
from syncconfigs.configurations import Picked, Policy, preview
from syncconfigs.models import Claim, RemoteServer, SyncConfig
from tcsync.domain import UNCATEGORIZED_ID
from tcsync.errors import Clash, NotAllowed
from tcsync.repository.models import Category, Resource
from tests.repository.histories import History
from tests.syncconfigs.conftest import OPERATOR
from tests.syncconfigs.runs.working import synchronize

MANUAL = Policy(trigger="manual")
ROVER = Picked("resource", "rover", "Name rover")
PROBE = Picked("resource", "probe", "Name probe")


@pytest.fixture
def whole(space):
    return Picked("category", space, "Space")


def planned(document):
    """Return the document without what may differ from one asking to the next."""
    return {kind: document[kind] for kind in ("totals", "categories", "resources", "refusals")}


def test_a_preview_is_the_plan_of_the_run_that_follows(server, whole):
    (shown,) = preview(OPERATOR, server, [whole], UNCATEGORIZED_ID, MANUAL)
    (config,) = configurations.create(OPERATOR, server, [whole], UNCATEGORIZED_ID, MANUAL)
    run = synchronize(config)
    assert planned(shown.document) == planned(run.plan.document)
    assert shown.document["totals"]["revisions"] == 5


def test_nothing_is_written(server, whole):
    before = Category.objects.count()
    preview(OPERATOR, server, [whole, ROVER], None, MANUAL)
    assert not SyncConfig.objects.exists()
    assert (Category.objects.count(), Claim.objects.count(), Resource.objects.count()) == (
        before,
        0,
        0,
    )


def test_each_selection_is_planned_by_itself(server):
    one, two = preview(OPERATOR, server, [ROVER, PROBE], UNCATEGORIZED_ID, MANUAL)
    assert [step["resource"] for step in one.document["resources"]] == ["rover"]
    assert [step["resource"] for step in two.document["resources"]] == ["probe"]
    assert not one.document["categories"]


def test_what_an_earlier_selection_takes_is_refused_to_a_later_one(server, whole):
    first, second = preview(OPERATOR, server, [ROVER, whole], UNCATEGORIZED_ID, MANUAL)
    assert not first.document["refusals"]
    (refusal,) = second.document["refusals"]
    assert (refusal["resource"], refusal["code"]) == ("rover", "claimed")
    assert "Name rover" in refusal["reason"]


def test_a_name_that_is_taken_here_is_refused_unless_that_is_allowed(server):
    History("other", name="Name rover").commit(1, None, {"a": {"v": 1}})
    (shown,) = preview(OPERATOR, server, [ROVER], UNCATEGORIZED_ID, MANUAL)
    assert shown.document["refusals"][0]["code"] == "name_taken"
    allowing = Policy(trigger="manual", allow_equal_names=True)
    (shown,) = preview(OPERATOR, server, [ROVER], UNCATEGORIZED_ID, allowing)
    assert not shown.document["refusals"]


def test_what_is_followed_already_says_by_which_configuration(server, config, whole):
    (shown, other) = preview(OPERATOR, server, [whole, ROVER], UNCATEGORIZED_ID, MANUAL)
    assert isinstance(shown.error, Clash)
    assert str(config.pk) in str(shown.error)
    assert other.document is not None


def test_what_the_source_does_not_show_is_named(server):
    gone = [Picked("resource", "gone", "Gone"), Picked("category", "away", "Away")]
    for shown, id_ in zip(
        preview(OPERATOR, server, gone, UNCATEGORIZED_ID, MANUAL), ("gone", "away"), strict=True
    ):
        assert shown.document["missing"] == [id_]


def test_only_what_the_tags_reach_is_counted(server):
    by_tag = Policy(trigger="commit_tag", tags=["v1*"])
    rover, probe = preview(OPERATOR, server, [ROVER, PROBE], UNCATEGORIZED_ID, by_tag)
    assert rover.document["totals"]["revisions"] == 2
    assert probe.document["totals"]["resources"] == 0


def test_copies_that_a_deleted_configuration_left_are_taken_over(server, whole, source):
    (config,) = configurations.create(OPERATOR, server, [whole], UNCATEGORIZED_ID, MANUAL)
    RemoteServer.objects.filter(pk=server.pk).update(node_uuid=source.whole.node)
    server.refresh_from_db()
    synchronize(config)
    configurations.delete(OPERATOR, config, copies="keep")
    (shown,) = preview(OPERATOR, server, [whole], UNCATEGORIZED_ID, MANUAL)
    assert shown.document["totals"]["categories"] == 0
    assert shown.document["totals"]["resources"] == 0
    assert shown.document["totals"]["followed"] == 2


def test_a_server_without_a_row_can_be_previewed(server):
    draft = RemoteServer(name="Draft", address=server.address, secret="s")
    (shown,) = preview(OPERATOR, draft, [ROVER], None, MANUAL)
    assert shown.document["totals"]["revisions"] == 3


def test_who_may_not_synchronize_there_gets_no_preview(server, rob):
    for target in (UNCATEGORIZED_ID, None):
        with pytest.raises(NotAllowed):
            preview(rob, server, [ROVER], target, MANUAL)


def test_the_source_is_asked_once_for_all_that_is_picked(server, source, monkeypatch):
    asked = []
    ask = source.snapshot
    monkeypatch.setattr(source, "snapshot", lambda *a: asked.append(a) or ask(*a))
    preview(OPERATOR, server, [ROVER, PROBE], UNCATEGORIZED_ID, MANUAL)
    assert len(asked) == 1
