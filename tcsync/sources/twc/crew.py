"""Threads that ask for several things at a time while one thread waits and tells the pulse."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Generic, TypeVar

from tcsync.errors import Cancelled
from tcsync.outbound import Pulse

T = TypeVar("T")
S = TypeVar("S")

SLICE_SECONDS = 0.5


class Job(Generic[T]):
    """One piece of work on its way."""

    def __init__(self, crew: Crew, work: Callable[[Pulse], T]) -> None:
        self._crew = crew
        self._work = work
        self._value: list[T] = []
        self._error: BaseException | None = None
        self.is_done = False
        self.is_dropped = False

    def run(self) -> None:
        """Do it, in a thread of the crew."""
        try:
            if not self.is_dropped:
                self._value.append(self._work(self._heard))
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            self._error = error
        self._crew.note_done(self)

    def drop(self) -> None:
        """Let go of it: it ends soon, and what it brought is closed."""
        self.is_dropped = True
        self.clear()

    def clear(self) -> None:
        """Close what a job brought that nobody waits for."""
        while self.is_dropped and self._value:
            close = getattr(self._value.pop(), "close", None)
            if close is not None:
                close()

    def take(self) -> T:
        """Return what came of it, or raise; only once it is done."""
        if self._error is not None:
            raise self._error
        return self._value.pop()

    def _heard(self, count: int) -> None:
        if self.is_dropped:
            raise Cancelled("Nobody waits for this answer any more.")
        self._crew.count(count)


class Crew:
    """At most `size` threads; they begin with the first job and end with `close`.

    `pulse` returns what the waiting thread has to tell of the bytes that arrived. `check` is called
    before what came of a job is handed out; it may raise.
    """

    def __init__(
        self,
        size: int,
        pulse: Callable[[], Pulse | None],
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self.size = size
        self._pulse = pulse
        self._check = check
        self._jobs: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()
        self._changed = threading.Condition()
        self._open: set[Job[Any]] = set()
        self._threads = 0
        self._bytes = 0

    def begin(self, work: Callable[[Pulse], T]) -> Job[T]:
        """Have something done; `work` is given the pulse of its thread."""
        job = Job(self, work)
        self._open.add(job)
        self._jobs.put(job)
        if self._threads < min(self.size, len(self._open)):
            self._threads += 1
            threading.Thread(target=self._serve, args=(self._jobs,), daemon=True).start()
        return job

    def result(self, job: Job[T]) -> T:
        """Return what came of a job, or raise it. Raises what the pulse raises."""
        return self.first([job]).take()

    def first(self, jobs: Iterable[Job[T]]) -> Job[T]:
        """Wait for one of these jobs and return it; of several that are done, the first."""
        waiting = list(jobs)
        while True:
            with self._changed:
                done = next((job for job in waiting if job.is_done), None)
                if done is None:
                    self._changed.wait(SLICE_SECONDS)
                count, self._bytes = self._bytes, 0
            if (pulse := self._pulse()) is not None and (count or done is None):
                pulse(count)
            if done is not None:
                # Before it is let go of: what it brought is closed with all that is under way.
                self._check()
                self._open.discard(done)
                return done

    def each(self, items: Iterable[S], work: Callable[[S, Pulse], T]) -> Iterator[T]:
        """Yield what comes of each item, in their order, a few of them ahead."""
        ahead: list[Job[T]] = []
        for item in items:
            ahead.append(self.begin(partial(work, item)))
            if len(ahead) > self.size:
                yield self.result(ahead.pop(0))
        for job in ahead:
            yield self.result(job)

    def drop(self) -> None:
        """Let go of all jobs that nobody waits for; the crew may be used again."""
        with self._changed:
            for job in self._open:
                job.drop()
        self._open.clear()

    def close(self) -> None:
        """Let go of all jobs and end the threads."""
        self.drop()
        for _thread in range(self._threads):
            self._jobs.put(None)
        self._threads = 0
        # Threads that have not ended yet keep the old queue.
        self._jobs = queue.SimpleQueue()

    def count(self, count: int) -> None:
        """Note bytes that arrived; called in the threads."""
        with self._changed:
            self._bytes += count

    def note_done(self, job: Job[T]) -> None:
        """Note that a job is done; called in the threads."""
        with self._changed:
            job.is_done = True
            job.clear()
            self._changed.notify_all()

    @staticmethod
    def _serve(jobs: queue.SimpleQueue[Job[Any] | None]) -> None:
        while (job := jobs.get()) is not None:
            job.run()
