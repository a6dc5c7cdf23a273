"""Used projects of a revision, out of its decomposition (REST reference, section 12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from tcsync.domain import HeadUses
from tcsync.sources.twc.api import Api, or_none, resource_path
from tcsync.sources.twc.assumptions import TWC_URI
from tcsync.sources.twc.comparing import trunk_of
from tcsync.sources.twc.listings import read_branches, read_listing, text_of

HEADS_ASKED = 20
"""Of one resource; branches beside the trunk are mostly made to be merged into it."""


def read_uses(api: Api, resource: str, number: int) -> tuple[Mapping[str, object], ...]:
    """Return the used projects, each once, in a fixed order.

    Without their names: those may change later, and a digest of the revision covers what is here.
    """
    path = resource_path(resource, "revisions", number, "models", "decomposition")
    told = or_none(lambda: api.json(path))
    found = {orjson.dumps(use, option=orjson.OPT_SORT_KEYS): use for use in _uses(told)}
    return tuple(found[key] for key in sorted(found))


def read_head_uses(api: Api, resource: str) -> tuple[HeadUses, ...]:
    """Return what a resource uses at the heads of its living branches, the trunk first.

    Of very many branches the newest are asked: each costs a request.
    """
    listing = read_listing(api, resource)
    branches = read_branches(api, resource, listing)
    trunk = trunk_of("", branches, listing)
    heads = [(b.id != trunk, -b.head, b.id) for b in branches if b.head and not b.archived]
    return tuple(
        HeadUses(branch, -head, read_uses(api, resource, -head))
        for _is_other, head, branch in sorted(heads)[:HEADS_ASKED]
    )


def _uses(value: Any) -> Iterator[Mapping[str, object]]:
    for part in value if isinstance(value, list) else [value]:
        for usage in _objects(part, "models:usages"):
            for use in _objects(usage, "models:uses"):
                yield _use(text_of(use, "models:uri"), _version(use))


def _use(uri: str, version: str) -> Mapping[str, object]:
    if not uri.startswith(TWC_URI):
        return {"uri": uri, "version": version}
    resource, _, branch = uri.removeprefix(TWC_URI).strip("/").partition("/")
    return {"resource": resource, "branch": branch, "version": version}


def _version(use: Mapping[str, Any]) -> str:
    version = use.get("models:requiredVersion")
    return str(version) if isinstance(version, (str, int)) else ""


def _objects(value: Any, key: str) -> Iterator[Mapping[str, Any]]:
    found = value.get(key) if isinstance(value, dict) else None
    yield from (one for one in (found if isinstance(found, list) else []) if isinstance(one, dict))
