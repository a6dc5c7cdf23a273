"""One of many texts: what `__in` would find, by one value."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tcsync.repository.among import among
from tcsync.repository.models import Branch, Category, Resource

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

IDS = ["a", "b'\"", "ä\U0001f680", "100%s", "[]"]


@pytest.fixture(autouse=True)
def resources():
    category = Category.objects.create(id="c", name="C")
    for id_ in [*IDS, "other"]:
        Resource.objects.create(id=id_, project_id=id_, name=id_, category=category, trunk="t")
        Branch.objects.create(resource_id=id_, uid="t", name="trunk")


@pytest.mark.parametrize("wanted", [[], ["a"], ["a", "a", "none"], IDS])
def test_it_finds_what_django_finds(wanted):
    found = Resource.objects.filter(among("id", wanted)).order_by("id")
    assert list(found) == list(Resource.objects.filter(id__in=wanted).order_by("id"))


def test_it_finds_by_a_reference():
    found = Branch.objects.filter(among("resource", IDS)).values_list("resource", flat=True)
    assert sorted(found) == sorted(IDS)


def test_it_can_be_a_part_of_a_condition():
    some = Branch.objects.filter(among("resource", IDS), uid="t").exclude(among("resource", ["a"]))
    assert some.update(archived=True) == len(IDS) - 1


def test_however_many_they_are_there_is_one_value():
    with CaptureQueriesContext(connection) as queries:
        assert len(Resource.objects.filter(among("id", [*IDS, *map(str, range(5000))]))) == 5
    assert len(queries) == 1
