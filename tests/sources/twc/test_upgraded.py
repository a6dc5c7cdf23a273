"""A server that is upgraded while it is read: nothing is told by two versions."""

from __future__ import annotations

from contextlib import suppress

import pytest

from tcsync.audit.recording import SYSTEM
from tcsync.domain import UNCATEGORIZED_ID
from tcsync.errors import VersionChanged
from tcsync.repository import models
from tcsync.sources.twc import Sessions, TwcSource
from tcsync.sync.apply import Work, apply
from tests.fakes.twc import StandIn, World, faults
from tests.sources.twc.connecting import Kept, connect, looked_at, wants
from tests.sources.twc.test_synchronizing import plan_of


@pytest.fixture
def upgrade(server: StandIn, world: World):
    """Another major version, and all sessions end."""

    def now() -> None:
        world.version = "2026x"
        server.sessions.expire_all()

    return now


def test_an_upgrade_in_mid_stream_is_no_fault_of_a_resource(source, server, world, upgrade):
    rover, library = world.resource("Rover"), world.resource("Library")
    shown = looked_at(source, rover.id, library.id).resources
    server.faults.add(f"*/{shown[0].id}/revisions/*/models/*", faults.first(upgrade))
    kept = Kept()
    with pytest.raises(VersionChanged, match="2024x when this began") as caught:
        kept.pull(source, wants(*shown))
    assert caught.value.retryable
    assert (kept.absent, kept.told) == ([], {})


def test_every_later_question_of_a_stream_says_so_again(source, world, upgrade):
    (shown,) = looked_at(source, world.resource("Rover").id).resources
    kept = Kept().pull(source, wants(shown))
    with source.changesets(wants(shown), kept) as arriving:
        first, second = next(arriving), next(arriving)
        upgrade()
        for telling in (first, second):
            with pytest.raises(VersionChanged):
                list(telling.changes)
        with pytest.raises(VersionChanged):
            list(arriving)


def test_a_stream_ends_where_somebody_else_noticed_the_upgrade(
    source: TwcSource, server: StandIn, sessions: Sessions, world: World, upgrade
):
    (shown,) = looked_at(source, world.resource("Rover").id).resources
    with source.changesets(wants(shown), Kept()) as arriving:
        first = next(arriving)
        upgrade()
        with connect(server, sessions) as other:
            # Whoever is first is told: what was asked for ahead, or this one.
            with suppress(VersionChanged):
                other.snapshot(None, None)
            assert other.snapshot(None, None).major_version == "2026x"
        with pytest.raises(VersionChanged):
            list(first.changes)


@pytest.mark.django_db(transaction=True)
def test_a_run_keeps_what_was_whole_before_an_upgrade(source, server, world, upgrade):
    rover, library = world.resource("Rover").id, world.resource("Library").id
    plan = plan_of(source, "Rover", "Library")
    server.faults.add(f"*/{rover}/revisions/1/elements", faults.first(upgrade))
    with pytest.raises(VersionChanged):
        list(apply(plan, source, Work(SYSTEM, 1, UNCATEGORIZED_ID)))
    assert models.Revision.objects.filter(resource=library).count() == 2
    assert models.Revision.objects.filter(resource=rover).count() == 0
