"""A whole node, as people run it, and clients of Teamwork Cloud that nobody here wrote."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from atwc.browsers import ModelBrowser, ResourceBrowser
from atwc.client import Client

from tcsync.histories.generate import GeneratorSpec, generate
from tests.e2e import pair
from tests.syncconfigs.supervisor.running import running_node

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*in (aiohttp 4.0|v4):DeprecationWarning"),
]
SMALL = GeneratorSpec("served", 2, (200, 400), (4, 8), 3, artifacts=True)
PASSWORD = "a password of the reader"
SET_PASSWORD = (
    "from tcsync.access.models import User; u = User.objects.get(username='reader');"
    f"u.set_password({PASSWORD!r}); u.save()"
)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Return the port of a running node with an invented history."""
    data: Path = tmp_path_factory.mktemp("served")
    with (data / "history.jsonl").open("wb") as out:
        generate(SMALL, out)
    pair.fill(data, data / "history.jsonl")
    pair.manage(data, "shell", "-v0", "-c", SET_PASSWORD)
    with running_node(data) as node:
        yield node.port


def asked(port: int, method: str, path: str) -> requests.Response:
    """Send a request with the reader's password."""
    where = f"http://127.0.0.1:{port}/osmc/{path}"
    with requests.Session() as session:
        return session.request(method, where, auth=("reader", PASSWORD), timeout=30)


def test_the_bytes_of_a_login(port: int) -> None:
    answer = asked(port, "GET", "login")
    cookies = [line.partition("=")[0] for line in answer.raw.headers.getlist("Set-Cookie")]
    assert cookies == ["twc-rest-current-user", "twc-rest-session-id"]
    assert (answer.status_code, answer.headers["Content-Type"]) == (204, "application/json")
    assert answer.content == b""


def test_a_head_has_no_body(port: int) -> None:
    answer = asked(port, "HEAD", "resources?includeBody=true")
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) > 100
    assert answer.content == b""


def test_atwc_reads_every_element_of_every_resource(port: int) -> None:
    found = asyncio.run(_walk(f"http://127.0.0.1:{port}/osmc/"))
    assert len(found) == 2
    for resource, reached in found.items():
        revisions = asked(port, "GET", f"resources/{resource}/revisions?includeBody=true").json()
        assert revisions[0]["rootObjectIDs"]
        assert reached > 50


async def _walk(address: str) -> dict[str, int]:
    """Return how many elements atwc reaches from the roots of each resource."""
    client = Client(address, "reader", PASSWORD)
    async with client.create_session():
        resources = ResourceBrowser(client)
        await resources.fetch()
        return {
            one["ID"]: await _reached(ModelBrowser(client, one)) for one in resources.all_resources
        }


async def _reached(browser: ModelBrowser) -> int:
    revision = await browser.get_revision_info()
    level = list(revision["rootObjectIDs"])
    seen = set(level)
    while level:
        found = await browser.get_elements_batch(level)
        assert {one["status"] for one in found.values()} == {200}
        owned = (one["data"][1]["kerml:ownedElement"] for one in found.values())
        level = [child["@id"] for children in owned for child in children]
        seen.update(level)
    return len(seen)
