"""A Teamwork Cloud as the source: a stand-in on loopback, read by a node as it is used.

The stand-in keeps its answers ready; what it can give at most is measured beside each pull, so that
it shows where the node waits for it.
"""

from __future__ import annotations

import http.client
import json
import re
import sqlite3
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks import nodes
from benchmarks.counting import counting
from benchmarks.places import FOLDER, ROOT
from benchmarks.results import Goal, Row

PER_ELEMENT = Goal(1e6 / 15_000, 1e6 / 40_000, is_limit=True)
"""Microseconds: 15,000 elements a second, 40,000 as the stretch."""
PER_ELEMENT_FAR = Goal(2e6 / 15_000, 2e6 / 40_000, is_limit=True)
"""At 20 ms for each request not less than half of that."""
MEMORY = Goal(250, None, is_limit=True)
REQUESTS = Goal(15, None, is_limit=True)
LATENCY = 0.02
CHANGED = 30
POLL_SECONDS = 2
RARELY = 3_600
"""Seconds between two looks of the watcher where only the requests of runs are counted."""
IDLE_SECONDS = 9.0
BATCH = 1_000
KEPT = FOLDER / "cloud"
"""Where the stand-in keeps what it generated, so that it starts in seconds."""
BATCHES = 60
MIB = 1 << 20
WALKING = "Walking the heads"
ACCOUNT = ("reader", "secret")


@dataclass(frozen=True)
class StandIn:
    """A stand-in that runs as a process of its own."""

    address: str

    def ask(self, method: str, path: str) -> Any:
        """Return what it says of itself at one of its own addresses."""
        with closing(http.client.HTTPConnection(urlsplit(self.address).netloc)) as connection:
            connection.request(method, f"/standin/{path}")
            return json.loads(connection.getresponse().read())


@contextmanager
def standing_in(*words: str) -> Iterator[StandIn]:
    """Run a stand-in while the block runs."""
    command = [sys.executable, "-m", "tests.fakes.twc", "--port", "0", *words]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        said = re.search(r"ready at (http://\S+?)/?$", process.stdout.readline().strip())
        assert said, "The stand-in did not start."
        yield StandIn(said[1])
    finally:
        process.terminate()
        process.wait(timeout=30)


def follow(
    target: nodes.Node, address: str, trigger: str = "manual", poll_seconds: int = RARELY
) -> list[int]:
    """Let a node follow everything that a Teamwork Cloud shows; return the configurations."""
    user, password = ACCOUNT
    server = target.call(
        "POST",
        "servers/",
        name=f"cloud {time.time_ns()}",
        kind="teamwork-cloud",
        address=address,
        username=user,
        password=password,
        poll_seconds=poll_seconds,
    )
    shown = target.call("GET", f"servers/{server['id']}/catalogue/")
    into = target.call("POST", "categories/", name=f"copies {time.time_ns()}", parent=None)
    roots = [c["id"] for c in shown["categories"] if not c["parent"]]
    picked = {"categories": roots, "resources": []}
    if len(shown["resources"]) == 1:
        picked = {"categories": [], "resources": [shown["resources"][0]["id"]]}
    made = target.call(
        "POST",
        "configurations/",
        server=server["id"],
        target_category=into["id"],
        trigger={"type": trigger},
        **picked,
    )
    return [int(row["id"]) for row in made]


def pull() -> list[Row]:
    """Pull M for the first time, at once and with latency; then one new revision of it."""
    with standing_in("--generate", "M", "--keep", str(KEPT)) as cloud:
        near, walk, memory, one = _pull(cloud)
        limit = _limit(cloud)
        cloud.ask("POST", f"latency?seconds={LATENCY}")
        far, far_walk, _memory, _one = _pull(cloud)
    alone = f"{limit.said}, to one client that makes nothing of them, with a core of its own"
    return [
        Row(
            "first pull of M by REST, an element",
            "us",
            [near.each],
            {},
            PER_ELEMENT,
            [],
            [near.said],
        ),
        Row("the stand-in alone, an element", "us", [limit.each], {}, None, [], [alone]),
        Row("the same at 20 ms", "us", [far.each], {}, PER_ELEMENT_FAR, [], [far.said]),
        Row("walk of the head of M, an element", "us", [walk.each], {}, None, [], [walk.said]),
        Row("the same walk at 20 ms", "us", [far_walk.each], {}, None, [], [far_walk.said]),
        Row("peak memory of the pulling worker", "MiB", [memory], {}, MEMORY),
        Row(f"requests for {CHANGED} new elements of M", "requests", [one], {}, REQUESTS),
    ]


@dataclass(frozen=True)
class Pace:
    """So many elements in so many seconds."""

    elements: int
    seconds: float

    @property
    def each(self) -> float:
        """Microseconds for one."""
        return self.seconds / self.elements * 1e6

    @property
    def said(self) -> str:
        """The figures in words."""
        pace = self.elements / self.seconds
        return f"{self.elements:,} elements in {self.seconds:.1f} s, {pace:,.0f}/s"


