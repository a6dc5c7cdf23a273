"""Tables of the portal: servers, configurations, comparisons, runs."""

from syncconfigs.models.comparisons import (
    ComparedResource,
    Comparison,
    ComparisonNotice,
    ComparisonReport,
)
from syncconfigs.models.configs import Claim, Exclusion, SyncConfig
from syncconfigs.models.decisions import Decision
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
    "Comparison",
    "ComparisonNotice",
    "ComparisonReport",
    "Decision",
    "Doorbell",
    "Exclusion",
    "Heartbeat",
    "RemoteServer",
    "RunAttempt",
    "RunLine",
    "RunStep",
    "StoredPlan",
    "SyncConfig",
    "SyncRun",
]
