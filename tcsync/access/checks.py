"""Settings with which no node starts: they open it to anybody. `manage.py` and the web part obey.

With TCSYNC_DEVELOPMENT=1 they are warnings, and `up` listens on this machine only.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register, run_checks
from django.core.exceptions import ImproperlyConfigured

from tcsync.access.callers import trusted
from tcsync.audit.syslog import parse_target

KEY_CHARACTERS, KEY_DIFFERENT = 50, 10
FIELD_KEY_BYTES = 32
DEMO_WORDS = ("insecure", "changeme", "change-me", "demo-key", "example", "secret-key")
"""What stands in keys that were copied from a text. A random key of 50 has one of them by chance
less than once in a million."""
WIDEST_PROXIES = {4: 8, 6: 16}
"""Prefix lengths of networks that cannot all be proxies of ours."""

Finding = tuple[str, str, str]
"""Number, what is wrong, what to do."""


def check_settings(**_more: Any) -> list[CheckMessage]:
    """Return what is wrong: a check of Django's, run by `check`, `up` and all other commands."""
    kind = checks.Warning if settings.TCSYNC_DEVELOPMENT else Error
    found = [finding for look in _LOOKS for finding in look()]
    return [kind(what, hint=hint, id=f"tcsync.E{number}") for number, what, hint in found]


def refuse_open_node() -> None:
    """Raise ImproperlyConfigured where `check_settings` finds an error; for the web part."""
    serious = [one for one in run_checks(tags=[Tags.security]) if one.is_serious()]
    if serious:
        raise ImproperlyConfigured(" ".join(f"{one.msg} {one.hint}" for one in serious))


def _debug() -> Iterator[Finding]:
    if settings.DEBUG:
        step = "Set DEBUG=0. For trials on this machine alone set TCSYNC_DEVELOPMENT=1 too."
        yield "001", "DEBUG=1 shows tracebacks and settings to anybody.", step


def _hosts() -> Iterator[Finding]:
    step = "Name the host names under which the node is reached, such as models.example.com."
    if "*" in settings.ALLOWED_HOSTS:
        yield "002", "ALLOWED_HOSTS lets every host name in.", step
    if not settings.ALLOWED_HOSTS:
        yield "002", "ALLOWED_HOSTS is empty: the node answers nobody.", step
    if any(origin.endswith("//*") for origin in settings.CSRF_TRUSTED_ORIGINS):
        yield "003", "CSRF_TRUSTED_ORIGINS lets every page send forms.", step


def _secret_key() -> Iterator[Finding]:
    key = settings.SECRET_KEY
    is_short = len(key) < KEY_CHARACTERS or len(set(key)) < KEY_DIFFERENT
    if is_short or any(word in key.lower() for word in DEMO_WORDS):
        step = "Leave SECRET_KEY unset to have a good one made, or give 50 random characters."
        yield "004", "SECRET_KEY is a demo key, or too easy to guess.", step


def _field_keys() -> Iterator[Finding]:
    if not all(_is_good(key) for key in settings.TCSYNC_FIELD_KEYS):
        step = "Leave it unset, or give keys of `cryptography.fernet.Fernet.generate_key()`."
        yield "005", "TCSYNC_FIELD_KEYS holds what is no key, or a demo key.", step


def _is_good(key: str) -> bool:
    try:
        raw = base64.urlsafe_b64decode(key.encode())
    except (binascii.Error, ValueError):
        return False
    return len(raw) == FIELD_KEY_BYTES and len(set(raw)) >= KEY_DIFFERENT


def _proxies() -> Iterator[Finding]:
    step = "Name the addresses or networks of the proxies that stand before the node."
    try:
        networks = trusted(tuple(settings.TCSYNC_TRUSTED_PROXIES))
    except ImproperlyConfigured as error:
        yield "006", str(error), step
        return
    if any(network.prefixlen < WIDEST_PROXIES[network.version] for network in networks):
        yield "006", "TCSYNC_TRUSTED_PROXIES believes everybody.", step


def _syslog() -> Iterator[Finding]:
    if settings.TCSYNC_SYSLOG:
        try:
            parse_target(settings.TCSYNC_SYSLOG)
        except ImproperlyConfigured as error:
            yield "007", str(error), "Leave it unset to forward nothing."


_LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _debug,
    _hosts,
    _secret_key,
    _field_keys,
    _proxies,
    _syslog,
)
register(check_settings, Tags.security)
