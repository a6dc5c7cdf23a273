"""Tables of the portal: servers, configurations, comparisons, runs, offloading."""

from syncconfigs.models.comparisons import (
    ComparedResource,
    Comparison,
    ComparisonNotice,
    ComparisonReport,
)
from syncconfigs.models.configs import Claim, Exclusion, SyncConfig
from syncconfigs.models.decisions import Decision
from syncconfigs.models.offloading import Offloading, OffloadingStep
from syncconfigs.models.proofs import ComparedRevision, FullReport
from syncconfigs.models.runs import (
    Doorbell,
    Heartbeat,
    RunAttempt,
    RunLine,
    RunStep,
    StoredPlan,
    SyncRun,
)
from syncconfigs.models.servers import RemoteServer

__all__ = [
    "Claim",
    "ComparedResource",
    "ComparedRevision",
    "Comparison",
    "ComparisonNotice",
    "ComparisonReport",
    "Decision",
    "Doorbell",
    "Exclusion",
    "FullReport",
    "Heartbeat",
    "Offloading",
    "OffloadingStep",
    "RemoteServer",
    "RunAttempt",
    "RunLine",
    "RunStep",
    "StoredPlan",
    "SyncConfig",
    "SyncRun",
]
