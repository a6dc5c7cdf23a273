"""Every operation of the OpenAPI document with values that somebody might try: never a defect."""

import json
import re

import pytest

from syncconfigs.api.docs import document
from tests.syncconfigs.api.conftest import PROBLEM

TEXTS = [
    "",
    "\0",
    "\ud800",
    "🚀" * 300,
    "x" * 100_000,
    "' OR 1=1 --<b>%",
    "\n\N{RIGHT-TO-LEFT OVERRIDE}",
]
VALUES = [None, True, -1, 2**63, 10**400, 1e400, [], {}, [[None]], [{"type": []}], *TEXTS]
WORDS = ["", "x", "0", "-1", "9" * 19, "9" * 400, "1.5", "true", "%", "🚀", "a,b", "[]", "é" * 999]
IDS = ["1", "0", "9" * 18, "9" * 30, "r1", "a/b", "🚀", "x" * 3000, "%00", "%ff", "..", " "]


OPERATIONS = [
    pytest.param(method.upper(), path, said, id=said["operationId"])
    for path, methods in document()["paths"].items()
    for method, said in methods.items()
]


def fields(said):
    content = said.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return list(document()["components"]["schemas"].get(name, {}).get("properties", {}))


def real(world, path):
    """Return the address of something that is there."""
    numbers = {"servers": world.server, "configurations": world.config, "runs": world.run}
    area = path.split("/")[3]
    first = numbers[area].pk if area in numbers else {"resources": "r1"}.get(area, "flight")
    where = path.replace("{id}", str(first)).replace("{number}", "1").replace("{other}", "0")
    return re.sub(r"{[^}]*}", "x", where)


def check(answer):
    body = answer.getvalue()
    assert answer.status_code not in {500, 501, 503}, (answer.status_code, body[:500])
    if answer.status_code >= 400:
        assert answer["Content-Type"] == PROBLEM
        assert len(body) < 20_000
    assert b"canary" not in body


@pytest.fixture
def asker(administrator, world, monkeypatch):
    # Nothing of this is about what another server says.
    world.server.address = "http://127.0.0.1:9"
    world.server.save()
    return administrator


def is_of_content(path):
    """The small node of these tests has rows without the packs that they name."""
    return re.search(r"/(roots|search|elements|elements.jsonl|difference|artifacts)(/|$)", path)


WITH_BODY = [one for one in OPERATIONS if "requestBody" in one.values[2]]
WITHOUT_CONTENT = [one for one in OPERATIONS if not is_of_content(one.values[1])]


@pytest.mark.parametrize(("method", "path", "said"), WITH_BODY)
def test_a_body_with_nasty_values(asker, world, method, path, said):
    where = real(world, path)
    for value in VALUES:
        for name in (None, *fields(said)):
            body = value if name is None else {name: value}
            check(asker.ask(method, where, json.dumps(body).encode()))


@pytest.mark.parametrize(("method", "path", "said"), WITHOUT_CONTENT)
def test_a_query_with_nasty_values(asker, world, method, path, said):
    names = [p["name"] for p in said.get("parameters", ()) if p["in"] == "query"]
    for name in names:
        for value in WORDS:
            check(asker.generic(method, real(world, path), query_params={name: value}))


@pytest.mark.parametrize(("method", "path", "said"), OPERATIONS)
def test_an_address_with_nasty_ids(asker, world, method, path, said):
    for value in IDS:
        check(asker.generic(method, re.sub(r"{[^}]*}", value, path)))
