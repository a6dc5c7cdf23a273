"""Several things asked at a time, while one thread waits and tells the pulse."""

from __future__ import annotations

import threading

import pytest

from tcsync.errors import Cancelled, Unreachable
from tcsync.sources.twc.crew import Crew


@pytest.fixture
def told() -> list[int]:
    return []


@pytest.fixture
def crew(told):
    made = Crew(3, lambda: told.append)
    yield made
    made.close()


def test_results_come_in_order_however_they_arrive(crew):
    first = threading.Event()

    def work(number, _pulse):
        if number == 0:
            assert first.wait(5)
        first.set()
        return number * 2

    assert list(crew.each(range(9), work)) == [0, 2, 4, 6, 8, 10, 12, 14, 16]


def test_the_first_that_is_done_is_taken_first(crew):
    held = threading.Event()
    late = crew.begin(lambda _pulse: held.wait(5))
    early = crew.begin(lambda _pulse: "early")
    assert crew.first([late, early]).take() == "early"
    held.set()
    assert crew.result(late) is True


def test_the_pulse_hears_of_what_arrives_in_the_thread_that_waits(crew, told):
    here = threading.get_ident()
    threads = []
    crew.result(crew.begin(lambda pulse: (threads.append(threading.get_ident()), pulse(700))))
    assert sum(told) == 700
    assert threads != [here]


def test_the_pulse_is_told_while_nothing_arrives(crew, told):
    held = threading.Event()
    job = crew.begin(lambda _pulse: held.wait(5))
    threading.Timer(0.7, held.set).start()
    crew.result(job)
    assert told[0] == 0


def test_what_a_job_raises_is_raised_where_its_result_is_wanted(crew):
    def fail(_pulse):
        raise Unreachable("gone")

    with pytest.raises(Unreachable):
        crew.result(crew.begin(fail))


def test_what_the_pulse_raises_ends_the_wait_and_the_crew_can_go_on():
    angry = [True]

    def pulse(_count):
        if angry[0]:
            raise Cancelled("enough")

    crew = Crew(2, lambda: pulse)
    held = threading.Event()
    with pytest.raises(Cancelled):
        crew.result(crew.begin(lambda _pulse: held.wait(5)))
    crew.drop()
    held.set()
    angry[0] = False
    assert crew.result(crew.begin(lambda _pulse: 1)) == 1
    crew.close()


def test_a_job_that_nobody_waits_for_ends_at_its_next_piece(crew):
    begun, dropped, ended = threading.Event(), threading.Event(), threading.Event()

    def work(pulse):
        begun.set()
        dropped.wait(5)
        try:
            pulse(1)
        except Cancelled:
            ended.set()
            raise

    crew.begin(work)
    assert begun.wait(5)
    crew.drop()
    dropped.set()
    assert ended.wait(5)


@pytest.mark.parametrize("is_early", [True, False])
def test_what_a_dropped_job_brought_is_closed(crew, is_early):
    closed, go_on = threading.Event(), threading.Event()

    class File:
        def close(self):
            closed.set()

    job = crew.begin(lambda _pulse: go_on.wait(5) and File())
    if is_early:
        go_on.set()
        crew.first([job])
        crew._open.add(job)
    crew.drop()
    go_on.set()
    assert closed.wait(5)
