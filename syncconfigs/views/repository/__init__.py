"""The repository to look into.

places        categories: the tree that opens by branch, one of them, finding by name or id
resources     one resource with its branches, tags and revisions; new name and place of local ones
flags         a copy made editable, and read-only again
graph         revisions drawn with lines to their parents
revisions     one revision and its artifacts
elements      the tree of elements at a revision, one element, its history
searching     elements by name, type or id
differences   two revisions side by side
downloads     files: elements, one element, an artifact

Reads through tcsync.repository.browsing only; what may not be seen is 404, fragments and files too.
"""

from syncconfigs.views.repository.differences import difference
from syncconfigs.views.repository.downloads import (
    download_artifact,
    download_element,
    download_elements,
)
from syncconfigs.views.repository.elements import children, element, element_history, elements
from syncconfigs.views.repository.flags import delete_copy, make_editable, make_read_only
from syncconfigs.views.repository.places import branch, category, tree
from syncconfigs.views.repository.resources import change, resource
from syncconfigs.views.repository.revisions import artifacts, revision
from syncconfigs.views.repository.searching import search

__all__ = [
    "artifacts",
    "branch",
    "category",
    "change",
    "children",
    "delete_copy",
    "difference",
    "download_artifact",
    "download_element",
    "download_elements",
    "element",
    "element_history",
    "elements",
    "make_editable",
    "make_read_only",
    "resource",
    "revision",
    "search",
    "tree",
]
