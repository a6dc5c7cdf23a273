"""What a run does not do before somebody decided: much change at once, the source's new history."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syncconfigs import configurations as use_cases
from syncconfigs import runs
from syncconfigs.configurations import Typed
from syncconfigs.models import Claim, Decision, Exclusion, SyncConfig
from syncconfigs.runs import planning, standing
from tcsync.audit.models import AuditEntry
from tcsync.errors import Clash, NotAllowed, TcsyncError
from tcsync.repository.models import Resource, Revision
from tests.syncconfigs.conftest import OPERATOR, rename
from tests.syncconfigs.runs.working import synchronize


def asked_for(config):
    """Return the digest of the change that waits for a confirmation."""
    return use_cases.plan_of(OPERATOR, config).too_much.digest


def work(config, run):
    runs.execute(run.pk)
    run.refresh_from_db()
    config.refresh_from_db()
    return run


def test_too_much_change_stops_the_run_before_anything_is_written(fleet):
    rename(fleet, 4)
    config = SyncConfig.objects.get()
    run = synchronize(config)
    assert (run.state, run.code, config.status) == ("incomplete", "too_much_change", "conflict")
    assert not Resource.objects.filter(name__startswith="Other").exists()
    assert run.plan.document["too_much_change"]["renamed"] == 4


def test_thirty_percent_are_changed_without_asking(fleet):
    rename(fleet, 3)
    assert synchronize(SyncConfig.objects.get()).state == "succeeded"
    assert Resource.objects.filter(name__startswith="Other").count() == 3


def test_a_confirmed_change_is_made_once_and_stands_in_the_audit_record(fleet):
    rename(fleet, 4)
    config = SyncConfig.objects.get()
    run = use_cases.confirm_change(OPERATOR, config, asked_for(config), "All were meant.")
    assert work(config, run).state == "succeeded"
    assert Resource.objects.filter(name__startswith="Other").count() == 4
    assert Decision.objects.get().settled_at is not None
    entry = AuditEntry.objects.get(action="configuration.confirm-change")
    assert entry.details["reason"] == "All were meant."


def test_a_confirmation_does_not_hold_for_another_change(fleet):
    rename(fleet, 4)
    config = SyncConfig.objects.get()
    digest = asked_for(config)
    run = use_cases.confirm_change(OPERATOR, config, digest, "Meant.")
    rename(fleet, 5, "Third")
    assert work(config, run).code == "too_much_change"
    with pytest.raises(Clash):
        use_cases.confirm_change(OPERATOR, config, digest, "Meant.")


def test_what_is_left_of_a_confirmed_change_needs_no_second_confirmation(fleet):
    rename(fleet, 8)
    config = SyncConfig.objects.get()
    run = use_cases.confirm_change(OPERATOR, config, asked_for(config), "Meant.")
    # As after an interrupted run: four of eight are done.
    for number in range(4):
        Resource.objects.filter(pk=f"r{number}").update(name=f"Other r{number}")
    assert work(config, run).state == "succeeded"


def test_a_change_that_comes_back_is_asked_for_again(fleet):
    for name in ("Other", "Name"):
        rename(fleet, 4, name)
        config = SyncConfig.objects.get()
        work(config, use_cases.confirm_change(OPERATOR, config, asked_for(config), "Meant."))
    rename(fleet, 4, "Other")
    assert synchronize(config).code == "too_much_change"


def test_copies_that_all_vanish_are_not_let_go_before_somebody_confirms(fleet):
    config = SyncConfig.objects.get()
    fleet.whole = replace(fleet.whole, resources=())
    assert synchronize(config).code == "too_much_change"
    assert config.claims.filter(state=Claim.State.FOLLOWED).count() == 10


def test_a_look_without_a_run_asks_for_the_confirmation_too(fleet):
    rename(fleet, 4)
    config = SyncConfig.objects.get()
    plan = use_cases.plan_of(OPERATOR, config)
    assert not planning.has_work(config, plan)
    standing.settle(config, plan)
    config.refresh_from_db()
    assert (config.status, "confirm this change" in config.reason) == ("conflict", True)


def test_a_confirmation_needs_a_reason_and_the_right(fleet, rob):
    rename(fleet, 4)
    config = SyncConfig.objects.get()
    with pytest.raises(TcsyncError, match="needs a reason"):
        use_cases.confirm_change(OPERATOR, config, asked_for(config), "  ")
    with pytest.raises(NotAllowed):
        use_cases.confirm_change(rob, config, asked_for(config), "Meant.")


def refused(config):
    """Return the refusal of the rewritten rover."""
    (found,) = use_cases.plan_of(OPERATOR, config).refusals
    return found


def test_rewritten_history_stops_one_resource_and_keeps_ours(parted):
    before = set(Revision.objects.values_list("resource", "number", "digest"))
    run = synchronize(parted)
    assert (run.code, parted.status) == ("rewritten", "conflict")
    assert set(Revision.objects.values_list("resource", "number", "digest")) == before


def test_the_source_history_takes_the_place_of_ours_when_somebody_says_so(parted, source):
    history = refused(parted).facts["history"]
    run = use_cases.accept_history(
        OPERATOR, parted, "rover", history, Typed("Name rover", "A was restored.")
    )
    assert work(parted, run).state == "succeeded"
    ours = dict(Revision.objects.filter(resource="rover").values_list("number", "digest"))
    assert ours == {n: r.digest for (id_, n), r in source.records.items() if id_ == "rover"}
    assert parted.status == "synchronized"


def test_the_audit_record_says_which_history_went(parted):
    head = Revision.objects.get(resource="rover", number=5).digest
    history = refused(parted).facts["history"]
    use_cases.accept_history(
        OPERATOR, parted, "rover", history, Typed("Name rover", "A was restored.")
    )
    entry = AuditEntry.objects.get(action="copy.accept-history")
    assert entry.details["revisions"] == 3
    assert head in entry.details["heads"][0]


def test_nothing_is_deleted_while_the_source_does_not_show_that_history(parted, source):
    history = refused(parted).facts["history"]
    run = use_cases.accept_history(
        OPERATOR, parted, "rover", history, Typed("Name rover", "Restored.")
    )
    source.whole = replace(
        source.whole, resources=tuple(r for r in source.whole.resources if r.id != "rover")
    )
    work(parted, run)
    assert Revision.objects.filter(resource="rover").count() == 3


def test_another_history_than_the_one_that_was_shown_is_not_accepted(parted):
    with pytest.raises(Clash, match="do not part any more as it was shown"):
        use_cases.accept_history(
            OPERATOR, parted, "rover", "0" * 64, Typed("Name rover", "Restored.")
        )


def test_the_name_of_the_copy_has_to_be_typed(parted):
    with pytest.raises(TcsyncError, match="not the name of the copy"):
        use_cases.keep_copy(OPERATOR, parted, "rover", Typed("Rover", "Ours."))


def test_who_may_not_synchronize_where_the_copy_lies_decides_nothing(parted, carol, rob):
    history = refused(parted).facts["history"]
    for deed in (
        lambda: use_cases.accept_history(
            rob, parted, "rover", history, Typed("Name rover", "Mine.")
        ),
        lambda: use_cases.keep_copy(rob, parted, "rover", Typed("Name rover", "Mine.")),
    ):
        with pytest.raises(NotAllowed):
            deed()
    assert not Decision.objects.exists()


def test_a_copy_that_is_kept_is_followed_no_longer_and_does_not_come_back(parted):
    use_cases.keep_copy(OPERATOR, parted, "rover", Typed("Name rover", "Ours is the right one."))
    run = synchronize(parted)
    assert (run.state, parted.status) == ("succeeded", "synchronized")
    copy = Resource.objects.get(pk="rover")
    assert (copy.read_only, copy.revision_count) == (True, 3)
    assert Exclusion.objects.get().reason == "Ours is the right one."
    assert not Claim.objects.filter(resource="rover").exists()


def test_to_keep_a_copy_takes_back_that_it_was_to_give_way(parted):
    history = refused(parted).facts["history"]
    run = use_cases.accept_history(
        OPERATOR, parted, "rover", history, Typed("Name rover", "Restored.")
    )
    runs.cancel(run, OPERATOR)
    use_cases.keep_copy(OPERATOR, parted, "rover", Typed("Name rover", "Ours after all."))
    Exclusion.objects.all().delete()
    assert synchronize(parted).code == "rewritten"
    assert Revision.objects.filter(resource="rover").count() == 3


def test_a_copy_is_not_taken_out_while_a_run_is_under_way(parted):
    runs.request(parted, OPERATOR, "test")
    with pytest.raises(Clash, match="is under way"):
        use_cases.keep_copy(OPERATOR, parted, "rover", Typed("Name rover", "Ours."))


def test_a_copy_whose_content_differs_gets_nothing_new_and_holds_up_no_other(config, source):
    synchronize(config)
    Claim.objects.filter(resource="rover").update(damage="element b is missing")
    run = synchronize(config)
    assert [s.code for s in run.steps.filter(state="refused")] == ["content_differs"]
