"""The same history as git repositories: a file per element, and a file of lines per package.

A package's file holds the elements below it down to the next package, one line each, sorted by id:
the layout of tools that keep models in git. Both are fully repacked.
"""

from __future__ import annotations

import hashlib
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import orjson

from benchmarks.places import fresh, record_file

LAYOUTS = ("element", "package")
SETTINGS = ("-c", "core.fsync=all", "-c", "core.fsyncMethod=fsync")
"""As durable as our own write: otherwise the one would wait for the disk and the other not."""
QUOTED = 60


def git(*words: str, cwd: Path | None = None) -> str:
    """Run git with SETTINGS and return what it printed."""
    done = subprocess.run(
        ["git", *SETTINGS, *words], cwd=cwd, check=True, capture_output=True, text=True
    )
    return done.stdout


def repository(size: str, layout: str, index: int = 0) -> Path:
    """Return the bare repository of the resource `index` of a size, made at first use."""
    path = record_file(size).with_name(f"{size}-{layout}-{index}.git")
    if not path.exists():
        with fresh(path) as scratch:
            git("init", "--quiet", "--bare", str(scratch))
            git("config", "http.receivepack", "true", cwd=scratch)
            _import(size, layout, index, scratch)
            git("repack", "-adfq", "--depth=50", "--window=10", cwd=scratch)
            git("pack-refs", "--all", cwd=scratch)
            git("update-server-info", cwd=scratch)
    return path


def _import(size: str, layout: str, index: int, into: Path) -> None:
    program = subprocess.Popen(["git", "fast-import", "--quiet"], cwd=into, stdin=subprocess.PIPE)
    assert program.stdin
    with program.stdin as out:
        _Writer(out, layout).write(list(_lines(size, index, only="revision")), _lines(size, index))
    if program.wait():
        raise RuntimeError(f"git fast-import ended with {program.returncode}.")


def _lines(size: str, index: int, only: str = "") -> Iterator[dict[str, object]]:
    """Yield the lines of one resource of the record file."""
    resource = -1
    with record_file(size).open("rb") as lines:
        for line in lines:
            if line.startswith(b'{"kind":"resource"'):
                resource += 1
            if resource > index:
                return
            if resource == index and (not only or line.startswith(b'{"kind":"%b"' % only.encode())):
                yield orjson.loads(line)


@dataclass(slots=True)
class _State:
    """A revision's files. Inner mappings are shared between states and copied when changed."""

    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    place: dict[str, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)

    def copy(self) -> _State:
        return _State(dict(self.files), dict(self.place))

    def _own(self, file: str) -> dict[str, bytes]:
        if file not in self.touched:
            self.files[file] = dict(self.files.get(file, ()))
            self.touched.add(file)
        return self.files[file]

    def put(self, id_: str, file: str, body: bytes) -> None:
        if self.place.get(id_, file) != file:
            self.remove(id_)
        self._own(file)[id_] = body
        self.place[id_] = file

    def remove(self, id_: str) -> None:
        self._own(self.place.pop(id_)).pop(id_)


class _Writer:
    """Writes the stream that `git fast-import` reads."""

    def __init__(self, out: IO[bytes], layout: str) -> None:
        self._out = out
        self._by_package = layout == "package"
        self._states: dict[int, _State] = {}
        self._uses: Counter[int] = Counter()

    def write(self, revisions: list[dict[str, object]], lines: Iterator[dict[str, object]]) -> None:
        self._uses.update(r["parent"] for r in revisions if isinstance(r["parent"], int))
        revision: dict[str, object] | None = None
        state = _State()
        for line in lines:
            kind = line["kind"]
            if kind == "revision":
                self._finish(revision, state)
                revision, state = line, self._begin(line)
            elif kind == "put":
                element = line["e"]
                assert isinstance(element, dict)
                state.put(element["id"], self._file(element, state), orjson.dumps(element))
            elif kind == "del":
                state.remove(str(line["id"]))
        self._finish(revision, state)

    def _begin(self, line: dict[str, object]) -> _State:
        parent = line["parent"]
        if not isinstance(parent, int):
            return _State()
        self._uses[parent] -= 1
        if self._uses[parent]:
            return self._states[parent].copy()
        state = self._states.pop(parent)
        state.touched.clear()
        return state

    def _file(self, element: dict[str, object], state: _State) -> str:
        id_ = str(element["id"])
        if not self._by_package:
            return _path(id_, "json")
        if str(element["type"]).endswith((":Package", ":Model")):
            return _path(id_, "jsonl")
        return state.place.get(str(element.get("owner")), "rest.jsonl")

    def _finish(self, line: dict[str, object] | None, state: _State) -> None:
        if line is None:
            return
        number = line["number"]
        assert isinstance(number, int)
        message = str(line["message"]).encode()
        author = " ".join("".join(c for c in str(line["author"]) if c not in "<>\n").split())
        head = [f"commit refs/heads/b{_name(str(line['branch']))}", f"mark :{number}"]
        head += [f"committer {author or 'x'} <x@example.com> {1_500_000_000 + number} +0000"]
        self._say("\n".join(head) + f"\ndata {len(message)}\n", message + b"\n")
        if isinstance(line["parent"], int):
            self._say(f"from :{line['parent']}\n")
        for file in sorted(state.touched):
            self._write_file(file, state.files[file])
        self._say("\n")
        for tag in line["tags"] if isinstance(line["tags"], list) else ():
            self._say(f"reset refs/tags/t{_name(tag)}\nfrom :{number}\n\n")
        if self._uses[number]:
            self._states[number] = state

    def _write_file(self, file: str, held: dict[str, bytes]) -> None:
        if not held:
            self._say(f"D {file}\n")
            return
        body = b"".join(held[id_] + b"\n" for id_ in sorted(held))
        self._say(f"M 100644 inline {file}\ndata {len(body)}\n", body + b"\n")

    def _say(self, text: str, more: bytes = b"") -> None:
        self._out.write(text.encode() + more)


def _path(id_: str, suffix: str) -> str:
    """Spread files over 256 folders: one with 200,000 files would be unfair to git."""
    name = "".join(c if c.isalnum() or c in "-_" else "_" for c in id_)[:QUOTED]
    key = hashlib.sha256(id_.encode()).hexdigest()
    return f"{key[:2]}/{name}-{key[2:8]}.{suffix}"


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
