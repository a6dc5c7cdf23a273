"""The same history as git repositories: a file per element, and a file of lines per package.

Git keeps the same bytes for an element as the node. A package's file holds the elements below it
down to the next package, one line each, sorted by id: the layout of tools that keep models in git.
Both are fully repacked.
"""

from __future__ import annotations

import hashlib
import random
import subprocess
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import msgspec
import orjson

from benchmarks.places import FOLDER, fresh

LAYOUTS = ("element", "package")
SETTINGS = ("-c", "core.fsync=all", "-c", "core.fsyncMethod=fsync")
"""As durable as our own write: otherwise the one would wait for the disk and the other not."""
QUOTED = 60
REST = "rest.jsonl"
TRUNK = "trunk"


def git(*words: str, cwd: Path | None = None) -> str:
    """Run git with SETTINGS and return what it printed."""
    done = subprocess.run(
        ["git", *SETTINGS, *words], cwd=cwd, check=True, capture_output=True, text=True
    )
    return done.stdout


def made(path: Path, fill: str) -> None:
    """Make a bare repository from a file that `git fast-import` reads, packed as well as it can."""
    with fresh(path) as scratch:
        git("init", "--quiet", "--bare", str(scratch))
        git("symbolic-ref", "HEAD", f"refs/heads/{TRUNK}", cwd=scratch)
        with Path(fill).open("rb") as stream:
            command = ["git", "fast-import", "--quiet"]
            subprocess.run(command, cwd=scratch, stdin=stream, check=True)
        git("repack", "-adfq", "--depth=50", "--window=10", cwd=scratch)
        git("pack-refs", "--all", cwd=scratch)
        git("update-server-info", cwd=scratch)


def path_of(size: str, layout: str, index: int = 0) -> Path:
    """Return where the repository of one resource of a size lies."""
    return FOLDER / f"{size}-{layout}-{index}.git"


class Commit(msgspec.Struct):
    """What is told of a revision; numbers rise from parents to children."""

    number: int
    parent: int | None
    branch: str
    author: str
    message: str
    merged: list[int] = []
    tags: list[str] = []


Change = tuple[str, bytes | None]
"""Id of an element, and its new canonical text; None: it is removed."""


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


class _Shown(msgspec.Struct):
    """What decides on the file of an element."""

    type: str
    owner: str | None


