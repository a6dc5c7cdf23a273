"""Tables of the repository: tree (categories, resources), history, content (blobs), feed (node)."""

from tcsync.repository.models.content import Blob
from tcsync.repository.models.feed import Change, Node
from tcsync.repository.models.history import Branch, Revision, Tag, Walk
from tcsync.repository.models.tree import Category, Resource

__all__ = ["Blob", "Branch", "Category", "Change", "Node", "Resource", "Revision", "Tag", "Walk"]
