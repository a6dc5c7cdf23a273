"""TLS: always verified, each refusal with its own sentence, trust from nowhere but where we say."""

from __future__ import annotations

import datetime
import ssl
import time

import pytest
import trustme

from tcsync.errors import BadAnswer, TlsRefused, Unreachable
from tests.outbound.servers import Server, answer, ask, client, drip, reset, server_context

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def ca():
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_text(ca):
    return ca.cert_pem.bytes().decode()


@pytest.fixture(scope="module")
def good(ca):
    return server_context(ca.issue_cert("127.0.0.1", "localhost"))


def _bad_request(connection):
    connection.recv(65536)
    connection.sendall(answer(status=400))


def refusal(tls, ca_text, said=None):
    """Return the sentence with which a server with a TLS context is refused."""
    with Server(said or answer(), tls=tls) as server, pytest.raises(TlsRefused) as caught:
        ask(server, ca_certificate=ca_text)
    assert server.requests == []
    return caught.value.message.removeprefix("The certificate of ")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_given_ca_is_trusted(good, ca_text, host):
    with Server(answer(b"1"), tls=good) as server:
        assert ask(f"https://{host}:{server.port}", ca_certificate=ca_text) == 1


def test_an_unknown_ca_is_refused(good):
    assert "unknown CA" in refusal(good, "")


def test_another_ca_with_the_given_one_is_refused(good):
    assert "unknown CA" in refusal(good, trustme.CA().cert_pem.bytes().decode())


def test_a_self_signed_certificate_is_refused(ca_text):
    other = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with other.private_key_pem.tempfile() as key, other.cert_pem.tempfile() as certificate:
        context.load_cert_chain(certificate, key)
    assert "is self-signed" in refusal(context, ca_text)


def test_an_expired_certificate_is_refused(ca, ca_text):
    old = ca.issue_cert("127.0.0.1", not_before=NOW - 2 * DAY, not_after=NOW - DAY)
    assert "has expired" in refusal(server_context(old), ca_text)


def test_a_certificate_that_is_not_valid_yet_is_refused(ca, ca_text):
    early = ca.issue_cert("127.0.0.1", not_before=NOW + DAY, not_after=NOW + 2 * DAY)
    assert "not valid yet" in refusal(server_context(early), ca_text)


@pytest.mark.parametrize("name", ["127.0.0.2", "other.example"])
def test_a_certificate_for_another_name_is_refused(ca, ca_text, name):
    assert "another name" in refusal(server_context(ca.issue_cert(name)), ca_text)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
def test_an_old_version_of_tls_is_refused(ca, ca_text):
    old = server_context(ca.issue_cert("127.0.0.1"))
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    assert "no TLS that is safe" in refusal(old, ca_text)


@pytest.mark.parametrize("said", [_bad_request, b"220 mail.example ESMTP ready\r\n"])
def test_a_plain_server_on_a_tls_port_is_said_to_be_one(said):
    with (
        Server(said, reads=False) as server,
        pytest.raises(TlsRefused, match="does not speak TLS"),
    ):
        ask(f"https://{server.netloc}", deadline=1)


def test_a_tls_server_on_a_plain_port_is_said_to_be_one(good):
    with Server(answer(), tls=good) as server, pytest.raises((BadAnswer, Unreachable)) as caught:
        ask(f"http://{server.netloc}")
    assert "https://" in str(caught.value)


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_ca_of_the_environment_is_not_trusted(good, ca, monkeypatch, name):
    with ca.cert_pem.tempfile() as path:
        monkeypatch.setenv(name, path)
        assert "unknown CA" in refusal(good, "")


def test_the_store_of_the_system_counts_whatever_the_environment_says(
    good, ca, monkeypatch, tmp_path
):
    with ca.cert_pem.tempfile() as path, Server(answer(b"1"), tls=good) as server:
        places = ssl.get_default_verify_paths()._replace(openssl_cafile=path)
        monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: places)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
        monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
        assert ask(server) == 1


def test_the_keys_of_a_connection_are_not_written_where_the_environment_says(
    good, ca_text, monkeypatch, tmp_path
):
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    with Server(answer(), tls=good) as server:
        ask(server, ca_certificate=ca_text)
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize("text", ["canary", "-----BEGIN CERTIFICATE-----\nx", "caf\xe9", "\0"])
def test_a_ca_that_is_no_certificate_is_refused_with_a_sentence(text):
    with pytest.raises(TlsRefused, match="not a PEM certificate"):
        client("https://a.example", ca_certificate=text)


@pytest.mark.parametrize("ending", [reset, lambda connection: connection.recv(65536)])
def test_a_handshake_that_is_cut_may_be_tried_again(ending):
    with Server(ending, reads=False) as server, pytest.raises(Unreachable):
        ask(f"https://{server.netloc}", deadline=1)


@pytest.mark.parametrize("said", [lambda connection: time.sleep(0.4), drip(b"\x16\x03\x03\x7f")])
def test_a_handshake_without_an_end_ends_at_the_deadline(said):
    endless = Server(lambda connection: [said(connection), time.sleep(0.3)], reads=False)
    with endless, pytest.raises(Unreachable, match="in time"):
        ask(f"https://{endless.netloc}", deadline=0.2)


def test_a_cut_body_is_unreachable_over_tls_too(good, ca_text):
    cut = answer(b"{", Content_Length=2)
    with Server(cut, tls=good) as server, pytest.raises(Unreachable, match="cut off"):
        ask(server, ca_certificate=ca_text)


def test_a_kept_tls_connection_that_went_stale_is_replaced(good, ca_text):
    with (
        Server(answer(b"1"), tls=good) as server,
        client(server, ca_certificate=ca_text, only_reads=True) as made,
    ):
        assert [made.json("POST", "/x"), made.json("POST", "/x")] == [1, 1]
        assert server.connections == 2
