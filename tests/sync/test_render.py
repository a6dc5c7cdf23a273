"""A plan as text: what the source cannot tell is not told as nothing."""

from __future__ import annotations

import pytest

from tcsync.domain import Resource, RevisionRef
from tcsync.sync.plan import make_plan
from tcsync.sync.render import to_document, to_text
from tcsync.sync.steps import Mark, Plan, ResourceStep
from tests.sync.situations import copy, resource, scope, source, target


@pytest.mark.parametrize(
    ("raw_bytes", "said"),
    [(0, "1 resource, 1 revision."), (2000, "1 resource, 1 revision, 2.0 kB uncompressed.")],
)
def test_bytes_are_told_where_the_source_knows_them(raw_bytes, said):
    ref = RevisionRef(1, "trunk", None, "digest", raw_bytes=raw_bytes)
    resource = Resource("r", "p", "Rover", "c", "trunk", revisions=(ref,))
    plan = Plan("n", "source", resources=(ResourceStep(resource, None, (Mark.NEW,)),))
    assert to_text(plan).splitlines()[-1] == said


def test_what_a_source_cannot_tell_is_said_as_at_least():
    ref = RevisionRef(1, "trunk", None, "digest")
    resource = Resource("r", "p", "Rover", "c", "trunk", revisions=(ref,))
    steps = (ResourceStep(resource, None, (Mark.NEW,)),)
    told = Plan("n", "source", resources=steps)
    untold = Plan("n", "source", resources=steps, tells_sizes=False)
    assert to_document(told)["totals"]["at_least"] is False
    assert to_document(untold)["totals"]["at_least"] is True
    assert to_text(untold).splitlines()[-1].startswith("At least 1 resource, 1 revision.")


def test_changed_elements_are_totalled():
    refs = tuple(RevisionRef(n, "trunk", None, "d", raw_bytes=10, changes=n) for n in (1, 2))
    resource = Resource("r", "p", "Rover", "c", "trunk", revisions=refs)
    plan = Plan("n", "source", resources=(ResourceStep(resource, None, (Mark.NEW,)),))
    assert to_document(plan)["totals"]["elements"] == 3
    assert "3 changed elements" in to_text(plan)


def test_a_renamed_copy_is_told_with_its_name_before():
    plan = make_plan(scope(), source(resource(revisions=())), target(copy(name="Before")))
    assert to_document(plan)["resources"][0]["renamed_from"] == "Before"
    assert "Name r1 (was Before): renamed" in to_text(plan)
