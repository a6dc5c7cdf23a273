"""Configurations: make, preview, find, decide, synchronize, pause, resume, change, delete.

One function for each thing that somebody can do, used alike by pages, API and commands: permission,
transaction, audit, in this order.
"""

from syncconfigs.configurations.bringing import bring_after, include, lacking_of, used_of
from syncconfigs.configurations.changing import (
    change,
    copies_of,
    delete,
    pause,
    prove,
    resume,
    synchronize,
    verify,
)
from syncconfigs.configurations.deciding import (
    Typed,
    accept_history,
    confirm_change,
    keep_copy,
    plan_of,
    take_over,
)
from syncconfigs.configurations.finding import Weight, copies_of_all, last_runs, left, weights
from syncconfigs.configurations.histories import Histories, histories
from syncconfigs.configurations.holders import Holder, holders, with_holders
from syncconfigs.configurations.looking import Look, look
from syncconfigs.configurations.making import check_timing, create, target_of
from syncconfigs.configurations.policy import Picked, Policy
from syncconfigs.configurations.preview import Preview, preview
from syncconfigs.configurations.used import Mark, UsedProject, UsedProjects, used_projects
from syncconfigs.schedules import BadSchedule, Schedule

__all__ = [
    "BadSchedule",
    "Histories",
    "Holder",
    "Look",
    "Mark",
    "Picked",
    "Policy",
    "Preview",
    "Schedule",
    "Typed",
    "UsedProject",
    "UsedProjects",
    "Weight",
    "accept_history",
    "bring_after",
    "change",
    "check_timing",
    "confirm_change",
    "copies_of",
    "copies_of_all",
    "create",
    "delete",
    "histories",
    "holders",
    "include",
    "keep_copy",
    "lacking_of",
    "last_runs",
    "left",
    "look",
    "pause",
    "plan_of",
    "preview",
    "prove",
    "resume",
    "synchronize",
    "take_over",
    "target_of",
    "used_of",
    "used_projects",
    "verify",
    "weights",
    "with_holders",
]
