"""Answers about the user who asks, users and roles (section 13)."""

from __future__ import annotations

from typing import Any

from tests.fakes.twc import shapes
from tests.fakes.twc.calls import Call, Refused
from tests.fakes.twc.catalogue import redirect
from tests.fakes.twc.exchange import JSON, Answer, told
from tests.fakes.twc.world import User

READ_RESOURCE = "9649cb30-6933-49f1-b309-7aade63340cc"
RESOURCE_REVIEWER = "e3cf7416-9cf3-42ff-84e6-e9d4283dfd18"
RESOURCE_TYPE = "com.nomagic.esi.resource"


def current_user(call: Call) -> Answer:
    asked = "?permission=true" if _wants_permissions(call) else ""
    return redirect(call, f"/osmc/admin/users/{call.user.name}{asked}", 307)


def users(call: Call) -> Answer:
    everybody = call.world.users.values()
    if call.request.wants_bodies:
        return told([shapes.user(one, permissions=None) for one in everybody], type_=JSON)
    return told([one.name for one in everybody], type_=JSON)


def user(call: Call) -> Answer:
    name = call.named.get("u") or call.request.query.get("username", "")
    one = call.world.users.get(name)
    if one is None:
        raise Refused(404)
    permissions = [_reading(call, one)] if _wants_permissions(call) else None
    return told(shapes.user(one, permissions=permissions), type_=JSON)


def user_roles(call: Call) -> Answer:
    name = call.named["u"] or ""
    if name not in call.world.users:
        raise Refused(404)
    protected = [
        {"ID": one.id, "protectedType": RESOURCE_TYPE, "containerId": one.category}
        for one in call.world.resources.values()
        if one.id not in call.world.users[name].hidden
    ]
    return told([{"roleID": RESOURCE_REVIEWER, "protectedObjects": protected}], type_=JSON)


def roles(_call: Call) -> Answer:
    role = {
        "ID": RESOURCE_REVIEWER,
        "name": "Resource Reviewer",
        "description": "May open and read resources.",
        "predefined": True,
        "containGlobalOperationsOnly": False,
        "permissions": [_permission()],
    }
    return told([role], type_=JSON)


def _wants_permissions(call: Call) -> bool:
    return call.request.query.get("permission", "").lower() == "true"


def _reading(call: Call, one: User) -> dict[str, Any]:
    readable = [r.id for r in call.world.resources.values() if r.id not in one.hidden]
    return {"permissionInfo": _permission(), "relatedResources": readable}


def _permission() -> dict[str, Any]:
    return {
        "ID": READ_RESOURCE,
        "name": f"{RESOURCE_TYPE}_read.resource",
        "operationName": "read.resource",
        "operationDisplayName": "Read Resources",
        "operationAssignableAccessScope": "GLOBAL_OR_OBJECT",
        "protectedType": RESOURCE_TYPE,
        "protectedTypeDisplayName": "Resource",
    }
