"""Our roles in Teamwork Cloud's words: its ids are the same on every server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tcsync.access.models import Role
from tcsync.access.permissions import ALLOWED, Action

RESOURCE = "com.nomagic.esi.resource"
SERVER = "com.nomagic.esi.server"
_NAMES = {RESOURCE: "Resource", SERVER: "Server"}
EVERYWHERE, ANYWHERE = "GLOBAL_ONLY", "GLOBAL_OR_OBJECT"


@dataclass(frozen=True, slots=True)
class Permission:
    """What Teamwork Cloud calls a permission."""

    id: str
    operation: str
    shown: str
    type: str = RESOURCE
    scope: str = ANYWHERE
    """Where Teamwork Cloud lets it be given."""

    def json(self) -> dict[str, str]:
        """Return it as Teamwork Cloud lists it."""
        return {
            "operationAssignableAccessScope": self.scope,
            "protectedType": self.type,
            "name": f"{self.type}_{self.operation}",
            "operationName": self.operation,
            "ID": self.id,
            "operationDisplayName": self.shown,
            "protectedTypeDisplayName": _NAMES[self.type],
        }


READ = Permission("9649cb30-6933-49f1-b309-7aade63340cc", "read.resource", "Read Resources")
EDIT = Permission("0b972f77-368c-4511-9285-0069a1a8bf07", "edit.resource", "Edit Resources")
EDIT_PROPERTIES = Permission(
    "a93ff74f-baae-4aea-8f79-1a9d423f35fa", "edit.resource.properties", "Edit Resource Properties"
)
CREATE = Permission(
    "930c939c-6ec4-4c90-9458-92eefc73b11b",
    "create.resource",
    "Create Resource",
    scope=EVERYWHERE,
)
CATEGORIZE = Permission(
    "9a223c45-71eb-4e45-b374-a8dd319afcea",
    "categorize.resources",
    "Categorize Resources",
    scope=EVERYWHERE,
)
REMOVE = Permission("7d4c8df2-2438-46ea-bc11-d76bf00bde63", "remove.resource", "Remove Resource")
CONFIGURE = Permission(
    "f9f3a93e-6597-40e6-baa4-2a33c1623d14", "config.server", "Configure Server", SERVER, EVERYWHERE
)
PERMISSIONS: Mapping[Action, tuple[Permission, ...]] = {
    Action.READ: (READ,),
    Action.EDIT: (EDIT, EDIT_PROPERTIES, CREATE, CATEGORIZE, REMOVE),
    Action.ADMINISTER: (CONFIGURE,),
}
"""What an action of ours is there; what is not listed has no counterpart."""

_IDS = {
    Role.REVIEWER: "e3cf7416-9cf3-42ff-84e6-e9d4283dfd18",
    Role.CONTRIBUTOR: "417494bc-d0e8-449a-a8ac-5476dc2e6537",
    Role.ADMINISTRATOR: "39f47ac5-c837-4df9-9bc1-0d2a13f72a4c",
}


def role_id(role: Role) -> str:
    """Return Teamwork Cloud's id of a role; one of ours for those that it has no fixed id for."""
    return _IDS.get(role) or str(uuid5(NAMESPACE_URL, f"tcsync:role:{role}"))


def shown(role: Role) -> dict[str, Any]:
    """Return a role as Teamwork Cloud lists it."""
    permissions = permissions_of(role)
    return {
        "permissions": [permission.json() for permission in permissions],
        "name": _name(role),
        "description": f"{_name(role)} of this node.",
        "ID": role_id(role),
        "predefined": True,
        "containGlobalOperationsOnly": all(one.type == SERVER for one in permissions),
    }


def permissions_of(role: Role) -> list[Permission]:
    """Return what a role allows."""
    allowed = [action for action in Action if action in ALLOWED[role]]
    return [permission for action in allowed for permission in PERMISSIONS.get(action, ())]


def _name(role: Role) -> str:
    # The administrator here may do what theirs may, and what their other roles add.
    return "Server Administrator" if role == Role.ADMINISTRATOR else str(role.label)
