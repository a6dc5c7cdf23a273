"""Artifacts of a revision: their list, what is said of each, their bytes (REST reference, 11)."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from tcsync.domain import ArtifactRef
from tcsync.errors import BadAnswer
from tcsync.sources.base import ArtifactEntry, ArtifactPut
from tcsync.sources.twc.api import PIECE_BYTES, Api, or_none, resource_path
from tcsync.sources.twc.assumptions import ARTIFACT_NAMES
from tcsync.sources.twc.elements import reference
from tcsync.sources.twc.listings import contained, text_of


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
    size = value.get("size") if isinstance(value, dict) else None
    if isinstance(size, str) and size.isdecimal():
        size = int(size)
    if not isinstance(value, dict) or not isinstance(size, int) or size < 0:
        raise api.strange(f"artifact {id_} has no size")
    return ArtifactEntry(id_, _name(value) or id_, size)


def fetch(api: Api, resource: str, number: int, id_: str) -> Fetched:
    """Read an artifact and its bytes. Raises BadAnswer where it is not as long as was said."""
    entry = read_entry(api, resource, number, id_)
    path = resource_path(resource, "revisions", number, "artifacts", id_)
    digest = hashlib.sha256()
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by Fetched, or here
    try:
        count = api.download(f"{path}?download=true", file, digest.update)
        if count != entry.size:
            raise BadAnswer(
                f"Artifact {id_} has {count:,} bytes, {api.where} said {entry.size:,}.",
                next_step="Synchronize again.",
            )
    except BaseException:
        file.close()
        raise
    return Fetched(ArtifactRef(id_, entry.name, digest.hexdigest(), count), file)


def _name(value: dict[str, Any]) -> str:
    metadata = value.get("metadata")
    places = [value, metadata if isinstance(metadata, dict) else {}]
    names = (text_of(place, key) for place in places for key in ARTIFACT_NAMES)
    return next(filter(None, names), "")
