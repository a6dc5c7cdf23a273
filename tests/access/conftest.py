"""People with names: Alice administers, Bob has no role until a test gives him one."""

from __future__ import annotations

import pytest
from django.test import Client

from tcsync.access.models import User


@pytest.fixture
def alice(db: None) -> User:
    """An administrator who may enter Django's administration."""
    return User.objects.create(username="alice", is_superuser=True, is_staff=True)


@pytest.fixture
def bob(db: None) -> User:
    """An account without a role."""
    return User.objects.create(username="bob", is_staff=True)


@pytest.fixture
def alices_browser(client: Client, alice: User) -> Client:
    """A browser in which Alice is signed in."""
    client.force_login(alice)
    return client
