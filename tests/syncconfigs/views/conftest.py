"""People with roles, and a small node to look at: Flight > Avionics, and Secret beside them."""

from dataclasses import dataclass

import pytest
from django.test import Client

from syncconfigs.models import Claim, RemoteServer, SyncConfig, SyncRun
from tcsync.access.models import Role, RoleGrant, User
from tcsync.repository.models import Branch, Category, Resource, Revision, Tag

CANARY = "canary-5f1c-never-to-be-shown"


@dataclass
class World:
    """The rows that the tests look at."""

    flight: Category
    avionics: Category
    secret: Category
    resource: Resource
    hidden: Resource
    server: RemoteServer
    config: SyncConfig
    hidden_config: SyncConfig
    run: SyncRun
    hidden_run: SyncRun


def make_resource(id_, name, category):
    return Resource.objects.create(
        id=id_,
        project_id=f"P-{id_}",
        name=name,
        category=category,
        trunk="b1",
        read_only=True,
        hops=[{"node": "n1", "name": "Site A"}, {"node": "n2", "name": "Relay"}],
        revision_count=1,
        head_number=1,
    )


def make_revision(resource, number, **more):
    digests = ("digest", "fingerprint", "content_digest", "artifact_digest", "pack_digest")
    sizes = ("place", "length", "raw_bytes", "added", "edited", "removed", "total")
    fixed = dict.fromkeys(digests, "ab" * 32) | dict.fromkeys(sizes, 1)
    fixed |= {"branch": "b1", "time": 1_700_000_000, "author": "Ada", "message": "Add a valve"}
    return Revision.objects.create(
        resource=resource, number=number, **{**fixed, "object": "none.seg", **more}
    )


def make_config(server, source_id, category, **more):
    return SyncConfig.objects.create(
        server=server,
        kind="resource",
        source_id=source_id,
        source_name=f"Source {source_id}",
        target_category=category,
        **more,
    )


def make_run(config, **more):
    fixed = {"trigger": "manual", "config_name": str(config)}
    return SyncRun.objects.create(config=config, **fixed, **more)


@pytest.fixture
def world(db):
    flight = Category.objects.create(id="flight", name="Flight")
    avionics = Category.objects.create(id="avionics", name="Avionics", parent=flight)
    secret = Category.objects.create(id="secret", name="Secret")
    server = RemoteServer.objects.create(
        name="Site A", address="http://127.0.0.1:9", secret=CANARY, username="reader"
    )
    config = make_config(server, "r1", avionics)
    hidden_config = make_config(server, "h1", secret)
    resource = make_resource("r1", "Radio", avionics)
    Branch.objects.create(resource=resource, uid="b1", name="trunk", head=1)
    Tag.objects.create(resource=resource, uid="t1", name="v1.0", number=1)
    make_revision(resource, 1)
    Claim.objects.create(resource="r1", config=config)
    return World(
        flight=flight,
        avionics=avionics,
        secret=secret,
        resource=resource,
        hidden=make_resource("h1", "Hidden", secret),
        server=server,
        config=config,
        hidden_config=hidden_config,
        run=make_run(config, state="failed"),
        hidden_run=make_run(hidden_config, state="failed"),
    )


def signed_in(name, role=None, category="", **more):
    user = User.objects.create_user(name, password=f"{name}-password", **more)
    if role:
        RoleGrant.objects.create(user=user, role=role, category=category)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def administrator(world):
    return signed_in("anna", Role.ADMINISTRATOR, is_staff=True)


@pytest.fixture
def manager(world):
    """Return somebody who may synchronize into Flight and below."""
    return signed_in("mara", Role.SYNCHRONIZATION_MANAGER, "flight")


@pytest.fixture
def reviewer(world):
    """Return somebody who may read Flight and below."""
    return signed_in("rita", Role.REVIEWER, "flight")


@pytest.fixture
def stranger(world):
    return signed_in("sam")
