"""Invented histories: the same bytes always, right digests, and the shapes of real ones."""

import hashlib
import json
from collections import Counter
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tcsync.histories.convert import combined_digest, element_digest
from tcsync.histories.generate import (
    PRESETS,
    GeneratorSpec,
    GeneratorStats,
    generate,
    main,
    write_file,
)
from tcsync.histories.records import (
    ArtifactDelLine,
    ArtifactLine,
    DelLine,
    PutLine,
    RevisionGroup,
    groups,
    read_records,
)
from tcsync.packs import canonical

_SMALL = GeneratorSpec("small", 6, (20, 60, 300), (8, 14), 3, artifacts=True)
_SMALL_SHA256 = "4bd69366a260e68fd2fa83806f00aa8ddc24460a2d81f733539a9d399bf4550b"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("generated") / "small.jsonl"
    with path.open("wb") as out:
        generate(_SMALL, out)
    return path


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    out = BytesIO()
    generate(PRESETS["demo"], out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def of_kind(records: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [record for record in records if record["kind"] == kind]


def test_a_specification_gives_the_same_bytes_for_ever(small: Path) -> None:
    assert hashlib.sha256(small.read_bytes()).hexdigest() == _SMALL_SHA256


def test_another_seed_gives_another_history(small: Path) -> None:
    out = BytesIO()
    generate(replace(_SMALL, seed=2), out)
    assert out.getvalue() != small.read_bytes()


def test_the_promised_states_are_those_of_a_replay(small: Path) -> None:
    states: dict[tuple[str, int | None], dict[str, bytes]] = {}
    for group in groups(small):
        if isinstance(group, RevisionGroup):
            revision = group.revision
            state = dict(states.get((revision.resource, revision.parent), {}))
            for change in group.changes:
                _apply(change, state)
            states[revision.resource, revision.number] = state
            assert (combined_digest(state), len(state)) == (revision.state_sha256, revision.total)


def _apply(change: object, state: dict[str, bytes]) -> None:
    if isinstance(change, PutLine):
        state[change.element["id"]] = element_digest(change.element)
    elif isinstance(change, DelLine):
        del state[change.id]


def test_no_id_is_changed_twice_in_a_revision(small: Path) -> None:
    for group in groups(small):
        if isinstance(group, RevisionGroup):
            ids = [c.element["id"] if isinstance(c, PutLine) else c.id for c in group.changes]
            assert len(ids) == len(set(ids))


def test_elements_are_written_canonically(small: Path) -> None:
    for line in small.read_bytes().splitlines():
        if line.startswith(b'{"kind":"put","e":'):
            assert canonical(line[18:-1]) == line[18:-1]


def test_an_artifact_ends_only_where_it_was(small: Path) -> None:
    names: dict[str, set[str]] = {}
    for record in read_records(small):
        if isinstance(record, ArtifactLine):
            names.setdefault(record.id, set()).add(record.name)
        assert not isinstance(record, ArtifactDelLine) or record.id in names


def test_counts_are_those_of_the_lines(demo: list[dict[str, Any]]) -> None:
    stats: GeneratorStats = generate(PRESETS["demo"], BytesIO())
    kinds = Counter(record["kind"] for record in demo)
    assert (stats.resources, stats.branches) == (kinds["resource"], kinds["branch"])
    assert (stats.revisions, stats.puts, stats.dels) == (
        kinds["revision"],
        kinds["put"],
        kinds["del"],
    )
    assert stats.artifact_lines == kinds["artifact"] + kinds["artifact_del"]
    assert stats.raw_bytes < 25_000_000


def test_the_demo_has_categories_branches_merges_holes_and_tags(demo: list[dict[str, Any]]) -> None:
    categories = [record["category"] for record in of_kind(demo, "resource")]
    revisions = of_kind(demo, "revision")
    assert categories.count("") == 1
    assert "Programmes/Lander/Propulsion" in categories
    assert sum("merged" in revision for revision in revisions) > 5
    assert any(b["number"] - a["number"] > 1 for a, b in pairwise(revisions))


def test_the_demo_has_late_tags_renames_uses_and_empty_revisions(
    demo: list[dict[str, Any]],
) -> None:
    revisions = of_kind(demo, "revision")
    names = {(revision["resource"], revision["name"]) for revision in revisions}
    ids = {record["id"] for record in of_kind(demo, "resource")}
    used = [
        use["project"] for record in of_kind(demo, "resource") for use in record["used_projects"]
    ]
    assert of_kind(demo, "tag")
    assert len(names) > len(ids)
    assert used
    assert ids.issuperset(used)
    assert any(not r["added"] + r["changed"] + r["removed"] for r in revisions)


def test_the_demo_has_both_styles_of_ids_and_lines_with_their_own_uuid(
    demo: list[dict[str, Any]],
) -> None:
    ids = [record["e"]["id"] for record in of_kind(demo, "put")]
    assert any(local_id.startswith("_19_0_3_") for local_id in ids)
    assert any(len(local_id) == 36 for local_id in ids)
    assert any("uuid" in record for record in of_kind(demo, "resource"))


def test_elements_and_edits_are_as_large_as_real_ones(demo: list[dict[str, Any]]) -> None:
    sizes = sorted(len(json.dumps(put["e"], ensure_ascii=False)) for put in of_kind(demo, "put"))
    edits = sorted(
        r["added"] + r["changed"] + r["removed"] for r in of_kind(demo, "revision") if r["parent"]
    )
    assert 170 <= sizes[len(sizes) // 2] <= 390
    assert 6_000 <= sizes[len(sizes) * 99 // 100] <= 12_000
    assert 8 <= edits[len(edits) // 2] <= 32
    assert 65 <= edits[len(edits) * 9 // 10] <= 394


def test_every_owner_is_live_in_the_demo(demo: list[dict[str, Any]]) -> None:
    ever = {record["e"]["id"] for record in of_kind(demo, "put")}
    gone = {record["id"] for record in of_kind(demo, "del")}
    owners = {record["e"]["owner"] for record in of_kind(demo, "put") if "owner" in record["e"]}
    assert owners <= ever
    assert not owners & gone


@pytest.mark.parametrize(
    ("suffix", "start"), [("", b"{"), (".xz", b"\xfd7zXZ"), (".gz", b"\x1f\x8b")]
)
def test_a_file_is_compressed_as_its_name_says(
    tmp_path: Path, small: Path, suffix: str, start: bytes
) -> None:
    path = tmp_path / f"history.jsonl{suffix}"
    write_file(_SMALL, str(path))
    assert path.read_bytes().startswith(start)
    assert list(read_records(path)) == list(read_records(small))


def test_the_command_line_takes_preset_and_seed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "demo.jsonl"
    main(["--preset", "demo", "--seed", "3", str(path)])
    expected = BytesIO()
    generate(replace(PRESETS["demo"], seed=3), expected)
    assert path.read_bytes() == expected.getvalue()
    assert "resources 12" in capsys.readouterr().err


def test_the_presets_have_their_sizes() -> None:
    first = {name: (p.resources, p.elements, p.revisions) for name, p in PRESETS.items()}
    assert first["S"] == (1, (10_000, 10_000), (100, 100))
    assert first["M"] == (1, (200_000, 200_000), (300, 300))
    assert first["L"] == (1, (1_000_000, 1_000_000), (50, 50))
    assert first["wide"] == (10_000, (15, 25), (1, 3))
