"""Ids are checked first, all of them, and what is wrong with one is pointed at."""

from __future__ import annotations

import pytest

from syncconfigs import datamanager
from syncconfigs.datamanager.ids import IdsRefused
from syncconfigs.datamanager.pointing import mistake_in
from tcsync.access.models import Role, RoleGrant, User
from tcsync.audit.recording import SYSTEM, Actor
from tcsync.repository import writing
from tcsync.repository.models import Category
from tests.repository.histories import History
from tests.syncconfigs.conftest import OPERATOR

pytestmark = pytest.mark.both_databases
RIGHT = "a1d569ea-0f2b-4c7e-9d11-5e2a7c3b4f60"
WRONG = "ald569ea-0f2b-4c7e-9d11-5e2a7c3b4f60"


def refused(*ids: str, categories: tuple[str, ...] = (), actor: Actor = OPERATOR) -> str:
    with pytest.raises(IdsRefused) as caught:
        datamanager.choose(actor, ids, categories)
    return caught.value.message


@pytest.mark.parametrize(
    ("id_", "place", "why"),
    [
        (WRONG, 1, "is the digit 1 meant"),
        (RIGHT.replace("0f2b", "Of2b"), 9, "is the digit 0 meant"),
        (RIGHT.replace("-9d11", "\u20139d11"), 18, "long dash"),
        ("rover\u200b", 5, "zero width space"),
    ],
)
def test_a_character_that_stands_in_no_id_is_found(id_, place, why):
    mistake = mistake_in(id_)
    assert mistake is not None
    assert mistake.place == place
    assert why in mistake.why


@pytest.mark.parametrize("id_", [RIGHT, "rover/1", "_2021x_model", "L"])
def test_ids_of_other_makes_are_no_mistake(id_):
    assert mistake_in(id_) is None


@pytest.mark.django_db
def test_the_caret_stands_below_the_character_and_the_right_id_is_suggested():
    History(RIGHT, name="Rover").commit(1, None)
    lines = refused(WRONG).splitlines()
    at = next(n for n, line in enumerate(lines) if line.strip() == WRONG)
    assert lines[at + 1].index("^") == lines[at].index(WRONG) + 1
    assert f"Similar: {RIGHT} (Rover)" in lines[-1]


@pytest.mark.django_db
def test_all_wrong_ids_are_told_at_once():
    History("mine").commit(1, None)
    said = refused("mine", "one", "two", categories=("three",))
    assert [f"'{word}'" in said for word in ("one", "two", "three", "mine")] == [True] * 3 + [False]


@pytest.mark.django_db
def test_a_name_in_the_place_of_an_id_leads_to_the_id():
    History("r-17", name="Rover").commit(1, None)
    assert "Similar: r-17 (Rover)" in refused("rover")


@pytest.mark.django_db
def test_what_somebody_may_not_see_is_not_suggested():
    hidden = writing.make_category(SYSTEM, "Hidden")
    History(RIGHT, name="Secret", category=hidden.id).commit(1, None)
    open_one = writing.make_category(SYSTEM, "Open")
    user = User.objects.create(username="mara")
    RoleGrant.objects.create(user=user, role=Role.SYNCHRONIZATION_MANAGER, category=open_one.id)
    said = refused(WRONG, RIGHT, actor=Actor("mara", user.pk, "web"))
    assert "Secret" not in said
    assert f"There is no resource '{RIGHT}'" in said


@pytest.mark.django_db
def test_a_category_is_its_resources_nested_ones_included():
    space = writing.make_category(SYSTEM, "Space")
    orbit = writing.make_category(SYSTEM, "Orbit", space.id)
    History("a", category=space.id).commit(1, None)
    History("b", category=orbit.id).commit(1, None)
    History("c").commit(1, None)
    chosen = datamanager.choose(OPERATOR, ["c", "a"], [space.id])
    assert [row.id for row in chosen.rows] == ["c", "a", "b"]
    assert Category.objects.count() == 3


def test_lists_may_hold_blanks_quotes_and_ids_twice():
    assert datamanager.ids_of(["a, b,", "'b'", ""]) == ("a", "b")
