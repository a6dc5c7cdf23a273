"""The OpenAPI document as values that a template can draw: operations, parameters, fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

PROBLEM = "application/problem+json"
REFERENCE = "#/components/schemas/"
DEEPEST = 4


def words_of(text: str) -> list[tuple[str, bool]]:
    """Return the parts of a text and whether they stand between backticks."""
    return [(part, bool(n % 2)) for n, part in enumerate(text.split("`")) if part]


@dataclass(frozen=True, slots=True)
class Field:
    """A field or parameter. One inside another has a dotted name, those of a list have `[]`."""

    name: str
    type: str
    required: bool
    description: str

    @property
    def words(self) -> list[tuple[str, bool]]:
        """The description, parted into texts and code."""
        return words_of(self.description)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers with one status."""

    status: str
    description: str
    kind: str
    is_problem: bool
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of an address."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    examples: tuple[tuple[str, str], ...]
    answers: tuple[Answer, ...]

    @property
    def words(self) -> list[tuple[str, bool]]:
        """The description, parted into texts and code."""
        return words_of(self.description)


class Reference:
    """A document, read."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._schemas: Mapping[str, Any] = document["components"]["schemas"]

    @cached_property
    def areas(self) -> dict[str, list[Operation]]:
        """The operations by area."""
        found: dict[str, list[Operation]] = {}
        for path, operations in self._document["paths"].items():
            for method, said in operations.items():
                found.setdefault(said["tags"][0], []).append(self._operation(method, path, said))
        return found

    def _operation(self, method: str, path: str, said: Mapping[str, Any]) -> Operation:
        content = _content(said.get("requestBody", {})).get("application/json", {})
        return Operation(
            said["operationId"],
            method.upper(),
            path,
            said["summary"],
            said["description"],
            tuple(self._parameter(one) for one in said.get("parameters", ())),
            tuple(self._fields(content.get("schema", {}))),
            tuple(_examples(content)),
            tuple(self._answer(*one) for one in said["responses"].items()),
        )

    def _parameter(self, said: Mapping[str, Any]) -> Field:
        kind = self._type(said["schema"])
        return Field(said["name"], kind, said.get("required", False), said.get("description", ""))

    def _answer(self, status: str, said: Mapping[str, Any]) -> Answer:
        contents = _content(said)
        kind = next(iter(contents), "")
        schema = contents[kind].get("schema", {}) if kind not in {"", PROBLEM} else {}
        fields = tuple(self._fields(schema))
        return Answer(status, said["description"], kind, kind == PROBLEM, fields)

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a schema with what it refers to, or wraps for the sake of one word, in place."""
        if "allOf" in schema:
            schema = {**schema, **schema["allOf"][0]}
        if "$ref" in schema:
            schema = {**schema, **self._schemas[schema["$ref"].removeprefix(REFERENCE)]}
        return schema

    def _fields(
        self, schema: Mapping[str, Any], prefix: str = "", depth: int = 0
    ) -> Iterator[Field]:
        schema = self._resolved(schema)
        if schema.get("type") == "array":
            yield from self._fields(schema["items"], f"{prefix}[]", depth)
            return
        required = schema.get("required", ())
        for name, below in schema.get("properties", {}).items():
            full = f"{prefix}.{name}".lstrip(".")
            words = str(below.get("description", ""))
            yield Field(full, self._type(below), name in required, words)
            if depth < DEEPEST:
                yield from self._fields(below, full, depth + 1)

    def _type(self, schema: Mapping[str, Any]) -> str:
        nullable = schema.get("nullable", False)
        schema = self._resolved(schema)
        if schema.get("type") == "array":
            kind = f"list of {self._type(schema['items'])}"
        elif "enum" in schema:
            kind = " | ".join(_word(value) for value in schema["enum"])
        else:
            kind = {"date-time": "moment"}.get(schema.get("format", ""), schema.get("type", "any"))
        return f"{kind} | null" if nullable and "null" not in kind else str(kind)


def _content(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a request or answer holds, by its kind."""
    found: Mapping[str, Any] = said.get("content", {})
    return found


def _word(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _examples(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for said in content.get("examples", {}).values():
        text = orjson.dumps(said["value"], option=orjson.OPT_INDENT_2).decode()
        yield str(said.get("summary", "")), text
