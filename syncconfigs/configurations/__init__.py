"""Configurations: make, preview, find, synchronize, pause, resume, change, delete.

One function for each thing that somebody can do, used alike by pages, API and commands: permission,
transaction, audit, in this order.
"""

from syncconfigs.configurations.changing import (
    change,
    copies_of,
    delete,
    pause,
    resume,
    synchronize,
    verify,
)
from syncconfigs.configurations.finding import Weight, copies_of_all, last_runs, left, weights
from syncconfigs.configurations.making import check_timing, create, target_of
from syncconfigs.configurations.policy import Picked, Policy
from syncconfigs.configurations.preview import Preview, preview
from syncconfigs.schedules import BadSchedule, Schedule

__all__ = [
    "BadSchedule",
    "Picked",
    "Policy",
    "Preview",
    "Schedule",
    "Weight",
    "change",
    "check_timing",
    "copies_of",
    "copies_of_all",
    "create",
    "delete",
    "last_runs",
    "left",
    "pause",
    "preview",
    "resume",
    "synchronize",
    "target_of",
    "verify",
    "weights",
]
