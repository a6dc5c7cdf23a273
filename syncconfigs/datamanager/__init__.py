"""Data Manager, online: what Teamwork Cloud's tool of that name does on a stopped server.

chosen    the resources that ids of resources and categories name; all ids are checked first
owner     a configuration that still has to do with a copy, whatever state it is in
detach    to take a copy out of its configuration, so that no run takes it back
release   to take the read-only flag off; it can be undone until the first local change

One function for each act, used alike by pages, API and commands: permission, transaction, audit, in
this order. What is done to several is done to all of them or to none.
"""

from syncconfigs.datamanager.ids import Chosen, IdsRefused, choose, ids_of
from syncconfigs.datamanager.owners import Owner, StillSynchronized, named, owners_of
from syncconfigs.datamanager.releasing import make_editable, make_read_only
from syncconfigs.datamanager.removing import delete, purge, undelete

__all__ = [
    "Chosen",
    "IdsRefused",
    "Owner",
    "StillSynchronized",
    "choose",
    "delete",
    "ids_of",
    "make_editable",
    "make_read_only",
    "named",
    "owners_of",
    "purge",
    "undelete",
]
