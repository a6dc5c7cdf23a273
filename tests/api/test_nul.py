"""A NUL in an address is refused before anything is looked up."""

import pytest
from django.test import Client

ADDRESSES = ["/?q=a%00b", "/repository/resources/a%00b/", "/runs/?state=%00", "/nothing/%00/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_with_a_nul_in_its_address_is_a_bad_request(db, address):
    assert Client().get(address).status_code == 400


@pytest.mark.parametrize("address", ["/api/peer/v1/changes?after=%00", "/api/v1/a%00b/"])
def test_a_program_is_told_in_its_own_form(db, address):
    answer = Client().get(address)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "NUL" in answer.json()["detail"]
