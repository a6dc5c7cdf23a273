"""The commit that `demo_commit` makes."""

import pytest

from syncconfigs.demo.commit import ADDED, EDITED, commit_revision
from tcsync.repository.states import History as Held
from tests.repository.histories import History

pytestmark = pytest.mark.django_db(transaction=True)


def test_where_nobody_owns_anything_some_are_edited_and_some_are_new():
    ids = [f"e{count}" for count in range(1, 31)]
    element = {"children": [], "data": {}, "nsURI": "", "owner": None, "type": "uml:Class"}
    History("r1").commit(1, None, {id_: {**element, "id": id_, "name": id_} for id_ in ids})
    made = commit_revision()
    assert (made.resource, made.number, made.elements) == ("r1", 2, EDITED + ADDED)
    assert len(list(Held("r1").elements(2))) == len(ids) + ADDED
