"""The stand-in as a process, and what another process may ask of it."""

import contextlib
import json
import re
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from tests.fakes.standin.conftest import ROOT


@contextlib.contextmanager
def started(*words):
    command = [sys.executable, "-m", "tests.fakes.twc", "--port", "0", *words]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield re.fullmatch(r"ready at (http://\S+/)\n", process.stdout.readline())[1]
        finally:
            process.terminate()


def ask(address, data=None):
    with urllib.request.urlopen(address, data, timeout=10) as answer:  # noqa: S310 - loopback
        return json.loads(answer.read())


def status(address):
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(address)
    refused.value.close()
    return refused.value.code


def test_it_says_where_it_answers_and_counts_what_it_was_asked():
    with started("--generate", "S", "--revisions", "3") as address:
        assert ask(f"{address}standin/commit?resource=Big&elements=5", b"")["number"] == 4
        assert ask(f"{address}standin/statistics")["requests"] == 0


def test_another_process_may_plan_faults_and_delays():
    with started() as address:
        assert ask(f"{address}standin/latency?seconds=0.1", b"") == {}
        assert ask(f"{address}standin/fault?match=*/login&kind=503", b"") == {}
        assert [status(f"{address}osmc/login") for _ in range(2)] == [503, 401]
        assert ask(f"{address}standin/statistics")["by_status"] == {"401": 1, "503": 1}
