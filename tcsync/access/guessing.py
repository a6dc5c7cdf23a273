"""How often a password may be tried, before it is hashed: by name, by address, by known browser.

One set of limits for the portal, `/osmc` and the administration. docs/threats.md says why they are
as they are: nobody learns which accounts exist, and no stranger can lock somebody out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from tcsync.access import limits
from tcsync.access.actors import web_origin
from tcsync.access.callers import caller_address, site_of
from tcsync.access.devices import device_of
from tcsync.access.limits import Limit
from tcsync.access.models import KnownSite
from tcsync.audit.recording import Actor, record
from tcsync.errors import LoginRefused

OF_SITE = Limit(30, 300)
"""All names tried from one address: one password tried on many of them."""
OF_NAME_AND_SITE = Limit(10, 300)
OF_NAME = Limit(60, 3600)
"""One name, from all addresses together from which nobody has signed in lately."""
OF_DEVICE = Limit(10, 300)
OF_CODE = Limit(5, 900)
"""Codes of the second factor, after the right password: guessing one takes years."""
OF_ACCOUNT = Limit(10, 300)
"""The own password, asked for again of somebody who is signed in."""
SITE_KNOWN = timedelta(days=30)
SITE_NOTED_EVERY = timedelta(days=1)


class TooManyLogins(LoginRefused):
    """It was tried too often; nothing is hashed for a while. `seconds`: how long at least."""

    code = "too_many_logins"
    default_next_step = "Wait, then sign in with the right password; programs use an API token."

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that counts as wrong until it `succeeded`."""

    name: str
    site: str
    taken: Mapping[str, Limit]

    def succeeded(self) -> None:
        """Let it count as nothing; the address is one from which people sign in."""
        limits.give_back(self.taken)
        _note_site(self.site)


def attempt(request: HttpRequest | None, name: str) -> Attempt:
    """Count a try to sign in by a name, before anything is hashed. Raises TooManyLogins.

    A browser in which this name has signed in has a limit of its own; when that is used up it is
    treated like every other one.
    """
    site = site_of(caller_address(request))
    if device := device_of(request, name):
        own = {limits.key("device", device, name): OF_DEVICE}
        if limits.take(own) is None:
            return Attempt(name, site, own)
    wanted = _of_strangers(name, site)
    _take(request, name, wanted)
    return Attempt(name, site, wanted)


def attempt_code(request: HttpRequest, name: str, account: int) -> Attempt:
    """Count a try of a code or of the own password again. Raises TooManyLogins."""
    lane = device_of(request, name)
    wanted = {limits.key("code", account, lane): OF_CODE}
    _take(request, name, wanted)
    return Attempt(name, site_of(caller_address(request)), wanted)


def attempt_again(request: HttpRequest, name: str, account: int) -> Attempt:
    """Count a try of somebody who is signed in to give the password again. Raises TooManyLogins."""
    wanted = {limits.key("again", account): OF_ACCOUNT}
    _take(request, name, wanted)
    return Attempt(name, site_of(caller_address(request)), wanted)


def forget_old() -> None:
    """Delete what says nothing any more."""
    limits.forget_whole()
    KnownSite.objects.filter(seen__lt=timezone.now() - SITE_KNOWN).delete()


def _of_strangers(name: str, site: str) -> dict[str, Limit]:
    wanted = {
        limits.key("site", site): OF_SITE,
        limits.key("pair", name, site): OF_NAME_AND_SITE,
    }
    # Known for whatever name: were it known by name, it would tell who signs in from there.
    if not _is_known(site):
        wanted[limits.key("name", name)] = OF_NAME
    return wanted


def _take(request: HttpRequest | None, name: str, wanted: Mapping[str, Limit]) -> None:
    refused = limits.take(wanted)
    if refused is None:
        return
    if refused.is_news:
        _record(request, name)
    raise TooManyLogins(
        "Wrong passwords or codes came too often, for this name or from this address."
        f" Sign-ins are refused for {refused.seconds} s.",
        refused.seconds,
    )


def _record(request: HttpRequest | None, name: str) -> None:
    with transaction.atomic():
        record(
            Actor("anonymous", origin=web_origin(request)),
            "user.sign_in_limited",
            target_kind="user",
            target_name=name,
            summary=f"sign-ins as {name} are refused for a while: too many wrong ones",
        )


def _is_known(site: str) -> bool:
    since = timezone.now() - SITE_KNOWN
    return KnownSite.objects.filter(key=limits.key("known", site), seen__gt=since).exists()


def _note_site(site: str) -> None:
    now, name = timezone.now(), limits.key("known", site)
    if not KnownSite.objects.filter(key=name, seen__gt=now - SITE_NOTED_EVERY).exists():
        KnownSite.objects.update_or_create(key=name, defaults={"seen": now})
