"""Who calls: the account of an API token. The documents may be read with a portal's session too."""

from __future__ import annotations

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from syncconfigs.api.problems import SCHEME, Refused
from tcsync.access.models import User
from tcsync.api.auth import token_account
from tcsync.errors import LoginRefused


class TokenOnly(BaseAuthentication):
    """`Authorization: Token ...`. No cookie counts, so that no page can make a browser call."""

    def authenticate(self, request: Request) -> tuple[User, None]:
        """Return the account of the token. Raises Refused."""
        try:
            return token_account(request._request), None
        except LoginRefused as error:
            raise Refused(401, error.code, error.message, error.next_step) from error

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 asks for."""
        return SCHEME


class SessionOrToken(TokenOnly):
    """Whoever is signed in to the portal, or a token: for what only reads."""

    def authenticate(self, request: Request) -> tuple[User, None]:
        """Return the account of the session, else of the token. Raises Refused."""
        user = getattr(request._request, "user", None)
        return (user, None) if isinstance(user, User) else super().authenticate(request)


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema describes the header."""

    target_class = TokenOnly
    match_subclasses = True
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """Return an OpenAPI security scheme."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token`, a blank, and a token of `manage.py create_api_token USER`.",
        }
