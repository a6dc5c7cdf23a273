"""What was asked of a server, and how much at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tests.fakes.twc.exchange import Request

READING = ("GET", "HEAD")


class Statistics:
    """Counts of requests. `asked` are all of them in order, as "METHOD path"."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.by_path: Counter[str] = Counter()
        self.by_status: Counter[int] = Counter()
        self.writes: list[str] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self.connections = 0
        self.elements = 0
        self.bytes_sent = 0
        self._lock = threading.Lock()

    @contextmanager
    def flight(self, request: Request) -> Iterator[None]:
        """Count a request, and that it is under way while the block runs."""
        with self._lock:
            self.asked.append(f"{request.method} {request.path}")
            self.by_path[request.path] += 1
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            yield
        finally:
            with self._lock:
                self.in_flight -= 1

    def connect(self) -> None:
        """Count a connection."""
        with self._lock:
            self.connections += 1

    def answer(self, status: int) -> None:
        """Count an answer."""
        with self._lock:
            self.by_status[status] += 1

    def send(self, sent: int) -> None:
        """Count bytes that were sent."""
        with self._lock:
            self.bytes_sent += sent

    def read(self, elements: int) -> None:
        """Count elements that were told."""
        with self._lock:
            self.elements += elements

    def write(self, request: Request) -> None:
        """Note that somebody tried to change the server's contents."""
        with self._lock:
            self.writes.append(f"{request.method} {request.path}")

    def clear(self) -> None:
        """Begin anew."""
        with self._lock:
            self.asked, self.writes = [], []
            self.by_path.clear()
            self.by_status.clear()
            self.most_in_flight = self.in_flight
            self.connections = self.elements = self.bytes_sent = 0
