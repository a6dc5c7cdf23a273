"""Artifacts of a revision: their list, what is said of each, their bytes (REST reference, 11)."""

from __future__ import annotations

import errno
import hashlib
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from tcsync.domain import ArtifactRef
from tcsync.errors import AnswerTooLarge, BadAnswer, StorageFull
from tcsync.outbound import Pulse
from tcsync.sources.base import ArtifactEntry, ArtifactPut
from tcsync.sources.twc.api import PIECE_BYTES, Api, or_none, resource_path
from tcsync.sources.twc.assumptions import ARTIFACT_NAMES
from tcsync.sources.twc.crew import Crew, Job
from tcsync.sources.twc.elements import reference
from tcsync.sources.twc.foreign import whole_number
from tcsync.sources.twc.listings import contained, text_of

WAITING_BYTES = 256 << 20
"""Of artifacts that were read ahead; a larger one waits alone."""
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}


@dataclass(slots=True)
class Fetched:
    """The bytes of an artifact, hashed while they came, in a file without a name."""

    ref: ArtifactRef
    file: IO[bytes]

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()

    def told(self) -> ArtifactPut:
        """Return what is told of it; its pieces are to be read once."""
        return ArtifactPut(self.ref, self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        self.file.seek(0)
        while piece := self.file.read(PIECE_BYTES):
            yield piece


def read_ids(api: Api, resource: str, number: int) -> tuple[str, ...]:
    """Return the ids of the artifacts of a revision."""
    path = resource_path(resource, "revisions", number, "artifacts")
    listed = or_none(lambda: api.json(path))
    return tuple(dict.fromkeys(filter(None, map(reference, contained(listed)))))


def read_entry(api: Api, resource: str, number: int, id_: str) -> ArtifactEntry:
    """Return what is said of an artifact. Raises BadAnswer without a size."""
    value = api.json(resource_path(resource, "revisions", number, "artifacts", id_))
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, dict) and "size" in one), None)
    size = whole_number(value.get("size")) if isinstance(value, dict) else None
    if not isinstance(value, dict) or size is None or size < 0:
        raise api.strange(f"artifact {id_} has no size")
    return ArtifactEntry(id_, _name(value) or id_, size)


@dataclass(frozen=True, slots=True)
class Fetching:
    """Reading artifacts of one revision into files in a folder; None is that of the system."""

    crew: Crew
    api_of: Callable[[Pulse], Api]
    resource: str
    number: int
    folder: Path | None

    def each(self, ids: Iterable[str]) -> Iterator[Fetched]:
        """Yield artifacts in their order; whoever takes one closes it before the next.

        A few are read ahead, as long as their files have few bytes together.
        """
        ahead: deque[tuple[int, Job[Fetched]]] = deque()
        waiting = 0
        for entry in self.crew.each(ids, self._entry):
            while ahead and (waiting + entry.size > WAITING_BYTES or len(ahead) > self.crew.size):
                size, job = ahead.popleft()
                yield self.crew.result(job)
                waiting -= size
            ahead.append((entry.size, self.crew.begin(partial(self._fetch, entry))))
            waiting += entry.size
        for _size, job in ahead:
            yield self.crew.result(job)

    def _entry(self, id_: str, pulse: Pulse) -> ArtifactEntry:
        return read_entry(self.api_of(pulse), self.resource, self.number, id_)

    def _fetch(self, entry: ArtifactEntry, pulse: Pulse) -> Fetched:
        place = (self.resource, "revisions", self.number, "artifacts", entry.id)
        return fetch(self.api_of(pulse), resource_path(*place), entry, self.folder)


def fetch(api: Api, path: str, entry: ArtifactEntry, folder: Path | None) -> Fetched:
    """Read the bytes of an artifact. Raises BadAnswer where it is not as long as was said.

    Raises StorageFull where there is no space for it in the folder.
    """
    digest = hashlib.sha256()
    try:
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by Fetched, or here
        try:
            count = api.download(f"{path}?download=true", file, digest.update, entry.size)
            # What waits in the buffer may be what there is no space for.
            file.flush()
            if count != entry.size:
                raise _other_length(api, entry, f"{count:,} bytes")
        except BaseException:
            _discard(file)
            raise
    except AnswerTooLarge as error:
        raise _other_length(api, entry, "more bytes") from error
    except OSError as error:
        if error.errno not in _NO_SPACE:
            raise
        where = f"Artifact {entry.id} has {entry.size:,} bytes: {error.strerror}."
        raise StorageFull(where) from error
    return Fetched(ArtifactRef(entry.id, entry.name, digest.hexdigest(), count), file)


def _other_length(api: Api, entry: ArtifactEntry, found: str) -> BadAnswer:
    return BadAnswer(
        f"Artifact {entry.id} has {found}, {api.where} said {entry.size:,}.",
        next_step="Synchronize again.",
    )


def _discard(file: IO[bytes]) -> None:
    # Closing writes what is left in the buffer, for which there may be no space either.
    with suppress(OSError):
        file.close()


def _name(value: dict[str, Any]) -> str:
    metadata = value.get("metadata")
    places = [value, metadata if isinstance(metadata, dict) else {}]
    names = (text_of(place, key) for place in places for key in ARTIFACT_NAMES)
    return next(filter(None, names), "")
