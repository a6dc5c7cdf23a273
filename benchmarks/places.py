"""The sizes that are measured, and the folder in which everything made for them lies."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tcsync.histories.generate import PRESETS, GeneratorSpec, write_file

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("TCSYNC_BENCH_DATA", ROOT / "var" / "bench"))
SIZES: dict[str, GeneratorSpec] = {
    **{name: PRESETS[name] for name in ("S", "M", "L", "wide")},
    # For the short form: the same shape, less of it.
    "narrow": replace(PRESETS["wide"], name="narrow", resources=300),
}


def record_file(size: str) -> Path:
    """Return the history of a size as a record file, made at first use."""
    path = FOLDER / f"{size}.jsonl"
    if not path.exists():
        with fresh(path) as scratch:
            write_file(SIZES[size], str(scratch))
    return path


@contextmanager
def fresh(path: Path) -> Iterator[Path]:
    """Give a place to make something in; it gets its name only when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f"{path.stem}.making-{os.getpid()}-{time.time_ns()}{path.suffix}")
    yield scratch
    scratch.rename(path)
