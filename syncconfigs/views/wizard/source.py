"""The first step: which server is read. A new one is tried out here, and added at the end."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from syncconfigs import connect
from syncconfigs.forms.wizard import SourceForm
from syncconfigs.views.wizard.draft import Draft, seal, unseal
from syncconfigs.views.wizard.step import Step, Words, clipped


class Source(Step):
    """Choose a server, or enter a new one; the password is kept encrypted and never shown."""

    title = _("Source")
    template = "wizard/source.html"
    part = "wizard/_source.html"
    form = SourceForm

    def kept(self, draft: Draft, said: QueryDict) -> Words:
        """Keep the secret sealed, and only for the address that it was entered for."""
        found = super().kept(draft, said)
        found["tls"] = ["on" if said.get("tls") else ""]
        secret = clipped(SourceForm.base_fields["secret"], said.get("secret", ""))
        found.pop("secret", None)
        before = draft.words("source")
        if secret:
            found["sealed"] = [seal(secret)]
        elif before.get("sealed"):
            if all(found.get(name) == before.get(name) for name in ("address", "kind", "tls")):
                found["sealed"] = before["sealed"]
            else:
                # A secret belongs to the host it was entered for.
                found["is_secret_lost"] = ["yes"]
        return found

    def words(self, draft: Draft, kept: Words) -> Words:
        """Return the words with the secret opened."""
        sealed = kept.get("sealed", [""])[0]
        return {**kept, "secret": [unseal(sealed)] if sealed else []}

    def act(self, draft: Draft, said: QueryDict) -> dict[str, Any] | None:
        """Test the connection of what is chosen; nothing is written."""
        if "test" not in said:
            return None
        form = draft.form_of("source")
        if not form.is_valid():
            return {"form": form}
        server = cast(SourceForm, form).chosen()
        checks = connect.check_draft(server)
        return {
            "form": form,
            "tested": server,
            "is_draft": True,
            "checks": checks,
            "all_ok": all(check.ok for check in checks),
        }

    def context(self, draft: Draft, form: forms.Form) -> dict[str, Any]:
        """Return the servers to choose from."""
        return {
            "servers": cast(SourceForm, form).servers.values(),
            "may_add": cast(SourceForm, form).may_add,
            "steps": connect.STEPS,
        }
