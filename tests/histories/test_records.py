"""Reading history files: the records, and the place and reason of what is wrong."""

import gzip
import json
import lzma
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from tcsync.errors import HistoryError
from tcsync.histories.records import (
    ArtifactDelLine,
    ArtifactLine,
    BranchLine,
    DelLine,
    PutLine,
    ResourceLine,
    RevisionGroup,
    RevisionLine,
    TagLine,
    groups,
    read_records,
)
from tcsync.packs import canonical_value

from .history_file import DEL, FIRST, PUT, RESOURCE, SIDE, TRUNK, revision, written


def refusal(path: Path) -> str:
    with pytest.raises(HistoryError) as caught:
        list(read_records(path))
    return caught.value.message


def test_heads_become_records_with_their_line_numbers(tmp_path: Path) -> None:
    used = {"project": "Q", "version": "1.0", "mountPoints": 1}
    path = written(tmp_path, {**RESOURCE, "used_projects": [used]}, TRUNK, FIRST)
    resource, branch, first = read_records(path)
    assert resource == ResourceLine("P", "Pump", "A/B", (used,), None, 1)
    assert branch == BranchLine("P", "trunk", True, None, None, 2)
    assert isinstance(first, RevisionLine)
    assert (first.number, first.parent, first.merged, first.tags, first.line) == (
        1,
        None,
        (),
        ("v1",),
        3,
    )


def test_changes_become_records(tmp_path: Path) -> None:
    artifact = {"kind": "artifact", "id": "a", "name": "x.bin", "base64": "AP8="}
    gone = {"kind": "artifact_del", "id": "a"}
    path = written(tmp_path, RESOURCE, TRUNK, FIRST, PUT, artifact, revision(2, 1), DEL, gone)
    records = list(read_records(path))
    assert records[3:5] == [PutLine(PUT["e"], 4), ArtifactLine("a", "x.bin", b"\0\xff", 5)]
    assert records[6:] == [DelLine("_1", 7), ArtifactDelLine("a", 8)]


def test_merges_holes_late_tags_and_uuids_are_read(tmp_path: Path) -> None:
    uuid = "01234567-89ab-cdef-0123-456789abcdef"
    lines = [{**RESOURCE, "uuid": uuid}, TRUNK, SIDE, FIRST, revision(5, 1, branch="side")]
    merge = revision(9, 1, merged=[5])
    tag = {"kind": "tag", "resource": "P", "name": "late", "revision": 1}
    records = list(read_records(written(tmp_path, *lines, merge, tag)))
    assert records[0].uuid == uuid
    assert records[5].merged == (5,)
    assert records[6] == TagLine("P", "late", 1, 7)


def test_numbers_of_elements_keep_their_characters(tmp_path: Path) -> None:
    e = b'{"attrs":{"a":1.50,"b":[1e0,-0]},"id":"_1","type":"t"}'
    path = written(tmp_path, RESOURCE, TRUNK, FIRST, b'{"kind":"put","e":' + e + b"}")
    assert canonical_value(list(read_records(path))[3].element) == e


def test_unknown_keys_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path, {**RESOURCE, "revisions": 1}, b"", TRUNK, {**FIRST, "bytes": 5})
    assert [record.line for record in read_records(path)] == [1, 3, 4]


@pytest.mark.parametrize("compress", [gzip.compress, lzma.compress, bytes])
def test_compression_is_told_by_the_first_bytes(tmp_path: Path, compress: Any) -> None:
    path = written(tmp_path, RESOURCE, TRUNK, FIRST)
    path.write_bytes(compress(path.read_bytes()))
    assert len(list(read_records(path))) == 3


def test_a_minus_reads_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, RESOURCE, TRUNK)
    with path.open("rb") as stream:
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(stream))
        assert len(list(read_records(Path("-")))) == 2


@pytest.mark.parametrize("compress", [gzip.compress, lzma.compress])
def test_a_file_that_is_cut_off_is_refused_after_its_whole_lines(
    tmp_path: Path, compress: Any
) -> None:
    path = written(tmp_path, RESOURCE, TRUNK, FIRST, *[PUT] * 10)
    path.write_bytes(compress(path.read_bytes())[:-12])
    message = refusal(path)
    assert "line " in message
    assert "cut off" in message


@pytest.mark.parametrize("name", ["absent.jsonl", "."])
def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path, name: str) -> None:
    assert "cannot be read" in refusal(tmp_path / name)


