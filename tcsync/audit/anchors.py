"""Anchors: the newest entry's number and hash, written to the log and read back from it.

Who rewrites the whole record in the database cannot rewrite the log, where that lies elsewhere.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator

from tcsync.audit.checking import Anchor
from tcsync.audit.models import AuditHead

log = logging.getLogger(__name__)
_SAID = "Newest entry of the audit record: %s"
# The whole of a line, as `settings.LOGGING` writes it: what came from outside can stand within a
# line of the log, and begins none.
_LINE = re.compile(
    r"(?:\w+ *\| )?\d{4}-\d\d-\d\d [\d:,.]+ INFO "
    + re.escape(__name__)
    + " Newest entry of the audit record: ([1-9][0-9]{0,18}):([0-9a-f]{64})\\s*"
)


def write_anchor() -> None:
    """Write the newest entry to the log; an empty record has none."""
    head = AuditHead.objects.filter(id=1).first()
    if head is None:
        log.error("The head of the audit record is gone. Run `manage.py audit_verify`.")
    elif head.seq:
        log.info(_SAID, head)


def read_anchors(lines: Iterable[str]) -> Iterator[Anchor]:
    """Yield the anchors that stand in lines of a log."""
    for line in lines:
        if found := _LINE.fullmatch(line):
            yield Anchor(int(found[1]), found[2])
