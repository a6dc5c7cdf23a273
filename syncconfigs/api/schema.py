"""How an operation is described in the OpenAPI document, once for all views."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers

from syncconfigs.api.serializers.fields import Answer, PageQuery
from syncconfigs.api.serializers.problems import Problem
from tcsync.access.models import ApiToken

F = TypeVar("F", bound=Callable[..., Any])

_PROBLEMS = {
    400: "A field is not valid, or the body is no JSON.",
    401: "No valid token came with the request.",
    403: "This account may not do this.",
    404: "It does not exist, or this account may not see it.",
    409: "It contradicts what is here.",
    413: "The body is too large.",
    415: "The body is not of type application/json.",
    501: "A server of this kind cannot be read.",
    502: "The other server refused, or answered with what cannot be used.",
    503: "What is stored is damaged: this needs a person; or there is no space left to store it.",
    504: "The other server could not be reached.",
}
SYNCHRONIZING = frozenset(
    {
        *("configurations-preview", "configurations-sync", "configurations-verify"),
        *("runs-cancel", "runs-retry", "comparisons-run"),
    }
)
"""What a token may that may start and stop runs, besides reading."""
_WORDS = {200: "As asked.", 201: "Made.", 202: "Asked for.", 204: "Gone."}
SOURCE = (501, 502, 504)
"""What asking another server can end in."""


def operation(  # noqa: PLR0913 (the parts of a description, each by its name)
    id: str,
    summary: str,
    *,
    answers: Mapping[Any, Any],
    problems: Iterable[int] = (),
    query: type[serializers.Serializer] | None = None,
    body: type[serializers.Serializer] | None = None,
    detail: str = "",
    examples: Mapping[str, Mapping[str, Any]] | None = None,
) -> Callable[[F], F]:
    """Describe an operation: its id, what it takes, what it answers besides the usual problems.

    `examples` are bodies by their titles.
    """
    codes = {401, *problems}
    codes |= {400} if query or body else set()
    codes |= {400, 413, 415} if body else set()
    codes |= {404} if query and issubclass(query, PageQuery) else set()
    said: dict[Any, Any] = {
        code: OpenApiResponse(shape, _WORDS[code if isinstance(code, int) else code[0]])
        for code, shape in answers.items()
    }
    for code in sorted(codes):
        said[code, "application/problem+json"] = OpenApiResponse(Problem, _PROBLEMS[code])
    described = extend_schema(
        operation_id=id,
        summary=summary,
        description=detail or summary + ".",
        tags=[id.partition("-")[0]],
        parameters=[query] if query else None,
        request=body,
        responses=said,
        examples=[
            OpenApiExample(title, value=value, request_only=True)
            for title, value in (examples or {}).items()
        ],
    )

    def decorate(view: F) -> F:
        made: F = described(view)
        if id in SYNCHRONIZING:
            vars(made)["needs_scope"] = ApiToken.Scope.SYNCHRONIZE
        return made

    return decorate


@cache
def page_of(shape: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """Return the shape of a page of such entries."""
    fields = {
        "count": serializers.IntegerField(help_text="Entries on all pages together."),
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "results": shape(many=True),
        "__doc__": "A part of a list.",
        "__module__": __name__,
    }
    return type(f"{shape.__name__}Page", (Answer,), fields)


_PARAMETERS = {
    "id": "The id. It is opaque text; a slash in it may stand as it is or as %2F.",
    "number": "The number of a revision.",
    "other": "The number of the revision to compare with.",
    "element": "The id of an element; slashes as in `id`.",
    "resource": "The Resource ID; slashes as in `id`.",
    "artifact": "The id of an artifact; slashes as in `id`.",
}


def describe_parameters(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """Say of every parameter in a path what it is, and that bodies take no other fields.

    A hook of drf-spectacular.
    """
    for name, shape in result["components"]["schemas"].items():
        if name.endswith("Request"):
            shape["additionalProperties"] = False
    for operations in result["paths"].values():
        for described in operations.values():
            for parameter in described.get("parameters", ()):
                if parameter["in"] == "path":
                    is_id = parameter["name"] == "id" and parameter["schema"]["type"] == "integer"
                    parameter["description"] = (
                        "Its number." if is_id else _PARAMETERS[parameter["name"]]
                    )
    return result
