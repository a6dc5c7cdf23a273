"""The read-only flag of a copy: taken off, and put back."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from syncconfigs import datamanager
from syncconfigs.api.endpoint import Endpoint, find
from syncconfigs.api.problems import invalid
from syncconfigs.api.schema import operation
from syncconfigs.api.serializers import resources as shapes
from syncconfigs.api.views.resources import context_of, rows


class _Flag(Endpoint):
    def chosen(self, id_: str) -> datamanager.Chosen:
        """Return the one resource that it is about. Raises Http404."""
        return datamanager.Chosen((find(rows(self.user), id=id_),))

    def shown(self, id_: str) -> Response:
        """Show it as it is now."""
        row = find(rows(self.user), id=id_)
        return Response(shapes.Resource(row, context=context_of(self.user, [row])).data)


class MakeEditable(_Flag):
    """Taking it off."""

    @operation(
        "resources-make-editable",
        "Make a copy editable",
        detail="It becomes a local resource. Refused (`still_synchronized`) while a configuration"
        " owns it, a paused or failed one too; with `detach` it is taken out of it in the same"
        " transaction and stays excluded. `make-read-only/` undoes it until the first change.",
        body=shapes.MakeEditable,
        answers={200: shapes.Resource},
        problems=[403, 404, 409],
    )
    def post(self, _request: Request, id: str) -> Response:
        """Take it off."""
        chosen, asked = self.chosen(id), self.body(shapes.MakeEditable)
        datamanager.make_editable(
            self.actor, chosen, reason=asked["reason"], detach=asked["detach"]
        )
        return self.shown(id)


class MakeReadOnly(_Flag):
    """Putting it back."""

    @operation(
        "resources-make-read-only",
        "Make a copy read-only again",
        detail="Undoes `make-editable/`. Refused once the resource was changed here.",
        body=shapes.MakeReadOnly,
        answers={200: shapes.Resource},
        problems=[403, 404, 409],
    )
    def post(self, _request: Request, id: str) -> Response:
        """Put it back."""
        chosen, asked = self.chosen(id), self.body(shapes.MakeReadOnly)
        datamanager.make_read_only(self.actor, chosen, reason=asked["reason"])
        return self.shown(id)


class DeleteCopy(_Flag):
    """Deleting a synchronized copy."""

    @operation(
        "resources-delete-copy",
        "Delete a copy",
        detail="Marks it as deleted. A configuration that picked this resource alone goes with it;"
        " for a member of a followed category an exclusion stays (`exclusions/`).",
        body=shapes.DeleteCopy,
        answers={200: shapes.Resource},
        problems=[403, 404, 409],
    )
    def post(self, _request: Request, id: str) -> Response:
        """Delete it."""
        chosen, asked = self.chosen(id), self.body(shapes.DeleteCopy)
        (row,) = chosen.named
        if not row.read_only:
            raise invalid("name", "This is no copy but a local resource.")
        if asked["name"].split() != row.name.split():
            raise invalid("name", "Give the name of the resource as it stands.")
        datamanager.delete(self.actor, chosen, reason=asked["reason"], detach=True)
        return self.shown(id)
