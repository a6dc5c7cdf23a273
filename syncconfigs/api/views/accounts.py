"""API tokens, and how accounts sign in."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from syncconfigs.api.endpoint import Endpoint, find
from syncconfigs.api.schema import operation, page_of
from syncconfigs.api.serializers import accounts as shapes
from syncconfigs.api.serializers.fields import PageQuery
from tcsync.access import second_factor, tokens
from tcsync.access.accounts import with_sign_in
from tcsync.access.models import User
from tcsync.access.permissions import Action, require


class Tokens(Endpoint):
    """API tokens."""

    @operation(
        "tokens-list",
        "List my API tokens",
        detail="An administrator's list has those of all accounts.",
        query=PageQuery,
        answers={200: page_of(shapes.Token)},
    )
    def get(self, _request: Request) -> Response:
        """List them by account, the newest first."""
        asked = self.query(PageQuery)
        return self.page(tokens.visible_tokens(self.user), asked, shapes.Token)

    @operation(
        "tokens-create",
        "Make an API token for my account",
        detail="The answer is the only place where it is shown.",
        body=shapes.NewToken,
        answers={201: shapes.MadeToken},
        problems=[403],
    )
    def post(self, _request: Request) -> Response:
        """Make it."""
        said = self.body(shapes.NewToken)
        days = said["days"]
        expires = timezone.now() + timedelta(days=days) if days else None
        text = tokens.create_token(
            self.user, said["name"], scope=said["scope"], expires=expires, actor=self.actor
        )
        return Response(shapes.MadeToken({"token": text}).data, 201)


class OneToken(Endpoint):
    """One of them."""

    @operation("tokens-delete", "Revoke an API token", answers={204: None}, problems=[403, 404])
    def delete(self, _request: Request, pk: int) -> Response:
        """Let it end at once."""
        tokens.revoke_token(find(tokens.visible_tokens(self.user), pk=pk), self.actor)
        return Response(status=204)


class Accounts(Endpoint):
    """All accounts."""

    @operation(
        "accounts-list",
        "List how all accounts sign in",
        query=PageQuery,
        answers={200: page_of(shapes.Account)},
        problems=[403],
    )
    def get(self, _request: Request) -> Response:
        """List them by name."""
        require(self.user, Action.ADMINISTER)
        return self.page(with_sign_in(), self.query(PageQuery), shapes.Account)


class SecondFactorReset(Endpoint):
    """Help for who lost the second factor."""

    @operation(
        "accounts-reset-second-factor",
        "Take the second factor of an account away",
        detail="Its password alone signs in then, and its sessions end.",
        body=shapes.Reset,
        answers={204: None},
        problems=[403, 404],
    )
    def post(self, _request: Request, pk: int) -> Response:
        """Reset it."""
        require(self.user, Action.ADMINISTER)
        reason = self.body(shapes.Reset)["reason"]
        second_factor.reset(find(User.objects.all(), pk=pk), self.actor, reason)
        return Response(status=204)
