"""Two nodes as processes, as a company runs them: `manage.py up` with SQLite, driven by HTTP."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import psutil
import requests

from benchmarks.places import FOLDER, ROOT, fresh, record_file

START_SECONDS = 60.0
LOOK_SECONDS = 0.002
MEMORY_SECONDS = 0.02


def environment(data: Path, name: str) -> dict[str, str]:
    """Return the environment of a node, nothing of the caller's own in it."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TCSYNC_", "DJANGO_"))}
    for word in ("DATABASE_URL", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG"):
        kept.pop(word, None)
    return {
        **kept,
        "TCSYNC_DATA": str(data),
        "TCSYNC_NODE_NAME": name,
        "TCSYNC_ALLOW_LOOPBACK": "1",
        "DJANGO_SETTINGS_MODULE": "tcsync.settings",
    }


def manage(data: Path, *words: str, given: str = "") -> str:
    """Run a command of a node and return what it printed."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *words],
        env=environment(data, data.name),
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(words)}: {done.stdout}{done.stderr}")
    return done.stdout


def source_data(size: str) -> Path:
    """Return the data folder of a node that holds a size, made at first use."""
    path = FOLDER / f"{size}-source"
    if not path.exists():
        file = record_file(size)
        with fresh(path) as scratch:
            manage(scratch, "migrate", "-v0")
            manage(scratch, "load_history", str(file))
    return path


def empty_data() -> Path:
    """Return the data folder of a node that holds nothing, made at first use."""
    path = FOLDER / "empty"
    if not path.exists():
        with fresh(path) as scratch:
            manage(scratch, "migrate", "-v0")
    return path


@contextmanager
def copied(data: Path) -> Iterator[Path]:
    """Give a copy of a node's data that goes away with the block."""
    path = FOLDER / f"run-{os.getpid()}-{time.time_ns()}"
    shutil.copytree(data, path)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def token(data: Path) -> str:
    """Return a token of a new administrator of a node."""
    name = f"bench{time.time_ns()}"
    manage(data, "create_administrator", name)
    return manage(data, "create_api_token", name).strip()


@dataclass
class Node:
    """A running node, and its JSON API."""

    data: Path
    address: str
    process: subprocess.Popen[str]
    http: requests.Session = field(default_factory=requests.Session)

    def call(self, method: str, path: str, **body: Any) -> Any:
        """Call the API and return what it answered. Raises RuntimeError."""
        answer = self.http.request(
            method, f"{self.address}/api/v1/{path}", json=body or None, timeout=120
        )
        if not answer.ok:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else None

    def follow(self, source: Node, address: str = "", **selection: Any) -> list[int]:
        """Make configurations of a source, by hand only; return their numbers.

        `address`: where the source is reached, if not at its own address.
        """
        credentials = source.http.headers["Authorization"]
        server = self.call(
            "POST",
            "servers/",
            name=f"source {time.time_ns()}",
            kind="tcsync",
            address=address or source.address,
            token=str(credentials).partition(" ")[2],
        )
        target = self.call("POST", "categories/", name=f"copies {time.time_ns()}", parent=None)
        wanted = {"trigger": {"type": "manual"}, "resources": [], "categories": [], **selection}
        made = self.call(
            "POST",
            "configurations/",
            server=server["id"],
            target_category=target["id"],
            **wanted,
        )
        return [int(row["id"]) for row in made]

    def synchronize(self, *configs: int) -> list[dict[str, Any]]:
        """Run configurations and return the finished runs."""
        runs = [self._asked_for(config) for config in configs]
        for run in runs:
            self._await(run)
        return [self._succeeded(run) for run in runs]

    def timed(self, *configs: int) -> float:
        """Run configurations; return the seconds from asking for them until the last has ended."""
        began = time.perf_counter()
        runs = [self._asked_for(config) for config in configs]
        for run in runs:
            self._await(run)
        taken = time.perf_counter() - began
        for run in runs:
            self._succeeded(run)
        return taken

    def _asked_for(self, config: int) -> int:
        return int(self.call("POST", f"configurations/{config}/sync/")["run"])

    def _await(self, run: int) -> None:
        # Past the node's own code: asking its API all the time would take a good part of a core.
        self.wait_for(
            "SELECT 1 FROM syncconfigs_syncrun WHERE id = ? AND finished_at IS NOT NULL", (run,)
        )

    def _succeeded(self, run: int) -> dict[str, Any]:
        state = self.call("GET", f"runs/{run}/")
        if state["state"] != "succeeded":
            raise RuntimeError(f"run {run} is {state['state']}: {state['reason']}")
        return dict(state)

    def wait_for(self, query: str, values: Sequence[object], patience: float = 600.0) -> None:
        """Wait until a query of the node's database finds a row. Raises RuntimeError."""
        until = time.monotonic() + patience
        address = f"file:{self.data / 'db.sqlite3'}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as database:
            while not database.execute(query, values).fetchone():
                if time.monotonic() > until:
                    raise RuntimeError(f"Nothing came for: {query} {values}")
                time.sleep(LOOK_SECONDS)

    def everything(self) -> dict[str, list[str]]:
        """Return the selection of all that this node has: its resource, or its root categories."""
        shown = self.call("GET", "resources/")["results"]
        if len(shown) == 1:
            return {"resources": [shown[0]["id"]]}
        kept = self.call("GET", "categories/?page_size=500")["results"]
        roots = {c["path"][0] for c in kept if c["resources"]}
        return {"categories": [c["id"] for c in kept if c["path"][0] in roots and not c["parent"]]}

    def workers(self) -> list[psutil.Process]:
        """Return the processes of the queue."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        return [p for p in family if "qcluster" in " ".join(p.cmdline()) or "Queue" in p.name()]


@contextmanager
def running(data: Path, name: str) -> Iterator[Node]:
    """Run a node while the block runs."""
    access = token(data)
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "up", "--port", "0"],
        env={**environment(data, name), "TCSYNC_WATCH_SECONDS": "0.5"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        node = Node(data, _address(process), process)
        node.http.headers["Authorization"] = f"Token {access}"
        yield node
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    said = []
    for line in process.stdout:
        said.append(line)
        if found := re.search(r"ready at \S+:(\d+)/", line):
            threading.Thread(target=_drain, args=(process.stdout,), daemon=True).start()
            return f"http://127.0.0.1:{found[1]}"
    raise RuntimeError(f"The node did not start: {''.join(said)}")


def _drain(lines: Any) -> None:
    for _line in lines:
        pass


class PeakMemory:
    """Samples the memory of a node's workers; `peak` is the highest proportional share of one."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self.peak = 0

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        workers = self._node.workers()
        while not self._over.wait(MEMORY_SECONDS):
            for worker in workers:
                try:
                    self.peak = max(self.peak, worker.memory_info().rss)
                except psutil.Error:
                    continue


class Inside:
    """A process in a node's environment that does one step of `benchmarks.inside` after another."""

    def __init__(self, data: Path) -> None:
        manage(data, "migrate", "-v0")
        self._said = data / "inside.log"
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.inside"],
                env=environment(data, data.name),
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
            )

    def __enter__(self) -> Inside:
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=30)

    def call(self, step: str, **given: Any) -> Any:
        """Do a step and return its answer. Raises RuntimeError with the trace of a failure."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(msgspec.json.encode((step, given)) + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{step}: {self._said.read_text()}")
        return msgspec.json.decode(line)
