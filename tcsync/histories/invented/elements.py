"""Bodies of invented elements: everything follows from serial, version and owner, nothing is kept.

Shapes and sizes are those of real models: about 250 bytes at the median, 9 kB at the 99th
percentile, and one in some thousand beyond 60 kB.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson

from tcsync.histories.invented.dice import Dice
from tcsync.histories.invented.words import aspect, prose, sentence, thing

_CYCLE = "PCSAAOLCSAAOMRCSAAQMDGAL"
"""The kind of serial s is the letter at s modulo its length."""
PACKAGE, CLASS = "P", "C"

_FIRST_MILLISECOND = 1_577_483_680_855
_MILLISECONDS_APART = 7
_SCATTER = 2_654_435_761
"""Knuth's factor for multiplicative hashing."""
_USED_ELEMENTS = (2, 6, 14, 45, 110, 180)
_COMMENT_LENGTHS = (20, 90, 250, 900)
_COMMENTS_PER_LONG_ONE = 700
_NUMBERS = (
    "1.0",
    "1.00",
    "1e0",
    "-0",
    "18446744073709551616",
    "3.14159265358979323846",
    "6.02E+23",
)
_UML = "http://www.omg.org/spec/UML/20131001"
_Body = dict[str, Any]


def kind(serial: int) -> str:
    """Return the letter of the kind; serial 0 is the root package."""
    return _CYCLE[serial % len(_CYCLE)]


