"""Between the right password and the code: who may go on to sign in, in this browser, for a while.

Nobody is signed in yet. The session holds a mark of the account, so that a new password ends it.
"""

from __future__ import annotations

import time

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from tcsync.access.models import User

SECONDS = 300
_KEY = "halfway"


def begin(request: HttpRequest, user: User) -> None:
    """Remember that the password was right; what was in the session before is gone."""
    request.session.flush()
    request.session[_KEY] = [user.pk, user.get_session_auth_hash(), int(time.time())]


def waiting(request: HttpRequest) -> User | None:
    """Return who is to give a code; None where nobody is, or took too long."""
    said = request.session.get(_KEY)
    if said is None or time.time() - said[2] > SECONDS:
        return None
    user = User.objects.filter(pk=said[0], is_active=True).first()
    if user is None or not constant_time_compare(said[1], user.get_session_auth_hash()):
        return None
    return user
