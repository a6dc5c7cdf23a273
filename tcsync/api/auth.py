"""Who a program is: API tokens in the Authorization header, errors as problem+json."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from tcsync.access.models import User
from tcsync.access.permissions import Action, granted_roots
from tcsync.access.tokens import authenticate_token
from tcsync.errors import LoginRefused, NotAllowed, TcsyncError
from tcsync.repository.reading import Tree

View = Callable[..., HttpResponseBase]


def problem(error: TcsyncError, status: int, **more: object) -> JsonResponse:
    """Return an error as application/problem+json (RFC 9457) with our stable code.

    `more` are members of the body besides the usual ones.
    """
    body = {
        "type": f"urn:tcsync:error:{error.code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": error.code,
        "detail": error.message,
        "next_step": error.next_step,
        **more,
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def token_account(request: HttpRequest) -> User:
    """Return the account whose token the request carries. Raises LoginRefused."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    user = authenticate_token(token.strip()) if scheme.lower() == "token" else None
    if user is None:
        raise LoginRefused(
            "No valid API token came with the request.",
            next_step="Make one with `manage.py create_api_token USER` on this node.",
        )
    return user


def for_tokens(view: View) -> View:
    """Let a view be called with an API token only: `view(request, user, ...)`; never a cookie."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            response = view(request, token_account(request), *args, **kwargs)
        except LoginRefused as error:
            refused = problem(error, 401)
            refused["WWW-Authenticate"] = "Token"
            return refused
        except NotAllowed as error:
            return problem(error, 403)
        except TcsyncError as error:
            return problem(error, 400)
        if isinstance(response, HttpResponse):
            response["Cache-Control"] = "no-store"
        return response

    return guarded


def readable_categories(user: User) -> Callable[[str], bool]:
    """Return whether this account may read what is in a category; the tree as it stands now."""
    roots = granted_roots(user, Action.READ)
    if roots is None:
        return lambda _category: True
    return Tree.load().below(roots).__contains__
