"""A run while it goes on: what the page says, and that a refresh changes only what is new."""

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from syncconfigs.models import RunLine, RunStep, SyncRun
from syncconfigs.runs.pace import Pace
from syncconfigs.views.durations import about, exactly
from tests.syncconfigs.views.conftest import make_run


@pytest.fixture
def active(world):
    started = timezone.now() - timedelta(seconds=10)
    return make_run(
        world.config,
        state="running",
        started_at=started,
        phase="transferring",
        phase_at=started,
        lease_until=timezone.now() + timedelta(seconds=30),
    )


def update(run, **values):
    SyncRun.objects.filter(pk=run.pk).update(**values)
    run.refresh_from_db()


def refresh(client, text, run):
    """Ask as the page would that shows this text."""
    return client.get(html.unescape(re.search(r'hx-get="([^"]+)"', text)[1]))


def shown(client, run):
    return client.get(f"/runs/{run.pk}/").text


def test_an_active_run_is_asked_for_again_and_a_finished_one_is_not(reviewer, world, active):
    assert 'hx-trigger="every 1s"' in shown(reviewer, active)
    assert "hx-trigger" not in shown(reviewer, world.run)


def test_the_refresh_is_a_part_of_the_page_and_ends_with_286(reviewer, active):
    text = shown(reviewer, active)
    answer = refresh(reviewer, text, active)
    assert (answer.status_code, "<html" in answer.text) == (200, False)
    update(active, state="succeeded")
    answer = refresh(reviewer, text, active)
    assert (answer.status_code, "hx-trigger" in answer.text) == (286, False)
    assert "succeeded" in answer.text


def test_what_did_not_change_is_not_touched(reviewer, active):
    RunStep.objects.create(run=active, position=1, name="Radio", state="failed", cause="a" * 16)
    RunLine.objects.create(run=active, text="one")
    assert "hx-swap-oob" not in refresh(reviewer, shown(reviewer, active), active).text


def parts(answer):
    return set(re.findall(r'id="([\w-]+)" hx-swap-oob', answer.text))


def test_a_new_phase_is_read_aloud_and_progress_is_not(reviewer, active):
    text = shown(reviewer, active)
    update(active, revisions_done=7, progress_at=timezone.now())
    assert parts(refresh(reviewer, text, active)) == set()
    update(active, phase="comparing")
    assert parts(refresh(reviewer, text, active)) == {"run-said"}


def test_a_step_that_changed_brings_its_table_only(reviewer, active):
    step = RunStep.objects.create(run=active, position=1, name="Radio")
    text = shown(reviewer, active)
    RunStep.objects.filter(pk=step.pk).update(state="done")
    assert parts(refresh(reviewer, text, active)) == {"run-steps"}


def test_new_lines_are_added_to_the_log(reviewer, active):
    RunLine.objects.create(run=active, text="the first")
    text = shown(reviewer, active)
    RunLine.objects.create(run=active, text="the second")
    answer = refresh(reviewer, text, active)
    assert 'hx-swap-oob="beforeend:#log"' in answer.text
    assert "the second" in answer.text
    assert "the first" not in answer.text


def fail(run, position, cause):
    RunStep.objects.create(
        run=run, position=position, name=f"Part {position}", state="failed", cause=cause * 16
    )


def test_an_open_list_of_a_cause_stays_open_when_it_grows(reviewer, active):
    fail(active, 1, "a")
    text = shown(reviewer, active)
    fail(active, 2, "a")
    answer = refresh(reviewer, text, active)
    key = "cause-failed-" + "a" * 16
    assert {f"{key}-count", f"{key}-names"} <= parts(answer)
    assert "<details" not in answer.text


def test_another_cause_is_added_below(reviewer, active):
    fail(active, 1, "a")
    text = shown(reviewer, active)
    fail(active, 2, "b")
    answer = refresh(reviewer, text, active)
    assert 'hx-swap-oob="beforeend:#causes"' in answer.text
    assert answer.text.count("<details") == 1


def test_the_filter_and_the_page_stay_while_it_is_refreshed(reviewer, active):
    for position in range(60):
        RunStep.objects.create(run=active, position=position, name=f"Radio {position}")
    text = reviewer.get(f"/runs/{active.pk}/", {"q": "radio", "page": "2"}).text
    assert 'href="?q=radio&amp;page=1"' in text
    answer = refresh(reviewer, text, active)
    assert answer.context["page"].number == 2
    assert answer.context["filter"].cleaned_data["q"] == "radio"
    assert "hx-swap-oob" not in answer.text


