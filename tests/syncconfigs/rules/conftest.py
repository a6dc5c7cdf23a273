"""A source of each kind: a node that sends packs, a Teamwork Cloud that tells changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syncconfigs.connect import opening
from syncconfigs.models import RemoteServer, SyncConfig
from tcsync.audit.recording import SYSTEM
from tcsync.domain import UNCATEGORIZED_ID, Tag
from tcsync.repository import writing
from tests.fakes.captured_source import CapturedSource, become_another_node
from tests.fakes.telling_source import TellingSource
from tests.repository.histories import History

KINDS = {"tcsync": CapturedSource, "teamwork-cloud": TellingSource}


@pytest.fixture(params=KINDS)
def kind(request) -> str:
    """The kind of server: every rule holds for all of them."""
    return str(request.param)


@pytest.fixture
def source(transactional_db, kind) -> CapturedSource:
    """Space with Engines in it; Rover in Space (1, 2, 5; tag v1.0 on 2), Probe in Engines."""
    space = writing.make_category(SYSTEM, "Space")
    engines = writing.make_category(SYSTEM, "Engines", space.id)
    rover = History("rover", category=space.id)
    for number, parent in ((1, None), (2, 1), (5, 2)):
        rover.commit(number, parent, {"a": {"v": number}})
    writing.put_tag(SYSTEM, "rover", Tag("t1", "v1.0", 2))
    probe = History("probe", category=engines.id)
    probe.commit(1, None, {"x": {"v": 1}}, artifacts={"d1": b"diagram"})
    captured = KINDS[kind]()
    become_another_node()
    return captured


@pytest.fixture
def server(source, kind, monkeypatch):
    """The source as a remote server of its kind."""
    monkeypatch.setitem(opening.OPENERS, kind, lambda _server: source)
    yield RemoteServer.objects.create(name="Site A", kind=kind, address="http://a:8111")
    opening.close_idle()


def category(source: CapturedSource, name: str) -> str:
    """Return the id of a category at the source."""
    return next(c.id for c in source.whole.categories if c.name == name)


@pytest.fixture
def config(server, source) -> SyncConfig:
    """Space with all below it, followed into Uncategorized."""
    return SyncConfig.objects.create(
        server=server,
        kind="category",
        source_id=category(source, "Space"),
        source_name="Space",
        target_category_id=UNCATEGORIZED_ID,
    )


def change(source: CapturedSource, id_: str, **values: object) -> None:
    """Change a resource at the source."""
    source.whole = replace(
        source.whole,
        resources=tuple(replace(r, **values) if r.id == id_ else r for r in source.whole.resources),
    )


def remove(source: CapturedSource, id_: str) -> None:
    """Let a resource, or a category without what is in it, be gone at the source."""
    source.whole = replace(
        source.whole,
        resources=tuple(r for r in source.whole.resources if r.id != id_),
        categories=tuple(c for c in source.whole.categories if c.id != id_),
    )
