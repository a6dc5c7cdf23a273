"""Look-now addresses: a call makes the watcher look, and tells nobody anything."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from syncconfigs import look_now, servers
from syncconfigs.models import RemoteServer
from syncconfigs.watcher import ServerWatch
from tcsync.access.models import Role, RoleGrant, User
from tcsync.audit.models import AuditEntry
from tcsync.audit.recording import Actor
from tcsync.errors import NotAllowed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def server() -> RemoteServer:
    return RemoteServer.objects.create(name="TWC", kind="teamwork-cloud", address="http://twc:8111")


@pytest.fixture
def boss() -> Actor:
    user = User.objects.create(username="boss")
    RoleGrant.objects.create(user=user, role=Role.ADMINISTRATOR)
    return Actor("boss", user.pk, "web")


def _call_apart(key: str) -> None:
    """Call from a thread, which has a connection of its own."""
    look_now.asked(key)
    connections.close_all()


def call(client, key: str):
    return client.post(reverse("look-now", args=[key]), {"anything": "at all"})


def test_a_call_is_noted_and_answered_like_one_with_an_unknown_key(client, boss, server):
    known, unknown = call(client, look_now.make_key(boss, server)), call(client, "x" * 43)
    assert (
        (known.status_code, known.content) == (unknown.status_code, unknown.content) == (204, b"")
    )
    assert dict(known.headers) == dict(unknown.headers)
    server.refresh_from_db()
    assert server.look_asked_at is not None


def test_a_flood_of_calls_counts_twice_once_now_and_once_a_little_later(client, boss, server):
    key = look_now.make_key(boss, server)
    call(client, key)
    first = RemoteServer.objects.get().look_asked_at
    for _call in range(3):
        call(client, key)
    assert RemoteServer.objects.get().look_asked_at == first + look_now.AT_MOST_EVERY


def test_a_call_that_counts_later_is_heard_then_and_not_before(client, boss, server):
    watch = ServerWatch(server.pk)
    later = timezone.now() + timedelta(hours=1)
    RemoteServer.objects.update(look_asked_at=later)
    assert not watch._is_called()
    with time_machine.travel(later + timedelta(seconds=1)):
        assert watch._is_called()


def test_an_address_is_only_called_by_post(client, boss, server):
    key = look_now.make_key(boss, server)
    assert client.get(reverse("look-now", args=[key])).status_code == 405
    assert RemoteServer.objects.get().look_asked_at is None


def test_a_new_key_ends_the_one_before_and_an_ended_one_is_deaf(client, boss, server):
    old = look_now.make_key(boss, server)
    look_now.make_key(boss, server)
    call(client, old)
    new = look_now.make_key(boss, server)
    look_now.forget_key(boss, server)
    call(client, new)
    assert RemoteServer.objects.get().look_asked_at is None


def test_the_key_is_stored_nowhere(boss, server):
    key = look_now.make_key(boss, server)
    assert key not in str(RemoteServer.objects.values().get())
    assert key not in str(list(AuditEntry.objects.values()))
    assert AuditEntry.objects.filter(action="server.look-now-made").count() == 1


def test_only_who_manages_servers_may_make_one(server):
    user = User.objects.create(username="rob")
    with pytest.raises(NotAllowed):
        look_now.make_key(Actor("rob", user.pk, "web"), server)


def test_another_address_of_the_server_ends_its_look_now_address(client, boss, server):
    key = look_now.make_key(boss, server)
    servers.update(boss, server, address="http://other:8111")
    call(client, key)
    assert RemoteServer.objects.get().look_asked_at is None


def test_a_waiting_watch_hears_of_a_call(client, boss, server):
    key = look_now.make_key(boss, server)
    watch = ServerWatch(server.pk)
    watch._may_call = True
    caller = threading.Timer(0.2, _call_apart, (key,))
    caller.start()
    began = time.monotonic()
    watch._wait(threading.Event(), 30.0)
    caller.join()
    assert time.monotonic() - began < 10.0
