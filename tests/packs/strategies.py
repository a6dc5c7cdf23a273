"""What hypothesis makes for the tests of packs, and small ways to run a pack through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hypothesis import strategies as st

from tcsync.packs import (
    Codec,
    Kind,
    Op,
    PackReader,
    PackSummary,
    PackVerifier,
    PackWriter,
    Record,
    opened,
)

ids = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
operations = st.tuples(st.sampled_from([Op.ADD, Op.EDIT, Op.REMOVE]), st.binary(max_size=80))


def _records(entries: dict[str, tuple[Op, bytes]]) -> list[Record]:
    ordered = sorted(entries.items(), key=lambda entry: entry[0].encode())
    return [Record(op, id_, b"" if op is Op.REMOVE else body) for id_, (op, body) in ordered]


record_lists = st.dictionaries(ids, operations, max_size=40).map(_records)


def write(
    elements: Iterable[Record],
    artifacts: Iterable[Record] = (),
    *,
    block_size: int = 262_144,
    codec: Codec = Codec.ZSTD,
) -> tuple[bytes, PackSummary]:
    """Return a pack and what its writer says of it."""
    parts: list[bytes] = []
    writer = PackWriter(parts.append, block_size=block_size, codec=codec)
    for record in elements:
        writer.element(*record)
    for record in artifacts:
        writer.artifact(*record)
    summary = writer.finish()
    return b"".join(parts), summary


def open_pack(data: bytes) -> PackReader:
    """Return a reader over bytes."""
    return PackReader(lambda offset, length: data[offset : offset + length], len(data))


def verify(data: bytes, cuts: Iterable[int] = ()) -> PackSummary:
    """Feed a pack to a verifier, cut at these places."""
    verifier = PackVerifier()
    for piece in opened(_chunks(data, cuts)):
        verifier.take(piece)
    return verifier.finish()


def _chunks(data: bytes, cuts: Iterable[int]) -> Iterator[bytes]:
    at = 0
    for cut in [*sorted(cuts), len(data)]:
        yield data[at:cut]
        at = max(at, cut)


def many(count: int, size: int = 300, kind: Kind = Kind.ELEMENT) -> list[Record]:
    """Return `count` added records of about `size` bytes that do not compress well."""
    body = bytes(range(256)) * (size // 256 + 1)
    return [
        Record(Op.ADD, f"{kind}-{n:07d}", body[n % 7 : size] + b"%d" % (n * 7919))
        for n in range(count)
    ]
