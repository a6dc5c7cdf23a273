"""Which answer belongs to which address, in both families of paths (section 3)."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.fakes.twc import batches, catalogue, contents, people
from tests.fakes.twc.calls import Call, Refused
from tests.fakes.twc.exchange import LD_JSON, Answer, Request
from tests.fakes.twc.statistics import READING, Statistics
from tests.fakes.twc.world import User, World

Answering = Callable[[Call], Answer]
WRITES_REFUSED = 403
RESOURCES = "(?:/workspaces/{w})?/resources/{r}"
AT = f"{RESOURCES}(?:/branches/{{b}})?(?:/revisions/{{n}})?"
GETS: dict[str, Answering] = {
    "/workspaces": catalogue.workspaces,
    "/workspaces/{w}": catalogue.workspace,
    "/workspaces/{w}/resources": catalogue.workspace_resources,
    "/resources": catalogue.resources,
    RESOURCES: catalogue.resource,
    f"{RESOURCES}/branches": catalogue.branches,
    f"{RESOURCES}/branches/{{b}}": catalogue.branch,
    f"{RESOURCES}/branches/{{b}}/revisions": catalogue.branch_revisions,
    f"{RESOURCES}(?:/branches/{{b}})?/revisions/{{n}}": catalogue.revision,
    f"{RESOURCES}/revisions": catalogue.revisions,
    f"{RESOURCES}/revisiondiff": catalogue.difference,
    f"{RESOURCES}/tags": catalogue.tags,
    f"{RESOURCES}/tags/{{x}}": catalogue.tag,
    f"{AT}/elements/{{e}}": batches.element,
    f"{AT}/artifacts": contents.artifacts,
    f"{AT}/artifacts/{{a}}": contents.artifact,
    f"{AT}/models": contents.models,
    f"{AT}/models/{{x}}": contents.model,
    "/admin/currentUser": people.current_user,
    "/admin/users": people.users,
    "/admin/users/{u}": people.user,
    "/admin/users/{u}/roles": people.user_roles,
    "/admin/user": people.user,
    "/admin/roles": people.roles,
}
BATCHES: dict[str, Answering] = {
    f"{AT}/elements": batches.batch,
    f"{RESOURCES}/tags": catalogue.tag_batch,
}


def _compile(table: dict[str, Answering]) -> list[tuple[re.Pattern[str], Answering]]:
    return [
        (re.compile(re.sub(r"\{(\w)\}", r"(?P<\1>[^/]+)", f"/osmc{path}/?")), answering)
        for path, answering in table.items()
    ]


_GETS, _BATCHES = _compile(GETS), _compile(BATCHES)


def answer(world: World, request: Request, user: User, statistics: Statistics) -> Answer:
    """Answer somebody who is logged in. Raises Refused."""
    is_batch = request.method == "POST" and not _is_write(request)
    if request.method not in READING and not is_batch:
        statistics.write(request)
        raise Refused(WRITES_REFUSED)
    for pattern, answering in _BATCHES if is_batch else _GETS:
        found = pattern.fullmatch(request.path)
        if found is not None:
            named = {name: value for name, value in found.groupdict().items() if value}
            if not named.get("n", "0").isdigit():
                raise Refused(400)
            return answering(Call(world, request, user, statistics, named))
    if is_batch:
        statistics.write(request)
    raise Refused(404)


def _is_write(request: Request) -> bool:
    """Say whether a POST makes something: it is told from a batch read by its type alone."""
    return request.headers.get("content-type", "").partition(";")[0].strip() == LD_JSON
