"""Runs: asking for one, working on it under a lease, keeping its journal.

The run's row is the truth; the queue only rings. A worker that claims a run gets a lease with a
fencing token, and every write of the run is conditional on that token.
"""

from syncconfigs.runs.execute import execute
from syncconfigs.runs.lease import Lease, claim
from syncconfigs.runs.request import cancel, request, request_comparison, retry, ring
from syncconfigs.runs.sweep import sweep

__all__ = [
    "Lease",
    "cancel",
    "claim",
    "execute",
    "request",
    "request_comparison",
    "retry",
    "ring",
    "sweep",
]
