"""Nodes compared with one another, with this one, and with a Teamwork Cloud."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syncconfigs.connect import opening
from syncconfigs.models import Comparison, RemoteServer, SyncConfig
from tcsync.access.models import Role, RoleGrant, User
from tcsync.access.tokens import create_token
from tests.fakes.telling_source import TellingSource
from tests.repository.histories import element
from tests.syncconfigs.comparisons.comparing import compare, differences, kinds, verdicts
from tests.syncconfigs.comparisons.conftest import added
from tests.syncconfigs.runs.working import synchronize

pytestmark = pytest.mark.both_databases


@pytest.fixture
def with_here(config) -> Comparison:
    """The node that was captured, against this node, which holds its copies."""
    synchronize(config)
    return Comparison.objects.create(name="Bodo", one=config.server, categories=[config.source_id])


def test_a_copy_here_equals_its_source(with_here):
    run = compare(with_here)
    assert verdicts(run) == {"Name probe": "equal", "Name rover": "equal"}
    assert run.found_nothing


def test_a_copy_is_walked_element_by_element(with_here, source):
    source.states_at["rover", 5]["a"] = element("a", v="bent")
    with_here.depth = "heads"
    with_here.save()
    assert kinds(compare(with_here), "Name rover") == ["elements"]


def test_other_content_under_the_same_listing_is_found_by_digest(with_here, source):
    record = source.records["rover", 5]
    source.records["rover", 5] = replace(record, digest="0" * 64)
    ((kind, what, *_digests),) = differences(compare(with_here), "Name rover")
    assert (kind, what) == ("content", "1 revision: 5")


@pytest.fixture
def peer(live_server, settings):
    """This node over its own peer API, as a reader of it sees it."""
    settings.TCSYNC_ALLOW_LOOPBACK = True
    user = User.objects.create(username="reader")
    RoleGrant.objects.create(user=user, role=Role.REVIEWER)
    token = create_token(user, "test")
    yield RemoteServer.objects.create(name="Peer", address=live_server.url, secret=token)
    opening.close_idle()


def test_two_nodes_are_compared_over_the_peer_api(config, peer, monkeypatch):
    synchronize(config)
    captured = opening.OPENERS["tcsync"]
    peer_opener = opening._open_node

    def opener(server):
        return peer_opener(server) if server.pk == peer.pk else captured(server)

    monkeypatch.setitem(opening.OPENERS, "tcsync", opener)
    both = Comparison.objects.create(name="Two", one=config.server, other=peer, depth="revisions")
    both.categories = [config.source_id]
    both.save()
    run = compare(both)
    assert verdicts(run) == {"Name probe": "equal", "Name rover": "equal"}
    assert dict(run.compared.values_list("name", "states")) == {"Name probe": 2, "Name rover": 3}
    assert run.report.sides[1]["account"] == "reader"


def test_a_cloud_is_compared_with_the_node_that_copied_it(clouds, space_config):
    synchronize(space_config)
    both = Comparison.objects.create(name="Witness", one=space_config.server, depth="heads")
    both.categories = [space_config.source_id]
    both.save()
    run = compare(both)
    assert verdicts(run) == {"Library": "equal", "Rover": "equal"}


@pytest.fixture
def space_config(clouds, here_cloud) -> SyncConfig:
    """Space of the first cloud, followed into Uncategorized."""
    return SyncConfig.objects.create(
        server=added("One", clouds[0]),
        kind="category",
        source_id=here_cloud.categories["Space"].id,
        source_name="Space",
        target_category_id="4d6ce495-1273-452c-a548-36fcd922184e",
        version_policy="ignore",
    )


def test_what_a_cloud_rewrote_is_seen_against_the_copy_here(clouds, space_config, here_cloud):
    synchronize(space_config)
    here_cloud.resource("Rover").rewrite(2, message="never happened")
    witness = Comparison.objects.create(name="Witness", one=space_config.server)
    witness.categories = [space_config.source_id]
    witness.save()
    assert kinds(compare(witness), "Rover") == ["rewritten"]


def test_a_source_that_tells_changes_has_no_digests_to_compare(config, source, monkeypatch):
    synchronize(config)
    telling = TellingSource()
    monkeypatch.setitem(opening.OPENERS, "tcsync", lambda _server: telling)
    opening.close_idle()
    here = Comparison.objects.create(name="Telling", one=config.server)
    assert set(verdicts(compare(here)).values()) == {"equal"}
