"""Digests that every node must compute alike: frozen values, and what they cover."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from tcsync.domain import (
    Branch,
    Resource,
    RevisionRecord,
    Tag,
    listing_fingerprint,
    metadata_digest,
    revision_digest,
)

ROOT = RevisionRecord(
    resource="r1",
    number=1,
    branch="trunk",
    parent=None,
    time=1_700_000_000,
    author="Zoë",
    message="first",
    content_digest="c" * 64,
    artifact_digest="a" * 64,
)
FULL = replace(
    ROOT,
    number=5,
    parent=4,
    message='line 1\nline "2"',
    merged=(2, 3),
    picked=(1,),
    offset=330,
    commit_type="MERGE",
    root_ids=("b", "a"),
    used_projects=({"version": "1", "project": "P"},),
)
OTHER = {
    "resource": "r2",
    "number": 6,
    "branch": "side",
    "parent": 3,
    "time": 1_700_000_001,
    "author": "Zoe",
    "message": "other",
    "content_digest": "0" * 64,
    "artifact_digest": "0" * 64,
    "merged": (3, 2),
    "picked": (),
    "commit_type": "NORMAL",
    "root_ids": ("a", "b"),
    "used_projects": ({"version": "2", "project": "P"},),
}
NOT_COVERED = {"offset": 0, "hole_before": True, "digest": "x"}


def test_the_digest_of_a_root_is_frozen():
    assert revision_digest(ROOT, "") == (
        "8ffd101cab4264f91d1cbd20af45e58c6c18ea8a53d5d6dcce6185661f34d984"
    )


def test_the_digest_of_a_revision_with_every_field_is_frozen():
    assert revision_digest(FULL, "d" * 64) == (
        "76ada5ec41a4c5fddf4fde7179fbbb5943d22d74e90bdac747c6e951d25bf499"
    )


def test_every_field_of_a_record_is_covered_or_left_out_on_purpose():
    assert OTHER.keys() | NOT_COVERED.keys() == {field.name for field in fields(RevisionRecord)}


@pytest.mark.parametrize("name", OTHER)
def test_each_field_changes_the_digest(name):
    assert revision_digest(replace(FULL, **{name: OTHER[name]}), "d") != revision_digest(FULL, "d")


@pytest.mark.parametrize("name", NOT_COVERED)
def test_what_is_not_covered_does_not_change_the_digest(name):
    changed = replace(FULL, **{name: NOT_COVERED[name]})
    assert revision_digest(changed, "d") == revision_digest(FULL, "d")


def test_the_digest_of_the_parent_is_covered():
    assert revision_digest(FULL, "d") != revision_digest(FULL, "")


def test_the_order_of_keys_in_used_projects_does_not_matter():
    other = replace(FULL, used_projects=({"project": "P", "version": "1"},))
    assert revision_digest(other, "d") == revision_digest(FULL, "d")


def test_parents_do_not_run_into_each_other():
    one, other = replace(FULL, merged=(2,), picked=(3,)), replace(FULL, merged=(2, 3), picked=())
    assert revision_digest(one, "d") != revision_digest(other, "d")


def test_the_listing_fingerprint_is_frozen():
    assert listing_fingerprint(FULL) == (
        "828b88daad83e60e5d6b4b8e25da4d8f5d3e239dcc5f3340c1347cdcc40388e7"
    )


@pytest.mark.parametrize("name", ["number", "branch", "parent", "author", "time", "message"])
def test_the_listing_fingerprint_covers_what_a_listing_shows(name):
    assert listing_fingerprint(replace(FULL, **{name: OTHER[name]})) != listing_fingerprint(FULL)


@pytest.mark.parametrize("name", ["content_digest", "merged", "root_ids", "offset", "digest"])
def test_the_listing_fingerprint_covers_nothing_else(name):
    changed = replace(FULL, **{name: (OTHER | NOT_COVERED)[name]})
    assert listing_fingerprint(changed) == listing_fingerprint(FULL)


RESOURCE = Resource(
    id="r1",
    project_id="P",
    name="Name",
    category="c",
    trunk="trunk",
    branches=(Branch("trunk", "trunk", None, 5, "d"), Branch("side", "side", 1, 2, "e")),
    tags=(Tag("t", "v1", 5, "text"), Tag("s", "v2", 2)),
)
CHANGED = [
    {"name": "Other"},
    {"project_id": "Q"},
    {"description": "text"},
    {"trunk": "side"},
    {"branches": RESOURCE.branches[:1]},
    {"branches": (replace(RESOURCE.branches[0], head=6), RESOURCE.branches[1])},
    {"branches": (replace(RESOURCE.branches[0], archived=True), RESOURCE.branches[1])},
    {"tags": ()},
    {"tags": (replace(RESOURCE.tags[0], revision=2), RESOURCE.tags[1])},
]


@pytest.mark.parametrize("change", CHANGED)
def test_the_metadata_digest_covers_names_branches_and_tags(change):
    assert metadata_digest(replace(RESOURCE, **change)) != metadata_digest(RESOURCE)


def test_the_metadata_digest_covers_the_place():
    assert metadata_digest(RESOURCE, ("A",)) != metadata_digest(RESOURCE, ("A", "B"))


def test_the_metadata_digest_does_not_depend_on_the_order_of_branches_and_tags():
    other = replace(RESOURCE, branches=RESOURCE.branches[::-1], tags=RESOURCE.tags[::-1])
    assert metadata_digest(other) == metadata_digest(RESOURCE)


def test_branches_without_start_or_head_have_a_metadata_digest():
    other = replace(RESOURCE, branches=(Branch("a", "b", None, None), Branch("b", "b", 1, None)))
    assert len(metadata_digest(other)) == 64
