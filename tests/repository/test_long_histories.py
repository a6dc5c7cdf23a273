"""Long histories are read by spans, with the answers of a walk, whatever became of the spans."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings

from tcsync.audit.recording import SYSTEM
from tcsync.domain import PackPlace
from tcsync.errors import ContentError
from tcsync.packs import Kind, Op, Record, pack_bytes
from tcsync.repository import spans, states
from tcsync.repository.browsing import past
from tcsync.repository.models import Resource, Revision
from tcsync.repository.spans import Shelf, building
from tcsync.repository.writing import delete_copies
from tests.repository import long

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

IDS = [f"id{at}" for at in range(12)]
NAMES = {Op.ADD: "added", Op.EDIT: "edited", Op.REMOVE: "removed"}


class Told:
    """A made-up history, and by a plain walk what each of its revisions holds."""

    def __init__(self, seed: int, revisions: int, resource: str = "r1") -> None:
        dice = random.Random(seed)
        self.parents: dict[int, int | None] = {1: None}
        self.touches: dict[int, dict[str, int]] = {1: dict.fromkeys(IDS[:6], int(Op.ADD))}
        self.states: dict[int | None, dict[str, int]] = {None: {}, 1: dict.fromkeys(IDS[:6], 1)}
        heads = [1]
        for number in range(2, revisions + 1):
            if dice.random() < 0.04:
                heads.append(dice.randrange(1, number))
            branch = 0 if dice.random() < 0.8 else dice.randrange(len(heads))
            self._commit(number, heads[branch], dice)
            heads[branch] = number
        self.trunk = heads[0]
        long.write(resource, [(n, p, self.touches[n]) for n, p in self.parents.items()])

    def _commit(self, number: int, parent: int, dice: random.Random) -> None:
        here = self.states[parent]
        touches: dict[str, int] = {}
        for id_ in dice.sample(IDS, dice.randrange(4)):
            if id_ not in here:
                touches[id_] = int(Op.ADD)
            else:
                touches[id_] = int(Op.REMOVE if dice.random() < 0.3 else Op.EDIT)
        self.parents[number], self.touches[number] = parent, touches
        kept = {id_: at for id_, at in here.items() if touches.get(id_) != Op.REMOVE}
        put = [id_ for id_, op in touches.items() if op != Op.REMOVE]
        self.states[number] = kept | dict.fromkeys(put, number)

    def body(self, number: int, id_: str) -> bytes | None:
        at = self.states[number].get(id_)
        return None if at is None else long.body_at(id_, at)

    def chain(self, number: int) -> list[int]:
        found, at = [], number
        while at is not None:
            found.append(at)
            at = self.parents[at]
        return found

    def past(self, number: int, id_: str) -> list[tuple[int, str]]:
        return [
            (at, NAMES[Op(self.touches[at][id_])])
            for at in self.chain(number)
            if id_ in self.touches[at]
        ]

    def check(self, history: states.History, number: int) -> None:
        """Have everything about a revision read, and compare it."""
        for id_ in IDS:
            assert history.get(number, id_) == self.body(number, id_)
            touches = past(history, number, id_, limit=10_000, seconds=60).touches
            assert [(t.number, t.operation) for t in touches] == self.past(number, id_)
        bodies = {id_: body for id_ in IDS if (body := self.body(number, id_)) is not None}
        assert history.get_many(number, [*IDS, "nowhere"]) == bodies


@pytest.fixture
def shelf(data_folder) -> Path:
    return spans.folder_of(data_folder, "r1")


def files(shelf: Path) -> list[Path]:
    return sorted(shelf.glob("*.span"))


def counted() -> tuple[states.History, list[int]]:
    """Return a history and the list of the offsets at which it reads packs."""
    reads: list[int] = []
    storage = states.default_storage()
    read = lambda *at: reads.append(at[1]) or storage.read(*at)  # noqa: E731
    return states.History("r1", read=read), reads


def checked(seed: int) -> Told:
    """Make a history and read its newest revision, which makes spans."""
    told = Told(seed, 100)
    told.check(states.History("r1"), told.trunk)
    return told


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**9), revisions=st.integers(1, 150), is_open=st.booleans())
def test_spans_tell_what_walking_tells(seed, revisions, is_open):
    Resource.objects.filter(id="r1").delete()
    told = Told(seed, revisions)
    numbers = random.Random(seed).sample(range(1, revisions + 1), min(revisions, 12))
    history = states.History("r1")
    for number in numbers:
        told.check(history if is_open else states.History("r1"), number)


def test_spans_grow_with_the_history(shelf):
    told, rows = Told(7, 200), Revision.objects.filter(resource="r1")
    late = list(rows.filter(number__gt=20).order_by("number"))
    rows.filter(number__gt=20).delete()
    for row in late:
        Revision.objects.bulk_create([row])
        told.check(states.History("r1"), row.number)
    assert 0 < len(files(shelf)) < 40


def test_ids_that_share_a_key_are_told_apart(monkeypatch, shelf):
    for module in (building, spans):
        monkeypatch.setattr(module, "key_of", lambda kind, key: (kind + sum(key)) % 3)
    told = Told(3, 120)
    for number in (120, 77, 30):
        told.check(states.History("r1"), number)
    assert files(shelf)


@pytest.mark.slow
def test_of_ten_thousand_revisions_few_packs_are_opened(django_assert_max_num_queries, shelf):
    revisions = 10_000
    long.write("r1", long.growing(revisions, ids=300, edits=3))
    for _ in range(10):
        states.History("r1").get(revisions, "nowhere")
    dice = random.Random(2)
    for _ in range(50):
        history, reads = counted()
        number, id_ = dice.randrange(1, revisions + 1), f"e{dice.randrange(300):05}"
        with django_assert_max_num_queries(4):
            found = history.get(number, id_)
        assert found is not None
        assert len(reads) <= 9
        assert found == by_scan(number, id_)
    history, reads = counted()
    assert len(past(history, revisions, "e00000", limit=20).touches) == 20
    assert len(reads) <= 72
    assert sum(path.stat().st_size for path in files(shelf)) < 100 * 3 * revisions


def by_scan(number: int, id_: str) -> bytes:
    """Return the body of an element by the recipe of the history, not by reading it."""
    rows = long.growing(number, ids=300, edits=3)
    return long.body_at(id_, max(n for n, _parent, touches in rows if id_ in touches))


def test_the_artifacts_of_a_long_history_need_few_packs():
    told = checked(1)
    assert len(told.chain(told.trunk)) > 60
    history, reads = counted()
    assert history.artifacts(told.trunk) == ()
    assert len(reads) < 20


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def flipped(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))


def foreign(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:8] + b"\x02\x00" + whole[10:])


def replaced(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("harm", [truncated, flipped, foreign, replaced, Path.unlink])
def test_a_span_that_is_not_whole_is_made_anew(harm: Callable[[Path], object], shelf):
    told = checked(5)
    history = states.History("r1")
    history.get(told.trunk, IDS[0])
    (path, *_others) = files(shelf)
    harm(path)
    told.check(history, told.trunk)
    told.check(states.History("r1"), 95)
    told.check(states.History("r1"), 40)


def test_deleting_all_spans_loses_nothing(shelf):
    told = Told(5, 100)
    history = states.History("r1")
    told.check(history, told.trunk)
    Shelf(shelf).clear()
    told.check(history, 99)
    told.check(states.History("r1"), told.trunk)
    assert files(shelf)


def test_a_span_that_tells_something_else_than_the_packs_is_not_believed(shelf):
    told = checked(5)
    (path, *_others) = files(shelf)
    one = spans.Span(path)
    # Well made, but every id is said to be touched by the newest link.
    newest = len(one.links.numbers) - 1
    keys = sorted(spans.key_of(Kind.ELEMENT, id_.encode()) for id_ in IDS)
    Shelf(shelf).add(one.links, len(keys), [(key << 32) | newest for key in keys])
    told.check(states.History("r1"), told.trunk)
    told.check(states.History("r1"), told.trunk)


def test_where_nothing_can_be_written_it_is_walked(data_folder):
    (data_folder / "spans").write_text("no folder")
    told = Told(5, 60)
    told.check(states.History("r1"), told.trunk)
    assert (data_folder / "spans").is_file()


def test_while_another_process_makes_spans_it_is_walked(shelf):
    told = Told(5, 60)
    with Shelf(shelf).alone():
        told.check(states.History("r1"), told.trunk)
        assert not files(shelf)
    told.check(states.History("r1"), told.trunk)
    assert files(shelf)


@pytest.mark.django_db(transaction=True)
def test_many_read_at_the_same_time():
    told, failed = Told(9, 200), []

    def read(seed: int) -> None:
        try:
            for number in random.Random(seed).sample(range(100, 201), 5):
                told.check(states.History("r1"), number)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_resource_made_anew_does_not_see_the_spans_of_the_old_one(shelf):
    checked(1)
    old = {path.name for path in files(shelf)}
    Resource.objects.get(id="r1").delete()
    checked(2)
    assert files(shelf)
    assert old.isdisjoint(path.name for path in files(shelf))


def test_the_spans_of_a_deleted_copy_go_with_it(shelf, django_capture_on_commit_callbacks):
    checked(1)
    assert files(shelf)
    Resource.objects.filter(id="r1").update(read_only=True)
    with django_capture_on_commit_callbacks(execute=True):
        delete_copies(SYSTEM, ["r1"])
    assert not shelf.exists()


def test_revisions_without_a_row_lie_above_stored_ones(shelf):
    told, history = Told(4, 100), states.History("r1")
    batch = states.default_storage().begin()
    for number in range(101, 121):
        data, summary = pack_bytes([Record(Op.EDIT, IDS[number % 2], b"{}")])
        place = PackPlace(batch.object, batch.tell(), summary.size, summary.digest)
        batch.write(data)
        history.extend(states.Link(number, told.trunk if number == 101 else number - 1, place))
    batch.seal()
    assert [history.get(120, id_) for id_ in IDS[:2]] == [b"{}", b"{}"]
    assert history.get(120, IDS[2]) == told.body(told.trunk, IDS[2])
    assert [touch.number for touch in past(history, 120, IDS[0], limit=10).touches] == [
        *range(120, 100, -2)
    ]
    assert history.get(120, "nowhere") is None
    assert max(int(path.name.split("-")[1]) for path in files(shelf)) <= told.trunk
    batch.discard()


def test_a_damaged_pack_hides_nothing_above_it():
    told = Told(6, 100)
    damaged = told.chain(told.trunk)[40]
    Revision.objects.filter(number=damaged).update(length=200)
    for _ in range(2):
        history = states.History("r1")
        for id_ in IDS:
            if told.past(told.trunk, id_)[0][0] > damaged:
                assert history.get(told.trunk, id_) == told.body(told.trunk, id_)
        with pytest.raises(ContentError):
            history.get(told.trunk, "nowhere")
