"""Segments as files: the conformance suite, owners, tails, and what the disk refuses."""

from __future__ import annotations

import fcntl
import os
import resource as limits
import signal
import stat
import time

import pytest

from tcsync.errors import StorageFull
from tcsync.repository.storage import FileStorage
from tests.repository.storage.conformance import StorageConformance, put


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "segments"


@pytest.fixture
def storage(folder):
    return FileStorage(folder)


class TestFileStorage(StorageConformance):
    pass


def test_files_and_folder_are_for_the_owner_only(storage, folder):
    name, _offset = put(storage, b"x")
    assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_full_segment_is_followed_by_another(folder):
    storage = FileStorage(folder, segment_bytes=10)
    names = {put(storage, b"0123456789")[0] for _ in range(3)}
    assert len(names) == 3


def test_another_writer_does_not_touch_a_locked_segment(folder):
    one, other = FileStorage(folder), FileStorage(folder)
    held = one.begin()
    assert other.begin().object != held.object


def test_a_new_segment_that_another_writer_took_up_first_is_left_to_it(folder, monkeypatch):
    locks = iter([BlockingIOError, None])

    def flock(_descriptor, _how):
        if error := next(locks):
            raise error

    monkeypatch.setattr(fcntl, "flock", flock)
    taken = FileStorage(folder).begin()
    assert len(list(folder.iterdir())) == 2
    assert taken.tell() == 0


def abandoned_segment(folder, committed: bytes, tail: bytes):
    """A segment whose writer was killed after `committed`, with a tail that no row knows."""
    writer = os.fork()
    if not writer:
        batch = FileStorage(folder).begin()
        batch.write(committed + tail)
        batch.seal()
        os._exit(0)
    os.waitpid(writer, 0)
    return next(folder.iterdir())


def test_a_tail_without_rows_is_cut_when_nobody_wrote_for_a_while(folder):
    path = abandoned_segment(folder, b"committed", b"tail")
    quiet = time.time() - 120
    os.utime(path, (quiet, quiet))
    batch = FileStorage(folder, committed_end=lambda _name: 9).begin()
    assert (batch.object, batch.tell()) == (path.name, 9)


def test_a_fresh_tail_is_left_alone_because_its_commit_may_be_under_way(folder):
    path = abandoned_segment(folder, b"committed", b"tail")
    batch = FileStorage(folder, committed_end=lambda _name: 9).begin()
    assert (batch.object, batch.tell()) == (path.name, 13)


def test_a_link_planted_among_the_segments_is_not_followed(folder, tmp_path):
    outside = tmp_path / "outside"
    outside.write_bytes(b"")
    folder.mkdir()
    (folder / "0.seg").symlink_to(outside)
    put(FileStorage(folder), b"data")
    assert outside.read_bytes() == b""


def fill(batch, length):
    batch.write(bytes(length))
    batch.seal()


@pytest.mark.parametrize("length", [10_000, 1 << 20])
def test_a_full_disk_is_an_error_that_says_so(storage, length):
    batch = storage.begin()
    soft, hard = limits.getrlimit(limits.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits.setrlimit(limits.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(StorageFull, match="Cannot write"):
            fill(batch, length)
    finally:
        limits.setrlimit(limits.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    batch.discard()
    assert storage.size(batch.object) == 0
