"""Tables of the portal: servers, configurations, runs, full comparisons, offloading."""

from syncconfigs.models.configs import Claim, Exclusion, SyncConfig
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
    "ComparedRevision",
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
