"""Configurations: make, preview, find, decide, synchronize, pause, resume, change, delete.

One function for each thing that somebody can do, used alike by pages, API and commands: permission,
transaction, audit, in this order.
"""

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
from syncconfigs.configurations.finding import Weight, copies_of_all, last_runs, weights
from syncconfigs.configurations.histories import Histories, histories
from syncconfigs.configurations.holders import Holder, holders, with_holders
from syncconfigs.configurations.making import create, target_of
from syncconfigs.configurations.policy import Picked, Policy
from syncconfigs.configurations.preview import Preview, preview

__all__ = [
    "Histories",
    "Holder",
    "Picked",
    "Policy",
    "Preview",
    "Typed",
    "Weight",
    "accept_history",
    "change",
    "confirm_change",
    "copies_of",
    "copies_of_all",
    "create",
    "delete",
    "histories",
    "holders",
    "keep_copy",
    "last_runs",
    "pause",
    "plan_of",
    "preview",
    "prove",
    "resume",
    "synchronize",
    "take_over",
    "target_of",
    "verify",
    "weights",
    "with_holders",
]
