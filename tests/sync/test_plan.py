"""The planner, by a table of situations and without a database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tcsync.domain import Branch, Category, Divergence, Hop, Resource, Scope, Selection, Snapshot
from tcsync.errors import Cancelled, PlanRefused
from tcsync.sync.plan import make_plan
from tcsync.sync.steps import Mark
from tests.sync.situations import (
    ENGINES,
    SPACE,
    TARGET_CATEGORY,
    copy,
    ref,
    resource,
    scope,
    source,
    tag,
    target,
)

WHOLE_TREE = {"selection": Selection(categories=("c-space",))}


def lacking(*refs: object, **changes: object) -> Resource:
    """The resource as a source shows it to somebody who holds all but `refs`."""
    return resource(revisions=tuple(refs), **changes)


def test_a_resource_that_is_not_here_is_fetched_whole():
    plan = make_plan(scope(), source(resource()), target())
    assert [r.number for r in plan.resources[0].resource.revisions] == [1, 2, 3]
    assert set(plan.resources[0].marks) == {Mark.NEW, Mark.REVISIONS}
    assert plan.followed == ("r1",)


def test_equal_sides_give_an_empty_plan():
    assert make_plan(scope(), source(lacking()), target(copy())).is_empty


@pytest.mark.parametrize(
    ("theirs", "ours", "mark"),
    [
        (lacking(name="New name"), copy(), Mark.RENAMED),
        (lacking(), copy(name="Renamed here"), Mark.RENAMED),
        (lacking(), copy(category="elsewhere"), Mark.MOVED),
        (lacking(description="More"), copy(), Mark.DESCRIBED),
        (lacking(tags=(tag("v1", 2),)), copy(), Mark.TAGS),
        (lacking(), copy(tags=(tag("v1", 2),)), Mark.TAGS),
        (lacking(tags=(tag("v1", 3),)), copy(tags=(tag("v1", 2),)), Mark.TAGS),
        (
            lacking(branches=(Branch("trunk", "main", None, 3, "digest-3"),)),
            copy(),
            Mark.BRANCHES,
        ),
        (lacking(ref(4, 3)), copy(), Mark.REVISIONS),
        (lacking(branches=()), copy(), Mark.GONE),
    ],
)
def test_what_differs_becomes_one_step_with_its_mark(theirs, ours, mark):
    plan = make_plan(scope(), source(theirs), target(ours))
    assert [step.marks for step in plan.resources] == [(mark,)]


def other(**changes: object) -> Resource:
    return resource("r9", revisions=(), **changes)


@pytest.mark.parametrize(
    ("wanted", "held", "changes", "code"),
    [
        (resource(), (), {"excluded": frozenset({"r1"})}, "excluded"),
        (resource(), (), {"claimed": {"r1": "Engines (A)"}}, "claimed"),
        (resource(origin="node-b"), (), {}, "loop"),
        (resource(hops=(Hop("node-b", "B"),)), (), {}, "loop"),
        (resource(), (copy(read_only=False),), {}, "resource_id_taken"),
        (resource(), (other(project_id="PROJECT-r1"),), {}, "project_id_taken"),
        (resource(), (other(name="Name r1"),), {}, "name_taken"),
    ],
)
def test_clashes_are_refused_with_their_reason(wanted, held, changes, code):
    plan = make_plan(scope(**changes), source(wanted), target(*held))
    assert [refusal.code for refusal in plan.refusals] == [code]
    assert plan.resources == ()
    assert plan.followed == ()


def test_equal_names_may_be_allowed():
    plan = make_plan(
        scope(allow_equal_names=True), source(resource()), target(other(name="Name r1"))
    )
    assert [step.resource.id for step in plan.resources] == ["r1"]


def test_of_two_equal_names_at_the_source_one_comes_and_nothing_else_is_held_up():
    twins = (resource("r1", name="DocGen"), resource("r2", name="DocGen"), resource("r3"))
    plan = make_plan(scope(**WHOLE_TREE), source(*twins), target())
    assert [step.resource.id for step in plan.resources] == ["r1", "r3"]
    assert [refusal.code for refusal in plan.refusals] == ["name_taken"]


def test_two_names_can_be_swapped():
    theirs = [lacking(name="Name r2"), replace(lacking(name="Name r1"), id="r2", project_id="P2")]
    ours = [copy(), copy("r2", project_id="P2")]
    plan = make_plan(scope(**WHOLE_TREE, flatten=True), source(*theirs), target(*ours))
    assert not plan.refusals
    assert [step.marks for step in plan.resources] == [(Mark.RENAMED,), (Mark.RENAMED,)]


def test_names_that_differ_only_in_case_warn():
    plan = make_plan(scope(), source(resource(name="docgen")), target(other(name="DocGen")))
    assert "differ only in case" in plan.warnings[0]
    assert len(plan.resources) == 1


def test_rewritten_history_stops_the_resource():
    theirs = lacking(divergences=(Divergence("trunk", 3, "digest-3", "another"),))
    plan = make_plan(scope(), source(theirs), target(copy()))
    assert plan.refusals[0].code == "rewritten"
    assert "another" in plan.refusals[0].reason
    assert "digest-3" in plan.refusals[0].reason


def test_what_the_source_could_not_tell_is_refused_and_its_copy_is_not_let_go():
    theirs = lacking(fault="Two branches are one.", branches=(), name="Name r2", project_id="")
    twin = resource("r2", name="Name r1")
    plan = make_plan(
        scope(**WHOLE_TREE, owned=frozenset({"r1"})), source(theirs, twin), target(copy())
    )
    assert [(one.resource, one.code) for one in plan.refusals] == [
        ("r1", "bad_answer"),
        ("r2", "name_taken"),
    ]
    assert plan.refusals[0].reason == "Two branches are one."
    assert (plan.resources, plan.followed, plan.released) == ((), (), ())


def test_a_head_that_went_back_stops_the_resource():
    theirs = lacking(branches=(Branch("trunk", "trunk", None, 2, "digest-2"),))
    assert make_plan(scope(), source(theirs), target(copy())).refusals[0].code == "went_back"


def test_a_branch_that_housekeeping_deleted_is_kept_and_marked_once():
    ours = copy(branches=(*copy().branches, Branch("side", "side", 1, 2, "digest-2")))
    plan = make_plan(scope(), source(lacking()), target(ours))
    assert plan.resources[0].resource.gone_branches == ("side",)
    marked = replace(ours, gone_branches=("side",))
    assert make_plan(scope(), source(lacking()), target(marked)).is_empty


@pytest.mark.parametrize("policy", ["refuse", "warn", "ignore"])
def test_another_major_version_follows_the_policy(policy):
    theirs = source(resource(), major_version="2026x")
    if policy == "refuse":
        with pytest.raises(PlanRefused, match="2026x"):
            make_plan(scope(version_policy=policy), theirs, target())
    else:
        plan = make_plan(scope(version_policy=policy), theirs, target())
        assert bool(plan.warnings) == (policy == "warn")


def test_the_counting_is_told_resource_by_resource_and_may_stop_it():
    told = []

    def seen(count: int) -> None:
        told.append(count)
        if count == 2:
            raise Cancelled("enough")

    theirs = [resource(f"r{n}", name=f"N{n}", project_id=f"P{n}") for n in range(9)]
    with pytest.raises(Cancelled):
        make_plan(scope(), source(*theirs), target(), seen)
    assert told == [0, 1, 2]


def test_a_node_is_not_synchronized_from_itself():
    with pytest.raises(PlanRefused, match="this node itself"):
        make_plan(scope(), source(resource(), node="node-b"), target())


def test_the_picked_category_and_the_tree_below_it_are_made_parents_first():
    plan = make_plan(scope(**WHOLE_TREE), source(resource(category=ENGINES.id)), target())
    assert [(s.category.id, s.parent) for s in plan.categories] == [
        ("c-space", None),
        ("c-engines", "c-space"),
    ]
    assert plan.resources[0].category == "c-engines"


def settled() -> tuple[Scope, Snapshot]:
    """A configuration of category Space that has made its two categories here."""
    made = (Category("1", "Space", TARGET_CATEGORY), Category("2", "Engines", "1"))
    picked = scope(**WHOLE_TREE, category_copies={"c-space": "1", "c-engines": "2"})
    return picked, target(copy(category="1"), categories=made)


def test_a_settled_tree_gives_an_empty_plan():
    picked, here = settled()
    assert make_plan(picked, source(lacking()), here).is_empty


def test_a_move_inside_the_followed_tree_moves_the_copy():
    picked, here = settled()
    plan = make_plan(picked, source(lacking(category=ENGINES.id)), here)
    assert plan.resources[0].marks == (Mark.MOVED,)


def test_a_renamed_category_is_renamed_here():
    picked, here = settled()
    theirs = source(lacking(), categories=(replace(SPACE, name="Orbit"), ENGINES))
    assert [s.marks for s in make_plan(picked, theirs, here).categories] == [(Mark.RENAMED,)]


def test_a_flattened_tree_makes_no_categories():
    plan = make_plan(scope(**WHOLE_TREE, flatten=True), source(resource()), target())
    assert plan.categories == ()
    assert plan.resources[0].category is None


def test_a_move_of_a_single_picked_resource_does_not_move_the_copy():
    assert make_plan(scope(), source(lacking(category=ENGINES.id)), target(copy())).is_empty


def test_a_resource_that_left_the_scope_is_released_once_and_never_deleted():
    picked = scope(**WHOLE_TREE, owned=frozenset({"r1"}))
    plan = make_plan(picked, source(categories=()), target(copy()))
    assert [released.resource for released in plan.released] == ["r1"]
    again = make_plan(replace(picked, released=frozenset({"r1"})), source(categories=()), target())
    assert again.is_empty


def test_a_resource_marked_as_deleted_at_the_source_is_released_and_says_so():
    plan = make_plan(scope(owned=frozenset({"r1"})), source(lacking(removed=True)), target(copy()))
    assert "deleted at the source" in plan.released[0].reason


def branched() -> Resource:
    """1 - 2 - 3 on trunk, 4 - 5 on side from 2, 6 merges 5 into trunk; tags on 3 and 5."""
    return resource(
        branches=(
            Branch("trunk", "trunk", None, 6, "digest-6"),
            Branch("side", "side", 2, 5, "digest-5"),
        ),
        revisions=(
            ref(1),
            ref(2, 1),
            ref(3, 2),
            ref(4, 2, "side"),
            ref(5, 4, "side"),
            ref(6, 3, "trunk", 5),
        ),
        tags=(tag("release-1", 3), tag("draft", 5)),
    )


@pytest.mark.parametrize(
    ("patterns", "numbers", "branches"),
    [
        (("release-*",), [1, 2, 3], ["trunk"]),
        (("draft",), [1, 2, 4, 5], ["trunk", "side"]),
        (("release-*", "draft"), [1, 2, 3, 4, 5], ["trunk", "side"]),
    ],
)
def test_a_tag_trigger_fetches_the_ancestors_of_tagged_revisions_only(patterns, numbers, branches):
    plan = make_plan(scope(tags=patterns), source(branched()), target())
    wanted = plan.resources[0].resource
    assert [r.number for r in wanted.revisions] == numbers
    assert [branch.id for branch in wanted.branches] == branches
    assert all(t.revision in numbers for t in wanted.tags)


def test_merged_parents_belong_to_the_ancestors():
    tagged = replace(branched(), tags=(tag("all", 6),))
    plan = make_plan(scope(tags=("all",)), source(tagged), target())
    assert plan.revision_count == 6


def test_without_a_matching_tag_nothing_comes():
    plan = make_plan(scope(tags=("none-*",)), source(branched()), target())
    assert plan.is_empty
    assert plan.followed == ("r1",)


def test_a_tag_put_late_fires_not_where_that_is_switched_off():
    lacking = (ref(4, 2, "side"), ref(5, 4, "side"))
    late = replace(branched(), tags=(tag("late", 5),), revisions=lacking)
    here = copy(branches=(Branch("trunk", "trunk", None, 6, "digest-6"),))
    for late_tags, fetched in ((False, []), (True, [4, 5])):
        wanted = replace(scope(tags=("late",)), late_tags=late_tags)
        steps = make_plan(wanted, source(late), target(here)).resources
        assert [one.number for step in steps for one in step.resource.revisions] == fetched


def test_a_tag_put_late_on_an_old_revision_fires():
    late = replace(branched(), tags=(tag("late", 5),), revisions=branched().revisions[3:])
    here = copy(branches=(Branch("trunk", "trunk", None, 3, "digest-3"),))
    plan = make_plan(scope(tags=("late",)), source(late), target(here))
    assert [r.number for r in plan.resources[0].resource.revisions] == [4, 5]
