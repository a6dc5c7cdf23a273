"""What differs between two snapshots, in words."""

from __future__ import annotations

from tcsync.sync.compare import compare
from tests.sync.situations import copy, resource, source, target


def test_what_the_source_could_not_tell_is_said_to_be_not_compared():
    theirs = resource(fault="Two branches are one.", branches=(), name="")
    (found,) = compare(source(theirs), target(copy()))
    assert found.detail == "answer: Two branches are one at the source, not compared here"
