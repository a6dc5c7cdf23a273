"""Real and invented histories cross from node to node and are read back element by element."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tcsync.histories.generate import GeneratorSpec, generate
from tests.e2e import pair
from tests.syncconfigs.supervisor.running import running_node

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SMALL = GeneratorSpec("cross", 6, (30, 300), (4, 16), 3, artifacts=True)

READ_BACK = """
import hashlib, json
from tcsync.repository.models import Branch, Resource, Revision
from tcsync.repository.states import History
from tcsync.repository import reading
from tcsync.repository.storage import default_storage
found = {}
for resource in Resource.objects.all():
    history = History(resource.id)
    heads = set(Branch.objects.filter(resource=resource).values_list("head", flat=True)) - {None}
    every = set(Revision.objects.filter(resource=resource).values_list("number", flat=True))
    for number in sorted(every if %(every)s else heads):
        state = hashlib.sha256()
        for id_, body in history.elements(number):
            state.update(b"%%d:" %% len(body) + id_.encode() + body)
        for ref in history.artifacts(number):
            blob = reading.blob(ref.digest)
            state.update(ref.id.encode() + ref.name.encode())
            state.update(default_storage().read(blob.object, blob.place, blob.length))
        found[f"{resource.id} {number}"] = state.hexdigest()
print(json.dumps(found))
"""


def read_back(data: Path, *, every: bool) -> dict[str, str]:
    script = READ_BACK % {"every": every}
    found: dict[str, str] = json.loads(pair.manage(data, "shell", "-v0", "-c", script))
    return found


def crossed(source: Path, target: Path, token: str) -> None:
    """Synchronize everything that the source holds into the target."""
    tops = pair.query(source, "SELECT id FROM repository_category WHERE parent_id IS NULL")
    with running_node(source) as node:
        address = f"http://127.0.0.1:{node.port}"
        pair.follow(target, address, token, [str(row[0]) for row in tops])
        pair.manage(target, "sync", "--all")
        pair.manage(target, "verify", "--all")


def test_an_invented_history_reads_the_same_at_every_revision(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    with (source / "history.jsonl").open("wb") as out:
        generate(SMALL, out)
    token = pair.fill(source, source / "history.jsonl")
    crossed(source, target, token)
    assert pair.facts(target) == pair.facts(source)
    here = read_back(target, every=True)
    assert len(here) > 30
    assert here == read_back(source, every=True)


@pytest.mark.parametrize(
    ("name", "every"),
    [("archi", True), pytest.param("mtconnect", False, marks=pytest.mark.long)],
)
def test_a_real_history_reads_the_same(shared_data, tmp_path, name, every):
    source, target = tmp_path / "source", tmp_path / "target"
    token = pair.fill(source, shared_data / name / f"{name}.jsonl.xz")
    crossed(source, target, token)
    assert pair.facts(target) == pair.facts(source)
    assert read_back(target, every=every) == read_back(source, every=every)


@pytest.mark.long
def test_eleven_real_resources_cross_and_the_second_docgen_is_refused(shared_data, tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    token = pair.fill(source, shared_data / "mdk" / "mdk.jsonl.xz")
    tops = pair.query(source, "SELECT id FROM repository_category WHERE name = 'Everything'")
    with running_node(source) as node:
        pair.follow(target, f"http://127.0.0.1:{node.port}", token, [str(tops[0][0])])
        with pytest.raises(AssertionError, match=r"The name 'DocGen' is taken"):
            pair.manage(target, "sync", "--all")
    here = pair.query(target, "SELECT resource_id, number, digest FROM repository_revision")
    there = pair.query(source, "SELECT resource_id, number, digest FROM repository_revision")
    assert set(here) < set(there)
    assert len({row[0] for row in here}) == 10
    mine, theirs = read_back(target, every=False), read_back(source, every=False)
    assert mine.items() <= theirs.items()
