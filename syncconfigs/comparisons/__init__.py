"""Comparisons: make, change, run, delete, prune their reports, acknowledge their notices.

One function for each thing that somebody can do, used alike by pages, API and commands: permission,
transaction, audit, in this order. Who may manage servers may compare them: a report names what both
accounts may see, and what this whole node holds.

side      a remote server, or this node itself
report    what one run found, a row for each resource; kept until it is pruned
notice    something that was equal no longer is; it stands until a person acknowledges it
"""

from syncconfigs.comparisons.changing import create, delete, update
from syncconfigs.comparisons.doing import acknowledge, prune, run, start_due
from syncconfigs.comparisons.wishes import HERE, Wish, fitting, named_apart, side_named

__all__ = [
    "HERE",
    "Wish",
    "acknowledge",
    "create",
    "delete",
    "fitting",
    "named_apart",
    "prune",
    "run",
    "side_named",
    "start_due",
    "update",
]
