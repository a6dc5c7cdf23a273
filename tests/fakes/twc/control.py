"""Addresses that no Teamwork Cloud has, for tests whose stand-in is another process.

`GET /standin/statistics`; `POST /standin/clear`, `/standin/latency?seconds=`,
`/standin/commit?resource=&elements=` (it changes so many), `/standin/tag?resource=&title=`,
`/standin/fault?match=&kind=&times=&after=` (kinds are those of FAULTS).
"""

from __future__ import annotations

import itertools
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.fakes.twc import faults
from tests.fakes.twc.content import Put
from tests.fakes.twc.exchange import JSON, Answer, Request, error, told
from tests.fakes.twc.resources import Resource

if TYPE_CHECKING:
    from tests.fakes.twc.server import StandIn

PREFIX = "/standin/"
FAULTS = {
    "expire": faults.expire,
    "html": faults.html,
    "reset": faults.reset,
    "truncated": faults.truncated,
    "drip": faults.drip,
    **{str(code): partial(faults.status, code) for code in (401, 403, 404, 500, 503)},
}


def is_meant(request: Request) -> bool:
    """Say whether a request is for the stand-in itself."""
    return request.path.startswith(PREFIX)


def answer(server: StandIn, request: Request) -> Answer:
    """Do what a test in another process asks for."""
    query = request.query
    match request.method, request.path.removeprefix(PREFIX):
        case "GET", "statistics":
            return told(_statistics(server), type_=JSON)
        case "POST", "clear":
            server.statistics.clear()
            server.faults.clear()
        case "POST", "latency":
            server.latency = float(query["seconds"])
        case "POST", "commit":
            return told({"number": _commit(server, query)}, type_=JSON)
        case "POST", "tag":
            server.world.resource(query["resource"]).tag(query["title"])
        case "POST", "fault":
            numbers = {name: int(query[name]) for name in ("times", "after") if name in query}
            server.faults.add(query["match"], FAULTS[query["kind"]](), **numbers)
        case _:
            return error(404)
    return told({}, type_=JSON)


def _statistics(server: StandIn) -> dict[str, Any]:
    seen, sessions = server.statistics, server.sessions
    return {
        "requests": len(seen.asked),
        "by_status": {str(code): count for code, count in seen.by_status.items()},
        "writes": seen.writes,
        "connections": seen.connections,
        "most_in_flight": seen.most_in_flight,
        "elements": seen.elements,
        "bytes_sent": seen.bytes_sent,
        "open": sessions.open,
        "logins": sessions.logins,
        "logouts": sessions.logouts,
        "refused": sessions.refused,
        "most_open": sessions.most_open,
        "requests_per_session": list(sessions.requests.values()),
    }


def _commit(server: StandIn, query: dict[str, str]) -> int:
    resource = server.world.resource(query["resource"])
    with server.world.lock:
        message = query.get("message", "")
        data = {"documentation": f"changed in revision {resource.newest + 1}"}
        ids = _live(resource, int(query.get("elements", 1)))
        resource.commit(put={id_: Put(data=data) for id_ in ids}, message=message)
        return resource.newest


def _live(resource: Resource, count: int) -> list[str]:
    way = resource.history.way(resource.head(resource.branches[resource.trunk]) or 0)
    live = (id_ for id_ in resource.history.ids() if resource.history.at(id_, way) is not None)
    return list(itertools.islice(live, count))
