"""Refusals as data: a code, a sentence, the next step, and facts that name nothing of this node."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tcsync.domain import Branch, Divergence, Hop
from tcsync.sync.plan import make_plan
from tcsync.sync.render import to_document, to_text
from tests.sync.situations import copy, resource, scope, source, target

OWNED = scope(owned=frozenset({"r1"}))
PARTED = (Divergence("trunk", 3, "digest-3", "other-3"),)


def refused(theirs, here, about=OWNED):
    """Return the one refusal of a plan."""
    (found,) = make_plan(about, source(theirs), target(here)).refusals
    return found


def test_rewritten_history_names_the_revision_and_both_digests():
    found = refused(resource(divergences=PARTED), copy())
    assert found.code == "rewritten"
    assert found.facts["number"] == 3
    assert (found.facts["ours"], found.facts["theirs"]) == ("digest-3", "other-3")


def test_two_histories_are_known_by_how_they_part():
    first = refused(resource(divergences=PARTED), copy()).facts["history"]
    again = replace(resource(divergences=PARTED), name="Renamed since")
    assert refused(again, copy()).facts["history"] == first
    other = (Divergence("trunk", 3, "digest-3", "third-3"),)
    assert refused(resource(divergences=other), copy()).facts["history"] != first


def test_a_branch_that_went_back_is_a_refusal_of_its_own():
    back = resource(branches=(Branch("trunk", "trunk", None, 2, "digest-2"),), revisions=())
    found = refused(back, copy())
    assert (found.code, found.facts["number"]) == ("went_back", 2)


@pytest.mark.parametrize(
    ("hops", "code"), [((Hop("node-a", "A"),), "changed_locally"), ((), "resource_id_taken")]
)
def test_a_copy_that_was_made_editable_is_told_from_a_local_resource(hops, code):
    assert refused(resource(), copy(read_only=False, hops=hops)).code == code


def test_a_copy_whose_content_differs_is_left_alone_with_what_was_found():
    about = scope(owned=frozenset({"r1"}), differing={"r1": "element b is missing\nand more"})
    found = refused(resource(), copy(), about)
    assert found.code == "content_differs"
    assert "element b is missing" in found.reason
    assert "and more" not in found.reason


def test_a_refusal_holds_up_no_other_resource():
    theirs = source(resource(divergences=PARTED), resource("r2"))
    plan = make_plan(OWNED, theirs, target(copy()))
    assert [step.resource.id for step in plan.resources] == ["r2"]
    assert [one.resource for one in plan.refusals] == ["r1"]


def test_a_taken_project_id_stands_in_the_facts():
    mine = copy("mine", project_id="PROJECT-r1", name="Mine", read_only=False)
    found = refused(resource(), mine, scope())
    assert (found.code, dict(found.facts)) == ("project_id_taken", {"project_id": "PROJECT-r1"})


def test_a_document_holds_the_facts_and_a_text_tells_one_cause_once():
    mine = [copy(f"m{n}", name=f"Name r{n}", read_only=False) for n in (1, 2, 3)]
    plan = make_plan(scope(), source(*(resource(f"r{n}") for n in (1, 2, 3))), target(*mine))
    assert to_document(plan)["refusals"][0]["facts"] == {}
    lines = to_text(plan).splitlines()
    assert "for the same reason 2 more: Name r2, Name r3" in lines[1]
    assert len([line for line in lines if line.startswith("refused")]) == 1
