"""A source with two resources below category Space, a server that leads to it, a configuration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from syncconfigs.connect import opening
from syncconfigs.connect.catalogue import forget
from syncconfigs.models import RemoteServer, SyncConfig
from tcsync.access.models import Role, RoleGrant, User
from tcsync.audit.recording import SYSTEM, Actor
from tcsync.domain import UNCATEGORIZED_ID, Tag
from tcsync.repository import writing
from tests.fakes.captured_source import CapturedSource, become_another_node
from tests.repository.histories import History
from tests.syncconfigs.rewriting import other_history, rewrite
from tests.syncconfigs.runs.working import synchronize

OPERATOR = Actor("olga", origin="command")


@pytest.fixture(autouse=True)
def no_catalogue_kept() -> Iterator[None]:
    """Let no test see the catalogue that another one read: servers may have the same number."""
    forget()
    yield
    forget()


@pytest.fixture
def source(transactional_db: None) -> CapturedSource:
    """Rover (three revisions, one tag) and Probe (two), in Space; this node holds nothing."""
    space = writing.make_category(SYSTEM, "Space")
    rover = History("rover", category=space.id)
    for number in (1, 2, 5):
        rover.commit(number, {1: None, 2: 1, 5: 2}[number], {"a": {"v": number}})
    writing.put_tag(SYSTEM, "rover", Tag("t1", "v1.0", 2))
    probe = History("probe", category=space.id)
    probe.commit(1, None, {"x": {"v": 1}})
    probe.commit(2, 1, {"x": {"v": 2}})
    captured = CapturedSource()
    become_another_node()
    return captured


@pytest.fixture
def server(source: CapturedSource, monkeypatch: pytest.MonkeyPatch):
    """The source as a remote server."""
    monkeypatch.setitem(opening.OPENERS, "tcsync", lambda _server: source)
    yield RemoteServer.objects.create(name="Bodo's node", address="http://bodo:8001", secret="s")
    opening.close_idle()


@pytest.fixture
def space(source: CapturedSource) -> str:
    """The id of category Space at the source."""
    return next(c.id for c in source.whole.categories if c.name == "Space")


@pytest.fixture
def config(server: RemoteServer, space: str) -> SyncConfig:
    """Space, followed into Uncategorized; no run was asked for yet."""
    return SyncConfig.objects.create(
        server=server,
        kind="category",
        source_id=space,
        source_name="Space",
        target_category_id=UNCATEGORIZED_ID,
    )


@pytest.fixture
def fleet(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> CapturedSource:
    """Ten copies r0 to r9, synchronized by the only configuration from the source returned."""
    space = writing.make_category(SYSTEM, "Space")
    for number in range(10):
        History(f"r{number}", category=space.id).commit(1, None, {"a": {"v": number}})
    source = CapturedSource()
    become_another_node()
    monkeypatch.setitem(opening.OPENERS, "tcsync", lambda _server: source)
    server = RemoteServer.objects.create(name="Bodo's node", address="http://bodo:8001", secret="s")
    config = SyncConfig.objects.create(
        server=server,
        kind="category",
        source_id=space.id,
        source_name="Space",
        target_category_id=UNCATEGORIZED_ID,
    )
    synchronize(config)
    return source


def rename(source: CapturedSource, count: int, name: str = "Other") -> None:
    """Rename the first resources of the fleet at the source."""
    ids = {f"r{number}" for number in range(count)}
    changed = (
        replace(r, name=f"{name} {r.id}") if r.id in ids else r for r in source.whole.resources
    )
    source.whole = replace(source.whole, resources=tuple(changed))


@pytest.fixture
def parted(other_rover: CapturedSource, config: SyncConfig, source: CapturedSource) -> SyncConfig:
    """Space, synchronized; then the source rewrote the history of rover from revision 2 on."""
    synchronize(config)
    rewrite(source, other_rover)
    return config


@pytest.fixture
def other_rover(transactional_db: None) -> CapturedSource:
    """The history that the source of `parted` comes to show."""
    return other_history()


@pytest.fixture
def carol(transactional_db: None) -> Actor:
    """A synchronization manager of the whole node."""
    user = User.objects.create(username="carol")
    RoleGrant.objects.create(user=user, role=Role.SYNCHRONIZATION_MANAGER)
    return Actor("carol", user.pk, "web 10.0.0.1")


@pytest.fixture
def rob(transactional_db: None) -> Actor:
    """Somebody who may only read."""
    user = User.objects.create(username="rob")
    RoleGrant.objects.create(user=user, role=Role.REVIEWER)
    return Actor("rob", user.pk, "web 10.0.0.2")
