"""Addresses as people type them, and ports that are not that of the REST API."""

from __future__ import annotations

import pytest

from tcsync.errors import AddressRefused
from tcsync.sources.twc import explain_port, usual_address


@pytest.mark.parametrize(
    ("typed", "usual"),
    [
        ("https://twc", "https://twc:8111"),
        ("https://twc/", "https://twc:8111"),
        ("https://twc/osmc/", "https://twc:8111"),
        ("https://twc:8111/osmc", "https://twc:8111"),
        ("http://[::1]", "http://[::1]:8111"),
        ("https://proxy:443/models", "https://proxy:443/models"),
        ("https://proxy/models", "https://proxy/models"),
    ],
)
def test_an_address_has_the_port_that_was_typed_else_8111(typed, usual):
    assert usual_address(typed) == usual


def test_what_is_no_address_is_refused():
    with pytest.raises(AddressRefused):
        usual_address("ftp://twc")


@pytest.mark.parametrize("port", [3579, 10002, 8443])
def test_a_port_of_something_else_is_explained(port):
    sentence = explain_port(f"https://twc:{port}")
    assert sentence.startswith(f"Port {port} is ")
    assert "8111" in sentence


@pytest.mark.parametrize("address", ["https://twc:8111", "https://twc", "https://twc:99999"])
def test_of_other_ports_nothing_is_said(address):
    assert explain_port(address) == ""
