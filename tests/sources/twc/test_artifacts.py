"""Artifacts as files: no longer than was said, in the folder that was named, few at a time."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from tcsync.domain import RevisionRecord
from tcsync.errors import BadAnswer, StorageFull
from tcsync.sources.base import ArtifactEntry, ArtifactPut, Want
from tcsync.sources.twc import TwcSource
from tcsync.sources.twc.artifacts import WAITING_BYTES, Fetching, fetch, read_entry
from tcsync.sources.twc.crew import Crew
from tests.fakes.twc import Put, faults
from tests.sources.twc.connecting import Kept, endpoint, looked_at, wants

RECORD = RevisionRecord("r", 1, "b", None, 0, "", "", "", "")


class Said:
    """Says a size of every artifact, and takes note of those whose bytes are asked for."""

    where = "said"

    def __init__(self, size: object, error: OSError | None = None):
        self.size = size
        self.error = error
        self.downloads: list[str] = []

    def json(self, _path):
        return {"size": self.size}

    def strange(self, what):
        return BadAnswer(what)

    def download(self, path, _file, _take, _size):
        self.downloads.append(path)
        if self.error is not None:
            raise self.error
        return self.size


@pytest.fixture
def crew():
    made = Crew(4, lambda: None)
    yield made
    made.close()


def test_an_artifact_that_is_longer_than_was_said_is_not_read_to_its_end(source, server, world):
    big = world.resource("Big").commit(put={"m": Put("uml:Model", "")}, artifacts={"a": b"x" * 99})
    shorter = faults.reshaped(lambda told: {**told, "size": 10})
    server.faults.add(lambda r: "/artifacts/" in r.path and not r.query, shorter)
    with pytest.raises(BadAnswer, match=r"has more bytes, .* said 10"):
        Kept().pull(source, wants(*looked_at(source, big.id).resources))


def test_artifacts_wait_in_the_folder_that_was_named(server, sessions, world, tmp_path):
    big = world.resource("Big").commit(put={"m": Put("uml:Model", "")}, artifacts={"a": b"x" * 99})
    with TwcSource(endpoint(server), sessions=sessions, folder=tmp_path) as source:
        with source.changesets([Want(big.id, (1,))], Kept()) as arriving:
            changes = next(arriving).changes
            told = next(one for one in changes if isinstance(one, ArtifactPut))
            assert sum(name.startswith(f"{tmp_path}/") for name in open_files()) == 1
            assert b"".join(told.chunks) == b"x" * 99
        sessions.close()


def open_files() -> list[str]:
    """Return what the open descriptors of this process lead to."""
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("this system does not show open files")
    return [str(one.readlink()) for one in descriptors.iterdir() if one.is_symlink()]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_folder_is_a_full_storage(number):
    api = Said(9, OSError(number, "No space"))
    with pytest.raises(StorageFull, match="a has 9 bytes: No space"):
        fetch(api, "/a", ArtifactEntry("a", "a", 9), None)


def test_large_artifacts_are_read_one_after_the_other(crew):
    api = Said(WAITING_BYTES)
    fetching = Fetching(crew, lambda _pulse: api, RECORD.resource, RECORD.number, None)
    for count, fetched in enumerate(fetching.each("abcdef"), 1):
        assert len(api.downloads) == count
        fetched.close()


def test_small_artifacts_are_read_ahead(crew):
    api = Said(1)
    fetching = Fetching(crew, lambda _pulse: api, RECORD.resource, RECORD.number, None)
    found = [fetched.ref.id for fetched in fetching.each("abcdefgh") if not fetched.close()]
    assert found == list("abcdefgh")


@pytest.mark.parametrize("size", ["9" * 5000, "--5", "-5", "\u0663", "", None, True, -1, 1.5])
def test_a_size_that_is_none_is_refused(size):
    with pytest.raises(BadAnswer, match="artifact a has no size"):
        read_entry(Said(size), "r", 1, "a")
