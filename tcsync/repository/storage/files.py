"""Segments as files of one folder. Each writer process owns the segments it has locked.

A segment without an owner is taken up again by the next writer, who appends at its end. Its tail
without rows is cut only when nobody wrote there for a minute: a commit of a writer that was killed
may still be under way in the database.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

from tcsync.errors import ContentError, Missing, StorageFull

SUFFIX = ".seg"
LEFT_ALONE = ".left"
"""Marks a segment that nobody appends to or cuts any more."""
QUIET_SECONDS = 60
OPEN_FILES = 64
WRITE_BYTES = 256 << 10
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EFBIG}


@contextlib.contextmanager
def _translated(action: str, path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = f"{action} {path.name} in {path.parent}: {error.strerror}."
        if error.errno in _NO_SPACE:
            raise StorageFull(where) from error
        raise ContentError(where, next_step="Check the volume, then run it again.") from error


class _Segment:
    """An open, locked segment file and its end as this process knows it."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.descriptor = descriptor
        self.end = os.fstat(descriptor).st_size


class FileBatch:
    """A batch at the end of a locked segment."""

    def __init__(self, segment: _Segment, release: Callable[[_Segment | None], None]) -> None:
        self.object = segment.path.name
        self._segment = segment
        self._release = release
        self._start = segment.end
        self._end = segment.end
        self._waiting = bytearray()

    def tell(self) -> int:
        return self._end

    def write(self, data: bytes) -> None:
        # Ten thousand small packs are not worth a call of the system each.
        if len(self._waiting) + len(data) < WRITE_BYTES:
            self._waiting += data
        else:
            self._flush()
            self._put(data, self._end)
        self._end += len(data)

    def _flush(self) -> None:
        if self._waiting:
            self._put(self._waiting, self._end - len(self._waiting))
            self._waiting.clear()

    def _put(self, data: bytes | bytearray, at: int) -> None:
        with _translated("Cannot write to", self._segment.path), memoryview(data) as view:
            written = 0
            while written < len(view):
                written += os.pwrite(self._segment.descriptor, view[written:], at + written)

    def rewind(self, offset: int) -> None:
        if not self._start <= offset <= self._end:
            raise ValueError(offset)
        self._flush()
        with _translated("Cannot cut", self._segment.path):
            os.ftruncate(self._segment.descriptor, offset)
        self._end = offset

    def read(self, offset: int, length: int) -> bytes:
        self._flush()
        return os.pread(self._segment.descriptor, length, offset)

    def seal(self) -> None:
        self._flush()
        with _translated("Cannot make durable", self._segment.path):
            os.fsync(self._segment.descriptor)
        self._segment.end = self._end

    def discard(self) -> None:
        # Cutting may fail on a broken volume: what lies there without a row does not exist anyway.
        with contextlib.suppress(OSError):
            os.ftruncate(self._segment.descriptor, self._start)
        self._waiting.clear()
        self._segment.end = self._end = self._start
        self._release(self._segment)

    def close(self) -> None:
        self._release(self._segment)

    def abandon(self) -> None:
        # The mark outlives this process: no later writer may take its bytes for a tail to be cut.
        self._segment.path.with_suffix(LEFT_ALONE).touch(mode=0o600)
        os.close(self._segment.descriptor)
        self._release(None)


