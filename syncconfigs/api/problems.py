"""Every error of the API as application/problem+json (RFC 9457), and which code is which status.

The body is the one of `tcsync.api.auth.problem`; what it says besides: `errors`, a list of
sentences for each field; `stage`, how far a question to another server came; `refusals`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions

from tcsync import errors
from tcsync.api.auth import problem
from tcsync.api.nul import PROGRAMS

SCHEME = "Token"
"""What a 401 asks for."""
MOST_ERRORS = 100
LONGEST_NAME = 100
BODY = "body"
"""Stands in `errors` for what concerns the body as a whole."""

STATUS: Mapping[type[errors.TcsyncError], int] = {
    errors.NotAllowed: 403,
    errors.Missing: 404,
    errors.PlanRefused: 409,
    errors.Clash: 409,
    errors.ReadOnly: 409,
    errors.Cancelled: 409,
    errors.LeaseLost: 409,
    errors.ContentError: 503,
    errors.Unreachable: 504,
    errors.SourceError: 502,
    errors.StorageFull: 503,
    errors.TcsyncError: 400,
}
"""The status of each kind of error of ours; the nearest base counts."""
STATUS_OF_CODE: Mapping[str, int] = {"not_supported": 501, "secret_unreadable": 500}
"""What their kind does not tell."""


class Refused(errors.TcsyncError):
    """What the API itself refuses. `more` are members of the problem besides the usual ones."""

    def __init__(
        self, status: int, code: str, message: str, next_step: str, **more: object
    ) -> None:
        super().__init__(message, next_step=next_step)
        self.status, self.code, self.more = status, code, more


def invalid(field: str, sentence: str, code: str = "invalid") -> exceptions.ValidationError:
    """Return the error that says at a field what is wrong with it."""
    return exceptions.ValidationError({field: [exceptions.ErrorDetail(sentence, code)]})


def handle(error: Exception, _context: object) -> HttpResponse | None:
    """Return an error as a problem; None for a defect, which `server_error` answers."""
    found = _ours(error)
    if found is None:
        return None
    answer = problem(found, status_of(found), **_more(found))
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = SCHEME
    answer["Cache-Control"] = "no-store"
    return answer


def status_of(error: errors.TcsyncError) -> int:
    """Return the status that goes with an error of ours."""
    if isinstance(error, Refused):
        return error.status
    if error.code in STATUS_OF_CODE:
        return STATUS_OF_CODE[error.code]
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _more(error: errors.TcsyncError) -> dict[str, object]:
    if isinstance(error, Refused):
        return error.more
    return {"stage": error.stage} if isinstance(error, errors.SourceError) else {}


def _ours(error: Exception) -> errors.TcsyncError | None:
    if isinstance(error, errors.TcsyncError):
        return error
    if isinstance(error, exceptions.ValidationError):
        return _invalid(error)
    for kind, (status, code, message, next_step) in _FOREIGN.items():
        if isinstance(error, kind):
            said = str(error.detail) if isinstance(error, exceptions.ParseError) else message
            return Refused(status, code, said, next_step)
    return None


_NOT_THERE = "Check the address and the id: it is gone, or this account may not see it."
_FOREIGN: Mapping[type[Exception], tuple[int, str, str, str]] = {
    exceptions.ParseError: (
        400,
        "malformed_json",
        "The body is no JSON.",
        "Send an object in JSON, encoded as UTF-8.",
    ),
    exceptions.NotFound: (404, "not_found", "There is nothing here.", _NOT_THERE),
    Http404: (404, "not_found", "There is nothing here.", _NOT_THERE),
    exceptions.PermissionDenied: (
        403,
        "not_allowed",
        "This account may not do this.",
        "Ask an administrator for the role that this needs.",
    ),
    PermissionDenied: (
        403,
        "not_allowed",
        "This account may not do this.",
        "Ask an administrator for the role that this needs.",
    ),
    exceptions.MethodNotAllowed: (
        405,
        "method_not_allowed",
        "This address knows no such method.",
        "The header Allow lists those that it knows.",
    ),
    exceptions.UnsupportedMediaType: (
        415,
        "unsupported_media_type",
        "A body has to be JSON.",
        "Send it with the header Content-Type: application/json.",
    ),
    RequestDataTooBig: (
        413,
        "too_large",
        "The body is larger than this node reads.",
        "Send less at once.",
    ),
    UnreadablePostError: (400, "malformed_json", "The body broke off.", "Send it again."),
    SuspiciousOperation: (
        400,
        "bad_request",
        "The request cannot be read.",
        "Check the address and the headers.",
    ),
}


def _invalid(error: exceptions.ValidationError) -> Refused:
    found: dict[str, list[str]] = {}
    codes = set()
    for name, detail in _flat(error.detail, ""):
        if len(found) < MOST_ERRORS:
            found.setdefault(name[:LONGEST_NAME], []).append(str(detail))
            codes.add(getattr(detail, "code", "invalid"))
    code = "not_supported" if codes == {"not_supported"} else "invalid"
    message = "; ".join(f"{name}: {texts[0]}" for name, texts in list(found.items())[:3])
    return Refused(400, code, message, "Mend what `errors` names.", errors=found)


def _flat(detail: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield (`trigger.tags.0`, sentence); field names are dotted paths."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            yield from _flat(value, name if key == BODY else f"{name}.{key}".lstrip("."))
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        is_of_items = any(isinstance(item, Mapping) for item in detail)
        for position, item in enumerate(detail):
            yield from _flat(item, f"{name}.{position}".lstrip(".") if is_of_items else name)
    else:
        yield name or BODY, detail


# Without it a POST would first be asked for the token of a form.
@csrf_exempt
def not_found(request: HttpRequest, *_args: object, **_named: object) -> JsonResponse:
    """Answer for an address below /api/ that leads nowhere."""
    step = "All addresses are in /api/schema/."
    if not request.path_info.endswith("/"):
        step = "The addresses of the API end with a slash."
    return problem(Refused(404, "not_found", "There is no such address.", step), 404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for what Django refuses before any view: a problem for programs, else its page."""
    if not request.path_info.startswith(PROGRAMS):
        return defaults.bad_request(request, exception)
    found = _ours(exception) or Refused(
        400, "bad_request", "The request cannot be read.", "Check the address and the headers."
    )
    return problem(found, status_of(found))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer for a defect: a problem for programs, else the page. The log has the rest."""
    if not request.path_info.startswith(PROGRAMS):
        return defaults.server_error(request)
    message = "Something went wrong inside the node."
    step = "Tell its administrator the time: the log has the rest."
    return problem(Refused(500, "error", message, step), 500)
