"""One session per server and account: opened late, shared, renewed once, closed in any case."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from tcsync.errors import BadAnswer, LoginRefused, Unreachable, VersionChanged
from tcsync.sources.twc import NoSeat, Sessions
from tests.fakes.twc import Habits, StandIn, faults
from tests.fakes.twc.exchange import Answer, Request
from tests.fakes.twc.samples import sample
from tests.project.tree import ROOT
from tests.sources.twc.connecting import connect, every, looked_at


def eventually(is_so, seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while not is_so() and time.monotonic() < until:
        time.sleep(0.01)
    return is_so()


def test_nothing_is_asked_before_the_first_question(server, sessions):
    connect(server, sessions).close()
    assert server.statistics.asked == []


def test_all_runs_of_a_process_share_one_session(server, sessions):
    with connect(server, sessions) as one, connect(server, sessions) as two:
        threads = [threading.Thread(target=lambda s=s: list(every(s))) for s in (one, two)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (server.sessions.logins, server.sessions.most_open) == (1, 1)
    sessions.close()
    assert server.sessions.open == 0


def test_requests_carry_the_session_and_not_the_account(source, server):
    named = {}
    server.faults.add(lambda r: named.update({r.path: "authorization" in r.headers}), faults.html())
    source.identity()
    assert named.pop("/osmc/version")
    assert len(named) > 1
    assert not any(named.values())


def test_a_token_is_an_account_too(server, sessions):
    token = {"Authorization": "Token reader-token"}
    with connect(server, sessions, basic=None, headers=token) as source:
        assert source.identity().account == "reader"
        sessions.close()


def test_a_session_that_nobody_uses_is_closed(server):
    sessions = Sessions(idle_seconds=0.2)
    with connect(server, sessions) as source:
        source.identity()
        assert eventually(lambda: server.sessions.logouts == 1)
        assert source.identity().account == "reader"
        assert server.sessions.logins == 2
        sessions.close()


def test_a_session_that_is_used_stays_open(server):
    sessions = Sessions(idle_seconds=0.15)
    server.latency = 0.25
    with connect(server, sessions) as source:
        source.snapshot(None, None)
        assert server.sessions.logins == 1
        sessions.close()


def test_a_session_ends_with_its_process(server):
    program = (
        "from tests.sources.twc.connecting import connect\n"
        "from tcsync.sources.twc import SESSIONS\n"
        f"connect({server.address!r}, SESSIONS).identity()\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=60)
    assert (server.sessions.logins, server.sessions.logouts) == (1, 1)


def test_a_session_ends_with_a_process_of_multiprocessing(server):
    program = (
        "import multiprocessing\n"
        "from tests.sources.twc.connecting import connect\n"
        "from tcsync.sources.twc import SESSIONS\n"
        "def work():\n"
        f"    connect({server.address!r}, SESSIONS).identity()\n"
        "multiprocessing.set_start_method('fork')\n"
        "process = multiprocessing.Process(target=work)\n"
        "process.start()\n"
        "process.join()\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=60)
    assert (server.sessions.logins, server.sessions.logouts) == (1, 1)


def test_a_session_is_not_taken_along_by_a_fork(server):
    program = (
        "import os\n"
        "from tests.sources.twc.connecting import connect\n"
        "from tcsync.sources.twc import SESSIONS\n"
        f"source = connect({server.address!r}, SESSIONS)\n"
        "source.identity()\n"
        "if os.fork() == 0:\n"
        "    SESSIONS.close()\n"
        "    os._exit(0)\n"
        "os.wait()\n"
        "source.identity()\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=60)
    assert (server.sessions.logins, server.sessions.logouts) == (1, 1)


def test_a_session_that_expired_is_opened_once_more(source, server):
    source.identity()
    server.sessions.expire_all()
    assert len(list(every(source))) == 3
    assert server.sessions.logins == 2


def test_a_second_401_is_the_end(source, server):
    source.identity()
    server.faults.add("*/workspaces", faults.status(401), times=2)
    with pytest.raises(LoginRefused):
        source.snapshot(None, None)
    assert server.sessions.logins == 2


def test_an_account_without_rights_is_told_which_it_needs(source, server):
    server.faults.add("*/workspaces", faults.status(403))
    with pytest.raises(LoginRefused) as caught:
        source.snapshot(None, None)
    assert "Read Resources" in caught.value.next_step
    assert source.identity().account == "reader"


def test_a_refused_password_is_not_tried_again(server, sessions):
    for _attempt in range(3):
        wrong = connect(server, sessions, basic=("reader", "wrong"))
        with wrong, pytest.raises(LoginRefused):
            wrong.identity()
    assert server.statistics.asked == ["GET /osmc/version"]
    with connect(server, sessions) as right:
        assert right.identity().account == "reader"


def test_a_person_may_have_a_refused_password_tried_again(server, sessions, world):
    with connect(server, sessions, basic=("new", "secret")) as source:
        with pytest.raises(LoginRefused):
            source.identity()
        world.user("new", "secret")
        sessions.forgive(source.endpoint)
        assert source.identity().account == "new"
        sessions.close()


def test_a_server_without_a_free_seat_says_so_and_is_tried_again(world, sessions):
    with StandIn(world, seats=0) as server, connect(server, sessions) as source:
        with pytest.raises(NoSeat, match="licence seats") as caught:
            source.identity()
        assert caught.value.retryable
        server.sessions.seats = 1
        assert source.identity().account == "reader"
        sessions.close()


def test_no_more_than_some_requests_are_in_flight(server):
    sessions = Sessions(in_flight=2)
    server.latency = 0.02
    with connect(server, sessions) as one, connect(server, sessions) as two:
        threads = [threading.Thread(target=lambda s=s: list(every(s))) for s in (one, two)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sessions.close()
    assert server.statistics.most_in_flight == 2


def test_a_new_major_version_in_mid_run_ends_the_run_and_not_the_next(source, server, world):
    source.identity()
    world.version = "2026x"
    server.sessions.expire_all()
    with pytest.raises(VersionChanged, match=r"2024x when this began and runs 2026x now"):
        source.snapshot(None, None)
    assert source.identity().major_version == "2026x"


def test_a_version_that_could_not_be_read_is_asked_for_before_anything_else(source, server, world):
    source.identity()
    world.version = "2026x"
    server.faults.add("*/workspaces", faults.expire())
    server.faults.add("*/version", faults.html())
    with pytest.raises(BadAnswer, match="instead of its version"):
        source.snapshot(None, None)
    assert source.snapshot(None, None).major_version == "2026x"


@pytest.fixture
def telling():
    """A server that tells its version to everybody, so that only the login opens a session."""
    with StandIn(sample(habits=Habits(open_version=True))) as running:
        yield running


def test_a_session_is_opened_by_asking_for_the_version(source, server):
    source.snapshot(None, None)
    assert server.statistics.asked[0] == "GET /osmc/version"
    assert "GET /osmc/login" not in server.statistics.asked


def test_where_everybody_is_told_the_version_the_login_opens_the_session(telling, sessions):
    with connect(telling, sessions) as source:
        assert source.identity().major_version == "2024x"
        assert telling.statistics.asked[:2] == ["GET /osmc/version", "GET /osmc/login"]
        assert telling.statistics.by_path["/osmc/version"] == 1
        sessions.close()


def test_a_password_that_only_the_login_refuses_is_sent_there_once(telling, sessions):
    for _attempt in range(3):
        wrong = connect(telling, sessions, basic=("reader", "wrong"))
        with wrong, pytest.raises(LoginRefused):
            wrong.identity()
    assert telling.statistics.by_path["/osmc/login"] == 1


def test_cookies_of_a_gateway_are_no_session(source, server):
    server.faults.add("*/version", cookie("balancer=1"))
    assert source.identity().account == "reader"
    assert server.statistics.asked[:2] == ["GET /osmc/version", "GET /osmc/login"]


def cookie(line: str) -> faults.Fault:
    def change(_request: Request, _answer: Answer) -> Answer:
        return Answer(body=b"2024x", headers=[("Set-Cookie", line)])

    return faults.Fault(change=change)


def test_a_page_instead_of_a_login_is_no_teamwork_cloud(telling, sessions):
    telling.faults.add("*/login", faults.html())
    source = connect(telling, sessions)
    with source, pytest.raises(BadAnswer, match="not the REST API of a Teamwork Cloud"):
        source.identity()


def test_a_page_instead_of_json_is_told_as_such(source, server, world):
    server.faults.add("*/revisions", faults.html())
    (shown,) = looked_at(source, world.resource("Rover").id).resources
    assert "a page (HTML) instead of JSON" in shown.fault


def test_a_login_that_leads_elsewhere_is_refused(source, server):
    server.faults.add("*/osmc/*", faults.redirect("https://other.invalid/osmc"), times=2)
    with pytest.raises(BadAnswer):
        source.identity()
    assert server.statistics.asked == ["GET /osmc/version", "GET /osmc/login"]


def test_a_redirect_to_somewhere_else_is_not_followed(source, server):
    server.faults.add("*/workspaces", faults.redirect("http://other.invalid/osmc/workspaces"))
    with pytest.raises(BadAnswer, match=r"redirects to other\.invalid"):
        source.snapshot(None, None)


def test_no_error_of_a_session_repeats_the_password(source, server):
    server.faults.add("*/workspaces", faults.redirect("http://secret.invalid/osmc"))
    with pytest.raises(BadAnswer, match="redirects to another page") as caught:
        source.snapshot(None, None)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "fault", [faults.truncated(), faults.reset_midway(), faults.reset(), faults.endless()]
)
def test_an_answer_that_is_cut_or_endless_is_never_taken_for_a_whole_one(source, server, fault):
    server.faults.add("*/resources", fault, times=2)
    with pytest.raises((Unreachable, BadAnswer)):
        source.snapshot(None, None)


def test_a_port_of_modeling_tools_is_explained_where_nothing_answers(sessions):
    with connect("http://127.0.0.1:3579", sessions) as source, pytest.raises(Unreachable) as caught:
        source.identity()
    assert "modeling tools connect" in caught.value.next_step
