"""Client certificates: shown to who asks for one, out of PKCS12 and PEM; refused with a reason."""

from __future__ import annotations

import ssl

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)

from tcsync.errors import TlsRefused, Unreachable
from tcsync.outbound import Keystore, KeystoreRefused, certificate_of, keystores, reach
from tcsync.outbound.certificates import facts
from tcsync.outbound.endpoint import Endpoint
from tests.outbound.servers import Server, answer, ask, server_context

PASSWORD = "correct horse"
JKS = bytes.fromhex("feedfeed00000002") + b"\0" * 40


@pytest.fixture(scope="module")
def ca():
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_text(ca):
    return ca.cert_pem.bytes().decode()


@pytest.fixture(scope="module")
def mutual(ca):
    """What a server needs that takes only clients whose certificate this CA signed."""
    context = server_context(ca.issue_cert("127.0.0.1"))
    context.verify_mode = ssl.CERT_REQUIRED
    ca.configure_trust(context)
    return context


def key_of(leaf):
    return load_pem_private_key(leaf.private_key_pem.bytes(), None)


def certificates_of(leaf):
    return [x509.load_pem_x509_certificate(blob.bytes()) for blob in leaf.cert_chain_pems]


def p12(leaf, password=PASSWORD):
    first, *others = certificates_of(leaf)
    how = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"tcsync", key_of(leaf), first, others, how)


def pem(leaf, password=PASSWORD, key_last=True):
    how = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    key = key_of(leaf).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)
    chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
    return chain + key if key_last else key + chain


def given(ca, form, password=PASSWORD):
    leaf = ca.issue_cert("tcsync@example.com")
    data = p12(leaf, password) if form == "PKCS12" else pem(leaf, password)
    return Keystore(form, data, password)


@pytest.mark.parametrize("password", [PASSWORD, "", "pässwörd"])
@pytest.mark.parametrize("form", ["PKCS12", "PEM"])
def test_a_server_that_asks_for_a_certificate_gets_it(ca, ca_text, mutual, form, password):
    keystore = given(ca, form, password)
    with Server(answer(b"1"), tls=mutual) as server:
        assert ask(server, ca_certificate=ca_text, keystore=keystore) == 1


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_without_a_certificate_the_server_refuses_and_nothing_is_asked(ca_text, mutual, version):
    mutual.maximum_version = ssl.TLSVersion[version]
    with (
        Server(answer(), tls=mutual) as server,
        pytest.raises((TlsRefused, Unreachable)) as caught,
    ):
        ask(server, ca_certificate=ca_text)
    mutual.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED
    assert server.requests == []
    if isinstance(caught.value, TlsRefused):  # else the server's reset overtook its reason
        assert "client" in str(caught.value)


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_a_certificate_of_another_ca_is_refused_by_the_server(ca_text, mutual, version):
    mutual.maximum_version = ssl.TLSVersion[version]
    keystore = given(trustme.CA(), "PKCS12")
    with (
        Server(answer(), tls=mutual) as server,
        pytest.raises((TlsRefused, Unreachable)) as caught,
    ):
        ask(server, ca_certificate=ca_text, keystore=keystore)
    mutual.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED
    assert server.requests == []
    if isinstance(caught.value, TlsRefused):
        assert "client certificate" in str(caught.value)


