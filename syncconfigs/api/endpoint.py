"""What all views of the API have in common: who asks, what came with it, lists in pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, cast

from django.core.paginator import EmptyPage, Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, QueryDict
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from syncconfigs.api.serializers.fields import Nothing
from tcsync.access.actors import user_actor
from tcsync.access.models import ApiToken, User
from tcsync.access.tokens import require_scope
from tcsync.audit.recording import Actor

M = TypeVar("M", bound=Model)


class Endpoint(APIView):
    """An address of the API."""

    http_method_names = ["get", "post", "patch", "delete", "head"]  # noqa: RUF012

    def initial(self, request: Any, *args: Any, **more: Any) -> None:
        """Let in who has a token that may do this. Raises Refused, NotAllowed."""
        super().initial(request, *args, **more)
        handler = getattr(self, (request.method or "").lower(), None)
        reads = request.method in SAFE_METHODS
        default = ApiToken.Scope.READ if reads else ApiToken.Scope.ALL
        require_scope(self.user, getattr(handler, "needs_scope", default))

    def finalize_response(self, *args: Any, **more: Any) -> Any:
        """Return the answer, never to be kept on its way: it is for one account at one moment."""
        answer = super().finalize_response(*args, **more)
        answer.setdefault("Cache-Control", "no-store")
        return answer

    @property
    def user(self) -> User:
        """Whose token came with the request."""
        return cast(User, self.request.user)

    @property
    def actor(self) -> Actor:
        """The same, as the audit record has it."""
        return user_actor(self.user, f"api {self.request.META.get('REMOTE_ADDR', '')}".rstrip())

    def query(self, shape: type[Serializer]) -> dict[str, Any]:
        """Return the parameters of the address. Raises ValidationError."""
        return _checked(shape(data=self.request.query_params))

    def body(self, shape: type[Serializer] = Nothing) -> dict[str, Any]:
        """Return the values of the body. Raises ValidationError, ParseError."""
        # A form without content is parsed into a QueryDict, whatever its type: no body at all.
        data = self.request.data
        given = {} if isinstance(data, QueryDict) else data
        return _checked(shape(data=given))

    def page(
        self, rows: QuerySet[Any] | Sequence[Any], asked: dict[str, Any], shape: type[Serializer]
    ) -> Response:
        """Return the part of a list that `asked`, a PageQuery's values, wants."""
        try:
            page = Paginator(rows, asked["page_size"]).page(asked["page"])
        except EmptyPage as error:
            raise Http404 from error
        found = list(page.object_list)
        return self.part(found, page.paginator.count, asked, shape)

    def part(
        self, rows: Sequence[Any], count: int, asked: dict[str, Any], shape: type[Serializer]
    ) -> Response:
        """Return the rows of one page out of `count` in all."""
        number, size = asked["page"], asked["page_size"]
        has_next = number * size < count
        return Response(
            {
                "count": count,
                "next": self.going_on("page", number + 1 if has_next else None),
                "previous": self.going_on("page", number - 1 or None),
                "results": shape(rows, many=True, context=self.context(rows)).data,
            }
        )

    def context(self, _rows: Sequence[Any]) -> dict[str, Any]:
        """Return what the shape of these rows looks up: asked for once, whatever their number."""
        return {}

    def going_on(self, name: str, value: object) -> str | None:
        """Return this address with another value of one parameter; None where that is None."""
        here = self.request.build_absolute_uri()
        return None if value is None else str(replace_query_param(here, name, value))


def find(rows: QuerySet[M], **keys: object) -> M:
    """Return the one row with these keys. Raises Http404."""
    found = rows.filter(**keys).first()
    if found is None:
        raise Http404
    return found


def _checked(shape: Serializer) -> dict[str, Any]:
    shape.is_valid(raise_exception=True)
    return cast("dict[str, Any]", shape.validated_data)
