"""Rows that are inserted many at once are those that Django itself would have written."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models import AutoField

from syncconfigs.models import RunStep, SyncRun
from tcsync.repository.bulk import insert
from tcsync.repository.models import Branch, Category, Resource, Tag

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def resource(id_, **more):
    category, _made = Category.objects.get_or_create(id="c", defaults={"name": "C"})
    return Resource(id=id_, project_id=f"P-{id_}", name=id_, category=category, trunk="t", **more)


def told(row):
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not isinstance(field, AutoField)
        and not isinstance(getattr(row, field.attname), datetime)
    }


@pytest.mark.parametrize(
    "make",
    [
        lambda: resource("r", hops=[{"node": "n", "name": "Site ä \U0001f680"}], read_only=True),
        lambda: resource("r", description="100% of %s"),
        lambda: Branch(resource=kept(), uid="b", name="n", start=None, head=2**40),
        lambda: Tag(resource=kept(), uid="t", name="n", number=3),
        lambda: RunStep(run=SyncRun.objects.create(trigger="x"), position=1, marks=["new"]),
    ],
)
def test_each_value_is_as_django_would_have_stored_it(make):
    row = make()
    model = type(row)
    row.save(force_insert=True)
    by_django = told(model.objects.get())
    row.delete()
    if isinstance(model._meta.pk, AutoField):
        row.pk = None
    elif isinstance(row, Resource):
        row.pk = "r"
    insert([row])
    assert told(model.objects.get()) == by_django


def kept():
    found = resource("kept")
    Resource.objects.filter(id="kept").exists() or found.save(force_insert=True)
    return found


def test_moments_are_set_as_by_django():
    insert([resource("r")])
    assert Resource.objects.get().modified is not None


def test_rows_of_several_models_come_in_their_order():
    first = resource("r")
    insert([first, Branch(resource=first, uid="b", name="n"), resource("s")])
    assert (Resource.objects.count(), Branch.objects.count()) == (2, 1)


def test_nothing_is_nothing():
    insert([])


def test_a_conflict_is_an_error_unless_it_is_to_be_ignored():
    insert([resource("r")])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([resource("r")])
    insert([resource("r"), resource("s")], ignore_conflicts=True)
    assert Resource.objects.count() == 2
