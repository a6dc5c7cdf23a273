"""The wizard: which step comes next, what is kept on the way, going back, and the end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect
from formtools.wizard.views import NamedUrlWizardView, WizardView

from syncconfigs import configurations, connect, places, servers, visible
from syncconfigs.models import SyncConfig
from syncconfigs.views.page import forbidden, show
from syncconfigs.views.wizard.draft import Draft
from syncconfigs.views.wizard.ending import Review, When
from syncconfigs.views.wizard.picking import What, Where
from syncconfigs.views.wizard.source import Source
from syncconfigs.views.wizard.step import Step
from syncconfigs.views.wizard.storage import begin, is_known, prefix_of
from tcsync.access.permissions import Action, require
from tcsync.errors import NotAllowed, SourceError, TcsyncError

STEPS: dict[str, Step] = {
    "source": Source(),
    "what": What(),
    "where": Where(),
    "when": When(),
    "review": Review(),
}
FORMS = [(name, step.form) for name, step in STEPS.items()]


@require_safe
@login_required
def start(request: HttpRequest, server: int | None = None) -> HttpResponse:
    """Begin a new wizard; with a server (also `?server=`), that one is chosen."""
    with forbidden():
        require(request.user, Action.SYNCHRONIZE)
    asked = request.GET.get("server", "")
    if server is None and asked.isascii() and asked.isdecimal():
        server = int(asked[:15])
    if server is None:
        return redirect("config-wizard", begin(request), "source")
    get_object_or_404(visible.servers(request.user), pk=server)
    return redirect("config-wizard", begin(request, server), "what")


class NewConfiguration(NamedUrlWizardView):
    """Walks through STEPS. Each wizard has an id of its own, so that two of them never mix."""

    storage_name = "syncconfigs.views.wizard.storage.WalkStorage"
    draft: Draft

    def get_prefix(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        """Return the key of this wizard in the session."""
        return prefix_of(kwargs["wizard"])

    def get_form_prefix(self, step: str | None = None, form: Any = None) -> None:
        """Leave the names of fields as they are: a page has one form."""

    def get_form_kwargs(self, step: str | None = None) -> dict[str, Any]:
        """Return what the form of a step must know."""
        return self.draft.form_values(step or self.steps.current)

    def get_step_url(self, step: str) -> str:
        """Return the address of a step."""
        return reverse(self.url_name, args=(self.kwargs["wizard"], step))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Let in who may synchronize, and into a wizard that there is."""
        with forbidden():
            require(request.user, Action.SYNCHRONIZE)
        if kwargs["step"] not in STEPS:
            raise Http404(kwargs["step"])
        if not is_known(request, kwargs["wizard"]):
            messages.warning(
                request, _("That new configuration is finished or has expired. This is a new one.")
            )
            return self._lead(reverse("config-new"))
        return super().dispatch(request, *args, **kwargs)

    def _lead(self, to: str) -> HttpResponse:
        return HttpResponseClientRedirect(to) if self.request.htmx else redirect(to)

    def _enter(self, step: str) -> HttpResponse | None:
        """Stand at a step; return the way to the first one before it that has no valid answer."""
        self.storage.current_step = step
        self.draft = Draft(self.request, self.storage, self.get_form)
        before = list(STEPS)[: list(STEPS).index(step)]
        missing = next((name for name in before if not self.get_form(name).is_valid()), None)
        return None if missing is None else self._lead(f"{self.get_step_url(missing)}?check")

    def get_form(self, step: str | None = None, data: Any = None, files: Any = None) -> Any:
        """Return the form of a step with the words that are kept for it, whatever was sent."""
        step = step or self.steps.current
        words = STEPS[step].words(self.draft, self.draft.words(step))
        return super().get_form(step, data=MultiValueDict(words))

    def _plain_form(self, step: str) -> Any:
        """Return the same without a judgement on it."""
        words = STEPS[step].words(self.draft, self.draft.words(step))
        initial = {name: words[name][0] for name in words if words[name]}
        return STEPS[step].form(None, initial=initial, **self.get_form_kwargs(step))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show a step, or the first one before it that is not answered."""
        step = kwargs["step"]
        elsewhere = self._enter(step)
        if elsewhere is not None:
            return elsewhere
        is_checked = "check" in request.GET and step != "review"
        return self._page(self._checked_form() if is_checked else self._plain_form(step))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep what was said; then do what the button says."""
        step, said = kwargs["step"], request.POST
        elsewhere = self._enter(step)
        if elsewhere is not None:
            return elsewhere
        STEPS[step].keep(self.draft, said)
        if said.get("goto") in STEPS:
            return self._lead(self.get_step_url(said["goto"]))
        with forbidden():
            answer = STEPS[step].act(self.draft, said)
        if answer is not None:
            return self._answer(step, answer)
        return self._end() if step == self.steps.last else self._next()

    def _answer(self, step: str, answer: dict[str, Any]) -> HttpResponse:
        if not answer and not self.request.htmx:
            return redirect(self.get_step_url(step))
        form = answer.pop("form", None) or self._plain_form(step)
        return self._page(form, **answer)

    def _checked_form(self) -> Any:
        """Return the form of this step, compared with what the source offers where it can be."""
        self.draft.is_strict = True
        try:
            form = self.get_form()
        except SourceError:
            form = None
        self.draft.is_strict = False
        # Without an answer the page asks as well, and says what is wrong with the source.
        return self._plain_form(self.steps.current) if form is None else form

    def _next(self) -> HttpResponse:
        form = self._checked_form()
        if not form.is_valid():
            return self._page(form)
        return self._lead(self.get_step_url(self.steps.next))

    def _end(self) -> HttpResponse:
        """Check every step as things stand now, and make what was chosen."""
        self.draft.is_strict = self.draft.is_fresh = True
        try:
            return WizardView.render_done(self, None)
        except NotAllowed as error:
            raise PermissionDenied(str(error)) from error
        except TcsyncError as error:
            messages.error(self.request, str(error))
            self.draft.is_strict = False
            return self._page(self._plain_form("review"))

    def render_revalidation_failure(self, step: str, form: Any, **kwargs: Any) -> HttpResponse:
        """Lead to the step whose answer does not hold any more, which says why."""
        if step == "review":
            return self._page(form)
        messages.error(self.request, _("Something has changed meanwhile. Look at this step again."))
        return self._lead(f"{self.get_step_url(step)}?check")

    def done(self, form_list: Any, **kwargs: Any) -> HttpResponse:
        """Make the server, the category and the configurations, all of it or nothing."""
        made = create(self.draft, kwargs["form_dict"]["source"].new_server())
        text = ngettext("%d configuration is made.", "%d configurations are made.", len(made))
        messages.success(self.request, text % len(made))
        if len(made) == 1:
            return redirect("config-detail", made[0].pk)
        return redirect("config-list")

    def _page(self, form: Any, **more: Any) -> HttpResponse:
        name = self.steps.current
        step = STEPS[name]
        with forbidden():
            context = step.context(self.draft, form)
        names = list(STEPS)
        context |= {
            "form": form,
            "way": [(n, STEPS[n].title, names.index(n) - names.index(name)) for n in names],
            "before": self.steps.prev,
            "is_last": name == self.steps.last,
            **more,
        }
        return show(self.request, step.part if self.request.htmx else step.template, context)


def create(draft: Draft, new_server: dict[str, Any]) -> list[SyncConfig]:
    """Make all that was chosen, or nothing. Raises NotAllowed, Clash, SourceError."""
    picked, snapshot = draft.picked(), draft.catalogue.snapshot
    # Asked before anything is locked; what somebody takes meanwhile is left out.
    along = draft.look().along if draft.policy.include_used_projects else ()
    target, server = draft.target, draft.server
    with transaction.atomic():
        # Rows, the feed, and the chain of the audit record last: making a category takes the feed.
        if draft.new_category:
            target = places.make_category(draft.actor, draft.new_category, target).id
        if new_server:
            server = servers.create(draft.actor, **new_server)
        # What it said just now: by this the copies are known that it left here before.
        server.node_uuid = snapshot.node
        made = configurations.create(draft.actor, server, picked, target, draft.policy, along)
    connect.note_answer(server, snapshot)
    return made
