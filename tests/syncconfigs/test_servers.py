"""Adding, changing and deleting remote servers; what happens to their secrets."""

from __future__ import annotations

import pytest
from django.db import connection

from syncconfigs import servers
from syncconfigs.models import RemoteServer
from tcsync.audit.models import AuditEntry
from tcsync.audit.recording import Actor
from tcsync.errors import AddressRefused, Clash, NotAllowed

ADDRESS = "https://models.example.com:8000"


def add(actor, **fields):
    values = {"name": "Models", "address": ADDRESS, "secret": "hunter2", **fields}
    return servers.create(actor, **values)


def test_a_server_is_added_with_its_address_in_the_usual_form(carol):
    server = add(carol, address=" https://models.example.com:8000/ ")
    assert RemoteServer.objects.get(pk=server.pk).address == ADDRESS


def test_the_secret_is_in_no_table_in_clear(carol):
    add(carol)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM syncconfigs_remoteserver")
        assert "hunter2" not in cursor.fetchone()[0]
    assert "hunter2" not in str(AuditEntry.objects.get(action="server.create").details)


def test_a_name_is_given_once(carol):
    add(carol)
    with pytest.raises(Clash, match="called 'Models' already"):
        add(carol)


def test_what_is_no_address_is_refused(carol):
    with pytest.raises(AddressRefused):
        add(carol, address="models.example.com")


def test_who_may_only_read_adds_no_server(rob):
    with pytest.raises(NotAllowed):
        add(rob)


def test_whoever_is_not_signed_in_adds_no_server(transactional_db):
    with pytest.raises(NotAllowed):
        add(Actor("anonymous", origin="web 10.0.0.9"))


def test_another_address_clears_the_secret_and_what_was_learned(carol):
    server = add(carol)
    RemoteServer.objects.update(node_uuid="u", epoch="e", feed_cursor=7)
    servers.update(carol, server, address="https://evil.example.com")
    row = RemoteServer.objects.get()
    assert (row.secret, row.node_uuid, row.feed_cursor) == ("", "", None)


def test_another_address_with_its_own_secret_keeps_that(carol):
    server = add(carol)
    servers.update(carol, server, address="https://other.example.com", secret="new")
    assert RemoteServer.objects.get().secret == "new"


def test_another_name_keeps_the_secret_and_says_what_changed(carol):
    servers.update(carol, add(carol), name="Other")
    assert RemoteServer.objects.get().secret == "hunter2"
    details = AuditEntry.objects.get(action="server.update").details
    assert details == {"name": {"before": "Models", "after": "Other"}}


def test_after_a_change_the_server_is_asked_again(carol):
    server = add(carol)
    RemoteServer.objects.update(waits_for_person=True)
    servers.update(carol, server, secret="right")
    assert not RemoteServer.objects.get().waits_for_person


def test_a_server_that_is_read_is_not_deleted(carol, config):
    with pytest.raises(Clash, match=r"read by 1 configurations: Space\."):
        servers.delete(carol, config.server)


def test_a_server_that_nobody_reads_is_deleted(carol):
    servers.delete(carol, add(carol))
    assert not RemoteServer.objects.exists()
    assert AuditEntry.objects.filter(action="server.delete").count() == 1
