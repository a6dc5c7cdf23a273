"""The second factor: codes of an authenticator (TOTP, RFC 6238), and codes for when it is lost.

Each code counts once: the newest step that was used is kept, and moved by a conditional UPDATE.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Callable

import pyotp
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from tcsync.access import guessing
from tcsync.access.accounts import end_sessions
from tcsync.access.actors import user_actor, web_origin
from tcsync.access.models import RecoveryCode, SecondFactor, User
from tcsync.access.passwords import make_password
from tcsync.access.permissions import Action, may, require_of
from tcsync.access.sealing import seal, unseal
from tcsync.audit.recording import CHANGED, Actor, record
from tcsync.errors import Clash, Missing, TcsyncError

STEP_SECONDS = 30
STEPS_BESIDE = 1
"""Clocks may differ by so many steps."""
RECOVERY_CODES = 10
LONGEST_REASON = 500


class CodeWrong(TcsyncError):
    """The code is not the one that the authenticator shows now, or it was used before."""

    code = "code_wrong"
    default_next_step = "Enter the newest code of the authenticator, or an unused recovery code."


def is_on(user: User) -> bool:
    """Tell whether this account signs in with a second factor."""
    return SecondFactor.objects.filter(user=user, confirmed__isnull=False).exists()


def is_due(user: User) -> bool:
    """Tell whether this account must set up a second factor before it does anything else."""
    is_asked = settings.TCSYNC_ADMINISTRATORS_NEED_TOTP and may(user, Action.ADMINISTER)
    return bool(is_asked) and not is_on(user)


def begin(user: User) -> None:
    """Make a key, which counts once it is confirmed; one that was begun before is over."""
    with transaction.atomic():
        if is_on(user):
            raise Clash("The second factor is on already.", next_step="Remove it first.")
        SecondFactor.objects.filter(user=user, confirmed=None).delete()
        sealed = seal(_owner(user), pyotp.random_base32())
        SecondFactor.objects.create(user=user, sealed_secret=sealed)


def begun(user: User) -> tuple[str, str] | None:
    """Return the key that is to be confirmed, and its otpauth address; None where none is."""
    factor = SecondFactor.objects.filter(user=user, confirmed=None).first()
    if factor is None:
        return None
    secret = unseal(_owner(user), factor.sealed_secret)
    name = user.get_username()
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=settings.TCSYNC_NODE_NAME)
    return secret, address


def confirm(user: User, code: str, actor: Actor) -> list[str]:
    """Let the key that was begun count from now on; return the recovery codes, shown only now.

    All sessions of the account end. Raises CodeWrong, Missing.
    """
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed=None).first()
        if factor is None:
            raise Missing("No second factor is being set up.", next_step="Begin again.")
        if not _use_step(factor, code):
            raise CodeWrong("This is not the code that the authenticator shows now.")
        SecondFactor.objects.filter(pk=factor.pk).update(confirmed=timezone.now())
        codes = _new_codes(factor)
        end_sessions(user)
        _record(actor, user, "user.second_factor_on", "second factor of {} switched on")
    return codes


def check(request: HttpRequest, user: User, code: str) -> None:
    """Use a code of the authenticator, or a recovery code. Raises CodeWrong, TooManyLogins."""
    tried = guessing.attempt_code(request, user.get_username(), user.pk)
    factor = SecondFactor.objects.filter(user=user, confirmed__isnull=False).first()
    actor = user_actor(user, web_origin(request))
    if factor is not None and _use_step(factor, code):
        tried.succeeded()
        return
    with transaction.atomic():
        if factor is not None and _use_recovery(factor, code):
            tried.succeeded()
            _record(actor, user, "user.recovery_code_used", "recovery code of {} used")
            return
        _record(actor, user, "user.code_failed", "a code of the second factor of {} was wrong")
    raise CodeWrong("The code is wrong, or it was used before.")


def renew_codes(user: User, actor: Actor) -> list[str]:
    """Make the recovery codes anew and return them; the old ones are over. Raises Missing."""
    with transaction.atomic():
        codes = _new_codes(_locked(user))
        _record(actor, user, "user.recovery_codes", "recovery codes of {} made anew")
    return codes


def codes_left(user: User) -> int:
    """Return how many recovery codes were not used yet."""
    return RecoveryCode.objects.filter(factor__user=user, used=None).count()


def remove(user: User, actor: Actor) -> None:
    """Let an account sign in without its second factor again, at its own wish. Raises Missing."""
    with transaction.atomic():
        _locked(user).delete()
        _record(actor, user, "user.second_factor_off", "second factor of {} removed")


def reset(user: User, actor: Actor, reason: str) -> None:
    """Take somebody's second factor away, who has lost it; an administrator's act, with a reason.

    The account's sessions end. Raises NotAllowed, Missing.
    """
    require_of(actor, Action.ADMINISTER)
    with transaction.atomic():
        _locked(user).delete()
        end_sessions(user)
        why = reason.strip()[:LONGEST_REASON]
        summary = "second factor of {} reset"
        _record(actor, user, "user.second_factor_reset", summary, reason=why)


def _locked(user: User) -> SecondFactor:
    rows = SecondFactor.objects.select_for_update()
    factor = rows.filter(user=user, confirmed__isnull=False).first()
    if factor is None:
        raise Missing(f"{user} has no second factor.", next_step="There is nothing to do.")
    return factor


def _use_step(factor: SecondFactor, code: str) -> bool:
    """Tell whether this is the code of a step that was not used yet, and use it up."""
    said = re.sub(r"\s", "", code)
    totp = pyotp.TOTP(unseal(_owner(factor.user), factor.sealed_secret), interval=STEP_SECONDS)
    now = int(time.time()) // STEP_SECONDS
    steps = range(now - STEPS_BESIDE, now + STEPS_BESIDE + 1)
    # All are compared, whichever is right.
    right = [step for step in steps if _equal(totp.generate_otp(step), said)]
    rows = SecondFactor.objects.filter(pk=factor.pk)
    return any(rows.filter(last_step__lt=step).update(last_step=step) for step in right)


def _use_recovery(factor: SecondFactor, code: str) -> bool:
    rows = RecoveryCode.objects.filter(factor=factor, digest=_digest(factor, code), used=None)
    return bool(rows.update(used=timezone.now()))


def _new_codes(factor: SecondFactor, make: Callable[[], str] = make_password) -> list[str]:
    codes = [make() for _ in range(RECOVERY_CODES)]
    factor.codes.all().delete()
    rows = [RecoveryCode(factor=factor, digest=_digest(factor, code)) for code in codes]
    RecoveryCode.objects.bulk_create(rows)
    return codes


def _digest(factor: SecondFactor, code: str) -> str:
    # A code has 99 bits: a quick hash is enough, as for tokens.
    said = re.sub(r"[\s-]", "", code).lower()
    return hashlib.sha256(f"{factor.user_id}:{said}".encode("utf-8", "replace")).hexdigest()


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "replace"))


def _owner(user: User) -> str:
    return f"second factor {user.pk}"


def _record(actor: Actor, user: User, action: str, summary: str, **more: object) -> None:
    changed = {} if action.endswith(("_failed", "_used")) else {"second_factor": CHANGED}
    record(
        actor,
        action,
        target_kind="user",
        target_id=str(user.pk),
        target_name=user.get_username(),
        summary=summary.format(user.get_username()),
        details={**changed, **more},
    )
