"""Django's administration of accounts, grants and tokens, and its view of the audit record.

`permissions.may` decides here as everywhere; each change is in our audit record, not in Django's.
"""

from tcsync.access.admin import accounts, entries

__all__ = ["accounts", "entries"]
