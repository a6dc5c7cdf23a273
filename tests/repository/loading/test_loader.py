"""Loading record files: what the store holds afterwards is what the file says, or it says where."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection

from tcsync.audit.recording import SYSTEM
from tcsync.domain import UNCATEGORIZED_ID
from tcsync.errors import Clash, HistoryError
from tcsync.histories.convert import from_element
from tcsync.histories.identity import branch_id, resource_id
from tcsync.packs import loads
from tcsync.repository import reading, states, upkeep, writing
from tcsync.repository.loading import load_history
from tcsync.repository.models import Resource, Revision, Tag
from tests.histories.history_file import RESOURCE, TRUNK, revision, written
from tests.repository.arriving import traces
from tests.repository.histories import History
from tests.repository.loading.pump import (
    ID,
    NS,
    PUMP,
    artifact,
    local,
    proven,
    pump,
    put,
    remove,
    replayed,
    tag,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def load(path, **options):
    return load_history(path, SYSTEM, **options)


def numbers() -> list[int]:
    return sorted(Revision.objects.values_list("number", flat=True))


def children(number: int, name: str) -> list[str]:
    return loads(states.History(ID).get(number, local(name)))["children"]


def locals_(*names: str) -> list[str]:
    return [local(name) for name in names]


def tags() -> dict[str, int]:
    return dict(Tag.objects.values_list("name", "number"))


def test_a_resource_arrives_with_its_branches_and_its_newest_name(tmp_path):
    done = load(pump(tmp_path))
    assert (done.revisions, done.skipped) == (4, 0)
    row = Resource.objects.get()
    assert (row.id, row.project_id, row.name, row.read_only) == (ID, "P", "Pump 3", False)
    assert reading.Tree.load().names(row.category_id) == ("A", "B")
    assert row.trunk == branch_id(NS, "trunk")
    heads = dict(row.branches.values_list("name", "head"))
    assert heads == {"trunk": 6, "side": 4}
    assert row.branches.get(name="side").start == 1


def test_revisions_keep_what_their_lines_say(tmp_path):
    load(pump(tmp_path))
    row = Revision.objects.get(number=6)
    assert (row.parent, row.merged, row.author, row.message) == (2, [4], "Zoë", "first")
    assert (row.time, row.offset) == (1_610_712_473, 330)
    assert row.root_ids == locals_("_r", "_s")
    assert not row.hole_before


def test_every_state_is_that_of_the_file(tmp_path):
    path = pump(tmp_path)
    load(path)
    history = states.History(ID)
    for group, state in replayed(path):
        found = [from_element(loads(body)) for _id, body in history.elements(group.revision.number)]
        assert {e["id"]: e for e in found} == state
    assert upkeep.verify_resource(ID) == []


def test_children_keep_their_order_as_they_come_go_and_move(tmp_path):
    load(pump(tmp_path))
    assert children(1, "_r") == locals_("_b", "_a")
    assert children(2, "_r") == locals_("_b", "_a", "_d", "_c")
    assert children(2, "_a") == locals_("_f")
    assert children(4, "_r") == locals_("_a")
    assert children(4, "_a") == locals_("_c", "_f", "_e")
    assert children(6, "_r") == locals_("_b", "_d")
    assert children(6, "_b") == locals_("_a")
    assert children(6, "_a") == locals_("_f")


def test_children_that_were_there_before_their_owner_are_its_children(tmp_path):
    lines = (put("_c", "_late"), revision(2, 1), put("_late"))
    load(written(tmp_path, RESOURCE, TRUNK, revision(1, None), *lines))
    assert children(2, "_late") == locals_("_c")


def test_children_survive_the_end_and_return_of_their_owner(tmp_path):
    lines = (put("_o"), put("_c", "_o"), revision(2, 1), remove("_o"), revision(3, 2), put("_o"))
    load(written(tmp_path, RESOURCE, TRUNK, revision(1, None), *lines))
    assert children(3, "_o") == locals_("_c")


def test_artifacts_are_put_replaced_and_deleted(tmp_path):
    load(pump(tmp_path))
    history = states.History(ID)
    assert [(ref.name, ref.size) for ref in history.artifacts(1)] == [("d1.png", 3), ("d2.png", 3)]
    assert [(ref.name, ref.size) for ref in history.artifacts(2)] == [("d1.png", 5)]
    assert [ref.id for ref in history.artifacts(4)] == ["d1", "d2"]


def test_tags_lie_where_the_last_line_put_them(tmp_path):
    load(pump(tmp_path))
    assert tags() == {"v1": 6, "v2": 6}


def test_loading_goes_on_where_it_was_told_to_stop(tmp_path):
    path = pump(tmp_path)
    assert load(path, until=2).revisions == 2
    assert (numbers(), tags(), Resource.objects.get().name) == ([1, 2], {"v1": 1}, "Pump 2")
    done = load(path)
    assert (done.revisions, done.skipped) == (2, 2)
    assert (numbers(), tags()) == ([1, 2, 4, 6], {"v1": 6, "v2": 6})
    assert Resource.objects.get().name == "Pump 3"
    assert upkeep.verify_resource(ID) == []


def test_in_parts_or_at_once_gives_equal_digests(tmp_path):
    path = pump(tmp_path)
    load(path)
    whole = dict(Revision.objects.values_list("number", "digest"))
    Resource.objects.all().delete()
    for until in (1, 3, 4, None):
        load(path, until=until)
    assert dict(Revision.objects.values_list("number", "digest")) == whole


def test_loading_again_loads_and_records_nothing(tmp_path):
    path = pump(tmp_path)
    load(path)
    before = traces()
    done = load(path)
    assert (done.revisions, done.skipped) == (0, 4)
    assert traces() == before


def test_a_branch_without_revisions_of_its_own_arrives(tmp_path):
    late = {**TRUNK, "name": "late", "trunk": False, "from_revision": 1}
    load(written(tmp_path, RESOURCE, TRUNK, revision(1, None), put("_r"), late))
    assert sorted(Resource.objects.get().branches.values_list("name", flat=True)) == [
        "late",
        "trunk",
    ]


def test_a_broken_line_is_named_and_finished_revisions_are_kept(tmp_path):
    path = written(tmp_path, *proven(PUMP), b'{"kind": "put", "e":')
    with pytest.raises(HistoryError, match=rf"{path.name}.*{len(PUMP) + 1}"):
        load(path)
    assert numbers() == [1, 2, 4, 6]
    assert upkeep.verify_resource(ID) == []


def test_a_broken_line_inside_a_revision_leaves_nothing_of_it(tmp_path):
    lines = proven(PUMP)
    at = next(i for i, line in enumerate(lines) if line.get("number") == 4)
    with pytest.raises(HistoryError, match=str(at + 2)):
        load(written(tmp_path, *lines[: at + 1], b"nonsense"))
    assert numbers() == [1, 2]
    assert upkeep.verify_resource(ID) == []


@pytest.mark.parametrize("wrong", [{"state_sha256": "0" * 64}, {"total": 99}])
def test_a_revision_that_is_not_what_its_line_promises_is_not_visible(tmp_path, wrong):
    lines = proven(PUMP)
    at = next(i for i, line in enumerate(lines) if line.get("number") == 6)
    lines[at] |= wrong
    with pytest.raises(HistoryError, match=f"Line {at + 1}"):
        load(written(tmp_path, *lines))
    assert (numbers(), tags()) == ([1, 2, 4], {"v1": 1})
    assert upkeep.verify_resource(ID) == []


def test_the_name_at_a_refused_revision_is_not_visible(tmp_path):
    lines = proven(PUMP)
    at = next(i for i, line in enumerate(lines) if line.get("number") == 6)
    lines[at]["total"] = 99
    with pytest.raises(HistoryError):
        load(written(tmp_path, *lines))
    assert Resource.objects.get().name != "Pump 3"


def test_a_resource_whose_first_revision_is_refused_is_not_visible(tmp_path):
    lines = proven([RESOURCE, TRUNK, revision(1, None), put("_r")])
    lines[2]["total"] = 99
    with pytest.raises(HistoryError):
        load(written(tmp_path, *lines))
    assert not Resource.objects.exists()


def test_a_mended_file_goes_on_after_the_refused_revision(tmp_path):
    lines = proven(PUMP)
    at = next(i for i, line in enumerate(lines) if line.get("number") == 4)
    with pytest.raises(HistoryError):
        load(written(tmp_path, *lines[:at], {**lines[at], "total": 99}, *lines[at + 1 :]))
    load(pump(tmp_path))
    assert numbers() == [1, 2, 4, 6]


def test_a_project_id_that_is_taken_is_a_clash(tmp_path):
    History("mine", project_id="P").commit(1, None)
    with pytest.raises(Clash, match="Project ID P"):
        load(pump(tmp_path))
    assert numbers() == [1]


def test_resources_before_a_clash_are_kept(tmp_path):
    History("mine", project_id="Q").commit(1, None)
    path = written(tmp_path, *proven(PUMP), {**RESOURCE, "id": "Q"})
    with pytest.raises(Clash):
        load(path)
    assert Revision.objects.filter(resource=ID).count() == 4


def test_when_the_database_fails_no_row_is_left_without_its_bytes(tmp_path):
    errors = [DatabaseError("broken")]

    def failing(execute, sql, *arguments):
        if errors and 'INTO "repository_revision"' in sql:
            raise errors.pop()
        return execute(sql, *arguments)

    path = written(tmp_path, *proven(PUMP), b"nonsense")
    with connection.execute_wrapper(failing), pytest.raises((DatabaseError, HistoryError)):
        load(path)
    assert not Resource.objects.exists() or upkeep.verify_resource(ID) == []


def test_categories_can_be_put_below_another(tmp_path):
    load(pump(tmp_path), category_prefix="Loaded/Here")
    category = Resource.objects.get().category_id
    assert reading.Tree.load().names(category) == ("Loaded", "Here", "A", "B")


def test_without_a_category_a_resource_is_uncategorized(tmp_path):
    resource = {**RESOURCE, "category": ""}
    load(written(tmp_path, resource, TRUNK, revision(1, None), put("_r")))
    assert Resource.objects.get().category_id == UNCATEGORIZED_ID


def test_each_revision_is_reported(tmp_path):
    reports = []
    load(pump(tmp_path), report=reports.append)
    assert [report.revisions for report in reports] == [1, 2, 3, 4]
    assert reports[-1].resource == "Pump 3"


def test_a_name_that_was_changed_here_stays_when_nothing_new_is_loaded(tmp_path):
    path = pump(tmp_path)
    load(path)
    writing.rename_resource(SYSTEM, ID, "Mine")
    load(path)
    assert Resource.objects.get().name == "Mine"


def test_the_same_bytes_of_two_artifacts_are_stored_once(tmp_path):
    lines = (artifact("d1", b"same"), artifact("d2", b"same"), tag("t", 1))
    load(written(tmp_path, RESOURCE, TRUNK, revision(1, None), *lines))
    assert [ref.size for ref in states.History(ID).artifacts(1)] == [4, 4]
    assert upkeep.verify_resource(ID) == []


@pytest.mark.slow
def test_a_real_history_is_in_the_store_element_by_element(shared_data):
    path = shared_data / "archi" / "archi.jsonl.xz"
    done = load(path)
    compared = 0
    for group, state in replayed(path):
        resource = resource_id(group.revision.resource)
        history = states.History(resource)
        stored = (loads(body) for _id, body in history.elements(group.revision.number))
        assert {e["id"]: e for e in map(from_element, stored)} == state
        compared += 1
    assert compared == done.revisions == 35
    for id_ in Resource.objects.values_list("id", flat=True):
        assert upkeep.verify_resource(id_) == []
