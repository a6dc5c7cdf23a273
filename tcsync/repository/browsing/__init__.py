"""Looking into a resource: trees, elements, searches and differences, read from its packs.

outline    an element as a line of a tree or list: id, type, name, owner, number of children
lines      a part of a list of children, and how many there are in all
value      one attribute of an element, ready to be shown: a text or a reference
past       which revisions touched an element, newest first
found      what a search met so far, and the cursor to go on from
change     an element that differs between two revisions, attribute by attribute

Pure reading. Where the cost follows the size of the resource, a call takes a number of seconds and
returns what it has, with a cursor to go on from. All text that comes out can be written in UTF-8.
Raises Missing for what does not exist, PackDamaged for what cannot be read.
"""

from tcsync.repository.browsing.changes import (
    ArtifactChange,
    Changes,
    ElementChange,
    artifact_changes,
    changes,
)
from tcsync.repository.browsing.comparing import AttributeChange, attribute_changes
from tcsync.repository.browsing.elements import Element, Value, element, element_lines
from tcsync.repository.browsing.matching import Query
from tcsync.repository.browsing.outline import Lines, Outline
from tcsync.repository.browsing.past import Past, Touch, past
from tcsync.repository.browsing.search import Found, search
from tcsync.repository.browsing.stored import child_ids
from tcsync.repository.browsing.tree import children, path_to, roots

__all__ = [
    "ArtifactChange",
    "AttributeChange",
    "Changes",
    "Element",
    "ElementChange",
    "Found",
    "Lines",
    "Outline",
    "Past",
    "Query",
    "Touch",
    "Value",
    "artifact_changes",
    "attribute_changes",
    "changes",
    "child_ids",
    "children",
    "element",
    "element_lines",
    "past",
    "path_to",
    "roots",
    "search",
]
