"""What reads a Teamwork Cloud reads a node too: everything arrives as it is stored here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tcsync.access.models import Role
from tcsync.audit.recording import SYSTEM
from tcsync.domain import Selection, Tag
from tcsync.repository import writing
from tcsync.repository.models import Revision
from tcsync.repository.states import History
from tcsync.sources.twc import Sessions, TwcSource
from tests.api.osmc.conftest import PASSWORD, account
from tests.api.osmc.project import pump, uid
from tests.sources.twc.connecting import Kept, connect, wants

PUMP = uid(101)


@pytest.fixture
def source(live_server) -> Iterator[TwcSource]:
    """A node with one project, read as a Teamwork Cloud by rita."""
    pumps = writing.make_category(SYSTEM, "Pumps")
    pump(PUMP, pumps.id)
    writing.put_tag(SYSTEM, PUMP, Tag(uid(60), "v1.0", 2, "first"))
    account("rita", Role.REVIEWER)
    sessions = Sessions()
    with connect(live_server.url, sessions, basic=("rita", PASSWORD)) as made:
        yield made
        sessions.close()


def test_the_listing_arrives(source):
    shown = source.snapshot(Selection(resources=(PUMP,)), {})
    (resource,) = shown.resources
    assert (resource.project_id, resource.name) == (f"PROJECT-{PUMP}", "Pump")
    assert [branch.name for branch in resource.branches] == ["trunk", "side"]
    assert [(tag.name, tag.revision) for tag in resource.tags] == [("v1.0", 2)]
    assert [ref.number for ref in resource.revisions] == [1, 2, 3, 4]


def test_every_element_of_every_revision_arrives_as_it_is_stored(source):
    shown = source.snapshot(Selection(resources=(PUMP,)), {})
    kept = Kept().pull(source, wants(*shown.resources))
    here = History(PUMP)
    for number in (1, 2, 3, 4):
        assert kept.elements_at[PUMP, number] == dict(here.elements(number))
    assert kept.absent == []


def test_who_when_why_and_from_what_arrives(source):
    shown = source.snapshot(Selection(resources=(PUMP,)), {})
    kept = Kept().pull(source, wants(*shown.resources))
    for row in Revision.objects.filter(resource=PUMP):
        told = kept.told[PUMP, row.number].record
        assert (told.author, told.time, told.message) == (row.author, row.time, row.message)
        assert (told.parent, told.branch) == (row.parent, row.branch)
        assert list(told.root_ids) == row.root_ids
