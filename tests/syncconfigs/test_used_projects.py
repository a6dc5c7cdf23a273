"""Used projects of what is picked: how each stands, what comes along, who is told what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syncconfigs import configurations, runs, tasks
from syncconfigs.configurations import (
    Mark,
    Picked,
    Policy,
    UsedProject,
    UsedProjects,
    include,
    look,
    used_projects,
)
from syncconfigs.configurations.used import MOST_ALONG
from syncconfigs.models import Claim, Exclusion, SyncConfig
from tcsync.access.models import Role, RoleGrant, User
from tcsync.audit.models import AuditEntry
from tcsync.audit.recording import SYSTEM, Actor
from tcsync.domain import UNCATEGORIZED_ID
from tcsync.errors import NotAllowed, Unreachable
from tcsync.repository import writing
from tcsync.repository.models import Resource
from tests.repository.histories import History
from tests.syncconfigs.conftest import OPERATOR
from tests.syncconfigs.runs.working import synchronize

MANUAL = Policy(trigger="manual")
ALONG = replace(MANUAL, include_used_projects=True)
ROVER = Picked("resource", "rover", "Name rover")


@pytest.fixture
def using(source, server):
    """Rover uses Probe, and a project that the source does not show."""
    source.use("rover", "probe", "ghost")
    return server


def marks(found) -> dict[str, Mark]:
    return {one.resource: one.mark for one in found.projects}


def test_what_is_used_can_come_along_or_is_missing(using):
    found = used_projects(OPERATOR, using, [ROVER])
    assert marks(found) == {"probe": Mark.CAN_COME, "ghost": Mark.MISSING}
    assert [(one.name, one.versions, one.users) for one in found.projects][1] == (
        "Name probe",
        ("2",),
        ("Name rover",),
    )


def test_what_is_picked_together_with_its_user_is_marked_so(using, space):
    found = used_projects(OPERATOR, using, [Picked("category", space, "Space")])
    assert marks(found)["probe"] == Mark.PICKED
    assert found.along == []


def test_a_copy_that_is_here_says_which_used_version_is_absent(using, source):
    source.use("rover", "probe", version="7")
    configurations.create(OPERATOR, using, [Picked("resource", "probe", "P")], UNCATEGORIZED_ID)
    synchronize(SyncConfig.objects.get())
    (probe,) = used_projects(OPERATOR, using, [ROVER]).projects
    assert (probe.mark, probe.row.head_number, probe.absent) == (Mark.HERE, 2, ("7",))
    assert probe.config == SyncConfig.objects.get().pk


def test_what_another_configuration_follows_is_linked_before_it_has_come(using):
    probe = Picked("resource", "probe", "P")
    (config,) = configurations.create(OPERATOR, using, [probe], UNCATEGORIZED_ID, MANUAL)
    found = {one.resource: one for one in used_projects(OPERATOR, using, [ROVER]).projects}
    assert (found["probe"].mark, found["probe"].config) == (Mark.FOLLOWED, config.pk)


def test_a_category_that_is_followed_brings_what_is_in_it(using, config):
    found = {one.resource: one for one in used_projects(OPERATOR, using, [ROVER]).projects}
    assert (found["probe"].mark, found["probe"].config) == (Mark.FOLLOWED, config.pk)


def test_what_was_deleted_here_or_is_taken_does_not_come(using):
    Exclusion.objects.create(resource="probe")
    (probe,) = (p for p in used_projects(OPERATOR, using, [ROVER]).projects if p.name != "ghost")
    assert (probe.mark, probe.reason) == (Mark.BLOCKED, "Its copy was deleted or detached here.")


@pytest.fixture
def stranger(transactional_db) -> Actor:
    """Somebody who may synchronize into a category of their own, and sees nothing else."""
    mine = writing.make_category(SYSTEM, "Mine")
    user = User.objects.create(username="stan")
    RoleGrant.objects.create(user=user, role=Role.SYNCHRONIZATION_MANAGER, category=mine.id)
    return Actor("stan", user.pk, "web 10.0.0.3")


def test_what_may_not_be_seen_here_is_neither_shown_nor_named(using, stranger):
    probe = Picked("resource", "probe", "P")
    (config,) = configurations.create(OPERATOR, using, [probe], UNCATEGORIZED_ID, MANUAL)
    synchronize(config)
    found = {one.resource: one for one in used_projects(stranger, using, [ROVER]).projects}
    shown = found["probe"]
    assert (shown.mark, shown.row, shown.config) == (Mark.FOLLOWED, None, None)


def test_a_look_plans_what_comes_along_and_writes_nothing(using):
    found = look(OPERATOR, using, [ROVER], UNCATEGORIZED_ID, ALONG)
    assert [one.picked.id for one in found.previews] == ["rover", "probe"]
    assert [one.id for one in found.along] == ["probe"]
    assert not SyncConfig.objects.exists()


def test_without_the_switch_nothing_comes_along(using):
    found = look(OPERATOR, using, [ROVER], UNCATEGORIZED_ID, MANUAL)
    assert (len(found.previews), found.along) == (1, ())
    assert marks(found.used)["probe"] == Mark.CAN_COME


def test_a_source_that_fails_to_say_what_is_used_holds_up_no_plan(using, source, monkeypatch):
    def fail(_ids):
        raise Unreachable("Bodo's node is away.")

    monkeypatch.setattr(source, "uses", fail)
    found = look(OPERATOR, using, [ROVER], UNCATEGORIZED_ID, MANUAL)
    assert (len(found.previews), found.used.error[:20]) == (1, "Bodo's node is away.")
    with pytest.raises(Unreachable):
        look(OPERATOR, using, [ROVER], UNCATEGORIZED_ID, ALONG)


def test_what_a_plan_would_refuse_altogether_does_not_come_along(using):
    History("other", name="Name probe").commit(1, None)
    found = look(OPERATOR, using, [ROVER], UNCATEGORIZED_ID, ALONG)
    (probe,) = (one for one in found.used.projects if one.resource == "probe")
    assert (found.along, probe.mark) == ((), Mark.BLOCKED)
    assert "name" in probe.reason


def test_who_may_not_synchronize_there_gets_no_look(using, rob):
    with pytest.raises(NotAllowed):
        look(rob, using, [ROVER], UNCATEGORIZED_ID, ALONG)


def test_what_comes_along_gets_a_configuration_of_its_own_with_the_same_policy(using):
    found = look(OPERATOR, using, [ROVER], UNCATEGORIZED_ID, ALONG)
    configurations.create(OPERATOR, using, [ROVER], UNCATEGORIZED_ID, ALONG, found.along)
    rows = SyncConfig.objects.values_list("source_id", "trigger", "target_category")
    assert sorted(rows) == [
        ("probe", "manual", UNCATEGORIZED_ID),
        ("rover", "manual", UNCATEGORIZED_ID),
    ]
    assert AuditEntry.objects.filter(action="configuration.create").count() == 2


def test_what_somebody_took_meanwhile_is_left_to_them(using):
    found = look(OPERATOR, using, [ROVER], UNCATEGORIZED_ID, ALONG)
    other = Picked("resource", "probe", "P")
    configurations.create(OPERATOR, using, [other], UNCATEGORIZED_ID, MANUAL)
    made = configurations.create(OPERATOR, using, [ROVER], UNCATEGORIZED_ID, ALONG, found.along)
    assert [config.source_id for config in made] == ["rover"]


@pytest.fixture
def rover(using) -> SyncConfig:
    """Rover, followed by hand into Uncategorized."""
    (config,) = configurations.create(OPERATOR, using, [ROVER], UNCATEGORIZED_ID, MANUAL)
    return config


def test_including_later_makes_the_configurations_and_is_remembered(rover, carol):
    (made,) = include(carol, rover)
    assert (made.source_id, made.trigger, made.created_by) == ("probe", "manual", "carol")
    rover.refresh_from_db()
    assert rover.include_used_projects
    assert include(carol, rover) == []


def test_including_takes_the_right_to_synchronize(rover, rob):
    with pytest.raises(NotAllowed):
        include(rob, rover)
    assert SyncConfig.objects.count() == 1


def test_a_run_lets_come_along_what_has_come_to_be_used(rover, source):
    source.use("rover")
    include(OPERATOR, rover)
    source.use("rover", "probe", "ghost")
    run = synchronize(rover)
    configurations.bring_after(run.pk)
    assert set(SyncConfig.objects.values_list("source_id", flat=True)) == {"rover", "probe"}


def test_the_queue_lets_it_come_along_too(rover, source):
    source.use("rover")
    include(OPERATOR, rover)
    source.use("rover", "probe")
    tasks.run_sync(runs.request(rover, OPERATOR, "test").pk)
    made = SyncConfig.objects.get(source_id="probe")
    entry = AuditEntry.objects.get(action="configuration.create", target_id=str(made.pk))
    assert (made.created_by, entry.origin) == ("olga", f"configuration {rover.pk}")


def test_what_a_paused_configuration_uses_does_not_come_along(rover):
    run = synchronize(rover)
    SyncConfig.objects.update(paused=True, include_used_projects=True)
    assert configurations.bring_after(run.pk) == []


def test_no_more_come_along_at_once_than_may_be():
    one = UsedProject("n", "r", "p", Mark.CAN_COME, 1, (), ())
    many = UsedProjects(tuple(replace(one, resource=f"r{n}") for n in range(MOST_ALONG + 3)))
    assert (len(many.along), many.later) == (MOST_ALONG, 3)


def test_a_run_brings_nothing_where_that_was_not_wanted(rover):
    configurations.bring_after(synchronize(rover).pk)
    assert SyncConfig.objects.count() == 1


def test_what_is_missing_here_is_told_without_asking_the_source(rover, source):
    synchronize(rover)
    source.asked_uses.clear()
    found = configurations.lacking_of(rover, Resource.objects.all())
    assert [one.use.resource for one in found] == ["ghost", "probe"]
    assert source.asked_uses == []


def test_a_source_that_cannot_tell_says_so(using, source, monkeypatch):
    monkeypatch.setattr(source, "uses", lambda _ids: None)
    found = used_projects(OPERATOR, using, [ROVER])
    assert (found.can_tell, found.projects) == (False, ())


def test_a_circle_of_two_comes_along_whole(using, source):
    source.use("probe", "rover")
    found = look(OPERATOR, using, [ROVER], UNCATEGORIZED_ID, ALONG)
    assert marks(found.used) == {
        "probe": Mark.CAN_COME,
        "ghost": Mark.MISSING,
        "rover": Mark.PICKED,
    }
    assert not Claim.objects.exists()
