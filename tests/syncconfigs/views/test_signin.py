"""Signing in and out."""

import pytest
from django.test import Client

TYPED = {"username": "rita", "password": "rita-password"}


def test_signing_in_leads_to_the_dashboard(reviewer):
    answer = Client().post("/sign-in/", TYPED)
    assert (answer.status_code, answer.url) == (302, "/")


def test_signing_in_leads_back_to_where_one_wanted_to_go(reviewer):
    assert Client().post("/sign-in/?next=/runs/", TYPED).url == "/runs/"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:1"])
def test_signing_in_never_leads_to_another_host(reviewer, target):
    assert Client().post("/sign-in/", {**TYPED, "next": target}).url == "/"


def test_a_wrong_password_is_refused_in_words(reviewer):
    answer = Client().post("/sign-in/", {**TYPED, "password": "wrong"})
    assert answer.status_code == 200
    assert "correct username and password" in answer.text


@pytest.mark.parametrize("name", ["", "a\0b", "\U0001f680" * 300, "x" * 100_000])
def test_no_name_breaks_the_sign_in(db, name):
    assert Client().post("/sign-in/", {"username": name, "password": "p"}).status_code == 200


def test_signing_out_forgets_the_session(reviewer):
    assert reviewer.post("/sign-out/").status_code == 302
    assert reviewer.get("/").status_code == 302


def test_a_password_that_is_too_long_is_refused_at_its_field(db):
    answer = Client().post("/sign-in/", {**TYPED, "password": "x" * 10_000_000})
    assert answer.status_code == 200
    assert "at most 4096 characters" in answer.text


def test_a_form_that_is_too_big_is_refused_in_plain_words(db):
    answer = Client().post("/sign-in/", {**TYPED, "password": "x" * 20_000_000})
    assert answer.status_code == 400
    assert "The request could not be read" in answer.text


def test_an_address_that_is_none_leads_home_after_the_sign_in(world):
    asked = {"HX-Request": "true", "HX-Current-URL": "http://["}
    answer = Client().get(f"/runs/{world.run.pk}/progress/", headers=asked)
    assert answer.headers["HX-Redirect"] == "/sign-in/?next=%2F"


def test_htmx_is_sent_to_the_sign_in_instead_of_putting_it_into_the_page(world):
    asked = {"HX-Request": "true", "HX-Current-URL": "http://testserver/runs/1/?page=2"}
    answer = Client().get(f"/runs/{world.run.pk}/progress/", headers=asked)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["HX-Redirect"] == "/sign-in/?next=%2Fruns%2F1%2F"