@pytest.mark.parametrize("has", ["", "x", ":,:,", "log:-1,causes:...", "\0", "a" * 9000])
def test_a_refresh_with_nonsense_brings_everything(reviewer, active, has):
    answer = reviewer.get(f"/runs/{active.pk}/progress/", {"has": has})
    assert answer.status_code in {200, 400}


def test_before_the_counting_is_done_there_is_no_share(reviewer, active):
    update(active, phase="planning", counted=1240)
    text = shown(reviewer, active)
    assert "Counting: 1,240 resources so far" in text
    assert "<progress " in text
    assert "max=" not in text


def test_while_the_source_is_read_it_says_since_when_and_how_much_came(reviewer, active):
    update(active, phase="reading the source", bytes_arriving=3 << 20)
    text = shown(reviewer, active)
    assert "10 s so far, 3.1\xa0MB received" in text
    assert 'class="now" aria-current="step">Reading the source' in text


def test_the_share_is_shown_with_its_numbers_and_what_is_worked_on(reviewer, active):
    RunStep.objects.create(run=active, position=1, resource="r9", name="Radio")
    update(active, revisions_total=4300, revisions_done=1240, resource_now="r9")
    text = shown(reviewer, active)
    assert "1,240 of 4,300 revisions" in text
    assert 'max="4300" value="1240"' in text
    assert "Working on <bdi>Radio</bdi>" in text


def test_a_run_that_waits_says_when_it_is_tried_again(reviewer, active):
    later = timezone.now() + timedelta(seconds=90.5)
    update(active, state="queued", phase="waiting", not_before=later, attempts=3)
    text = shown(reviewer, active)
    assert "in 90 s" in text
    assert "Attempt 3 of 8" in text
    assert 'aria-current="step"' not in text


def test_the_last_progress_is_a_sign_of_life(reviewer, active):
    update(active, progress_at=timezone.now() - timedelta(seconds=4))
    assert "Last progress 4 s ago." in shown(reviewer, active)


def sampled(run, *samples):
    now = timezone.now()
    run.pace = [[now.timestamp() + at, *done] for at, *done in samples]
    return Pace.of(run, now), now


def test_the_pace_is_that_of_the_last_seconds(active):
    pace, _now = sampled(active, (-10, 100, 0, 0, 0), (0, 150, 5000, 1000, 4000))
    assert pace.revisions == pytest.approx(5, rel=0.01)
    assert pace.elements == pytest.approx(500, rel=0.01)


def test_while_nothing_comes_the_pace_sinks(active):
    pace, _now = sampled(active, (-20, 0, 0, 0, 0), (-10, 100, 0, 0, 0))
    assert pace.revisions == pytest.approx(5, rel=0.01)


def test_time_is_foretold_by_bytes_where_they_are_known(active):
    active.raw_total, active.raw_done = 10_000, 4_000
    active.revisions_total = 1000
    pace, now = sampled(active, (-10, 0, 0, 0, 0), (0, 1, 0, 0, 1000))
    assert pace.seconds_left(active, now) == pytest.approx(60, rel=0.01)


@pytest.mark.parametrize(
    "samples", [(), ((-1, 0, 0, 0, 0), (0, 9, 9, 9, 9)), ((-9, 0, 0, 0, 0),), ("x", None)]
)
def test_without_a_pace_or_after_a_moment_nothing_is_foretold(active, samples):
    active.revisions_total = 1000
    active.pace = [[timezone.now().timestamp() + s[0], *s[1:]] for s in samples if type(s) is tuple]
    now = timezone.now()
    assert Pace.of(active, now).seconds_left(active, now) is None


def test_times_in_words():
    assert [about(s) for s in (3, 42, 170, 7000)] == [
        "a few seconds",
        "about 40 seconds",
        "about 3 minutes",
        "about 2 hours",
    ]
    assert [str(exactly(s)) for s in (None, 4.24, 59.9, 200, 7380)] == [
        "",
        "4.2 s",
        "59 s",
        "3 min 20 s",
        "2 h 03 min",
    ]
