"""Makes the golden packs that `packs.json` names and that do not exist yet; changes none.

python -m tests.packs.golden.make
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tcsync.packs import Codec, Record
from tests.packs.strategies import write

FOLDER = Path(__file__).parent
LIST = FOLDER / "packs.json"


def make(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """Write a pack; return its entry with the digests."""
    elements, artifacts = (
        [Record(op, id_, body.encode()) for op, id_, body in entry[kind]]
        for kind in ("elements", "artifacts")
    )
    codec, block_size = Codec[entry["codec"]], entry["block_size"]
    data, summary = write(elements, artifacts, codec=codec, block_size=block_size)
    (FOLDER / name).write_bytes(data)
    names = ("digest", "content_digest", "artifact_digest")
    return {**{key: getattr(summary, key) for key in names}, **entry}


def main() -> None:
    """Make what is missing."""
    packs = json.loads(LIST.read_bytes())
    made = {
        name: entry if (FOLDER / name).exists() else make(name, entry)
        for name, entry in packs.items()
    }
    LIST.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
