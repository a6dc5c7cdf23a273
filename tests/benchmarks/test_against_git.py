"""Beside us: git repositories with the same history, and bytes that are counted on the way."""

import json
import shutil
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import requests

from benchmarks import gitrepos
from benchmarks.counting import counting
from benchmarks.gitrepos import Commit, Writer, git

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def element(id_, owner, type_="uml:Class", name=""):
    body = {"id": id_, "name": name or id_, "owner": owner, "type": type_}
    return json.dumps(body).encode()


COMMITS = [
    Commit(1, None, "main", "Ada <x>", "Begin", tags=["v1"]),
    Commit(3, 1, "main", "Ada", "Change"),
    Commit(4, 1, "side", "Bob", "Beside"),
    Commit(7, 3, "main", "Ada", "Merge", merged=[4]),
]
CHANGES = {
    1: [
        ("a", element("a", "p")),
        ("m", element("m", None, "uml:Model")),
        ("p", element("p", "m", "uml:Package")),
        ("z", element("z", "a")),
    ],
    3: [("a", element("a", "p", name="A2")), ("z", None)],
    4: [("b", element("b", "q")), ("q", element("q", "m", "uml:Package"))],
    7: [("b", element("b", "p")), ("q", element("q", "m", "uml:Package"))],
}
STATES = {1: {"a", "m", "p", "z"}, 3: {"a", "m", "p"}, 4: {"a", "b", "m", "p", "q", "z"}}


@pytest.fixture(params=gitrepos.LAYOUTS)
def repository(request, tmp_path):
    stream = tmp_path / "stream"
    with stream.open("wb") as out:
        writer = Writer(out, request.param, COMMITS, "main")
        for commit in COMMITS:
            writer.write(commit, CHANGES[commit.number])
    path = tmp_path / "made.git"
    gitrepos.made(path, str(stream))
    return path


def held(repository, name):
    files = git("ls-tree", "-r", "--name-only", name, cwd=repository).split()
    texts = [git("cat-file", "blob", f"{name}:{file}", cwd=repository) for file in files]
    return [json.loads(line) for text in texts for line in text.splitlines()]


@needs_git
def test_every_revision_holds_its_elements(repository):
    for name, number in (("trunk~1", 3), ("trunk~2", 1), ("trunk^2", 4)):
        assert {one["id"] for one in held(repository, name)} == STATES[number]
    now = {one["id"]: one for one in held(repository, "trunk")}
    assert (now["a"]["name"], now["b"]["owner"]) == ("A2", "p")
    git("fsck", "--strict", cwd=repository)


@needs_git
def test_branches_tags_and_merges_are_there(repository):
    assert git("rev-list", "--count", "--all", cwd=repository).strip() == "4"
    assert len(git("tag", cwd=repository).split()) == 1
    assert git("log", "-1", "--format=%s", "trunk", cwd=repository).strip() == "Merge"


@needs_git
def test_a_commit_changes_as_many_elements_as_it_says(repository):
    before = {one["id"]: one for one in held(repository, "trunk")}
    gitrepos.add_commit(repository, edited=2, added=3, seed=1)
    after = {one["id"]: one for one in held(repository, "trunk")}
    assert len(after.keys() - before.keys()) == 3
    assert 1 <= sum(after[id_] != before[id_] for id_ in before) <= 2


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self.wfile.write(bytes(100_000))

    def log_message(self, *_args):
        pass


def test_requests_and_bytes_are_counted_on_the_way():
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        with (
            counting(f"http://127.0.0.1:{server.server_port}") as through,
            requests.Session() as http,
        ):
            for _ask in range(3):
                assert len(http.get(f"{through.address}/x?y=1", timeout=10).content) == 100_000
            assert through.requests == ["GET /x?y=1"] * 3
            assert 300_000 < through.down < 301_000
        server.shutdown()
