"""Two accounts and two projects: one in a category that the reader may read, one beside it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

import pytest
from django.test import Client

from tcsync.access.models import Role, RoleGrant, User
from tcsync.audit.recording import SYSTEM
from tcsync.repository import writing
from tcsync.repository.models import Category, Resource
from tests.api.osmc.project import pump, uid
from tests.conftest import ROOT

PASSWORD = "canary-password-7131"


class Caller(Client):
    """A client of Teamwork Cloud that signs in by Basic; paths are those below /osmc/."""

    def __init__(self, name: str, **more: object) -> None:
        said = base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()
        super().__init__(headers={"authorization": f"Basic {said}"}, **more)

    def ask(self, method: str, path: str, body: object = None, **more: object):
        """Send a request; a body that is no text is sent as JSON."""
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        more = {"content_type": "application/json", **more}
        return self.generic(method, f"/osmc/{path}", "" if body is None else text, **more)

    def read(self, path: str, **query: object):
        """Return the value that a GET answers."""
        answer = self.get(f"/osmc/{path}", query or None)
        assert answer.status_code == 200, answer.content
        return json.loads(answer.getvalue())

    def batch(self, path: str, body: object, **more: object):
        """Return the value that a batch answers."""
        answer = self.ask("POST", path, body, **more)
        assert answer.status_code == 200, answer.content
        return json.loads(answer.getvalue())


def account(name: str, role: Role | None = None, category: str = "") -> User:
    user = User.objects.create_user(name, password=PASSWORD)
    if role:
        RoleGrant.objects.create(user=user, role=role, category=category)
    return user


@dataclass
class World:
    """Space > Pumps with a local project, Secret with another one."""

    space: Category
    pumps: Category
    pump: Resource
    hidden: Resource

    @property
    def path(self) -> str:
        """Where the project lies."""
        return f"resources/{self.pump.id}"


@pytest.fixture
def world(db) -> World:
    space = writing.make_category(SYSTEM, "Space")
    pumps = writing.make_category(SYSTEM, "Pumps", space.id)
    secret = writing.make_category(SYSTEM, "Secret")
    return World(
        space,
        pumps,
        pump(uid(101), pumps.id),
        pump(uid(102), secret.id, name="Hidden"),
    )


@pytest.fixture
def reader(world) -> Caller:
    """Somebody who may read Space and below."""
    account("rita", Role.REVIEWER, world.space.id)
    return Caller("rita")


@pytest.fixture
def writer(world) -> Caller:
    """Somebody who may change local resources in Space and below."""
    account("cleo", Role.CONTRIBUTOR, world.space.id)
    return Caller("cleo")


@pytest.fixture(scope="session")
def recorded():
    """Return the answers of real servers, by name."""
    folder = ROOT.parent / "shared" / "teamwork-cloud" / "recorded"
    if not folder.is_dir():
        pytest.skip("../shared/teamwork-cloud/recorded is not there")

    def answer(name: str):
        return json.loads((folder / f"{name}.json").read_text())

    return answer
