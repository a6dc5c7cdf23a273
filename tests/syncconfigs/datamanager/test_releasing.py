"""Making copies editable: who may, what is refused, what detaching leaves behind."""

from __future__ import annotations

import pytest

from syncconfigs import configurations, datamanager, runs
from syncconfigs.datamanager import StillSynchronized
from syncconfigs.models import Claim, Exclusion, RunStep, SyncConfig
from tcsync.access.models import Role, RoleGrant, User
from tcsync.audit.models import AuditEntry
from tcsync.audit.recording import SYSTEM, Actor
from tcsync.domain import UNCATEGORIZED_ID
from tcsync.errors import Clash, Missing, NotAllowed
from tcsync.repository import writing
from tcsync.repository.models import Resource, Revision
from tests.syncconfigs.conftest import OPERATOR
from tests.syncconfigs.runs.working import synchronize

pytestmark = pytest.mark.both_databases


def release(*ids: str, actor: Actor = OPERATOR, categories: tuple[str, ...] = (), **more):
    chosen = datamanager.choose(actor, ids, categories)
    return datamanager.make_editable(actor, chosen, **more)


def restore(*ids: str, actor: Actor = OPERATOR):
    return datamanager.make_read_only(actor, datamanager.choose(actor, ids))


def is_read_only(id_: str) -> bool:
    return Resource.objects.get(id=id_).read_only


def test_a_copy_that_nobody_owns_becomes_editable(free, carol):
    release("rover", actor=carol, reason="offloaded")
    assert (is_read_only("rover"), is_read_only("probe")) == (False, True)
    entry = AuditEntry.objects.latest("seq")
    assert (entry.action, entry.actor) == ("copy.editable", "carol")


@pytest.mark.parametrize("how", ["followed", "paused", "failed", "closed", "released"])
def test_a_copy_that_a_configuration_owns_is_refused_in_every_state(followed, how):
    values = {"paused": {"paused": True}, "failed": {"status": "error"}}
    values["closed"] = {"paused": True, "trigger": "once"}
    SyncConfig.objects.update(**values.get(how, {"behind": 1}))
    if how == "released":
        Claim.objects.update(state="released")
    with pytest.raises(StillSynchronized, match=f"by configuration {followed.pk}, Space"):
        release("rover")
    assert is_read_only("rover")


def test_one_that_is_picked_but_not_claimed_yet_is_refused_too(free, server):
    SyncConfig.objects.create(
        server=server,
        kind="resource",
        source_id="rover",
        source_name="Rover",
        target_category_id=UNCATEGORIZED_ID,
    )
    with pytest.raises(StillSynchronized):
        release("rover")


def test_one_owned_copy_stops_all_of_them(followed):
    Claim.objects.filter(resource="probe").delete()
    with pytest.raises(StillSynchronized):
        release("probe", "rover")
    assert is_read_only("probe")


def test_detaching_leaves_an_exclusion_and_the_next_run_takes_nothing_back(followed):
    release("rover", detach=True, reason="ours now")
    assert Exclusion.objects.get().reason == "ours now"
    assert not Claim.objects.filter(resource="rover").exists()
    synchronize(followed)
    assert not is_read_only("rover")
    assert RunStep.objects.filter(resource="rover").latest("pk").code == "excluded"
    assert AuditEntry.objects.filter(action="configuration.detach").count() == 1


def test_nothing_is_detached_while_a_run_is_under_way(followed, carol):
    runs.request(followed, OPERATOR, "test")
    with pytest.raises(Clash, match="is under way"):
        release("rover", actor=carol, detach=True)
    assert Claim.objects.filter(resource="rover").exists()
    assert is_read_only("rover")


def test_a_category_gives_up_its_copies_and_local_resources_are_left_alone(free, followed):
    done = release(categories=(Resource.objects.get(id="rover").category_id,))
    assert {row.id for row in done} == {"rover", "probe"}


def test_a_named_resource_that_is_no_copy_is_refused(free):
    with pytest.raises(Missing, match="is no read-only copy"):
        release("rover", "mine")
    assert is_read_only("rover")


def test_who_may_only_read_may_not(free, rob):
    with pytest.raises(NotAllowed):
        release("rover", actor=rob)


def test_to_detach_takes_the_right_where_the_configuration_leads(followed):
    other = writing.make_category(SYSTEM, "Other")
    Resource.objects.filter(id="rover").update(category=other)
    user = User.objects.create(username="mallory")
    RoleGrant.objects.create(user=user, role=Role.SYNCHRONIZATION_MANAGER, category=other.id)
    with pytest.raises(StillSynchronized, match="a configuration that you may not see"):
        release("rover", actor=Actor("mallory", user.pk, "web"))
    with pytest.raises(NotAllowed):
        release("rover", actor=Actor("mallory", user.pk, "web"), detach=True)
    assert is_read_only("rover")


def test_it_is_undone_until_the_first_local_change(free, carol):
    release("rover", "probe")
    restore("rover", actor=carol)
    assert is_read_only("rover")
    writing.rename_resource(SYSTEM, "probe", "Changed")
    with pytest.raises(Clash, match="was changed here"):
        restore("probe")


def test_a_run_that_meets_a_released_copy_refuses_it(free, server, space):
    release("rover")
    before = Revision.objects.filter(resource="rover").count()
    picked = configurations.Picked("category", space, "Space")
    (again,) = configurations.create(OPERATOR, server, [picked], UNCATEGORIZED_ID)
    run = synchronize(again)
    assert RunStep.objects.get(run=run, resource="rover").code == "changed_locally"
    assert (is_read_only("rover"), is_read_only("probe")) == (False, True)
    assert Revision.objects.filter(resource="rover").count() == before


def test_a_copy_that_is_read_only_again_is_adopted_as_before(free, server, space):
    release("rover")
    restore("rover")
    picked = configurations.Picked("category", space, "Space")
    (again,) = configurations.create(OPERATOR, server, [picked], UNCATEGORIZED_ID)
    assert synchronize(again).state == "succeeded"
    assert Claim.objects.get(resource="rover").config == again
