"""JSON in and out: nothing that two readers understand differently, or a database cannot keep."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

import orjson
from django.utils.functional import Promise
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from syncconfigs.api.problems import LONGEST_NAME, invalid

_UNSAFE = re.compile("[\x00\ud800-\udfff]")


class StrictJson(BaseParser):
    """JSON as RFC 8259 has it: UTF-8, no key twice, no NaN, no NUL and no half of a character."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Return the value of a body. Raises ParseError, ValidationError, RequestDataTooBig."""
        # `body` and not the stream: only this way the limit of the settings counts.
        request: Request = (parser_context or {})["request"]
        body = request._request.body
        try:
            value = json.loads(
                body.decode(), object_pairs_hook=_unique, parse_constant=_refuse_constant
            )
        except UnicodeDecodeError as error:
            raise ParseError("The body is not encoded as UTF-8.") from error
        except RecursionError as error:
            raise ParseError("The body is nested too deeply.") from error
        except json.JSONDecodeError as error:
            where = f"line {error.lineno}, column {error.colno}"
            raise ParseError(f"The body is no JSON: {error.msg}, {where}.") from error
        except ValueError as error:  # a number with more digits than Python reads
            raise ParseError("The body holds a number that is too long.") from error
        for path, text in _texts(value):
            if found := _UNSAFE.search(text):
                raise invalid(".".join(path), _unsafe_sentence(found.group()))
        return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise invalid(_shown(key), "This field comes twice.")
        found[key] = value
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ParseError(f"The body is no JSON: it holds {name}.")


def _texts(value: Any) -> Iterator[tuple[list[str], str]]:
    """Yield every text in a value, keys included, with the path to it, good until the next one.

    Only the way down to it is held: a list of millions costs no more than it does itself.
    """
    path: list[str] = []
    todo: list[Iterator[tuple[str, Any]]] = [iter([("", value)])]
    while todo:
        name, at = next(todo[-1], (None, None))
        if name is None:
            todo.pop()
            del path[-1:]
            continue
        path.append(name)
        if isinstance(at, dict):
            for key in at:
                yield [*path[1:], _shown(key)], key
            todo.append((_shown(key), item) for key, item in at.items())
        elif isinstance(at, list):
            todo.append((str(position), item) for position, item in enumerate(at))
        else:
            if isinstance(at, str):
                yield path[1:], at
            path.pop()


def _shown(key: str) -> str:
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", key[:LONGEST_NAME])


def _unsafe_sentence(character: str) -> str:
    what = "a NUL" if character == "\0" else "half of a surrogate pair"
    return f"A text must not contain {what}."


class Json(BaseRenderer):
    """JSON as orjson writes it: an orjson.Fragment goes out as it is, byte for byte."""

    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(self, data: Any, *_: Any, **__: Any) -> bytes:
        """Return the body of an answer; empty for one without data."""
        return b"" if data is None else orjson.dumps(data, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} does not go into JSON")


class FirstRenderer(DefaultContentNegotiation):
    """There is one form of an answer, whatever the header Accept asks for."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: Any = None
    ) -> tuple[Any, str]:
        """Return the first renderer and its media type."""
        return renderers[0], renderers[0].media_type
