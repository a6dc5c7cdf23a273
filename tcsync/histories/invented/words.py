"""The vocabulary of invented models: names of things, people, categories, and plain sentences."""

from __future__ import annotations

from tcsync.histories.invented.dice import Dice

AUTHORS = (
    ("Ada Brandt", 60),
    ("Søren Østergård", 60),
    ("Zoë Müller-Lüdenscheidt", 60),
    ("Nguyễn Thị Minh", 420),
    ("José Ibáñez", -360),
    ("Агафья Тихонова", 180),
    ("田中 美咲", 540),
    ("Priya Raghunathan", 330),
    ("O'Brien, Siobhán", 0),
)
"""Names with the UTC offset in minutes at which they work."""

CATEGORIES = (
    "Programmes/Lander/Propulsion",
    "Programmes/Lander/Avionics",
    "Programmes/Lander",
    "Programmes/Rover/Mobility",
    "Programmes/Rover/Énergie",
    "Libraries/Units",
    "Libraries/Interfaces/Electrical",
    "",
    "Ground Segment/Betriebsführung",
    "Libraries",
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_SUBJECTS = _words("""
    Valve Tank Thruster Sensor Controller Harness Battery Antenna Wheel Radiator Pump Gyro Nozzle
    Mast Kühlkreislauf Réservoir 圧力センサ Bearing Damper Recorder Hatch Bus Filter Camera
""")
_QUALITIES = _words("""
    Main Redundant Primary Aft Forward Cold Thermal Electrical Hydraulic Auxiliary Nominal Außen
    Inner High-Gain Low-Pressure Latching Passive Smart
""")
_ASPECTS = _words("""
    mass power voltage pressure temperature rate status mode limit margin delay größe torque
    position flow capacity efficiency priority count address
""")
_CHANGES = _words("Rework Add Review Correct Split Rename Simplify Baseline Trace")
_VERBS = (
    "shall provide",
    "limits",
    "reports",
    "isolates",
    "monitors",
    "is verified against",
    "depends on",
    "supersedes",
    "is derived from",
    "protects",
    "is accommodated next to",
)


def thing(dice: Dice) -> str:
    """Return the name of a part, such as "Redundant Valve"."""
    return f"{dice.pick(_QUALITIES)} {dice.pick(_SUBJECTS)}"


def aspect(dice: Dice) -> str:
    """Return the name of a property, such as "valvePressure"."""
    return f"{dice.pick(_SUBJECTS).lower()}{dice.pick(_ASPECTS).capitalize()}"


def sentence(dice: Dice) -> str:
    """Return a sentence of about 70 characters."""
    start = f"The {thing(dice).lower()} {dice.pick(_VERBS)} the {dice.pick(_ASPECTS)}"
    return f"{start} of the {thing(dice).lower()} ({dice.between(1, 400)})."


def prose(dice: Dice, length: int) -> str:
    """Return sentences of at least `length` characters in all."""
    parts: list[str] = []
    while length > 0:
        parts.append(sentence(dice))
        length -= len(parts[-1]) + 1
    return " ".join(parts)


def message(dice: Dice) -> str:
    """Return what an author writes to a commit; now and then several lines, or nothing."""
    if dice.percent(4):
        return ""
    first = f"{dice.pick(_CHANGES)} {thing(dice)}"
    return f"{first}\n\n{prose(dice, 150)}" if dice.percent(10) else first
