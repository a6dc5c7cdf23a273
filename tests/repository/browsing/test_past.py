"""The past of an element: along its branch, past removals, up to holes, in parts."""

from __future__ import annotations

import pytest

from tcsync.domain import Branch
from tcsync.errors import ContentError, Missing
from tcsync.repository.browsing import Past, Touch, past
from tcsync.repository.models import Revision
from tests.repository.browsing.models import Model, fresh, stored

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def touched() -> None:
    """1 adds, 2 does nothing, 3 edits, 4 removes, 5 adds again; 6 edits on a branch from 3."""
    branches = (Branch("trunk", "trunk", None, None), Branch("side", "side", 3, None))
    model = Model(branches=branches)
    model.write(1, None, {"e": stored("e")})
    model.write(2, 1, {"f": stored("f")})
    model.write(3, 2, {"e": stored("e", name="x")})
    model.write(4, 3, removes=["e"])
    model.write(5, 4, {"e": stored("e", name="y")})
    model.write(6, 3, {"e": stored("e", name="z")}, branch="side")


ALL = (Touch(5, "added"), Touch(4, "removed"), Touch(3, "edited"), Touch(1, "added"))


@pytest.mark.usefixtures("touched")
def test_the_past_names_each_revision_that_changed_the_element():
    assert past(fresh(), 5, "e") == Past(ALL, None)
    assert past(fresh(), 4, "e") == Past(ALL[1:], None)
    assert past(fresh(), 6, "e") == Past((Touch(6, "edited"), *ALL[2:]), None)


@pytest.mark.usefixtures("touched")
@pytest.mark.parametrize("bounds", [{"limit": 1}, {"limit": 2}, {"seconds": -1}])
def test_the_past_goes_on_where_it_stopped(bounds):
    touches, number = [], 5
    while number is not None:
        part = past(fresh(), number, "e", **bounds)
        touches += part.touches
        number = part.older
    assert tuple(touches) == ALL


@pytest.mark.usefixtures("touched")
def test_what_never_existed_has_no_past():
    assert past(fresh(), 5, "nowhere") == past(fresh(), 5, "\ud800") == Past((), None)


@pytest.mark.usefixtures("touched")
def test_the_past_ends_at_a_hole():
    Revision.objects.filter(number=3).update(hole_before=True)
    assert past(fresh(), 3, "e") == Past((Touch(3, "edited"),), None)


@pytest.mark.usefixtures("touched")
def test_a_revision_that_does_not_exist_is_missing():
    with pytest.raises(Missing):
        past(fresh(), 7, "e")


@pytest.mark.usefixtures("touched")
def test_a_damaged_pack_on_the_way_is_a_content_error():
    Revision.objects.filter(number=2).update(length=200)
    with pytest.raises(ContentError):
        past(fresh(), 5, "e")