class Writer:
    """Writes the stream that `git fast-import` reads; `trunk` becomes the branch of HEAD."""

    def __init__(self, out: IO[bytes], layout: str, commits: Iterable[Commit], trunk: str) -> None:
        self._out = out
        self._by_package = layout == "package"
        self._trunk = trunk
        self._states: dict[int, _State] = {}
        self._uses = Counter(c.parent for c in commits if c.parent is not None)
        self._shown = msgspec.json.Decoder(_Shown)

    def write(self, commit: Commit, changes: Iterable[Change]) -> None:
        """Write one revision, parents first."""
        state = self._begin(commit.parent)
        later = []
        for id_, body in changes:
            if body is None:
                state.remove(id_)
            elif self._by_package:
                later.append((id_, body))
            else:
                state.put(id_, _path(id_, "json"), body)
        self._put_by_package(state, later)
        self._commit(commit, state)

    def _begin(self, parent: int | None) -> _State:
        if parent is None:
            return _State()
        self._uses[parent] -= 1
        if self._uses[parent]:
            return self._states[parent].copy()
        state = self._states.pop(parent)
        state.touched.clear()
        return state

    def _put_by_package(self, state: _State, changes: list[tuple[str, bytes]]) -> None:
        """Changes come by id, not owners first: what is owned waits for the file of its owner."""
        shown = {id_: self._shown.decode(body) for id_, body in changes}
        places: dict[str, str] = {}
        for id_, body in changes:
            way = [id_]
            while (owner := self._next(way[-1], shown, places, state)) is not None:
                way.append(owner)
            for at in way:
                places[at] = places[way[-1]]
            state.put(id_, places[id_], body)

    def _next(
        self, id_: str, shown: dict[str, _Shown], places: dict[str, str], state: _State
    ) -> str | None:
        """Return the owner whose file is to be asked for, None where that of `id_` is known."""
        if id_ in places:
            return None
        element = shown.get(id_)
        if element is None:
            places[id_] = state.place.get(id_, REST)
        elif element.type.endswith((":Package", ":Model")):
            places[id_] = _path(id_, "jsonl")
        elif element.owner is None:
            places[id_] = REST
        else:
            return element.owner
        return None

    def _commit(self, commit: Commit, state: _State) -> None:
        message = commit.message.encode()
        author = " ".join("".join(c for c in commit.author if c not in "<>\n").split())
        branch = TRUNK if commit.branch == self._trunk else f"b{_name(commit.branch)}"
        head = [f"commit refs/heads/{branch}", f"mark :{commit.number}"]
        head += [f"committer {author or 'x'} <x@example.com> {1_500_000_000 + commit.number} +0000"]
        self._say("\n".join(head) + f"\ndata {len(message)}\n", message + b"\n")
        if commit.parent is not None:
            self._say(f"from :{commit.parent}\n")
        for other in commit.merged:
            self._say(f"merge :{other}\n")
        for file in sorted(state.touched):
            self._write_file(file, state.files[file])
        self._say("\n")
        for tag in commit.tags:
            self._say(f"reset refs/tags/t{_name(tag)}\nfrom :{commit.number}\n\n")
        if self._uses[commit.number]:
            self._states[commit.number] = state

    def _write_file(self, file: str, held: dict[str, bytes]) -> None:
        if not held:
            self._say(f"D {file}\n")
            return
        body = b"".join(held[id_] + b"\n" for id_ in sorted(held))
        self._say(f"M 100644 inline {file}\ndata {len(body)}\n", body + b"\n")

    def _say(self, text: str, more: bytes = b"") -> None:
        self._out.write(text.encode() + more)


def add_commit(repository: Path, edited: int, added: int, seed: int) -> None:
    """Commit to the trunk: so many elements edited, so many new ones beside one of them."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    files = git("ls-tree", "-r", "--name-only", TRUNK, cwd=repository).split()
    written: dict[str, list[bytes]] = {}
    for _edit in range(edited):
        file = dice.choice(files)
        lines = written.setdefault(file, _lines(repository, file))
        place = dice.randrange(len(lines))
        element = orjson.loads(lines[place])
        element["name"] = f"{element['name']} (changed, {seed})"
        lines[place] = orjson.dumps(element)
    new = [orjson.dumps({**element, "id": f"new-{seed}-{count}"}) for count in range(added)]
    if file.endswith(".jsonl"):
        lines += new
    else:
        written |= {_path(f"new-{seed}-{count}", "json"): [new[count]] for count in range(added)}
    _append(repository, written, seed)


def _lines(repository: Path, file: str) -> list[bytes]:
    return git("cat-file", "blob", f"{TRUNK}:{file}", cwd=repository).encode().splitlines()


def _append(repository: Path, written: dict[str, list[bytes]], seed: int) -> None:
    head = f"commit refs/heads/{TRUNK}\ncommitter x <x@example.com> {1_600_000_000 + seed} +0000\n"
    out = bytearray(f"{head}data 1\nx\nfrom refs/heads/{TRUNK}^0\n".encode())
    for file, lines in sorted(written.items()):
        body = b"".join(line + b"\n" for line in lines)
        out += f"M 100644 inline {file}\ndata {len(body)}\n".encode() + body + b"\n"
    command = ["git", *SETTINGS, "fast-import", "--quiet"]
    subprocess.run(command, cwd=repository, input=bytes(out), check=True)


def _path(id_: str, suffix: str) -> str:
    """Spread files over 256 folders: one with 200,000 files would be unfair to git."""
    name = "".join(c if c.isalnum() or c in "-_" else "_" for c in id_)[:QUOTED]
    key = hashlib.sha256(id_.encode()).hexdigest()
    return f"{key[:2]}/{name}-{key[2:8]}.{suffix}"


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
