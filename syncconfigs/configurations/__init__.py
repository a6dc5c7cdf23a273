"""Configurations: make, preview, find, synchronize, pause, resume, change, delete.

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
from syncconfigs.configurations.finding import Weight, copies_of_all, last_runs, weights
from syncconfigs.configurations.making import create, target_of
from syncconfigs.configurations.policy import Picked, Policy
from syncconfigs.configurations.preview import Preview, preview

__all__ = [
    "Picked",
    "Policy",
    "Preview",
    "Weight",
    "change",
    "copies_of",
    "copies_of_all",
    "create",
    "delete",
    "last_runs",
    "pause",
    "preview",
    "prove",
    "resume",
    "synchronize",
    "target_of",
    "verify",
    "weights",
]
