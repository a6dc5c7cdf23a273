"""What is written comes back, whichever way it is read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tcsync.packs import Codec, Kind, Op, Record, pack_bytes
from tests.packs.strategies import many, open_pack, record_lists, verify, write

settings_of_packs = st.fixed_dictionaries(
    {
        "block_size": st.integers(1, 2000),
        "codec": st.sampled_from(list(Codec)),
    }
)


@given(record_lists, record_lists, settings_of_packs)
def test_reader_gives_back_what_was_written(elements, artifacts, chosen):
    reader = open_pack(write(elements, artifacts, **chosen)[0])
    assert list(reader.records(Kind.ELEMENT)) == elements
    assert list(reader.records(Kind.ARTIFACT)) == artifacts
    assert list(reader.operations(Kind.ELEMENT)) == [(r.id, r.op) for r in elements]


@given(record_lists, record_lists, settings_of_packs, st.data())
def test_verifier_and_writer_agree_however_the_bytes_arrive(elements, artifacts, chosen, data):
    pack, summary = write(elements, artifacts, **chosen)
    cuts = data.draw(st.lists(st.integers(0, len(pack)), max_size=8))
    assert verify(pack, cuts) == summary


@given(record_lists, record_lists, settings_of_packs)
def test_digests_do_not_depend_on_block_size_or_codec(elements, artifacts, chosen):
    plain, other = write(elements, artifacts)[1], write(elements, artifacts, **chosen)[1]
    assert other.content_digest == plain.content_digest
    assert other.artifact_digest == plain.artifact_digest


@given(record_lists, settings_of_packs, st.lists(st.text(max_size=5)))
def test_random_access_equals_the_scan(records, chosen, others):
    reader = open_pack(write(records, **chosen)[0])
    known = {record.id: record for record in records}
    for id_ in [*known, *others]:
        assert reader.get(id_) == known.get(id_)


@given(record_lists, settings_of_packs, st.data())
def test_many_at_once_equal_one_by_one(records, chosen, data):
    reader = open_pack(write(records, **chosen)[0])
    known = {record.id: record for record in records}
    some = data.draw(st.sets(st.sampled_from([*known, "", "a", "zz", "\U0001f600"])))
    wanted = sorted(some, key=str.encode)
    assert reader.get_many(wanted) == {i: known[i] for i in wanted if i in known}


def test_summary_counts_what_was_written():
    elements = [Record(Op.ADD, "a", b"1"), Record(Op.EDIT, "b", b"22"), Record(Op.REMOVE, "c", b"")]
    artifacts = [Record(Op.ADD, "x", b"{}"), Record(Op.EDIT, "y", b"{}")]
    data, summary = pack_bytes(elements, artifacts)
    assert (summary.added, summary.edited, summary.removed) == (1, 1, 1)
    assert (summary.artifacts_put, summary.artifacts_removed) == (2, 0)
    assert (summary.size, summary.raw_bytes) == (len(data), 5 * 8 + 7)
    assert open_pack(data).summary_counts.artifacts_put == 2


def test_one_byte_at_a_time_is_enough():
    pack, summary = write(many(20), many(3, kind=Kind.ARTIFACT), block_size=500)
    assert verify(pack, range(1, len(pack))) == summary