def _pull(cloud: StandIn) -> tuple[Pace, Pace, float, float]:
    with nodes.copied(nodes.empty_data()) as data, nodes.running(data, "B") as target:
        (config,) = follow(target, cloud.address)
        cloud.ask("POST", "clear")
        with nodes.PeakMemory(target) as seen:
            (run,) = target.synchronize(config)
        began, walking, walked = _moments(data, int(run["id"]))
        read = cloud.ask("GET", "statistics")["elements"]
        (head,) = _rows(data, "SELECT SUM(elements) FROM repository_walk")[0]
        one = _requests_for_one(cloud, target, config)
    pulled = Pace(int(read) - int(head), (walking - began).total_seconds())
    return pulled, Pace(int(head), (walked - walking).total_seconds()), seen.peak / MIB, one


def _moments(data: Path, run: int) -> tuple[datetime, datetime, datetime]:
    """Return when the run began, when it began to walk the head, and when it had walked it."""
    (began,) = _rows(data, "SELECT started_at FROM syncconfigs_syncrun WHERE id = ?", run)[0]
    lines = _rows(data, "SELECT at, text FROM syncconfigs_runline WHERE run_id = ?", run)
    at = next(place for place, (_at, text) in enumerate(lines) if text.startswith(WALKING))
    moments = [
        datetime.fromisoformat(str(when)) for when in (began, lines[at][0], lines[at + 1][0])
    ]
    return moments[0], moments[1], moments[2]


def _rows(data: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{data}/db.sqlite3?mode=ro", uri=True)) as database:
        return database.execute(sql, values).fetchall()


def _requests_for_one(cloud: StandIn, target: nodes.Node, config: int) -> float:
    """Commit changes at the source and synchronize; return the requests that it took."""
    resource = target.call("GET", "resources/")["results"][0]["id"]
    cloud.ask("POST", f"commit?resource={resource}&elements={CHANGED}")
    cloud.ask("POST", "clear")
    target.synchronize(config)
    return float(cloud.ask("GET", "statistics")["requests"])


def _limit(cloud: StandIn) -> Pace:
    """Return how fast the stand-in gives elements to one client that makes nothing of them.

    They are of the first revision, in batches as a node asks for them.
    """
    with closing(http.client.HTTPConnection(urlsplit(cloud.address).netloc)) as connection:
        client = _PlainClient(connection)
        (resource,) = client.json("GET", "/osmc/resources")
        path = f"/osmc/resources/{resource}/revisions/1"
        ids = client.json("GET", path)[0]["rootObjectIDs"]
        batches: list[str] = []
        while ids and len(batches) < BATCHES:
            some, ids = ids[:BATCH], ids[BATCH:]
            batches += [json.dumps(some)] if len(some) == BATCH else []
            for item in client.json("POST", f"{path}/elements", json.dumps(some)).values():
                ids += [child["@id"] for child in item["data"][1]["kerml:ownedElement"]]
        began = time.perf_counter()
        for batch in batches:
            client.read("POST", f"{path}/elements", batch)
        return Pace(BATCH * len(batches), time.perf_counter() - began)


class _PlainClient:
    """Asks in one session, over one connection."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self._connection = connection
        login = b64encode(":".join(ACCOUNT).encode()).decode()
        self._headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}

    def read(self, method: str, path: str, body: str | None = None) -> bytes:
        """Return the body of an answer."""
        self._connection.request(method, path, body, self._headers)
        answer = self._connection.getresponse()
        if "Cookie" not in self._headers:
            self._headers = {"Cookie": _cookies(answer), "Content-Type": "application/json"}
        return answer.read()

    def json(self, method: str, path: str, body: str | None = None) -> Any:
        """Return what an answer says."""
        return json.loads(self.read(method, path, body))


def _cookies(answer: http.client.HTTPResponse) -> str:
    return "; ".join(c.partition(";")[0] for c in answer.headers.get_all("Set-Cookie") or [])


def poll() -> list[Row]:
    """Follow 1,000 resources of which none changes; count the requests of each look."""
    with (
        standing_in("--generate", "poll", "--keep", str(KEPT)) as cloud,
        nodes.copied(nodes.empty_data()) as data,
        counting(cloud.address) as through,
        nodes.running(data, "B") as target,
    ):
        configs = follow(target, through.address, "every_commit", POLL_SECONDS)
        target.synchronize(*configs)
        time.sleep(IDLE_SECONDS)
        through.clear()
        time.sleep(IDLE_SECONDS)
        asked = list(through.requests)
    looks = IDLE_SECONDS / POLL_SECONDS
    kinds: dict[str, int] = {}
    for request in asked:
        kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", request)
        kinds[kind] = kinds.get(kind, 0) + 1
    said = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    notes = [
        f"{len(asked)} requests in {IDLE_SECONDS:.0f} s, a look every {POLL_SECONDS} s: {said}."
    ]
    return [
        Row(
            "requests to see nothing new in 1,000",
            "requests",
            [len(asked) / looks],
            {},
            None,
            [],
            notes,
        )
    ]
