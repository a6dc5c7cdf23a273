"""Rows that have said what they had to: ended sessions, limits that are whole again."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.utils import timezone

from tcsync.access import guessing, sessions


def forget_old() -> None:
    """Delete them; nobody notices."""
    guessing.forget_old()
    sessions.forget_old()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
