"""Seeded worlds for benchmarks: one big resource, or many small ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.fakes.twc.content import Put
from tests.fakes.twc.resources import Resource
from tests.fakes.twc.world import World

CHILDREN = 50
"""So many elements lie in a package, so many packages in a package above."""
MEDIAN_CHANGES = 20
SPREAD = 1.8
"""Of the logarithm of the changes per commit: the 90th percentile is ten times the median."""
MOST_CHANGES = 5_000
MEDIAN_TEXT = 90
TEXT_SPREAD = 1.0
LONGEST_TEXT = 20_000
ROOTS_BESIDE_THE_MODEL = 40
TYPES = ("uml:Class", "uml:Property", "uml:Port", "uml:Association", "uml:Comment", "uml:Activity")
AUTHORS = ("ada", "barbara", "grace", "katherine", "margaret")
SYLLABLES = (
    "ro",
    "ver",
    "en",
    "gi",
    "ne",
    "pum",
    "p",
    "val",
    "ve",
    "tan",
    "k",
    "sen",
    "sor",
    "bus",
)
POLLED_RESOURCES = 1_000


@dataclass(frozen=True, slots=True)
class Size:
    """How big a generated resource is at its head."""

    elements: int
    revisions: int


SIZES = {"S": Size(2_000, 30), "M": Size(200_000, 300)}


def big(size: Size, name: str = "Big", seed: int = 1, version: str = "2024x Refresh3") -> World:
    """Make a world with one such resource: a first import, then commits as people make them."""
    world = World(version)
    _Growth(world.resource(name), size, random.Random(seed)).grow()
    return world


def polled(count: int = POLLED_RESOURCES, version: str = "2024x Refresh3") -> World:
    """Make a world of many small resources in ten categories."""
    world = World(version)
    for number in range(10):
        world.category(f"Category {number}")
    for number in range(count):
        resource = world.resource(f"Project {number:04}", f"Category {number % 10}")
        resource.commit(put={"model": Put("uml:Model", "", "Model")})
        blocks = {f"block {i}": Put("uml:Class", "model", f"Block {i}") for i in range(5)}
        resource.commit(put=blocks, message="blocks")
        resource.commit(put={"block 0": Put(name="First block")}, message="a name")
    return world


class _Growth:
    """A resource that grows. Elements are numbered; a number's key is its text."""

    def __init__(self, resource: Resource, size: Size, dice: random.Random) -> None:
        self.resource = resource
        self.dice = dice
        self.changes = [self._count() for _ in range(size.revisions - 1)]
        self.packages: list[str] = []
        self.live: list[str] = []
        self.next = 0
        added = sum(changes * 2 // 5 for changes in self.changes)
        removed = sum(changes // 10 for changes in self.changes)
        self.first = max(size.elements - added + removed - ROOTS_BESIDE_THE_MODEL, CHILDREN)

    def grow(self) -> None:
        self.resource.commit(put=dict(self._import()), message="first import")
        for changes in self.changes:
            put = dict(self._new(changes * 2 // 5))
            gone = [self._pop() for _ in range(changes // 10)]
            for _ in range(changes // 2):
                put[self.dice.choice(self.live)] = Put(data=self._data())
            author, message = self.dice.choice(AUTHORS), f"{self._word()} {self._word()}"
            self.resource.commit(put, gone, author=author, message=message)

    def _import(self) -> Iterator[tuple[str, Put]]:
        yield "model", Put("uml:Model", "", "Model")
        for number in range(ROOTS_BESIDE_THE_MODEL):
            options = {"optionsString": "UEsDBBQACAgI" * self.dice.randint(1, 300)}
            yield f"options {number}", Put("project.options:CommonProjectOptions", "", data=options)
        folders = max(self.first // CHILDREN // CHILDREN, 1)
        for number in range(folders):
            yield f"folder {number}", Put("uml:Package", "model", f"Folder {number}")
        for number in range(max((self.first - folders - 1) // (CHILDREN + 1), 1)):
            self.packages.append(f"package {number}")
            owner = f"folder {number % folders}"
            yield self.packages[-1], Put("uml:Package", owner, f"Package {number}", self._data())
        left = self.first - 1 - folders - len(self.packages)
        for number in range(left):
            yield self._element(self.packages[number % len(self.packages)])

    def _new(self, count: int) -> Iterator[tuple[str, Put]]:
        packages = self.dice.sample(self.packages, min(1 + count // 20, len(self.packages)))
        for number in range(count):
            yield self._element(packages[number % len(packages)])

    def _element(self, package: str) -> tuple[str, Put]:
        self.next += 1
        key = f"e{self.next}"
        self.live.append(key)
        return key, Put(self.dice.choice(TYPES), package, self._word(), self._data())

    def _pop(self) -> str:
        at = self.dice.randrange(len(self.live))
        self.live[at], self.live[-1] = self.live[-1], self.live[at]
        return self.live.pop()

    def _data(self) -> dict[str, object]:
        length = int(min(self.dice.lognormvariate(0, TEXT_SPREAD) * MEDIAN_TEXT, LONGEST_TEXT))
        word = self._word()
        return {
            "documentation": (word + " ") * (length // (len(word) + 1)),
            "visibility": "public",
            "isLeaf": self.dice.random() < 0.5,
            "clientDependency": [],
            "syncElement": None,
        }

    def _word(self) -> str:
        return "".join(self.dice.choices(SYLLABLES, k=4))

    def _count(self) -> int:
        drawn = self.dice.lognormvariate(0, SPREAD) * MEDIAN_CHANGES
        return int(min(max(drawn, 1), MOST_CHANGES))
