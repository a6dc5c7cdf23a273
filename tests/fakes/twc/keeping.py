"""Generated worlds kept on disk: making the big one takes ten seconds, reading it back two."""

from __future__ import annotations

import gc
import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path

from tests.fakes.twc.world import World


def kept(folder: Path | None, name: str, make: Callable[[], World]) -> World:
    """Return the world of this name from the folder; make and keep it if this code has not yet.

    Without a folder it is made. What is read may run code: the folder must be the caller's own.
    """
    gc.disable()
    try:
        return make() if folder is None else _from(folder / f"{name}-{_code()}.world", make)
    finally:
        gc.enable()
        gc.freeze()


def _from(path: Path, make: Callable[[], World]) -> World:
    if path.exists():
        with path.open("rb") as file:
            world: World = pickle.load(file)  # noqa: S301 - it was written here
        return world
    world = make()
    _write(path, world)
    return world


def _write(path: Path, world: World) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unready = path.with_suffix(".unready")
    with unready.open("wb") as file:
        pickle.dump(world, file, pickle.HIGHEST_PROTOCOL)
    unready.replace(path)


def _code() -> str:
    """Name this package's text: another way of making worlds must not find the old ones."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
