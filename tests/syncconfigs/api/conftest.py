"""People with tokens, in the small node of the pages' tests."""

import pytest
from django.test import Client

from tcsync.access.models import Role, RoleGrant, User
from tcsync.access.tokens import create_token
from tests.syncconfigs.views.conftest import world  # noqa: F401 - a fixture

V1 = "/api/v1/"
PROBLEM = "application/problem+json"


class Caller(Client):
    """A program with a token; it says JSON, and paths are those below /api/v1/."""

    def __init__(self, user, **more):
        token = create_token(user, "test")
        super().__init__(headers={"authorization": f"Token {token}"}, **more)
        self.user = user

    def ask(self, method, path, body=None, **more):
        """Send a request; `body` is a value or bytes."""
        where = path if path.startswith("/") else V1 + path
        more = {"content_type": "application/json", **more}
        return self.generic(method, where, self._json(body, more), **more)

    def _json(self, body, more):
        if isinstance(body, bytes):
            return body
        return b"" if body is None else self._encode_json(body, more["content_type"])

    def get(self, path, **query):
        where = path if path.startswith(("/", "http")) else V1 + path
        return super().get(where, query or None)

    def post(self, path, body=None):
        return self.ask("POST", path, body)

    def patch(self, path, body=None):
        return self.ask("PATCH", path, body)

    def delete(self, path):
        return self.ask("DELETE", path)


def caller(name, role=None, category=""):
    user = User.objects.create(username=name)
    if role:
        RoleGrant.objects.create(user=user, role=role, category=category)
    return Caller(user)


@pytest.fixture
def administrator(db):
    return caller("anna", Role.ADMINISTRATOR)


@pytest.fixture
def manager(db):
    """Return somebody who may synchronize into Flight and below."""
    return caller("mara", Role.SYNCHRONIZATION_MANAGER, "flight")


@pytest.fixture
def contributor(db):
    """Return somebody who may edit in Flight and below."""
    return caller("cleo", Role.CONTRIBUTOR, "flight")


@pytest.fixture
def reviewer(db):
    """Return somebody who may read Flight and below."""
    return caller("rita", Role.REVIEWER, "flight")


@pytest.fixture
def stranger(db):
    return caller("sam")


def problem(answer, status, code):
    """Check that an answer is this problem and return its body."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == PROBLEM
    body = answer.json()
    assert (body["status"], body["code"]) == (status, code), body
    return body
