"""Reports are signed so that a change shows, whoever made it."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command

from tcsync import signing

REPORT = {"made": "2026-11-25", "resources": [{"id": "a", "equal": True}], "count": 2**70}


def _resigned(signed, **changes):
    envelope = json.loads(signed)
    envelope["report"] |= changes
    return json.dumps(envelope, indent=2).encode()


@pytest.fixture
def other_node(settings):
    def become():
        key = Ed25519PrivateKey.generate().private_bytes_raw()
        settings.TCSYNC_SIGNING_KEY = base64.b64encode(key).decode()

    return become


def test_what_was_signed_is_found_good_and_names_its_key():
    assert signing.check(signing.sign(REPORT)) == signing.public_key()


def test_the_report_within_is_the_report():
    assert json.loads(signing.sign(REPORT))["report"] == REPORT


def test_blanks_and_the_order_of_keys_do_not_count():
    signed = signing.sign(REPORT)
    turned = _resigned(signed, made=REPORT["made"])
    assert turned != signed
    assert signing.check(turned) == signing.public_key()


@pytest.mark.parametrize("change", [{"count": 3}, {"resources": []}, {"added": None}])
def test_any_change_of_the_report_is_refused(change):
    with pytest.raises(signing.SignatureRefused, match="not what was signed"):
        signing.check(_resigned(signing.sign(REPORT), **change))


def test_a_report_with_a_key_twice_is_refused():
    doubled = signing.sign(REPORT).replace(b'"count":', b'"count":3,"count":', 1)
    with pytest.raises(signing.SignatureRefused):
        signing.check(doubled)


def test_another_nodes_signature_is_no_signature_of_this_one(other_node):
    ours = signing.public_key()
    other_node()
    with pytest.raises(signing.SignatureRefused, match="another key"):
        signing.check(signing.sign(REPORT), ours)


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"\xff", b"[1]", b'{"format":"x","report":{},"signature":1}']
)
def test_what_is_no_signed_report_is_said_to_be_none(text):
    with pytest.raises(signing.SignatureRefused, match="no signed report"):
        signing.check(text)


def test_a_form_of_a_later_version_is_named():
    later = signing.sign(REPORT).replace(b"tcsync-signed-1", b"tcsync-signed-9")
    with pytest.raises(signing.SignatureRefused, match="tcsync-signed-9"):
        signing.check(later)


def test_the_command_tells_a_good_report_from_a_changed_one(tmp_path, capsys):
    path = tmp_path / "report.json"
    path.write_bytes(signing.sign(REPORT))
    call_command("verify_report", str(path))
    assert signing.fingerprint(signing.public_key()) in capsys.readouterr().out
    path.write_bytes(_resigned(path.read_bytes(), count=1))
    with pytest.raises(CommandError, match="not what was signed"):
        call_command("verify_report", str(path))


def test_the_command_takes_the_key_of_the_node_that_signed(tmp_path, capsys, other_node):
    path = tmp_path / "report.json"
    path.write_bytes(signing.sign(REPORT))
    call_command("node_key")
    key = capsys.readouterr().out.splitlines()[0]
    other_node()
    call_command("verify_report", str(path), key=key)
    with pytest.raises(CommandError, match="another key"):
        call_command("verify_report", str(path))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_report", str(tmp_path / "none.json"))
