"""The one function that says who may do what, where."""

from __future__ import annotations

from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser

from tcsync.access.models import Role, RoleGrant, User
from tcsync.access.permissions import NODE_WIDE, Action, granted_roots, may, require
from tcsync.errors import NotAllowed

R, E, S, V, A, L = Action
EVERYWHERE = {
    Role.ADMINISTRATOR: {R, E, S, V, A, L},
    Role.SYNCHRONIZATION_MANAGER: {R, S, V},
    Role.CONTRIBUTOR: {R, E},
    Role.REVIEWER: {R},
    Role.AUDITOR: {R, L},
}
PATH = ["root", "engines", "turbines"]


def grant(user: User, role: Role, category: str = "") -> None:
    """Give a role."""
    RoleGrant.objects.create(user=user, role=role, category=category)


@pytest.mark.parametrize(("role", "action"), list(product(Role, Action)))
def test_a_role_everywhere_allows_what_it_stands_for(bob: User, role: Role, action: Action) -> None:
    grant(bob, role)
    allowed = action in EVERYWHERE[role]
    assert may(bob, action) is may(bob, action, PATH) is may(bob, action, []) is allowed


@pytest.mark.parametrize(("role", "action"), list(product(Role, Action)))
def test_a_role_in_a_category_allows_it_there_and_below(
    bob: User, role: Role, action: Action
) -> None:
    grant(bob, role, "engines")
    allowed = action in EVERYWHERE[role] - NODE_WIDE
    assert may(bob, action, ["root", "engines"]) is may(bob, action, PATH) is allowed
    assert may(bob, action) is allowed


@pytest.mark.parametrize("path", [["root"], ["root", "wings"], [], ["Engines"], ["engines "]])
def test_a_role_in_a_category_allows_nothing_elsewhere(bob: User, path: list[str]) -> None:
    grant(bob, Role.CONTRIBUTOR, "engines")
    assert not may(bob, Action.READ, path)


def test_a_scoped_administrator_does_not_administer_the_node(bob: User) -> None:
    grant(bob, Role.ADMINISTRATOR, "engines")
    assert [may(bob, action) for action in NODE_WIDE] == [False, False, False]


def test_several_roles_add_up(bob: User) -> None:
    grant(bob, Role.REVIEWER)
    grant(bob, Role.CONTRIBUTOR, "engines")
    grant(bob, Role.CONTRIBUTOR, "wings")
    assert granted_roots(bob, Action.READ) is None
    assert granted_roots(bob, Action.EDIT) == {"engines", "wings"}
    assert granted_roots(bob, Action.SYNCHRONIZE) == frozenset()


@pytest.mark.parametrize("action", Action)
def test_a_superuser_is_an_administrator(alice: User, action: Action) -> None:
    assert may(alice, action)
    assert may(alice, action, PATH)
    assert granted_roots(alice, action) is None


@pytest.mark.django_db
def test_a_visitor_may_nothing() -> None:
    visitor = AnonymousUser()
    assert not any(may(visitor, action) for action in Action)
    assert granted_roots(visitor, Action.READ) == frozenset()


def test_a_disabled_or_demoted_or_deleted_account_may_nothing_at_once(alice: User) -> None:
    grant(alice, Role.REVIEWER)
    User.objects.update(is_superuser=False)
    assert not may(alice, Action.ADMINISTER)
    User.objects.update(is_active=False)
    assert not may(alice, Action.READ)
    User.objects.all().delete()
    assert not may(alice, Action.READ)


def test_a_role_that_was_taken_away_counts_no_more_at_once(bob: User) -> None:
    grant(bob, Role.REVIEWER)
    assert may(bob, Action.READ)
    RoleGrant.objects.all().delete()
    assert not may(bob, Action.READ)


def test_a_refusal_says_who_and_which_role_would_do(bob: User) -> None:
    with pytest.raises(NotAllowed) as caught:
        require(bob, Action.SYNCHRONIZE, PATH)
    assert caught.value.message == "bob may not synchronize into this category."
    assert "Resource Synchronization Manager or Administrator" in caught.value.next_step
    grant(bob, Role.SYNCHRONIZATION_MANAGER, "root")
    require(bob, Action.SYNCHRONIZE, PATH)


@pytest.mark.django_db
def test_a_refusal_of_a_visitor_is_a_sentence_too() -> None:
    with pytest.raises(NotAllowed, match="not signed in may not administer this node"):
        require(AnonymousUser(), Action.ADMINISTER)
