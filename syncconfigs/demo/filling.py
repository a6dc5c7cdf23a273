"""Filling the source node: an invented repository, and the real histories that lie beside us."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from syncconfigs.demo.nodes import DemoNode, Steps

REAL_CATEGORY = "Real histories"
INVENTED_FILE = "invented.jsonl"
SEED = 1
FILES_AT_ONCE = 2
"""Loading is work for the processor; more than this only queue up for the database."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Filling:
    """What the source is filled with. `preset` names what is invented."""

    source: DemoNode
    histories: Path
    preset: str = "demo"

    @property
    def _loaded(self) -> Path:
        return self.source.root / "loaded.json"

    def fill(self, steps: Steps, tell: Tell) -> None:
        """Load what is not there yet; each file goes on where it stopped."""
        invented = self.source.root / INVENTED_FILE
        if not invented.exists():
            self._invent(steps, invented)
        files = dict.fromkeys(self.histories.glob("*/*.jsonl.xz"), REAL_CATEGORY)
        files[invented] = ""
        # Noted only to save the second start from reading every file again.
        loaded = self._read_loaded()
        todo = {path: _mark(path) for path in files if loaded.get(path.name) != _mark(path)}
        with ThreadPoolExecutor(FILES_AT_ONCE) as pool:
            # The one that takes longest first, so that the others fit beside it.
            ordered = sorted(todo, key=lambda path: (path == invented, -path.stat().st_size))
            work = [pool.submit(self._load, steps, path, files[path], tell) for path in ordered]
            for done in as_completed(work):
                path = done.result()
                loaded[path.name] = todo[path]
                self._loaded.write_text(json.dumps(loaded))

    def _invent(self, steps: Steps, target: Path) -> None:
        part = target.with_suffix(".part")
        steps.run(
            self.source, "generate_history", "--preset", self.preset, "--seed", str(SEED), str(part)
        )
        part.rename(target)

    def _load(self, steps: Steps, path: Path, category: str, tell: Tell) -> Path:
        began = time.monotonic()
        words = ("--category", category) if category else ()
        said = steps.run(self.source, "load_history", *words, str(path)).strip()
        tell(f"  {said} ({time.monotonic() - began:.0f} s)")
        return path

    def _read_loaded(self) -> dict[str, str]:
        try:
            found = json.loads(self._loaded.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def _mark(path: Path) -> str:
    found = path.stat()
    return f"{found.st_size} bytes of {found.st_mtime_ns}"
