"""The stand-in as a process, and what another process may ask of it."""

import contextlib
import json
import re
import subprocess
import sys
import urllib.request

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


def test_it_says_where_it_answers_and_counts_what_it_was_asked():
    with started("--generate", "S", "--revisions", "3") as address:
        assert ask(f"{address}standin/commit?resource=Big&elements=5", b"")["number"] == 4
        assert ask(f"{address}standin/statistics")["requests"] == 0
        assert ask(f"{address}standin/latency?seconds=0.5", b"") == {}