def test_damaged_compression_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, RESOURCE, TRUNK)
    whole = bytearray(lzma.compress(path.read_bytes()))
    whole[30] ^= 0xFF
    path.write_bytes(whole)
    assert "cannot be read" in refusal(path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert "is empty" in refusal(written(tmp_path))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "line 4"),
        (b'{"kind":"put","e":{"id":"\xff","type":"t"}}', "line 4"),
        (b"[" * 200 + b"]" * 200, "line 4"),
        (b'{"kind":"put","e":{"id":"_1","type":"t","attrs":{"a":NaN}}}', "line 4"),
        (b'{"kind":"del","id":"_1","id":"_2"}', "line 4"),
        ([], "not a JSON object"),
        ({"kind": ["put"]}, "'kind'"),
        ({"e": {}}, "'kind'"),
        ({"kind": "patch"}, "'patch'"),
        ({"kind": "put"}, "'e' is missing"),
        ({"kind": "put", "e": {"id": "_1"}}, "'type' is missing"),
        ({"kind": "put", "e": {"id": 7, "type": "t"}}, "'id' must be a text"),
        ({"kind": "put", "e": {"id": "", "type": "t"}}, "'id' must not be empty"),
        ({"kind": "put", "e": {"id": "_1\0", "type": "t"}}, "NUL"),
        ({"kind": "put", "e": {"id": "\ud800", "type": "t"}}, "lone surrogates"),
        ({"kind": "put", "e": {"id": "_1", "type": "t", "owner": 5}}, "'owner' must be a text"),
        ({"kind": "put", "e": {"id": "_1", "type": "t", "refs": {"a": "_2"}}}, "'refs' must be"),
        ({"kind": "artifact", "id": "a", "name": "n", "base64": "*"}, "'base64'"),
    ],
)
def test_a_broken_change_is_named_with_file_line_and_reason(
    tmp_path: Path, line: Any, reason: str
) -> None:
    text = line if isinstance(line, bytes) else json.dumps(line).encode()
    message = refusal(written(tmp_path, RESOURCE, TRUNK, FIRST, text))
    assert f"{tmp_path / 'history.jsonl'}, line 4: " in message
    assert reason in message


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("number", "2"),
        ("number", True),
        ("number", 0),
        ("number", 1.0),
        ("number", 2**63),
        ("parent", "1"),
        ("merged", 1),
        ("author", None),
        ("date", "2021-01-15"),
        ("message", 7),
        ("tags", "v1"),
        ("tags", [1]),
        ("name", ""),
        ("name", "a\0b"),
        ("state_sha256", "abc"),
        ("total", -1),
    ],
)
def test_a_mistyped_key_of_a_revision_is_refused(tmp_path: Path, key: str, value: object) -> None:
    message = refusal(written(tmp_path, RESOURCE, TRUNK, {**FIRST, key: value}))
    assert "line 3: " in message


@pytest.mark.parametrize(
    "key", ["resource", "branch", "number", "parent", "author", "date", "message"]
)
def test_a_missing_key_of_a_revision_is_named(tmp_path: Path, key: str) -> None:
    line = {k: v for k, v in FIRST.items() if k != key}
    assert f"the key '{key}' is missing" in refusal(written(tmp_path, RESOURCE, TRUNK, line))


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([PUT], "outside a revision"),
        ([FIRST, {**RESOURCE, "id": "Q"}, DEL], "outside a revision"),
        ([FIRST, {"kind": "corpus", "name": "c"}], "must be the first"),
        ([RESOURCE], "comes twice"),
        ([TRUNK], "comes twice"),
        ([{**SIDE, "trunk": True}], "has the trunk 'trunk' already"),
        ([{**SIDE, "resource": "Q"}], "the resource 'Q' has not come"),
        ([revision(1, None, resource="Q")], "the resource 'Q' has not come"),
        ([revision(1, None, branch="side")], "the branch 'side' of 'P' has not come"),
        ([FIRST, revision(1, 1)], "revision 1 of 'P' comes twice"),
        ([FIRST, revision(2, 2)], "the parent 2, which has not come"),
        ([FIRST, revision(3, 2), revision(2, 1)], "the parent 2, which has not come"),
        ([FIRST, revision(2, 1, merged=[7])], "the parent 7, which has not come"),
        ([FIRST, revision(2, 1, merged=[1])], "names a parent twice"),
        ([FIRST, revision(2, None)], "has no parent, but is not the first"),
        ([revision(5, None), revision(4, 5)], "is lower than its parent 5"),
        ([SIDE, FIRST, revision(2, 1), revision(3, 2, branch="side")], "starts from 1"),
        ([SIDE], "starts from revision 1, which has not come"),
        (
            [{"kind": "tag", "resource": "P", "name": "v", "revision": 1}],
            "revision 1 of 'P' has not",
        ),
        ([{**RESOURCE, "id": "Q"}], "the resource 'Q' has no trunk"),
    ],
)
def test_a_line_that_cannot_stand_there_is_refused(
    tmp_path: Path, lines: list[dict[str, Any]], reason: str
) -> None:
    assert reason in refusal(written(tmp_path, RESOURCE, TRUNK, *lines))


def test_records_before_a_broken_line_are_given_out(tmp_path: Path) -> None:
    records = read_records(written(tmp_path, RESOURCE, TRUNK, FIRST, PUT, b"broken"))
    assert [next(records).line for _ in range(4)] == [1, 2, 3, 4]


def test_groups_put_changes_behind_their_revision(tmp_path: Path) -> None:
    path = written(tmp_path, RESOURCE, TRUNK, FIRST, PUT, PUT, revision(2, 1), revision(3, 2), DEL)
    found = [
        (item.revision.number, [change.line for change in item.changes])
        for item in groups(path)
        if isinstance(item, RevisionGroup)
    ]
    assert found == [(1, [4, 5]), (2, []), (3, [8])]


def test_changes_that_are_not_taken_are_read_over(tmp_path: Path) -> None:
    tag = {"kind": "tag", "resource": "P", "name": "late", "revision": 1}
    path = written(tmp_path, RESOURCE, TRUNK, FIRST, PUT, PUT, tag)
    assert [type(item) for item in groups(path)] == [
        ResourceLine,
        BranchLine,
        RevisionGroup,
        TagLine,
    ]


def test_a_group_is_there_before_its_changes_are_read(tmp_path: Path) -> None:
    items = groups(written(tmp_path, RESOURCE, TRUNK, FIRST, PUT, b"broken"))
    group = [next(items) for _ in range(3)][-1]
    assert isinstance(group, RevisionGroup)
    assert next(group.changes) == PutLine(PUT["e"], 4)


def test_a_line_beyond_the_limit_is_refused_without_being_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Endless(BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            return b"x" * (size or 0)

        def peek(self, _size: int) -> bytes:
            return b"x"

    monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": Endless()}))
    assert "longer than" in refusal(Path("-"))
