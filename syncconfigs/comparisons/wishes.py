"""What somebody wants compared, checked before it is stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from syncconfigs.models import Comparison, RemoteServer
from syncconfigs.schedules import Schedule
from tcsync.errors import Clash, Missing
from tcsync.sync.against import Depth

HERE = "here"
"""The word for this node itself, where a server is named."""
MOST_IDS = 10_000
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Wish:
    """A comparison as somebody asks for it. A side that is None is this node itself.

    `resources` and `categories` are ids of the first side; without any, everything is compared.
    """

    one: RemoteServer | None
    other: RemoteServer | None
    name: str = ""
    resources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    depth: str = Depth.LISTINGS
    patience_hours: int = 24
    every_minutes: int | None = None
    cron: str = ""
    time_zone: str = "UTC"

    @property
    def schedule(self) -> Schedule:
        """When it is run by itself."""
        return Schedule(self.every_minutes, self.cron, self.time_zone)

    @property
    def title(self) -> str:
        """Its name, else one that is made of its sides."""
        if self.name:
            return self.name
        names = [side.name if side else "this node" for side in (self.one, self.other)]
        return " and ".join(names)[:200]

    def check(self) -> None:
        """Raise Clash or BadSchedule for what cannot be compared."""
        if (self.one and self.one.pk) == (self.other and self.other.pk):
            raise Clash(
                "Both sides are the same server.", next_step="Choose another one for one of them."
            )
        if len(self.resources) + len(self.categories) > MOST_IDS:
            raise Clash(
                f"More than {MOST_IDS:,} ids were chosen.",
                next_step="Choose the categories that hold them, or compare everything.",
            )
        self.schedule.check()

    def columns(self, now: datetime) -> dict[str, object]:
        """Return it as columns of a comparison."""
        return {
            "name": self.title,
            "one": self.one,
            "other": self.other,
            "resources": sorted(set(self.resources)),
            "categories": sorted(set(self.categories)),
            "depth": self.depth,
            "patience_hours": self.patience_hours,
            "every_minutes": self.every_minutes,
            "cron": self.cron,
            "time_zone": self.time_zone,
            "next_at": self.schedule.next_after(now),
        }


def side_named(text: str) -> RemoteServer | None:
    """Return the server with this name or number; None for "here". Raises Missing."""
    if text == HERE:
        return None
    rows = RemoteServer.objects.defer(*RemoteServer.SECRETS)
    found = rows.filter(name=text).first()
    if found is None and text.isdecimal() and len(text) < len(str(1 << 31)):
        found = rows.filter(pk=int(text)).first()
    if found is None:
        known = ", ".join(f"{s.pk} ({s.name})" for s in rows.order_by("pk")[:SHOWN])
        raise Missing(
            f"There is no server {text!r}.",
            next_step=f"Name one of these, or {HERE!r}: {known or 'none yet'}.",
        )
    return found


def fitting(wish: Wish) -> Comparison | None:
    """Return the comparison without a schedule that asks for the same, None where there is none."""
    rows = Comparison.objects.filter(
        one=wish.one,
        other=wish.other,
        depth=wish.depth,
        patience_hours=wish.patience_hours,
        every_minutes=None,
        cron="",
    )
    chosen = sorted(set(wish.resources)), sorted(set(wish.categories))
    same = (row for row in rows if (row.resources, row.categories) == chosen)
    return next(same, None)


def named_apart(wish: Wish) -> Wish:
    """Return a wish without a name with one that no comparison has yet."""
    title, number = wish.title[:190], 1
    while Comparison.objects.filter(name=wish.title).exists():
        number += 1
        wish = replace(wish, name=f"{title} ({number})")
    return wish
