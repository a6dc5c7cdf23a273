"""The second factor: codes count once, recovery codes too, and what it opens and closes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from tcsync.access import second_factor
from tcsync.access.actors import user_actor
from tcsync.access.guessing import OF_CODE, TooManyLogins
from tcsync.access.models import RecoveryCode, SecondFactor, User
from tcsync.access.sealing import SealBroken, unseal
from tcsync.access.second_factor import CodeWrong
from tcsync.audit.models import AuditEntry
from tcsync.audit.recording import Actor
from tcsync.errors import Missing, NotAllowed


def set_up(user: User) -> tuple[pyotp.TOTP, list[str]]:
    """Switch the second factor on an hour ago; return the authenticator and recovery codes."""
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        second_factor.begin(user)
        begun = second_factor.begun(user)
        assert begun
        totp = pyotp.TOTP(begun[0])
        return totp, second_factor.confirm(user, totp.now(), user_actor(user, "web"))


def beside(totp: pyotp.TOTP, steps: int) -> str:
    """Return the code that is shown so many steps from now."""
    return totp.at(timezone.now() + timedelta(seconds=30 * steps))


def is_right(user: User, code: str) -> bool:
    """Try a code."""
    try:
        second_factor.check(HttpRequest(), user, code)
    except CodeWrong:
        return False
    return True


def test_a_code_counts_once(bob: User) -> None:
    totp, _codes = set_up(bob)
    code = totp.now()
    assert [is_right(bob, code), is_right(bob, code)] == [True, False]


def test_a_code_from_before_one_that_was_used_counts_no_more(bob: User) -> None:
    totp, _codes = set_up(bob)
    with time_machine.travel(timezone.now(), tick=False):
        older, newest = beside(totp, -1), beside(totp, 0)
        assert [is_right(bob, newest), is_right(bob, older)] == [True, False]


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_clocks_may_differ_by_one_step(bob: User, steps: int, right: bool) -> None:
    totp, _codes = set_up(bob)
    with time_machine.travel(timezone.now(), tick=False):
        assert is_right(bob, beside(totp, steps)) is right


@pytest.mark.parametrize("code", ["", "000000", "abcdef", "\ud800", "1" * 64, "\u0660" * 6])
def test_what_is_no_code_is_wrong_and_recorded(bob: User, code: str) -> None:
    totp, _codes = set_up(bob)
    if code != totp.now():
        assert not is_right(bob, code)
        assert AuditEntry.objects.all()[0].action == "user.code_failed"


def test_a_recovery_code_counts_once_however_it_is_typed(bob: User) -> None:
    _totp, codes = set_up(bob)
    assert is_right(bob, f" {codes[3].upper().replace('-', ' ')} ")
    assert not is_right(bob, codes[3])
    assert second_factor.codes_left(bob) == len(codes) - 1
    assert "user.recovery_code_used" in AuditEntry.objects.values_list("action", flat=True)


def test_new_recovery_codes_end_the_old_ones(bob: User) -> None:
    _totp, old = set_up(bob)
    new = second_factor.renew_codes(bob, user_actor(bob, "web"))
    assert [is_right(bob, old[0]), is_right(bob, new[0])] == [False, True]


def test_nothing_that_lets_in_can_be_read_in_the_database(bob: User) -> None:
    totp, codes = set_up(bob)
    tables = (SecondFactor, RecoveryCode, AuditEntry)
    kept = repr([list(table.objects.values_list()) for table in tables])
    assert totp.secret not in kept
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]


def test_a_key_that_was_moved_to_another_account_does_not_open(bob: User, alice: User) -> None:
    set_up(bob)
    SecondFactor.objects.update(user=alice)
    with pytest.raises(SealBroken, match="another account"):
        second_factor.check(HttpRequest(), alice, "000000")


def test_a_key_without_its_encryption_key_is_a_sentence(bob: User, settings) -> None:
    set_up(bob)
    settings.TCSYNC_FIELD_KEYS = ["A" * 43 + "="]
    with pytest.raises(SealBroken, match="TCSYNC_FIELD_KEYS"):
        unseal(f"second factor {bob.pk}", SecondFactor.objects.get().sealed_secret)


def test_guessing_codes_is_stopped(bob: User) -> None:
    totp, _codes = set_up(bob)
    for _ in range(OF_CODE.count):
        is_right(bob, "000000")
    with pytest.raises(TooManyLogins):
        second_factor.check(HttpRequest(), bob, totp.now())


def test_a_wrong_first_code_switches_nothing_on(bob: User) -> None:
    second_factor.begin(bob)
    with pytest.raises(CodeWrong):
        second_factor.confirm(bob, "nonsense", user_actor(bob, "web"))
    assert not second_factor.is_on(bob)


def test_it_is_reset_by_an_administrator_with_a_reason(alice: User, bob: User) -> None:
    set_up(bob)
    second_factor.reset(bob, user_actor(alice, "web 10.0.0.1"), "phone lost")
    assert not second_factor.is_on(bob)
    entry = AuditEntry.objects.all()[0]
    assert (entry.actor, entry.action) == ("alice", "user.second_factor_reset")
    assert entry.details == {"second_factor": "changed", "reason": "phone lost"}


@pytest.mark.parametrize("who", [Actor("bob", origin="web"), Actor("x", 10**6, "web")])
def test_nobody_else_resets_it(bob: User, who: Actor) -> None:
    set_up(bob)
    with pytest.raises(NotAllowed):
        second_factor.reset(bob, who, "please")
    assert second_factor.is_on(bob)


def test_a_command_resets_it_and_says_what_it_cannot(bob: User) -> None:
    set_up(bob)
    call_command("reset_second_factor", "bob", reason="phone lost")
    assert AuditEntry.objects.all()[0].origin == "command"
    for user, reason in (("bob", "again"), ("nobody", "x"), ("bob", " ")):
        with pytest.raises(CommandError):
            call_command("reset_second_factor", user, reason=reason)


def test_what_is_not_on_can_not_be_removed(bob: User) -> None:
    with pytest.raises(Missing, match="no second factor"):
        second_factor.remove(bob, user_actor(bob, "web"))


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_a_code_that_comes_twice_at_once_counts_once() -> None:
    user = User.objects.create(username="twin")
    totp, _codes = set_up(user)
    code = totp.now()

    def one(_: int) -> bool:
        try:
            return is_right(user, code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == [False, False, False, True]
