"""A plan as text: what the source cannot tell is not told as nothing."""

from __future__ import annotations

import pytest

from tcsync.domain import Resource, RevisionRef
from tcsync.sync.render import to_text
from tcsync.sync.steps import Mark, Plan, ResourceStep


@pytest.mark.parametrize(
    ("raw_bytes", "said"),
    [(0, "1 resource, 1 revision."), (2000, "1 resource, 1 revision, 2.0 kB uncompressed.")],
)
def test_bytes_are_told_where_the_source_knows_them(raw_bytes, said):
    ref = RevisionRef(1, "trunk", None, "digest", raw_bytes=raw_bytes)
    resource = Resource("r", "p", "Rover", "c", "trunk", revisions=(ref,))
    plan = Plan("n", "source", resources=(ResourceStep(resource, None, (Mark.NEW,)),))
    assert to_text(plan).splitlines()[-1] == said
