"""A configuration works for as long as its maker may synchronize into its target category."""

from __future__ import annotations

import pytest

from syncconfigs import configurations as use_cases
from syncconfigs.models import SyncConfig
from syncconfigs.watcher import ServerWatch
from tcsync.access.models import Role, RoleGrant, User
from tcsync.audit.recording import Actor
from tcsync.repository.models import Category, Resource
from tests.syncconfigs.conftest import OPERATOR
from tests.syncconfigs.runs.working import synchronize


@pytest.fixture
def dora(transactional_db):
    """A synchronization manager of the category Team alone."""
    user = User.objects.create(username="dora")
    Category.objects.create(id="team", name="Team")
    RoleGrant.objects.create(user=user, role=Role.SYNCHRONIZATION_MANAGER, category="team")
    return Actor("dora", user.pk, "web 10.0.0.3")


@pytest.fixture
def hers(server, space, dora):
    """Space, followed into Team by dora."""
    picked = use_cases.Picked("category", space, "Space")
    (config,) = use_cases.create(dora, server, [picked], "team", use_cases.Policy("manual"))
    return config


def test_it_works_while_the_role_is_there(hers):
    assert synchronize(hers).state == "succeeded"


def test_a_role_that_was_taken_away_stops_it_with_its_reason(hers):
    RoleGrant.objects.all().delete()
    run = synchronize(hers)
    assert (run.state, run.code, hers.status) == ("failed", "outside_role", "error")
    assert "dora" in run.reason
    assert not Resource.objects.exists()


def test_a_category_that_was_moved_out_of_the_scope_stops_it(hers):
    below = Category.objects.create(id="below", name="Below", parent_id="team")
    SyncConfig.objects.update(target_category=below)
    hers.refresh_from_db()
    assert synchronize(hers).state == "succeeded"
    Category.objects.filter(pk="below").update(parent=None)
    assert synchronize(hers).code == "outside_role"


def test_an_account_that_is_switched_off_or_gone_stops_it(hers):
    User.objects.filter(username="dora").update(is_active=False)
    assert synchronize(hers).code == "outside_role"
    User.objects.filter(username="dora").delete()
    assert synchronize(hers).code == "outside_role"


def test_the_watcher_writes_the_reason_down(hers):
    SyncConfig.objects.update(trigger="every_commit", status="synchronized")
    RoleGrant.objects.all().delete()
    ServerWatch(hers.server_id).turn()
    hers.refresh_from_db()
    assert hers.status == "error"
    assert "may no longer synchronize" in hers.reason


def test_somebody_with_the_role_can_take_it_over(hers, carol):
    RoleGrant.objects.filter(user__username="dora").delete()
    use_cases.take_over(carol, hers)
    assert synchronize(hers).state == "succeeded"
    hers.refresh_from_db()
    assert hers.created_by == "carol"


def test_a_configuration_of_a_command_needs_no_account(server, space):
    picked = use_cases.Picked("category", space, "Space")
    target = Category.objects.create(id="team", name="Team").pk
    (config,) = use_cases.create(OPERATOR, server, [picked], target, use_cases.Policy("manual"))
    User.objects.create(username=OPERATOR.name)
    assert synchronize(config).state == "succeeded"
