"""Used projects of a revision, out of its decomposition (REST reference, section 12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from tcsync.sources.twc.api import Api, or_none, resource_path
from tcsync.sources.twc.assumptions import TWC_URI
from tcsync.sources.twc.listings import text_of


def read_uses(api: Api, resource: str, number: int) -> tuple[Mapping[str, object], ...]:
    """Return the used projects, each once, in a fixed order.

    Without their names: those may change later, and a digest of the revision covers what is here.
    """
    path = resource_path(resource, "revisions", number, "models", "decomposition")
    told = or_none(lambda: api.json(path))
    found = {orjson.dumps(use, option=orjson.OPT_SORT_KEYS): use for use in _uses(told)}
    return tuple(found[key] for key in sorted(found))


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