class FileStorage:
    """Segments in `folder`. `committed_end(name)` tells up to where rows refer to a segment."""

    def __init__(
        self,
        folder: Path,
        *,
        segment_bytes: int = 256 << 20,
        committed_end: Callable[[str], int] = lambda _name: 0,
    ) -> None:
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._committed_end = committed_end
        self._idle: _Segment | None = None
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._readers: OrderedDict[str, int] = OrderedDict()

    def begin(self) -> FileBatch:
        with self._lock:
            # A fork shares the lock of its parent's segment: it must not write there too.
            if self._owner != os.getpid():
                self._idle, self._owner = None, os.getpid()
            segment, self._idle = self._idle, None
        if segment is not None and segment.end >= self._segment_bytes:
            os.close(segment.descriptor)
            segment = None
        return FileBatch(segment or self._take_up() or self._create(), self._put_back)

    def _put_back(self, segment: _Segment | None) -> None:
        with self._lock:
            if segment is not None and self._idle is not None:
                os.close(segment.descriptor)
            elif segment is not None:
                self._idle = segment

    def _take_up(self) -> _Segment | None:
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            # A link or pipe that was planted here is not followed.
            found = path.lstat()
            if not stat.S_ISREG(found.st_mode) or found.st_size >= self._segment_bytes:
                continue
            if path.with_suffix(LEFT_ALONE).exists():
                continue
            if segment := self._locked(path):
                self._cut_tail(segment)
                return segment
        return None

    def _locked(self, path: Path) -> _Segment | None:
        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return None
        return _Segment(path, descriptor)

    def _cut_tail(self, segment: _Segment) -> None:
        if time.time() - os.fstat(segment.descriptor).st_mtime < QUIET_SECONDS:
            return
        end = self._committed_end(segment.path.name)
        if end < segment.end:
            with _translated("Cannot cut the tail of", segment.path):
                os.ftruncate(segment.descriptor, end)
            segment.end = end

    def _create(self) -> _Segment:
        path = self._folder / f"{uuid.uuid4().hex}{SUFFIX}"
        with _translated("Cannot make", path):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(path, flags, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                # Another writer, who looked for one in this very moment, has taken it up.
                os.close(descriptor)
                return self._create()
            for folder in (self._folder, self._folder.parent):
                _sync_folder(folder)
        return _Segment(path, descriptor)

    def read(self, name: str, offset: int, length: int) -> bytes:
        # Under the lock: another thread could close the least used file in the middle of a read.
        with self._lock:
            data = os.pread(self._reader(name), length, offset)
        if len(data) != length:
            raise Missing(
                f"Segment {name} ends at {offset + len(data)}, {offset + length} was asked for.",
                next_step="Run check_integrity, then synchronize the damaged resources again.",
            )
        return data

    def _reader(self, name: str) -> int:
        descriptor = self._readers.get(name)
        if descriptor is None:
            descriptor = self._readers[name] = self._open_reader(name)
            if len(self._readers) > OPEN_FILES:
                os.close(self._readers.popitem(last=False)[1])
        self._readers.move_to_end(name)
        return descriptor

    def _open_reader(self, name: str) -> int:
        try:
            return os.open(self._path(name), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            raise Missing(
                f"Segment {name} cannot be opened: {error.strerror}.",
                next_step="Restore the segments from the backup, or synchronize again.",
            ) from error

    def _path(self, name: str) -> Path:
        if "/" in name or not name.endswith(SUFFIX):
            raise Missing(f"{name!r} is not the name of a segment.")
        return self._folder / name

    def size(self, name: str) -> int | None:
        try:
            return self._path(name).stat().st_size
        except OSError:
            return None

    def objects(self) -> Iterator[str]:
        yield from sorted(path.name for path in self._folder.glob(f"*{SUFFIX}"))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _committed_end(name: str) -> int:
    # Models can be imported only when the apps are loaded; this module is imported before.
    from django.db.models import F, Max  # noqa: PLC0415

    from tcsync.repository.models import Blob, Revision  # noqa: PLC0415

    ends = (
        model.objects.filter(object=name).aggregate(end=Max(F("place") + F("length")))["end"]
        for model in (Revision, Blob)
    )
    return max((end or 0) for end in ends)


_storages: dict[str | Path, FileStorage] = {}


def default_storage() -> FileStorage:
    """Return this process's storage for the segments below TCSYNC_DATA."""
    # Asked for each pack that is read: to join and to compare paths would cost more than to read.
    data = settings.TCSYNC_DATA
    if data not in _storages:
        _storages[data] = FileStorage(
            Path(data) / "segments",
            segment_bytes=settings.TCSYNC_SEGMENT_BYTES,
            committed_end=_committed_end,
        )
    return _storages[data]
