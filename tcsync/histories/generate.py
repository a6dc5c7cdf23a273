"""Writing invented histories in the record format: specifications, presets, command line."""

from __future__ import annotations

import argparse
import gzip
import lzma
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Protocol
from uuid import UUID

import orjson

from tcsync.histories.invented.branches import Branches
from tcsync.histories.invented.dice import Dice, noise
from tcsync.histories.invented.growth import Counts, Growth
from tcsync.histories.invented.outline import TRUNK, Outline, Step, draw
from tcsync.histories.invented.state import BranchState

_SPOOL_BYTES = 33_554_432
_COPY_BYTES = 1_048_576
_XZ_PRESET = 1
_OWN_UUID_EVERY = 5
"""Each such resource carries its own UUID, and so does its trunk."""


@dataclass(frozen=True, slots=True)
class GeneratorSpec:
    """What to invent. Equal specifications give equal bytes.

    `elements` are evenly spaced quantiles of a resource's elements at its first revision, and
    `revisions` those of its revisions; `branches` are counted besides the trunk.
    """

    name: str
    resources: int
    elements: tuple[int, ...]
    revisions: tuple[int, ...]
    branches: int = 0
    artifacts: bool = False
    seed: int = 1


@dataclass(slots=True)
class GeneratorStats:
    """What was written."""

    resources: int = 0
    branches: int = 0
    revisions: int = 0
    merges: int = 0
    tags: int = 0
    puts: int = 0
    dels: int = 0
    artifact_lines: int = 0
    raw_bytes: int = 0


PRESETS = {
    spec.name: spec
    for spec in (
        GeneratorSpec("demo", 12, (60, 200, 500, 1_200, 3_500), (5, 12, 20, 45), 4, artifacts=True),
        GeneratorSpec("S", 1, (10_000, 10_000), (100, 100), 3),
        GeneratorSpec("M", 1, (200_000, 200_000), (300, 300), 3),
        GeneratorSpec("L", 1, (1_000_000, 1_000_000), (50, 50)),
        GeneratorSpec("wide", 10_000, (15, 25), (1, 3)),
    )
}


class Sink(Protocol):
    """Where the bytes go."""

    def write(self, data: bytes, /) -> object: ...


def generate(spec: GeneratorSpec, out: Sink) -> GeneratorStats:
    """Write the history of `spec` as lines; memory depends on the largest resource alone."""
    writer = _Writer(out)
    writer.line(kind="corpus", name=spec.name, source="invented", seed=spec.seed, format=1)
    for index in range(spec.resources):
        _write_resource(spec, index, writer)
    return writer.stats


def write_file(spec: GeneratorSpec, path: str) -> GeneratorStats:
    """Write the history of `spec` to a file, compressed by its suffix; `-` is standard output."""
    with _opened(path) as out:
        return generate(spec, out)


class _Writer:
    """Counts what goes out."""

    def __init__(self, out: Sink) -> None:
        self._out = out
        self.stats = GeneratorStats()

    def line(self, **record: object) -> None:
        self.write(orjson.dumps(record) + b"\n")

    def write(self, data: bytes) -> None:
        self._out.write(data)
        self.stats.raw_bytes += len(data)

    def count(self, step: Step, counts: Counts) -> None:
        self.stats.revisions += 1
        self.stats.merges += step.merged is not None
        self.stats.tags += len(step.tags)
        self.stats.puts += counts.added + counts.changed
        self.stats.dels += counts.removed
        self.stats.artifact_lines += counts.artifacts


def _write_resource(spec: GeneratorSpec, index: int, writer: _Writer) -> None:
    dice = Dice(spec.seed, "size", index)
    outline = draw(spec.seed, index, dice.along(spec.revisions), spec.branches)
    _write_head(outline, _own_uuids(spec, index), writer)
    with SpooledTemporaryFile(_SPOOL_BYTES) as changes:
        growth = Growth(spec.seed, index, changes.write)
        branches = Branches(growth, dice.along(spec.elements), spec.artifacts)
        for step in outline.steps:
            counts, state = branches.grow(step)
            _write_revision(outline.project_id, step, counts, state, writer)
            _drain(changes, writer)
            writer.count(step, counts)
    for name, revision in outline.late_tags:
        writer.line(kind="tag", resource=outline.project_id, name=name, revision=revision)
        writer.stats.tags += 1


def _own_uuids(spec: GeneratorSpec, index: int) -> dict[str, str]:
    if index % _OWN_UUID_EVERY != _OWN_UUID_EVERY - 1:
        return {}
    return {kind: _uuid(spec, kind, index) for kind in ("resource", TRUNK)}


def _uuid(spec: GeneratorSpec, kind: str, index: int) -> str:
    return str(UUID(bytes=noise(16, spec.seed, "uuid", kind, index), version=4))


def _write_head(outline: Outline, uuids: dict[str, str], writer: _Writer) -> None:
    own = {"uuid": uuids["resource"]} if uuids else {}
    writer.line(
        kind="resource",
        id=outline.project_id,
        name=outline.name,
        category=outline.category,
        revisions=len(outline.steps),
        used_projects=outline.used_projects,
        **own,
    )
    for name, start in outline.branches:
        own = {"uuid": uuids[name]} if name in uuids else {}
        place = {"resource": outline.project_id, "name": name}
        writer.line(kind="branch", **place, trunk=name == TRUNK, from_revision=start, **own)
    writer.stats.resources += 1
    writer.stats.branches += len(outline.branches)


def _write_revision(
    resource: str, step: Step, counts: Counts, state: BranchState, writer: _Writer
) -> None:
    merged = {} if step.second_parent is None else {"merged": [step.second_parent]}
    writer.line(
        kind="revision",
        resource=resource,
        branch=step.branch,
        number=step.number,
        parent=step.parent,
        **merged,
        author=step.author,
        date=step.date,
        message=step.message,
        tags=step.tags,
        name=step.name,
        added=counts.added,
        changed=counts.changed,
        removed=counts.removed,
        total=state.live,
        state_sha256=state.sha256(),
    )


def _drain(changes: SpooledTemporaryFile[bytes], writer: _Writer) -> None:
    """Write the changes behind the revision's line, which had to wait for their digest."""
    changes.seek(0)
    while data := changes.read(_COPY_BYTES):
        writer.write(data)
    changes.seek(0)
    changes.truncate()


@contextmanager
def _opened(path: str) -> Iterator[Sink]:
    if path == "-":
        yield sys.stdout.buffer
        return
    target = Path(path)
    with target.open("wb") as raw:
        if target.suffix == ".xz":
            with lzma.open(raw, "wb", preset=_XZ_PRESET) as out:
                yield out
        elif target.suffix == ".gz":
            with gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as out:
                yield out
        else:
            yield raw


def main(arguments: Sequence[str] | None = None) -> None:
    """Write a preset to a file (.jsonl, .jsonl.xz, .jsonl.gz, or - for standard output)."""
    parser = argparse.ArgumentParser("tcsync.histories.generate", description=main.__doc__)
    parser.add_argument("--preset", choices=PRESETS, default="demo")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("file")
    chosen = parser.parse_args(arguments)
    stats = write_file(replace(PRESETS[chosen.preset], seed=chosen.seed), chosen.file)
    counts = ", ".join(f"{key} {value:,}" for key, value in asdict(stats).items())
    sys.stderr.write(f"{counts}\n")  # standard output may be the file


if __name__ == "__main__":
    main()
