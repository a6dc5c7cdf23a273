"""The log as text: everything with its time, and nothing from outside that breaks a line."""

from __future__ import annotations

import pytest

from syncconfigs.models import RunLine
from syncconfigs.runs import log
from tests.syncconfigs.runs.working import synchronize

pytestmark = pytest.mark.both_databases


def test_it_begins_with_the_facts_of_the_run(config):
    text = "".join(log.lines(synchronize(config)))
    assert "Configuration: Space (Bodo's node)" in text
    assert "State:         succeeded" in text
    assert "Revisions:     5 of 5" in text
    assert "by olga (test)" in text


def test_attempts_are_told_with_worker_and_outcome(config):
    text = "".join(log.lines(synchronize(config)))
    (attempt,) = [line for line in text.splitlines() if line.startswith("Attempt 1: ")]
    assert attempt.endswith("5 revisions, succeeded")


def test_every_line_has_a_time_with_its_zone_and_a_level(config):
    run = synchronize(config)
    RunLine.objects.create(run=run, text="oh", level="error")
    last = list(log.lines(run))[-1]
    assert last.endswith("+00:00 ERROR   oh\n")
    assert last[10] == "T"


@pytest.mark.parametrize(
    "nasty", ["a\nFinished: no", "\x1b[2J", "\r", "\u202eabc", "\u2028", "\x85"]
)
def test_control_characters_do_nothing(config, nasty):
    run = synchronize(config)
    before = sum(1 for _line in log.lines(run))
    RunLine.objects.create(run=run, text=nasty)
    lines = list(log.lines(run))
    assert len("".join(lines).splitlines()) == before + 1
    assert lines[-1].strip().isprintable()
    assert lines[-1].isascii()


def test_a_run_without_its_configuration_is_told_too(config):
    run = synchronize(config)
    config.delete()
    run.refresh_from_db()
    assert any("(deleted)" in line for line in log.lines(run))
