"""Whose role a configuration works with: it stops when that account may no longer do what it does.

The rule is that of synchronization, 2: the scope of the role must hold the target category, not
only at the moment at which the configuration is made.
"""

from __future__ import annotations

from syncconfigs.models import SyncConfig
from tcsync.access.models import User
from tcsync.access.permissions import Action, may
from tcsync.errors import OutsideRole
from tcsync.repository.reading import Tree


def account_of(config: SyncConfig) -> User | None:
    """Return the account that made a configuration or took it over, None for a command's."""
    accounts = User.objects.filter(is_active=True)
    if config.maker is not None:
        return accounts.filter(pk=config.maker).first()
    return accounts.filter(username=config.created_by).first()


def check(config: SyncConfig) -> None:
    """Raise OutsideRole unless its account may still synchronize into the target category.

    Who runs commands on this machine may do all.
    """
    if config.maker is None:
        return
    account = account_of(config)
    if account is None:
        raise OutsideRole(
            f"The account {config.created_by} no longer exists or is switched off: it made the"
            f" configuration {config.source_name}, which works with its role."
        )
    if not may(account, Action.SYNCHRONIZE, Tree.load().path(config.target_category_id)):
        raise OutsideRole(
            f"The account {account.get_username()}, with whose role the configuration"
            f" {config.source_name} works, may no longer synchronize into its target category."
        )
