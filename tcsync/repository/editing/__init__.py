"""Changing local resources here, one call and one revision at a time.

wish    what somebody wants done: an element made, changed or removed
draft   the state at a branch's head, with wishes fulfilled: what differs, and who is a root then
owner   the element that another one lies in; a feature of the element's data names it

The revision is by whoever calls, at this moment. Two who write at once are put one after the other.
"""

from tcsync.repository.editing.draft import Draft, WishRefused
from tcsync.repository.editing.making import make_branch, make_resource, refuse_taken
from tcsync.repository.editing.owners import OWNER_FEATURES, reference
from tcsync.repository.editing.raising import Raise, raise_use
from tcsync.repository.editing.revising import Done, edit
from tcsync.repository.editing.wishes import Change, New, Removal, Wish

__all__ = [
    "OWNER_FEATURES",
    "Change",
    "Done",
    "Draft",
    "New",
    "Raise",
    "Removal",
    "Wish",
    "WishRefused",
    "edit",
    "make_branch",
    "make_resource",
    "raise_use",
    "reference",
    "refuse_taken",
]
