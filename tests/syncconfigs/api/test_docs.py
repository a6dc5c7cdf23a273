"""The OpenAPI document and the pages that show it."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver

from tcsync.access.models import User
from tests.syncconfigs.api.conftest import problem

METHODS = ("get", "post", "patch", "delete")


@pytest.fixture
def person(db):
    client = Client()
    client.force_login(User.objects.create(username="petra"))
    return client


@pytest.fixture
def document(person):
    return person.get("/api/schema/").json()


def operations(document):
    return {
        said["operationId"]: said
        for path in document["paths"].values()
        for method, said in path.items()
        if method in METHODS
    }


def addresses(patterns, prefix=""):
    for pattern in patterns:
        where = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern.url_patterns, where)
        else:
            yield where


def test_the_document_is_made_without_a_warning(db):
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


def test_the_document_has_every_address(document):
    ours = [a for a in addresses(get_resolver().url_patterns) if a.startswith("api/v1/")]
    shapes = {re.sub(r"<[^>]*>", "{}", f"/{where}") for where in ours}
    assert shapes == {re.sub(r"{[^}]*}", "{}", path) for path in document["paths"]}


def test_every_operation_says_what_it_does_and_answers(document):
    for name, said in operations(document).items():
        assert said["summary"], name
        assert "401" in said["responses"], name
        assert all(answer["description"] for answer in said["responses"].values()), name
        assert any(status < "300" for status in said["responses"]), name
        assert all(p.get("description") or p["in"] == "query" for p in said.get("parameters", ()))


def test_problems_are_told_as_problems(document):
    for said in operations(document).values():
        for status, answer in said["responses"].items():
            if status >= "400":
                schema = answer["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}


def test_secrets_are_only_asked_for(document):
    shown = document["components"]["schemas"]["Server"]["properties"]
    assert {"password", "token", "secret"}.isdisjoint(shown)


def test_the_document_is_read_with_a_token_or_a_session_only(administrator, person, db):
    assert administrator.get("/api/schema/").json() == person.get("/api/schema/").json()
    problem(Client().get("/api/schema/"), 401, "login_refused")


@pytest.mark.parametrize("path", ["/api/docs/", "/api/docs/try/"])
def test_the_pages_are_for_who_is_signed_in(person, path):
    assert Client().get(path).url == f"/sign-in/?next={path}"
    assert person.get(path).status_code == 200
    assert person.post(path).status_code == 405


def test_the_page_draws_every_operation(person, document):
    page = person.get("/api/docs/").text
    for name, said in operations(document).items():
        assert f'id="{name}"' in page
        assert said["summary"].replace("'", "&#x27;") in page


@pytest.mark.parametrize("path", ["/api/docs/", "/api/docs/try/"])
def test_the_pages_load_nothing_from_elsewhere(person, path):
    page = person.get(path).text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert "style=" not in page
    assert not re.search(r"<script(?![^>]* src=)", page)
