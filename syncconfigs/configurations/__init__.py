"""Configurations: make, preview, find, synchronize, pause, resume, change, delete.

One function for each thing that somebody can do, used alike by pages, API and commands: permission,
transaction, audit, in this order.
"""

from syncconfigs.configurations.bringing import bring_after, include, lacking_of, used_of
from syncconfigs.configurations.changing import (
    change,
    copies_of,
    delete,
    pause,
    resume,
    synchronize,
    verify,
)
from syncconfigs.configurations.finding import Weight, copies_of_all, last_runs, weights
from syncconfigs.configurations.looking import Look, look
from syncconfigs.configurations.making import create, target_of
from syncconfigs.configurations.policy import Picked, Policy
from syncconfigs.configurations.preview import Preview, preview
from syncconfigs.configurations.used import Mark, UsedProject, UsedProjects, used_projects

__all__ = [
    "Look",
    "Mark",
    "Picked",
    "Policy",
    "Preview",
    "UsedProject",
    "UsedProjects",
    "Weight",
    "bring_after",
    "change",
    "copies_of",
    "copies_of_all",
    "create",
    "delete",
    "include",
    "lacking_of",
    "last_runs",
    "look",
    "pause",
    "preview",
    "resume",
    "synchronize",
    "target_of",
    "used_of",
    "used_projects",
    "verify",
    "weights",
]
