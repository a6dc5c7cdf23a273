"""The only code that writes to the repository, for local resources and copies alike.

Every function here is one transaction with its rows, its feed rows and its audit row; what must be
durable on the file system is durable before that transaction begins.
"""

from tcsync.repository.writing.batch import Committed, HistoryBatch, content_of
from tcsync.repository.writing.branches import archive_branch, rename_branch
from tcsync.repository.writing.categories import (
    change_category,
    delete_category,
    holds_copies,
)
from tcsync.repository.writing.changeset import Changeset
from tcsync.repository.writing.copies import (
    WalkedBranch,
    adopt_category_copies,
    category_copy,
    delete_copies,
    delete_empty_category_copies,
    ensure_category_copy,
    record_verification,
    record_walk,
)
from tcsync.repository.writing.flags import (
    is_unchanged,
    make_editable,
    make_read_only,
    mark_deleted,
    purge,
    take_mark_back,
)
from tcsync.repository.writing.rows import Vanished
from tcsync.repository.writing.tree import (
    ensure_category_path,
    make_category,
    move_resource,
    put_tag,
    remove_resource,
    remove_tag,
    rename_resource,
)
from tcsync.repository.writing.unit import Guard, Unit, unit

__all__ = [
    "Changeset",
    "Committed",
    "Guard",
    "HistoryBatch",
    "Unit",
    "Vanished",
    "WalkedBranch",
    "adopt_category_copies",
    "archive_branch",
    "category_copy",
    "change_category",
    "content_of",
    "delete_category",
    "delete_copies",
    "delete_empty_category_copies",
    "ensure_category_copy",
    "ensure_category_path",
    "holds_copies",
    "is_unchanged",
    "make_category",
    "make_editable",
    "make_read_only",
    "mark_deleted",
    "move_resource",
    "purge",
    "put_tag",
    "record_verification",
    "record_walk",
    "remove_resource",
    "remove_tag",
    "rename_branch",
    "rename_resource",
    "take_mark_back",
    "unit",
]
