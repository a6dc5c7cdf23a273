"""A Teamwork Cloud compared in full, over its REST API, and Data Manager as a program."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e import pair
from tests.e2e.test_cloud import PASSWORD, USER, follow
from tests.fakes.twc import StandIn
from tests.fakes.twc.samples import sample

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

LEVELS = "SELECT DISTINCT verified_level FROM repository_resource"
BYTES = "SELECT SUM(artifact_bytes) > 0 FROM syncconfigs_comparedrevision"
REPORT = "SELECT is_equal, signed FROM syncconfigs_fullreport WHERE is_equal"
FLAGS = "SELECT DISTINCT read_only FROM repository_resource"


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """All that the sample world shows, synchronized and then compared revision by revision."""
    data = tmp_path / "node"
    with StandIn(sample()) as server:
        follow(data, server.address, user=USER, secret=PASSWORD, kind="teamwork-cloud")
        pair.manage(data, "sync", "--all")
        pair.manage(data, "verify", "--all", "--every-revision")
    return data


def test_every_revision_and_artifact_of_a_cloud_equals_the_copy(node, tmp_path):
    assert pair.query(node, LEVELS) == [("every_revision",)]
    assert pair.query(node, BYTES) == [(1,)]
    file = tmp_path / "report.json"
    file.write_text(str(pair.query(node, REPORT)[0][1]))
    assert "The report is unchanged" in pair.manage(node, "verify_report", str(file))


def test_the_copies_are_made_editable_by_their_category(node):
    category = pair.query(node, "SELECT id FROM repository_category WHERE name = 'Copies'")[0][0]
    words = ("datamanager", "-rrof", f"-categoryID={category}")
    pair.manage(node, *words, "--detach")
    assert pair.query(node, FLAGS) == [(0,)]
    pair.manage(node, "datamanager", "--restore-read-only", f"--categoryID={category}")
    assert pair.query(node, FLAGS) == [(1,)]
