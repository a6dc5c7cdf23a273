"""Ids made of what a file names; the expected values come from the standard library's uuid5."""

import uuid

import pytest

from tcsync.histories.identity import branch_id, element_id, namespace, resource_id, tag_id

_NS = namespace("01234567-89ab-cdef-0123-456789abcdef")


def test_a_resource_id_is_made_of_the_project_id() -> None:
    expected = uuid.uuid5(
        uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8"), "tcsync:resource:PROJECT-Ä"
    )
    assert resource_id("PROJECT-Ä") == str(expected)


def test_a_resource_line_may_carry_its_own_uuid() -> None:
    assert (
        resource_id("P", "01234567-89AB-cdef-0123-456789abcdef")
        == "01234567-89AB-cdef-0123-456789abcdef"
    )


def test_a_namespace_is_made_of_the_resource_id() -> None:
    assert namespace("r") == uuid.uuid5(uuid.NAMESPACE_URL, "tcsync:r")


@pytest.mark.parametrize(
    "local_id", ["01234567-89ab-cdef-0123-456789abcdef", "01234567-89AB-CDEF-0123-456789ABCDEF"]
)
def test_an_element_id_that_is_a_uuid_is_kept(local_id: str) -> None:
    assert element_id(_NS, local_id) == local_id


@pytest.mark.parametrize(
    "local_id",
    [
        "_19_0_3_45f01b9_1577483680855_804517_0",
        "0123456789abcdef0123456789abcdef",
        "01234567-89ab-cdef-0123-456789abcdef\n",
        "\u06601234567-89ab-cdef-0123-456789abcdef",
        "../../etc/passwd\0\u202e",
        "x" * 10_000,
    ],
)
def test_any_other_element_id_is_derived(local_id: str) -> None:
    assert element_id(_NS, local_id) == str(uuid.uuid5(_NS, local_id))


def test_equal_local_ids_of_two_resources_differ() -> None:
    assert element_id(_NS, "_1") != element_id(namespace("another"), "_1")


def test_a_lone_surrogate_has_an_id_too() -> None:
    assert element_id(_NS, "\ud800") != element_id(_NS, "\ud801")


def test_branch_tag_and_element_of_one_name_have_different_ids() -> None:
    assert branch_id(_NS, "main") == str(uuid.uuid5(_NS, "branch:main"))
    assert tag_id(_NS, "main") == str(uuid.uuid5(_NS, "tag:main"))
