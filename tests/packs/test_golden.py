"""Packs of the past stay readable: see golden/README.md."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tcsync.packs import Kind, Record
from tests.packs.strategies import open_pack, verify

GOLDEN = Path(__file__).parent / "golden"
PACKS = json.loads((GOLDEN / "packs.json").read_bytes())


def recorded(entries) -> list[Record]:
    return [Record(op, id_, body.encode()) for op, id_, body in entries]


@pytest.mark.parametrize("name", sorted(PACKS))
def test_golden_pack_has_its_digests(name):
    expected = PACKS[name]
    summary = verify((GOLDEN / name).read_bytes())
    assert summary.digest == expected["digest"]
    assert summary.content_digest == expected["content_digest"]
    assert summary.artifact_digest == expected["artifact_digest"]


@pytest.mark.parametrize("name", sorted(PACKS))
def test_golden_pack_gives_its_records(name):
    expected = PACKS[name]
    reader = open_pack((GOLDEN / name).read_bytes())
    assert list(reader.records(Kind.ELEMENT)) == recorded(expected["elements"])
    assert list(reader.records(Kind.ARTIFACT)) == recorded(expected["artifacts"])
    for record in recorded(expected["elements"]):
        assert reader.get(record.id) == record
