"""Rules 10, 12 to 16, 18 and 19: places, joining and leaving, names that are taken, versions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syncconfigs import configurations as use_cases
from syncconfigs.models import Claim, SyncConfig
from tcsync.domain import UNCATEGORIZED_ID, Category
from tcsync.repository import models
from tcsync.repository.models import Resource, Revision
from tests.repository.histories import History
from tests.syncconfigs.conftest import OPERATOR
from tests.syncconfigs.rules.conftest import category, change, remove
from tests.syncconfigs.runs.working import synchronize


def places() -> dict[str, str]:
    return {r.pk: r.category.name for r in Resource.objects.select_related("category")}


def claim(resource: str) -> str:
    return Claim.objects.get(resource=resource).state


def test_the_tree_is_made_again_below_the_target_category(config):
    synchronize(config)
    assert places() == {"rover": "Space", "probe": "Engines"}
    assert models.Category.objects.get(name="Engines").parent.name == "Space"


def test_a_flattened_configuration_makes_no_tree(config):
    SyncConfig.objects.update(flatten=True)
    config.refresh_from_db()
    synchronize(config)
    assert set(places().values()) == {models.Category.objects.get(pk=UNCATEGORIZED_ID).name}


def test_a_move_inside_the_followed_tree_moves_the_copy(config, source):
    synchronize(config)
    change(source, "probe", category=category(source, "Space"))
    assert synchronize(config).state == "succeeded"
    assert places()["probe"] == "Space"


def test_a_picked_resource_keeps_synchronizing_wherever_it_is_moved(server, source):
    picked = use_cases.Picked("resource", "probe", "Name probe")
    (config,) = use_cases.create(
        OPERATOR, server, [picked], UNCATEGORIZED_ID, use_cases.Policy("manual")
    )
    synchronize(config)
    change(source, "probe", category=category(source, "Space"), name="Moved")
    assert synchronize(config).state == "succeeded"
    assert Resource.objects.get(pk="probe").category_id == UNCATEGORIZED_ID
    assert Resource.objects.get(pk="probe").name == "Moved"


def test_a_copy_that_was_moved_here_returns(config):
    synchronize(config)
    Resource.objects.filter(pk="rover").update(category=UNCATEGORIZED_ID)
    synchronize(config)
    assert places()["rover"] == "Space"


def test_a_resource_that_joins_the_category_is_synchronized(config, source):
    whole = source.whole
    remove(source, "probe")
    synchronize(config)
    assert "probe" not in places()
    source.whole = whole
    synchronize(config)
    assert places()["probe"] == "Engines"


def test_a_resource_that_leaves_is_no_longer_synchronized_and_its_copy_stays(config, source):
    synchronize(config)
    change(source, "probe", category="elsewhere", name="Renamed there")
    assert synchronize(config).state == "succeeded"
    assert (claim("probe"), claim("rover")) == ("released", "followed")
    copy = Resource.objects.get(pk="probe")
    assert (copy.name, copy.read_only) == ("Name probe", True)


def test_a_category_that_is_removed_at_the_source_stops_its_members_and_deletes_none(
    config, source
):
    synchronize(config)
    change(source, "probe", category=UNCATEGORIZED_ID)
    remove(source, category(source, "Engines"))
    synchronize(config)
    assert (claim("probe"), claim("rover")) == ("released", "followed")
    assert Revision.objects.filter(resource="probe").count() == 1


def test_the_picked_category_that_is_removed_is_said_to_be_missing(config, source):
    synchronize(config)
    for id_ in ("rover", "probe"):
        change(source, id_, category=UNCATEGORIZED_ID)
    for name in ("Engines", "Space"):
        remove(source, category(source, name))
    synchronize(config)
    assert config.status == "missing_at_source"
    assert Revision.objects.count() == 4


def test_a_category_that_was_removed_here_is_made_again_and_its_copies_return(config):
    synchronize(config)
    Resource.objects.filter(pk="probe").update(category=UNCATEGORIZED_ID)
    models.Category.objects.filter(name="Engines").delete()
    assert synchronize(config).state == "succeeded"
    assert places()["probe"] == "Engines"


def test_a_resource_that_is_deleted_at_the_source_survives_here(config, source):
    synchronize(config)
    remove(source, "rover")
    synchronize(config)
    assert claim("rover") == "released"
    assert Revision.objects.filter(resource="rover").count() == 3


def test_a_resource_that_comes_back_is_followed_again(config, source):
    synchronize(config)
    whole = source.whole
    remove(source, "rover")
    synchronize(config)
    source.whole = whole
    synchronize(config)
    assert claim("rover") == "followed"


@pytest.mark.parametrize(
    ("id_", "name", "project_id", "code"),
    [
        ("rover", "Mine", "P-mine", "resource_id_taken"),
        ("mine", "Mine", "P-rover", "project_id_taken"),
        ("mine", "Name rover", "P-mine", "name_taken"),
    ],
)
def test_what_is_taken_here_is_refused_and_holds_up_no_other(config, id_, name, project_id, code):
    History(id_, name=name, project_id=project_id).commit(1, None, {"m": {"v": 1}})
    run = synchronize(config)
    assert [step.code for step in run.steps.filter(state="refused")] == [code]
    assert Revision.objects.filter(resource="probe").count() == 1
    assert Revision.objects.filter(resource=id_).count() == 1


def test_another_major_version_is_refused_before_anything_comes(config, source, settings):
    settings.TCSYNC_MAJOR_VERSION = "2024x"
    source.whole = replace(source.whole, major_version="2026x")
    assert synchronize(config).code == "other_major_version"
    assert not Resource.objects.exists()
    SyncConfig.objects.update(version_policy="warn")
    config.refresh_from_db()
    run = synchronize(config)
    assert "2026x" in run.plan.document["warnings"][0]


def test_what_was_synchronized_in_can_be_synchronized_out(config, source):
    synchronize(config)
    copy = Resource.objects.get(pk="rover")
    assert [hop["node"] for hop in copy.hops] == [source.whole.node]
    assert copy.origin == source.whole.node


def test_what_came_from_this_node_is_refused_as_a_loop(config, source):
    node = models.Node.objects.get().uuid
    change(source, "rover", origin=node)
    run = synchronize(config)
    assert [step.code for step in run.steps.filter(state="refused")] == ["loop"]


def test_a_resource_that_another_configuration_owns_is_left_to_it(config, server):
    picked = use_cases.Picked("resource", "rover", "Name rover")
    (first,) = use_cases.create(
        OPERATOR, server, [picked], UNCATEGORIZED_ID, use_cases.Policy("manual")
    )
    synchronize(first)
    run = synchronize(config)
    assert [step.code for step in run.steps.filter(state="refused")] == ["claimed"]
    assert Claim.objects.get(resource="rover").config == first


def test_a_deeper_tree_follows_too(config, source):
    space = category(source, "Engines")
    new = Category("c-pumps", "Pumps", space)
    source.whole = replace(source.whole, categories=(*source.whole.categories, new))
    change(source, "probe", category="c-pumps")
    synchronize(config)
    assert places()["probe"] == "Pumps"
