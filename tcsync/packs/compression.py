"""Codecs of a pack's payloads: bounded decompression, contexts made once a thread."""

from __future__ import annotations

import threading
from enum import IntEnum

import zstandard

from tcsync.errors import PackDamaged


class Codec(IntEnum):
    """How the payloads of a pack are stored."""

    STORED = 0
    ZSTD = 1


_PARAMETERS = zstandard.ZstdCompressionParameters.from_level(1, min_match=7, hash_log=16)
"""Level 1 with a table that reaches over a block, without matches that are too short to pay: as
fast, and one to two hundredths smaller than levels 1 to 5, for elements are full of ids."""


class _Contexts(threading.local):
    """A zstd context costs five times the work of a small block and serves one thread."""

    def __init__(self) -> None:
        self.decompressor = zstandard.ZstdDecompressor()
        self.compressor = zstandard.ZstdCompressor(compression_params=_PARAMETERS)


_contexts = _Contexts()


def compress(codec: Codec, raw: bytes) -> bytes:
    """Return the payload that stores `raw`. No bytes stay no bytes."""
    if codec is Codec.STORED or not raw:
        return raw
    return _contexts.compressor.compress(raw)


def check_lengths(codec: Codec, raw_length: int, stored_length: int, where: str) -> None:
    """Refuse lengths that no payload has, before anything is read or allocated for them."""
    if codec is Codec.STORED or not raw_length:
        fits = stored_length == raw_length
    else:
        fits = 0 < stored_length <= raw_length + raw_length // 256 + 64
    if not fits:
        raise PackDamaged(
            f"{where} has {stored_length} stored bytes, which {raw_length} raw bytes never need."
        )


def decompress(codec: Codec, payload: bytes, raw_length: int, where: str) -> bytes:
    """Return exactly `raw_length` bytes; a payload of another size is refused unopened."""
    if codec is Codec.STORED or not raw_length:
        raw = payload
    else:
        raw = _inflate(payload, raw_length, where)
    if len(raw) != raw_length:
        raise PackDamaged(f"{where} holds {len(raw)} raw bytes instead of {raw_length}.")
    return raw


def _inflate(payload: bytes, raw_length: int, where: str) -> bytes:
    try:
        if (told := zstandard.frame_content_size(payload)) != raw_length:
            raise PackDamaged(
                f"The zstd frame of {where} announces {told} bytes instead of {raw_length}."
            )
        return _contexts.decompressor.decompress(
            payload, max_output_size=raw_length, allow_extra_data=False
        )
    except zstandard.ZstdError as error:
        raise PackDamaged(f"{where} is no whole zstd frame: {error}.") from error
