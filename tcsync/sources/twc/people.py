"""Who the account is, and what it may do (REST reference, sections 2 and 13)."""

from __future__ import annotations

from typing import Any

from tcsync.errors import SourceError, Unreachable
from tcsync.sources.twc.api import Api
from tcsync.sources.twc.listings import text_of
from tcsync.sources.twc.logins import Account

TOKEN = "token"  # noqa: S105 - what an account is called whose name the server does not tell
MOST_RIGHTS = 20
_NAMES = ("operationDisplayName", "operationName", "name")


def read_account(api: Api, typed: str) -> Account:
    """Return who asks; `typed` is the user name, "" with a token. What is refused is left out."""
    try:
        told = api.following("/admin/currentUser?permission=true")
    except Unreachable:
        raise
    except SourceError:
        return Account(typed or TOKEN)
    if isinstance(told, list):
        told = told[0] if told else None
    if not isinstance(told, dict):
        return Account(typed or TOKEN)
    name = typed or text_of(told, "userName") or text_of(told, "username") or TOKEN
    return Account(name, _rights(told.get("permissions")))


def _rights(permissions: Any) -> str:
    """Return the names of the rights, in order; how far each reaches is not told with it."""
    names = set()
    for one in permissions if isinstance(permissions, list) else []:
        info = one.get("permissionInfo") if isinstance(one, dict) else None
        info = info if isinstance(info, dict) else {"name": info}
        names.add(next(filter(None, (text_of(info, key) for key in _NAMES)), ""))
    return ", ".join(sorted(names - {""})[:MOST_RIGHTS])
