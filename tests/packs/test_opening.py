"""Opening a pack: what comes out is bounded, however little went in."""

from tcsync.packs import Op, PackVerifier, Record, opened, pack_bytes
from tcsync.packs.opening import RAW_BYTES, Opened

BODY = b'{"name":"' + b"0" * (1 << 20) + b'"}'


def test_a_chunk_of_many_blocks_that_are_nearly_nothing_comes_piece_by_piece():
    records = [Record(Op.ADD, f"e{count:03}", BODY) for count in range(60)]
    data, summary = pack_bytes(records)
    assert len(data) < 50_000
    verifier, most, blocks = PackVerifier(), 0, 0
    for piece in opened([data]):
        most = max(most, sum(len(part.raw) for part in piece.parts if isinstance(part, Opened)))
        blocks += sum(isinstance(part, Opened) for part in piece.parts)
        verifier.take(piece)
    assert most < RAW_BYTES + len(BODY) + 100
    assert blocks == 60
    assert verifier.finish() == summary
