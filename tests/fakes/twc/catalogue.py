"""Answers about categories, resources, branches, revisions and tags."""

from __future__ import annotations

from typing import Any

from tests.fakes.twc import shapes
from tests.fakes.twc.batches import wanted_ids
from tests.fakes.twc.calls import Call, Refused
from tests.fakes.twc.commits import Revision
from tests.fakes.twc.exchange import JSON, LD_JSON, Answer, told
from tests.fakes.twc.resources import Resource


def workspaces(call: Call) -> Answer:
    habits = call.world.habits
    shown = [
        one for one in call.world.categories.values() if habits.nested_categories or not one.parent
    ]
    if call.request.wants_bodies and habits.workspace_bodies:
        return told(
            shapes.workspace_list([shapes.workspace_entry(call.world, one) for one in shown])
        )
    return told(shapes.workspace_list(shapes.ids(one.id for one in shown)))


def workspace(call: Call) -> Answer:
    return redirect(call, f"/osmc/workspaces/{call.workspace().id}/resources", 301)


def workspace_resources(call: Call) -> Answer:
    category = call.workspace()
    bodies = call.request.wants_bodies
    pair = shapes.workspace_pair(call.world, category, call.members(category), bodies=bodies)
    return told(pair)


def resources(call: Call) -> Answer:
    shown = call.readable()
    if call.request.wants_bodies:
        return told([shapes.resource(one) for one in shown])
    return told([one.id for one in shown])


def resource(call: Call) -> Answer:
    with_id = call.world.habits.single_resource_id
    return told(shapes.resource(call.resource(), with_id=with_id))


def branches(call: Call) -> Answer:
    owner = call.resource()
    keeps = call.world.habits.lists_removed_branches
    lines = [one for one in owner.branches.values() if keeps or not one.is_removed]
    if call.request.wants_bodies and call.world.habits.branch_pairs:
        return told(shapes.branch_list([shapes.branch_entry(owner, one) for one in lines]))
    return told(shapes.branch_list(shapes.ids(one.id for one in lines)))


def branch(call: Call) -> Answer:
    owner = call.resource()
    line = call.branch(owner)
    assert line is not None
    return told(shapes.branch_pair(owner, line))


def branch_revisions(call: Call) -> Answer:
    return redirect(call, call.request.path.removesuffix("/revisions"), 301)


def revisions(call: Call) -> Answer:
    owner, habits = call.resource(), call.world.habits
    shown = _page(call, owner.listed())
    if not (call.request.wants_bodies and habits.revision_bodies):
        return told([one.number for one in shown], type_=JSON)
    entries = [shapes.commit_info(owner, one, roots=habits.revision_roots) for one in shown]
    return told(entries, type_=JSON)


def revision(call: Call) -> Answer:
    owner = call.resource()
    _line, one = call.revision(owner)
    shape = shapes.revision(owner, one, call.named.get("b"))
    return told([shape] if call.world.habits.single_revision == "array" else shape)


def difference(call: Call) -> Answer:
    owner = call.resource()
    numbers = [_number(owner, call.request.query.get(name)) for name in ("source", "target")]
    added, changed, removed = owner.history.difference(*numbers)
    empty = not (added or changed or removed)
    value = {"added": added, "changed": changed, "removed": removed, "empty": empty}
    return told(value, type_=JSON)


def tags(call: Call) -> Answer:
    return told(shapes.tag_list(call.resource()))


def tag_batch(call: Call) -> Answer:
    owner = call.resource()
    answer: dict[str, Any] = {}
    for id_ in wanted_ids(call):
        one = owner.tags.get(id_)
        answer[id_] = (
            {"status": 404, "data": []}
            if one is None
            else {"status": 200, "data": shapes.tag(owner, one)}
        )
    return told(answer, type_=LD_JSON)


def tag(call: Call) -> Answer:
    owner = call.resource()
    one = owner.tags.get(call.named["x"] or "")
    if one is None:
        raise Refused(404)
    return told(shapes.tag(owner, one))


def redirect(call: Call, path: str, status: int) -> Answer:
    """Send to another path of this server, by the name that the client called it."""
    host = call.request.headers.get("host", "")
    scheme = call.request.headers["x-scheme"]
    return Answer(status, headers=[("Location", f"{scheme}://{host}{path}")])


def _page(call: Call, shown: list[Revision]) -> list[Revision]:
    query, paging = call.request.query, call.world.habits.paging
    if "items" not in query or paging == "ignored":
        return shown
    page, items = int(query.get("page", 1)), int(query["items"])
    if paging == "start revision":
        newest = shown[0].number if page <= 1 and shown else page
        return [one for one in shown if one.number <= newest][:items]
    return shown[(max(page, 1) - 1) * items :][:items]


def _number(owner: Resource, said: str | None) -> int:
    if said is None or not said.lstrip("-").isdigit():
        raise Refused(400)
    if not owner.shows(int(said)):
        raise Refused(404)
    return int(said)