def test_no_file_with_the_key_is_left(ca, ca_text, mutual, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    keystore = given(ca, "PKCS12")
    with Server(answer(b"1"), tls=mutual) as server:
        ask(server, ca_certificate=ca_text, keystore=keystore)
    assert list(tmp_path.rglob("*")) == [tmp_path / "data"]


def test_nothing_of_a_keystore_is_in_its_repr(ca):
    keystore = given(ca, "PEM")
    shown = repr(keystore) + repr(keystores.read(keystore)) + repr(Endpoint("x", keystore=keystore))
    assert PASSWORD not in shown
    assert "PRIVATE" not in shown


@pytest.mark.parametrize("form", ["PKCS12", "PEM"])
@pytest.mark.parametrize("password", ["", "wrong", "\0", "\U0001f680" * 1000])
def test_a_wrong_password_is_refused(ca, form, password):
    data = given(ca, form).data
    with pytest.raises(KeystoreRefused, match="password"):
        keystores.read(Keystore(form, data, password))


@pytest.mark.parametrize("form", ["PKCS12", "PEM"])
def test_a_damaged_keystore_is_refused(ca, form):
    data = given(ca, form).data
    for damaged in (data[:-40], data[: len(data) // 2], data[40:], data.replace(b"M", b"\xff")):
        with pytest.raises(KeystoreRefused):
            keystores.read(Keystore(form, damaged, PASSWORD))


@pytest.mark.parametrize("data", [b"", b"x", b"\0" * 1000, b"\x30\x82\xff\xff", b"x" * 300_000])
@pytest.mark.parametrize("form", ["PKCS12", "PEM", "", "JKS"])
def test_what_is_no_keystore_is_refused(form, data):
    with pytest.raises(KeystoreRefused):
        keystores.read(Keystore(form, data))


def test_a_java_keystore_is_refused_with_the_way_to_convert_it():
    with pytest.raises(KeystoreRefused) as caught:
        keystores.read(Keystore("PKCS12", JKS, "changeit"))
    assert "keytool -importkeystore" in caught.value.next_step
    assert "-deststoretype PKCS12" in caught.value.next_step


def test_a_keystore_of_another_type_says_which(ca):
    with pytest.raises(KeystoreRefused, match="This file is PEM"):
        keystores.read(Keystore("PKCS12", given(ca, "PEM").data, PASSWORD))


def test_a_certificate_without_its_key_is_refused(ca):
    leaf = ca.issue_cert("a.example")
    chain = leaf.cert_chain_pems[0].bytes()
    with pytest.raises(KeystoreRefused, match="no private key"):
        keystores.read(Keystore("PEM", chain))
    only = pkcs12.serialize_key_and_certificates(
        None, None, certificates_of(leaf)[0], None, NoEncryption()
    )
    with pytest.raises(KeystoreRefused, match="no private key"):
        keystores.read(Keystore("PKCS12", only))


def test_a_key_of_another_certificate_is_refused(ca):
    one, other = ca.issue_cert("a.example"), ca.issue_cert("b.example")
    mixed = one.private_key_pem.bytes() + other.cert_chain_pems[0].bytes()
    with pytest.raises(KeystoreRefused, match="belongs to its key"):
        keystores.read(Keystore("PEM", mixed))


def test_the_certificate_of_the_key_comes_first(ca):
    leaf = ca.issue_cert("a.example")
    data = leaf.private_key_pem.bytes() + ca.cert_pem.bytes() + leaf.cert_chain_pems[0].bytes()
    chain = keystores.read(Keystore("PEM", data)).chain
    assert facts(chain.decode())[0] == facts(leaf.cert_chain_pems[0].bytes().decode())[0]


def test_what_a_server_shows_is_told(ca, ca_text):
    with Server(answer(), tls=server_context(ca.issue_cert("127.0.0.1"))) as server:
        found = certificate_of(Endpoint(server.url, ca_certificate=ca_text, allow_loopback=True))
    assert "trustme" in found.issuer
    assert not found.has_expired


def test_a_server_without_tls_shows_nothing():
    assert certificate_of(Endpoint("http://127.0.0.1:1", allow_loopback=True)) is None
    assert certificate_of(Endpoint("https://127.0.0.1:1", allow_loopback=True)) is None


def test_a_server_that_is_not_there_is_told_with_the_stage(ca, ca_text):
    with pytest.raises(Unreachable) as caught:
        reach(Endpoint("http://127.0.0.1:1", allow_loopback=True))
    assert caught.value.stage == "tcp"
    with pytest.raises(Unreachable) as caught:
        reach(Endpoint("http://nowhere.invalid", allow_loopback=True))
    assert caught.value.stage == "dns"
    with (
        Server(answer(), tls=server_context(ca.issue_cert("other.example"))) as server,
        pytest.raises(TlsRefused, match="another name"),
    ):
        reach(Endpoint(server.url, ca_certificate=ca_text, allow_loopback=True))


@pytest.mark.parametrize("text", ["", "x", "-----BEGIN CERTIFICATE-----\nx", "\0", "\U0001f680"])
def test_what_is_no_certificate_has_no_facts(text):
    assert facts(text) == []
