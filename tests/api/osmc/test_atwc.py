"""atwc, a client of Teamwork Cloud that nobody here wrote, unmodified, against a served node."""

import asyncio

import aiohttp
import pytest
from atwc.browsers import ModelBrowser, ResourceBrowser
from atwc.client import Client
from atwc.utils import extract_ids
from django.db import connection

from tcsync.access.models import ClientSession, Role
from tcsync.audit.recording import SYSTEM
from tcsync.repository import writing
from tests.api.osmc.conftest import PASSWORD, account
from tests.api.osmc.project import MODEL, PACKAGE, PROJECT, STEREOTYPE, VALVE, pump, uid

# It uses what its own HTTP library is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:.*in (aiohttp 4.0|v4):DeprecationWarning")


@pytest.fixture
def address(live_server) -> str:
    """Return the address of a node with one project in Space/Pumps, of which rita may read all."""
    space = writing.make_category(SYSTEM, "Space")
    pumps = writing.make_category(SYSTEM, "Pumps", space.id)
    pump(uid(101), pumps.id)
    account("rita", Role.REVIEWER, space.id)
    return f"{live_server.url}/osmc"


def open_sessions() -> int:
    """Return how many sessions there are; called in a thread, whose connection ends with it."""
    try:
        return ClientSession.objects.count()
    finally:
        connection.close()


def signed_in(address, work, password=PASSWORD):
    """Run `work(client)` within a session of atwc and return what it returns."""

    async def run():
        client = Client(address, "rita", password)
        async with client.create_session():
            return await work(client)

    return asyncio.run(run())


def in_model(address, work):
    """Run `work(browser)` in the model of the project."""

    async def run(client):
        browser = ModelBrowser(client)
        await browser.load("Pump")
        return await work(browser)

    return signed_in(address, run)


def test_login_and_logout_leave_no_session(address):
    async def count(client):
        await client.get("resources")
        return await asyncio.to_thread(open_sessions)

    assert signed_in(address, count) == 1
    assert ClientSession.objects.count() == 0


def test_a_wrong_password_is_told(address):
    with pytest.raises(aiohttp.ClientResponseError) as refused:
        signed_in(address, lambda _client: None, "wrong")
    assert refused.value.status == 401


def test_resources_by_their_kind(address):
    async def fetch(client):
        browser = ResourceBrowser(client)
        await browser.fetch()
        return browser

    browser = signed_in(address, fetch)
    assert [one["ID"] for one in browser.all_resources] == [uid(101)]
    assert (browser.md_resources, browser.cc_resources) == (browser.all_resources, [])


def test_the_path_of_categories_up_to_the_top(address):
    async def climb(client):
        browser = ResourceBrowser(client)
        await browser.fetch()
        (resource,) = browser.all_resources
        names = await browser.get_category_sequence(resource)
        return names, await browser.get_category_path(resource)

    assert signed_in(address, climb) == (["Space", "Pumps"], "Space/Pumps")


def test_a_resource_by_its_name(address):
    async def load(client):
        found = await ModelBrowser(client).load("Pump")
        with pytest.raises(RuntimeError, match="Cannot find"):
            await ModelBrowser(client).load("Pump", "CC")
        return found

    assert signed_in(address, load)["trunkID"]


def test_the_newest_revision_and_an_old_one(address):
    async def look(browser):
        return await browser.get_revision_info(), await browser.get_revision_info(2)

    newest, old = in_model(address, look)
    assert (newest["ID"], newest["description"]) == (4, "revision 4")
    assert (old["ID"], old["author"], old["rootObjectIDs"][0]) == (2, "Zoë", PROJECT)


def test_the_root_of_the_model(address):
    root = in_model(address, lambda browser: browser.get_model_root())
    assert (root["kerml:esiID"], root["kerml:name"]) == (MODEL, "Model")


def test_elements_one_and_many(address):
    async def look(browser):
        return await browser.get_element(VALVE), await browser.get_elements_batch({VALVE, "none"})

    element, found = in_model(address, look)
    assert element["kerml:owner"] == {"@id": PACKAGE}
    assert found[VALVE]["data"][1] == element
    assert found["none"]["status"] == 404


def at_valve(address, work):
    """Run `work(browser, valve)` with the class."""

    async def look(browser):
        return await work(browser, await browser.get_element(VALVE))

    return in_model(address, look)


def test_a_stereotype_by_its_name(address):
    async def look(browser, valve):
        found = await browser.find_stereotype(valve, "block")
        return found, await browser.find_stereotype(valve, "other")

    found, other = at_valve(address, look)
    assert (found["kerml:esiID"], other) == (STEREOTYPE, None)


def test_tagged_values_of_all_and_of_one_stereotype(address):
    async def look(browser, valve):
        names = (None, "block", "other")
        return [await browser.get_tagged_values(valve, name) for name in names]

    assert at_valve(address, look) == [{"material": ["steel"]}, {"material": ["steel"]}, None]


def test_ancestors_and_the_qualified_name(address):
    async def look(browser, valve):
        ancestors = await browser.get_all_ancestors(valve)
        return ancestors, await browser.get_qualified_name(valve)

    ancestors, name = at_valve(address, look)
    assert [one["kerml:esiID"] for one in ancestors] == [PACKAGE, MODEL]
    assert name == "Hydraulics::Valve 2"


def test_references_are_read_as_ids(address):
    element = in_model(address, lambda browser: browser.get_element(MODEL))
    assert extract_ids(element["kerml:ownedElement"]) == [PACKAGE]