class Elements:
    """The elements of one resource; `key` seeds them, `uuids` says which style of ids they have."""

    def __init__(self, key: str, *, uuids: bool) -> None:
        self._key = key
        self._uuids = uuids
        self._host = Dice(key, "host").below(2**28)

    def local_id(self, serial: int) -> str:
        """Return the id; ids rise with their serials, compared as texts."""
        moment = _FIRST_MILLISECOND + serial * _MILLISECONDS_APART
        scattered = (serial + 1) * _SCATTER + self._host
        if self._uuids:  # UUIDs of version 7 begin with their time
            low = (scattered * _SCATTER + self._host) % 2**62
            return str(UUID(int=moment << 80 | 7 << 76 | scattered % 4096 << 64 | 2 << 62 | low))
        return f"_19_0_3_{self._host:07x}_{moment}_{100_000 + scattered % 900_000}_{serial}"

    def body(self, serial: int, version: int, owner: int) -> bytes:
        """Return the canonical JSON of `e`."""
        dice = Dice(self._key, serial)
        e: _Body = {"id": self.local_id(serial)}
        if serial == 0:
            e |= {"feature": "Model", "type": "uml:Model", "name": f"Model of {thing(dice)}"}
        else:
            e["owner"] = self.local_id(owner)
            _MAKERS[kind(serial)](self, e, dice, serial)
        if version:
            _edit(e, Dice(self._key, serial, version))
        return orjson.dumps(e, option=orjson.OPT_SORT_KEYS)

    def _near(self, dice: Dice, serial: int) -> str:
        """Return the id of an earlier class, or of the root."""
        found = dice.below(serial)
        while found and kind(found) != CLASS:
            found -= 1
        return self.local_id(found)

    def package(self, e: _Body, dice: Dice, _serial: int) -> None:
        e |= {
            "feature": "packagedElement",
            "name": thing(dice),
            "nsURI": _UML,
            "type": "uml:Package",
        }

    def block(self, e: _Body, dice: Dice, serial: int) -> None:
        e |= {"feature": "packagedElement", "name": thing(dice), "type": "uml:Class"}
        if dice.percent(40):
            e["refs"] = {"general": [self._near(dice, serial)]}

    def stereotype(self, e: _Body, dice: Dice, _serial: int) -> None:
        e |= {"feature": "appliedStereotype", "type": "sysml:Block"}
        e["refs"] = {"base_Class": [e["owner"]]}
        if dice.percent(10):
            e["isEncapsulated"] = dice.percent(50)  # a key without a place of its own

    def property(self, e: _Body, dice: Dice, serial: int) -> None:
        e["attrs"] = {
            "aggregation": dice.pick(("composite", "none", "shared")),
            "visibility": "public",
        }
        e |= {"feature": "ownedAttribute", "name": aspect(dice), "type": "uml:Property"}
        e["refs"] = {"type": [self._near(dice, serial)]}

    def port(self, e: _Body, dice: Dice, serial: int) -> None:
        e |= {"feature": "ownedPort", "name": aspect(dice), "type": "uml:Port"}
        e["attrs"] = {"isService": str(dice.percent(50)).lower(), "visibility": "public"}
        e["refs"] = {"type": [self._near(dice, serial)]}

    def literal(self, e: _Body, dice: Dice, _serial: int) -> None:
        number = str(dice.between(-500, 99_999)) if dice.percent(80) else dice.pick(_NUMBERS)
        e |= {"feature": "defaultValue", "type": "uml:LiteralReal"}
        e["attrs"] = {"value": orjson.Fragment(number.encode()), "visibility": "public"}

    def comment(self, e: _Body, dice: Dice, _serial: int) -> None:
        length = dice.along(_COMMENT_LENGTHS)
        if dice.below(_COMMENTS_PER_LONG_ONE) == 0:
            length = dice.between(60_000, 200_000)
        e |= {"feature": "ownedComment", "type": "uml:Comment"}
        e["refs"] = {"annotatedElement": [e["owner"]]}
        e["attrs"] = {"body": prose(dice, length)}

    def requirement(self, e: _Body, dice: Dice, serial: int) -> None:
        e |= {"feature": "packagedElement", "name": f"REQ-{serial}", "type": "sysml:Requirement"}
        e["attrs"] = {
            "id": f"{serial // 100}.{serial % 100}",
            "text": prose(dice, dice.along((40, 120, 500))),
        }

    def association(self, e: _Body, dice: Dice, serial: int) -> None:
        ends = [self._near(dice, serial), self._near(dice, serial)]
        e |= {"feature": "packagedElement", "refs": {"memberEnd": ends}, "type": "uml:Association"}

    def diagram(self, e: _Body, dice: Dice, _serial: int) -> None:
        e |= {"feature": "ownedDiagram", "name": f"{thing(dice)} [IBD]", "type": "uml:Diagram"}
        e["attrs"] = {"umlType": "Composite Structure Diagram", "visibility": "public"}
        if dice.percent(15):
            e["attrs"]["diagramProperties"] = prose(dice, dice.between(300, 2500)).encode().hex(" ")

    def contents(self, e: _Body, dice: Dice, serial: int) -> None:
        used = [self.local_id(dice.below(serial)) for _ in range(dice.along(_USED_ELEMENTS))]
        e |= {
            "feature": "diagramContents",
            "type": "diagramContents",
            "refs": {"usedElements": used},
        }
        e["attrs"] = {"contentHash": f"{dice.below(2**32):08x}", "exporterVersion": "19.0 v9"}
        e["ext"] = {"usedObjects": [f"#{target}" for target in used]}


def _edit(e: _Body, dice: Dice) -> None:
    attrs = e.setdefault("attrs", {})
    if "contentHash" in attrs:
        attrs["contentHash"] = f"{dice.below(2**32):08x}"
    elif "body" in attrs:
        attrs["body"] += " " + sentence(dice)
    elif "name" in e and dice.percent(30):
        e["name"] += f" {dice.pick('ABCDEFGH')}{dice.between(1, 99)}"
    else:
        attrs["documentation"] = sentence(dice)


_MAKERS: dict[str, Callable[[Elements, _Body, Dice, int], None]] = {
    PACKAGE: Elements.package,
    CLASS: Elements.block,
    "S": Elements.stereotype,
    "A": Elements.property,
    "O": Elements.port,
    "L": Elements.literal,
    "M": Elements.comment,
    "Q": Elements.requirement,
    "R": Elements.association,
    "D": Elements.diagram,
    "G": Elements.contents,
}
