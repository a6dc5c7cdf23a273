"""Tables of the portal: servers, configurations, runs."""

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
