"""Adding, changing and deleting remote servers; what happens to their secrets."""

from __future__ import annotations

import base64

import pytest
import trustme
from cryptography.fernet import Fernet
from django.db import connection

from syncconfigs import servers
from syncconfigs.models import RemoteServer
from tcsync.audit.models import AuditEntry
from tcsync.audit.recording import Actor
from tcsync.errors import AddressRefused, Clash, NotAllowed, TlsRefused
from tcsync.outbound import KeystoreRefused
from tests.outbound.test_tls_client import PASSWORD
from tests.outbound.test_tls_client import given as keystores_given

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


def keystore_of(**more):
    given = keystores_given(trustme.CA(), "PKCS12")
    fields = {"client_keystore_type": "PKCS12", "client_keystore_password": given.password}
    return {**fields, "client_keystore": base64.b64encode(given.data).decode(), **more}


def test_a_keystore_is_kept_encrypted_and_its_certificate_is_known(carol):
    fields = keystore_of()
    server = add(carol, **fields)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM syncconfigs_remoteserver")
        stored = repr(cursor.fetchone())
    assert PASSWORD not in stored
    assert fields["client_keystore"] not in stored
    assert RemoteServer.objects.get().client_certificate.startswith("-----BEGIN CERTIFICATE-----")
    assert "PRIVATE" not in server.client_certificate


def test_nothing_secret_of_a_keystore_is_in_the_audit_record(carol):
    fields = keystore_of()
    add(carol, **fields)
    details = AuditEntry.objects.get(action="server.create").details
    assert details["client_keystore"] == details["client_keystore_password"] == "changed"
    assert PASSWORD not in repr(AuditEntry.objects.values_list())


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_keystore_password": "wrong"},
        {"client_keystore": "AAAA"},
        {"client_keystore": "no Base64 \0"},
        {"client_keystore_type": "JKS"},
        {"client_keystore_type": "PEM"},
    ],
)
def test_a_keystore_that_cannot_be_used_is_refused_and_nothing_is_stored(carol, wrong):
    with pytest.raises(KeystoreRefused):
        add(carol, **keystore_of(**wrong))
    assert not RemoteServer.objects.exists()


def test_a_text_that_is_no_ca_is_refused(carol):
    with pytest.raises(TlsRefused, match="not a PEM certificate"):
        add(carol, ca_certificate="x")


def test_another_address_clears_the_keystore_too(carol):
    server = add(carol, **keystore_of())
    servers.update(carol, server, address="https://evil.example.com", secret="new")
    row = RemoteServer.objects.get()
    assert (row.client_keystore, row.client_keystore_password, row.client_certificate) == ("",) * 3


def test_another_name_keeps_the_keystore(carol):
    servers.update(carol, add(carol, **keystore_of()), name="Other")
    assert RemoteServer.objects.get().client_certificate


@pytest.mark.parametrize(
    ("typed", "secure", "address"),
    [
        ("twc:8111", True, "https://twc:8111"),
        ("twc:8111", False, "http://twc:8111"),
        ("twc", None, "https://twc"),
        ("https://twc:8111", True, "https://twc:8111"),
        ("http://twc:8111/", False, "http://twc:8111"),
        ("http://twc:8111", None, "http://twc:8111"),
        ("fd00::5", True, "https://[fd00::5]"),
        ("[fd00::5]:8111", True, "https://[fd00::5]:8111"),
        ("https://[FD00::5]:8111", True, "https://[fd00::5]:8111"),
        (" 10.1.2.3:8111 ", False, "http://10.1.2.3:8111"),
    ],
)
def test_an_address_is_taken_as_people_type_it(typed, secure, address):
    assert servers.address_of(typed, secure) == address


@pytest.mark.parametrize(
    ("typed", "secure"),
    [
        ("http://twc:8111", True),
        ("https://twc:8111", False),
        ("ftp://twc", True),
        ("", True),
        ("twc:0", True),
        ("twc:99999", True),
        ("joe:pw@twc", True),
        ("a b", True),
        ("\0", True),
        ("\U0001f680", True),
        ("x" * 10_000_000, True),
    ],
)
def test_a_wrong_or_contradictory_address_is_refused(typed, secure):
    with pytest.raises(AddressRefused):
        servers.address_of(typed, secure)


def test_a_draft_of_another_address_has_no_secret_and_is_not_saved(carol):
    server = add(carol)
    draft = servers.draft(carol, server, address="https://evil.example.com")
    assert (draft.secret, RemoteServer.objects.get().address) == ("", ADDRESS)
    assert servers.draft(carol, server, name="Other").secret == "hunter2"


def test_who_may_only_read_tests_nothing(rob, carol):
    server = add(carol)
    for deed in (servers.test, servers.draft):
        with pytest.raises(NotAllowed):
            deed(rob, server)


def test_with_lost_keys_a_new_password_can_be_given(carol, settings):
    server = add(carol)
    settings.TCSYNC_FIELD_KEYS = [Fernet.generate_key().decode()]
    servers.update(carol, server, secret="fresh")
    assert RemoteServer.objects.get(pk=server.pk).secret == "fresh"


def test_with_lost_keys_another_change_leaves_the_sealed_secret_alone(carol, settings):
    server = add(carol)
    keys = settings.TCSYNC_FIELD_KEYS
    settings.TCSYNC_FIELD_KEYS = [Fernet.generate_key().decode()]
    servers.update(carol, server, name="Renamed")
    settings.TCSYNC_FIELD_KEYS = keys
    assert RemoteServer.objects.get(name="Renamed").secret == "hunter2"
