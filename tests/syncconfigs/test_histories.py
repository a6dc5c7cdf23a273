"""Two histories side by side, and who is named as being in the way of a refused resource."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syncconfigs import configurations as use_cases
from syncconfigs.connect import opening
from syncconfigs.models import Claim, SyncConfig
from tcsync.access.models import Role, RoleGrant, User
from tcsync.audit.recording import Actor
from tcsync.domain import UNCATEGORIZED_ID
from tcsync.errors import Gone, Missing, NotAllowed
from tcsync.repository.models import Category, Resource
from tests.fakes.captured_source import become_another_node
from tests.fakes.telling_source import TellingSource
from tests.repository.histories import History
from tests.syncconfigs.conftest import OPERATOR
from tests.syncconfigs.runs.working import synchronize


def test_both_chains_stand_beside_each_other_around_where_they_part(parted):
    found = use_cases.histories(OPERATOR, parted, "rover")
    assert (found.parts_at, found.ours_count, found.theirs_count) == (2, 3, 4)
    assert [(p.number, p.is_equal) for p in found.pairs] == [
        *((1, True), (2, False), (5, False), (6, False)),
    ]
    second = found.pairs[1]
    assert second.ours.digest != second.theirs.digest
    assert (second.ours.author, second.theirs.message) == ("Zoë", "revision 2")
    assert found.pairs[3].ours is None


def test_a_node_that_is_too_old_to_tell_still_shows_its_digests(parted, source, monkeypatch):
    def refuse(*_asked):
        raise Gone("There is nothing there.")

    monkeypatch.setattr(source, "records_of", refuse)
    second = use_cases.histories(OPERATOR, parted, "rover").pairs[1]
    assert (second.theirs.author, second.theirs.time) == ("", None)
    assert second.theirs.digest


def test_a_branch_that_went_back_parts_behind_its_end(config, source):
    synchronize(config)
    rover = next(r for r in source.whole.resources if r.id == "rover")
    (trunk,) = rover.branches
    refs = rover.revisions[:2]
    back = replace(
        rover,
        branches=(replace(trunk, head=2, head_digest=refs[-1].digest),),
        revisions=refs,
    )
    rest = [r for r in source.whole.resources if r.id != "rover"]
    source.whole = replace(source.whole, resources=(back, *rest))
    found = use_cases.histories(OPERATOR, config, "rover")
    assert (found.refusal.code, found.parts_at) == ("went_back", 5)


def test_the_source_is_asked_for_that_resource_alone(parted, source, monkeypatch):
    asked = []
    ask = source.snapshot
    monkeypatch.setattr(source, "snapshot", lambda *a: asked.append(a[0]) or ask(*a))
    use_cases.histories(OPERATOR, parted, "rover")
    assert {chosen.resources for chosen in asked} == {("rover",)}
    assert not any(chosen.categories for chosen in asked)


def test_equal_histories_are_nothing_to_decide(config):
    synchronize(config)
    found = use_cases.histories(OPERATOR, config, "rover")
    assert (found.parts_at, found.history, found.refusal) == (None, "", None)


def test_what_the_configuration_does_not_own_or_one_may_not_read_is_not_there(parted, carol, rob):
    with pytest.raises(Missing):
        use_cases.histories(OPERATOR, parted, "nothing")
    with pytest.raises(NotAllowed):
        use_cases.histories(rob, parted, "rover")
    assert use_cases.histories(carol, parted, "rover").name == "Name rover"


def test_a_teamwork_cloud_is_compared_by_listing_fingerprints(server, monkeypatch, cloud):
    config, source = cloud
    record = source.records["rover", 2]
    source.records["rover", 2] = replace(record, message="another one")
    found = use_cases.histories(OPERATOR, config, "rover")
    assert (found.parts_at, found.has_digests) == (2, False)
    assert found.pairs[1].theirs.message == "another one"
    assert "before 2026x" in found.to_document()["hint"]


@pytest.fixture
def cloud(transactional_db, server, monkeypatch):
    """Rover, followed from a source that tells changes."""
    rover = History("rover")
    for number, parent in ((1, None), (2, 1), (5, 2)):
        rover.commit(number, parent, {"a": {"v": number}})
    source = TellingSource()
    become_another_node()
    monkeypatch.setitem(opening.OPENERS, "tcsync", lambda _server: source)
    config = SyncConfig.objects.create(
        server=server,
        kind="resource",
        source_id="rover",
        source_name="Name rover",
        target_category_id=UNCATEGORIZED_ID,
    )
    synchronize(config)
    return config, source


def refused(resource="rover", name="Name rover", code="name_taken", **facts):
    return {"resource": resource, "name": name, "code": code, "facts": facts}


@pytest.fixture
def mine(transactional_db):
    """A resource of this node in a category that not everybody may read."""
    hidden = Category.objects.create(id="hidden", name="Hidden")
    History("mine", name="Name rover", category=hidden.pk).commit(1, None, {"m": {"v": 1}})
    return Resource.objects.get(pk="mine")


@pytest.mark.parametrize(
    "refusal",
    [
        refused(),
        refused(code="project_id_taken", project_id="P-mine"),
        refused("mine", code="resource_id_taken"),
    ],
)
def test_who_has_what_is_taken_is_named_with_its_place(mine, refusal):
    (holder,) = use_cases.holders(None, [refusal])
    assert (holder.kind, holder.id, holder.where) == ("resource", "mine", ("Hidden",))


def test_who_may_not_see_it_is_told_of_nobody(mine):
    user = User.objects.create(username="rita")
    RoleGrant.objects.create(user=user, role=Role.REVIEWER, category=UNCATEGORIZED_ID)
    assert use_cases.holders(user, [refused()]) == [None]


def test_a_resource_is_not_in_its_own_way(config, source):
    synchronize(config)
    assert use_cases.holders(None, [refused()]) == [None]


def test_the_configuration_that_owns_it_is_named(config):
    Claim.objects.create(resource="rover", config=config)
    (holder,) = use_cases.holders(None, [refused(code="claimed")])
    assert (holder.kind, holder.id, holder.name) == ("configuration", str(config.pk), "Space")


def test_refusals_without_anybody_behind_them_name_nobody(config):
    assert use_cases.holders(None, [refused(code="loop"), refused(code="excluded")]) == [None, None]


def test_a_stored_plan_names_nothing_of_this_node(config, mine):
    document = synchronize(config).plan.document
    assert [one["code"] for one in document["refusals"]] == ["name_taken"]
    assert "mine" not in str(document["refusals"])
    assert "Hidden" not in str(document["refusals"])


def test_a_preview_is_asked_with_the_right_of_who_asks(config, rob):
    with pytest.raises(NotAllowed):
        use_cases.plan_of(rob, config)
    assert use_cases.plan_of(Actor("olga", origin="command"), config).revision_count == 5
