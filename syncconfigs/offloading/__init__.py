"""Offloading: from a source to a copy that takes its place, step by step, each stored and audited.

step     what somebody did or stated; one that no longer counts is kept, with the reason
frozen   somebody at the source says that nobody writes there any more
void     what is said of a comparison once the source went on after it
opens    the statement that a copy exists which a modeling tool opens, and where

The guide can be left and continued. It never deletes anything at a source: it shows a command line
there, and only under conditions (`deleting`).
"""

from syncconfigs.offloading.deleting import Line, delete_line, freeze_line, state_opens
from syncconfigs.offloading.stages import Stage, rows, stages
from syncconfigs.offloading.taking import (
    abandon,
    begin,
    clear,
    compare,
    finish,
    freeze,
    remove,
    synchronize,
    understand,
)
from syncconfigs.offloading.voiding import Voided

__all__ = [
    "Line",
    "Stage",
    "Voided",
    "abandon",
    "begin",
    "clear",
    "compare",
    "delete_line",
    "finish",
    "freeze",
    "freeze_line",
    "remove",
    "rows",
    "stages",
    "state_opens",
    "synchronize",
    "understand",
]
