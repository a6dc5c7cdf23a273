"""Accounts, roles and the version, under `/osmc/admin` and beside it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from tcsync.access.models import Role, RoleGrant, User
from tcsync.access.permissions import Action, granted_roots, may
from tcsync.api.osmc import answers, asked, place, roles
from tcsync.api.osmc.answers import Absent
from tcsync.repository.reading import identity

CATEGORY_TYPE = "com.nomagic.esi.category"
UNSTATED_VERSION = "2022x"
"""Clients read a version out of the answer, and this is what most of them know."""


def version(_request: HttpRequest, _user: User) -> HttpResponseBase:
    """Return the version of Teamwork Cloud that this node stands for, as text."""
    major = identity().major_version or UNSTATED_VERSION
    return HttpResponse(major, content_type="text/plain; charset=utf-8")


def current(request: HttpRequest, user: User) -> HttpResponseBase:
    """Lead to the account that is signed in."""
    return answers.moved(request, f"admin/users/{quote(user.get_username(), safe='')}", 307)


def listed(request: HttpRequest, user: User) -> HttpResponseBase:
    """List the accounts: to an administrator all, to everybody else their own."""
    rows = User.objects.filter(is_active=True).order_by("username")
    if not may(user, Action.ADMINISTER):
        rows = rows.filter(pk=user.pk)
    if asked.flag(request, "includeBody"):
        return answers.json(request, [_shown(row) for row in rows], media=answers.JSON)
    return answers.json(request, [row.get_username() for row in rows], media=answers.JSON)


def detail(request: HttpRequest, user: User, name: str = "") -> HttpResponseBase:
    """Return an account; `permission=true` adds what it may do."""
    account = _account(request, user, name)
    said = _shown(account)
    if asked.flag(request, "permission"):
        said["permissions"] = _permissions(account)
    return answers.json(request, said, media=answers.JSON)


def roles_of(request: HttpRequest, user: User, name: str = "") -> HttpResponseBase:
    """Return the roles that an account has, and where."""
    return answers.json(request, _assigned(_account(request, user, name)), media=answers.JSON)


def all_roles(request: HttpRequest, _user: User) -> HttpResponseBase:
    """List the roles that there are."""
    return answers.json(request, [roles.shown(role) for role in Role], media=answers.JSON)


def role(request: HttpRequest, _user: User, id_: str) -> HttpResponseBase:
    """Return one of them."""
    found = next((role for role in Role if roles.role_id(role) == id_), None)
    if found is None:
        raise Absent
    return answers.json(request, roles.shown(found), media=answers.JSON)


def _account(request: HttpRequest, user: User, name: str) -> User:
    name = name or request.GET.get("username", "") or user.get_username()
    if name == user.get_username():
        return user
    row = User.objects.filter(username=name, is_active=True).first()
    if row is None or not may(user, Action.ADMINISTER):
        raise Absent
    return row


def _shown(account: User) -> dict[str, Any]:
    joined = int(account.date_joined.timestamp())
    return {
        "userName": account.get_username(),
        "enabled": account.is_active,
        "external": False,
        "realm": settings.TCSYNC_NODE_NAME,
        "otherAttributes": {
            "name": account.get_full_name(),
            "email": account.email,
            "department": "",
            "mobile": "",
        },
        "roleAssignments": _assigned(account),
        "userGroups": [],
        "createdDate": joined,
        "modifiedDate": joined,
        "lastLoginDate": int(account.last_login.timestamp()) if account.last_login else 0,
        "removed": False,
    }


def _assigned(account: User) -> list[dict[str, Any]]:
    places: dict[Role, list[str]] = {}
    if account.is_superuser:
        places[Role.ADMINISTRATOR] = []
    for grant in RoleGrant.objects.filter(user=account).order_by("role", "category"):
        places.setdefault(Role(grant.role), []).append(grant.category)
    return [
        {
            "roleID": roles.role_id(role),
            "protectedObjects": [
                {"ID": id_, "protectedType": CATEGORY_TYPE, "containerId": ""}
                for id_ in categories
                if "" not in categories
            ],
        }
        for role, categories in places.items()
    ]


def _permissions(account: User) -> list[dict[str, Any]]:
    """Return what an account may do; the resources are listed where it is not all of them."""
    found = []
    for action, permissions in roles.PERMISSIONS.items():
        roots = granted_roots(account, action)
        if roots is None or roots:
            related = [] if roots is None else _resources(account, action)
            found += [
                {"permissionInfo": permission.json(), "relatedResources": related}
                for permission in permissions
            ]
    return found


def _resources(account: User, action: Action) -> list[str]:
    return list(place.resources(account, action=action).values_list("id", flat=True))
