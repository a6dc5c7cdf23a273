"""Remote servers: list, add, change, test, delete, and what each of them offers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, Value, When
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from syncconfigs import connect, look_now, visible
from syncconfigs import servers as use_cases
from syncconfigs.api.endpoint import Endpoint, find
from syncconfigs.api.problems import invalid
from syncconfigs.api.schema import SOURCE, operation, page_of
from syncconfigs.api.serializers import servers as shapes
from syncconfigs.api.serializers.fields import Nothing
from syncconfigs.models import RemoteServer
from tcsync.access.permissions import Action, Person, require
from tcsync.errors import AddressRefused, TlsRefused
from tcsync.outbound.keystores import KeystoreRefused

_EXAMPLES = {
    "A node": {
        "name": "Bodo's node",
        "kind": "tcsync",
        "address": "https://bodo.example.com:8000",
        "token": "tcs_...",
    },
    "A Teamwork Cloud": {
        "name": "Teamwork Cloud",
        "kind": "teamwork-cloud",
        "address": "https://twc:8111",
        "username": "reader",
        "password": "...",
    },
}


def rows(user: Person) -> QuerySet[RemoteServer]:
    """Return the servers that somebody may see, as the shape wants them."""
    has_secret = Case(When(secret="", then=Value(False)), default=Value(True))
    found = visible.servers(user).defer(*RemoteServer.SECRETS)
    seen = Count("configurations", filter=Q(configurations__in=visible.configs(user).values("pk")))
    return found.annotate(config_count=seen, has_secret=has_secret)


@contextmanager
def _named() -> Iterator[None]:
    """Say at its field what the use case refuses of a server."""
    try:
        yield
    except AddressRefused as error:
        raise invalid("address", str(error)) from error
    except KeystoreRefused as error:
        raise invalid("client_keystore", str(error)) from error
    except TlsRefused as error:
        raise invalid("ca_certificate", str(error)) from error


def _typed(fields: dict[str, Any], kind: str = "") -> dict[str, Any]:
    if "address" not in fields:
        return fields
    address = use_cases.address_of(fields["address"], kind=fields.get("kind", kind))
    return {**fields, "address": address}


def _tested(checks: Sequence[connect.Check]) -> Response:
    ok = all(check.ok for check in checks)
    return Response(shapes.Test({"ok": ok, "checks": checks}).data)


class Servers(Endpoint):
    """All of them."""

    @operation(
        "servers-list",
        "List the remote servers",
        query=shapes.ServersQuery,
        answers={200: page_of(shapes.Server)},
        problems=[403],
    )
    def get(self, _request: Request) -> Response:
        """List them by name."""
        if not visible.may_see_servers(self.user):
            require(self.user, Action.SERVERS)
        asked = self.query(shapes.ServersQuery)
        found = rows(self.user).order_by("name")
        if "name" in asked:
            found = found.filter(name__icontains=asked["name"])
        if "kind" in asked:
            found = found.filter(kind=asked["kind"])
        return self.page(found, asked, shapes.Server)

    @operation(
        "servers-create",
        "Add a remote server",
        body=shapes.ServerBody,
        answers={201: shapes.Server},
        problems=[403, 409],
        examples=_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """Add one."""
        require(self.user, Action.SERVERS)
        fields = self.body(shapes.ServerBody)
        with _named():
            server = use_cases.create(self.actor, **_typed(fields))
        where = reverse("api-server", [server.pk], request=request)
        said = shapes.Server(find(rows(self.user), pk=server.pk)).data
        return Response(said, 201, headers={"Location": where})


class ServerDraft(Endpoint):
    """One that is not added yet."""

    @operation(
        "servers-test-draft",
        "Test a server that is not added yet",
        detail="Nothing of it is stored.",
        body=shapes.ServerBody,
        answers={200: shapes.Test},
        problems=[403],
        examples=_EXAMPLES,
    )
    def post(self, _request: Request) -> Response:
        """Test it."""
        require(self.user, Action.SERVERS)
        fields = self.body(shapes.ServerBody)
        with _named():
            draft = use_cases.draft(self.actor, **_typed(fields))
        return _tested(connect.check_draft(draft))


class Server(Endpoint):
    """One of them."""

    @operation("servers-read", "Read a server", answers={200: shapes.Server}, problems=[404])
    def get(self, _request: Request, pk: int) -> Response:
        """Show it."""
        return Response(shapes.Server(find(rows(self.user), pk=pk)).data)

    @operation(
        "servers-update",
        "Change a server",
        detail="Another address forgets the password or token and the keystore that do not come"
        " with it. `client_keystore: null` takes the keystore away.",
        body=shapes.ServerChange,
        answers={200: shapes.Server},
        problems=[403, 404, 409],
    )
    def patch(self, _request: Request, pk: int) -> Response:
        """Change what is given."""
        server = find(rows(self.user), pk=pk)
        require(self.user, Action.SERVERS)
        fields = self.body(shapes.ServerChange)
        with _named():
            use_cases.update(self.actor, server, **_typed(fields, server.kind))
        return Response(shapes.Server(find(rows(self.user), pk=pk)).data)

    @operation(
        "servers-delete",
        "Delete a server that no configuration reads",
        answers={204: None},
        problems=[403, 404, 409],
    )
    def delete(self, _request: Request, pk: int) -> Response:
        """Delete it."""
        use_cases.delete(self.actor, find(rows(self.user), pk=pk))
        return Response(status=204)


class ServerTest(Endpoint):
    """The connection test."""

    @operation(
        "servers-test",
        "Test the connection to a server, step by step",
        detail="With a body: test it as it would be after this change, and store nothing.",
        body=shapes.ServerChange,
        answers={200: shapes.Test},
        problems=[403, 404],
    )
    def post(self, _request: Request, pk: int) -> Response:
        """Test it."""
        server = find(rows(self.user), pk=pk)
        require(self.user, Action.SERVERS)
        fields = self.body(shapes.ServerChange)
        if not fields:
            return _tested(use_cases.test(self.actor, server))
        with _named():
            draft = use_cases.draft(self.actor, server, **_typed(fields, server.kind))
        return _tested(connect.check_draft(draft))


class AcknowledgeUpgrade(Endpoint):
    """Its new major version."""

    @operation(
        "servers-acknowledge-upgrade",
        "Note that somebody knows of the new major version of a server",
        body=Nothing,
        answers={204: None},
        problems=[403, 404],
    )
    def post(self, _request: Request, pk: int) -> Response:
        """Note it."""
        self.body()
        use_cases.acknowledge_upgrade(self.actor, find(rows(self.user), pk=pk))
        return Response(status=204)


class ServerLookNow(Endpoint):
    """Its look-now address."""

    @operation(
        "servers-look-now-make",
        "Make the look-now address of a server",
        detail="The one before it stops working. A call of it only means that this node looks for"
        " news at once.",
        answers={201: shapes.LookNow},
        problems=[403, 404],
    )
    def post(self, request: Request, pk: int) -> Response:
        """Make it anew."""
        key = look_now.make_key(self.actor, find(rows(self.user), pk=pk))
        address = reverse("look-now", [key], request=request)
        return Response(shapes.LookNow({"address": address}).data, 201)

    @operation(
        "servers-look-now-end",
        "Let the look-now address of a server end",
        answers={204: None},
        problems=[403, 404],
    )
    def delete(self, _request: Request, pk: int) -> Response:
        """Let it end."""
        look_now.forget_key(self.actor, find(rows(self.user), pk=pk))
        return Response(status=204)


class Catalogue(Endpoint):
    """What a server offers."""

    @operation(
        "servers-catalogue",
        "Read what a server offers to its account",
        detail="An answer may be a minute old.",
        query=shapes.CatalogueQuery,
        answers={200: shapes.Catalogue},
        problems=[403, 404, *SOURCE],
    )
    def get(self, _request: Request, pk: int) -> Response:
        """Ask it."""
        asked = self.query(shapes.CatalogueQuery)
        found = connect.cached_catalogue(find(rows(self.user), pk=pk), again=asked["again"])
        said = {
            "version": found.snapshot.major_version,
            "categories": found.categories.values(),
            "resources": found.resources.values(),
        }
        return Response(shapes.Catalogue(said).data)
