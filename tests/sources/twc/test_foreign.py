"""Odd JSON is refused by a sentence, wherever it is decoded, and never fills memory."""

from __future__ import annotations

import msgspec
import pytest

from tcsync.errors import AnswerTooLarge, BadAnswer
from tcsync.sources.twc.api import LISTING_BYTES, Api
from tcsync.sources.twc.foreign import MOST_CONTAINERS, check_containers, whole_number
from tcsync.sources.twc.reading import read_elements
from tests.fakes.twc import faults

NESTED = [b"[" * depth + b"]" * depth for depth in (1000, 5000)]
MANY = b"[%s{}]" % (b"{}," * MOST_CONTAINERS)


@pytest.fixture
def api(source) -> Api:
    source.identity()
    return Api(source._session, None)


@pytest.mark.parametrize("text", ["7", " 7 ", "-7", "9999999999999999", 7, -(10**16) + 1])
def test_a_whole_number_may_be_a_text(text):
    assert whole_number(text) == int(text)


@pytest.mark.parametrize("value", ["--5", "+5", "", "OK", "9" * 17, "\u0665", 10**16, True, 1.0])
def test_anything_else_is_no_whole_number(value):
    assert whole_number(value) is None


@pytest.mark.parametrize("body", NESTED)
def test_a_listing_that_is_nested_too_deep_is_refused(api, server, body):
    server.faults.add("*/workspaces", faults.text(body))
    with pytest.raises(BadAnswer, match="cannot be understood"):
        api.shaped("/workspaces", list[msgspec.Raw])


def test_a_listing_with_a_number_that_nobody_can_count_to_is_refused(api, server):
    server.faults.add("*/workspaces", faults.text(b"[%s]" % (b"9" * 5000)))
    with pytest.raises(BadAnswer, match="cannot be read"):
        api.json("/workspaces")


@pytest.mark.parametrize("body", NESTED)
def test_a_batch_that_is_nested_too_deep_is_refused(api, server, world, body):
    rover = world.resource("Rover")
    arm = rover.element_id("arm")
    text = b'{"%s": {"status": 200, "data": %s}}' % (arm.encode(), body)
    server.faults.add("*/elements", faults.text(text), times=2)
    with pytest.raises(BadAnswer):
        read_elements(api, rover.id, 2, [arm])


def test_a_listing_of_too_many_objects_is_not_decoded(api, server):
    server.faults.add("*/workspaces", faults.text(MANY))
    with pytest.raises(BadAnswer, match="2,000,002 objects and lists in one answer"):
        api.json("/workspaces")


def test_a_batch_of_too_many_objects_is_asked_for_in_halves(api, server, world):
    rover = world.resource("Rover")
    ids = [rover.element_id(key) for key in ("arm", "wheel")]
    assert len(read_elements(api, rover.id, 2, ids)) == 2
    server.faults.add("*/elements", faults.text(MANY))
    assert [element.id for element in read_elements(api, rover.id, 2, ids)] == ids


def test_the_longest_listings_that_are_known_are_within_the_bounds():
    revision = b'{"ID": 10000, "authorInfo": {}, "rootObjectIDs": [%s]}' % (
        b",".join([b'{"@id": "%s"}' % (b"x" * 36)] * 55)
    )
    assert len(revision) * 10_000 < LISTING_BYTES
    check_containers(revision, "here")
    with pytest.raises(AnswerTooLarge):
        check_containers(b"{}" * (MOST_CONTAINERS + 1), "here")
