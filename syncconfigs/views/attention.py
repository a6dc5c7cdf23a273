"""What needs a person, by its cause: a server that is down is one line, however many it stops."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from syncconfigs import standing
from syncconfigs.configurations import finding
from syncconfigs.models import RemoteServer, SyncConfig
from syncconfigs.standing import Standing
from syncconfigs.views.tables import ServerRow

CAUSES_AT_MOST = 10
NAMED_AT_MOST = 3
REASONS_READ = 500
"""Different texts that are looked through for those that say the same of different things."""
CAUSE_LENGTH = 120
_PARTICULAR = re.compile(r"\d+|'[^']*'|“[^”]*”|\"[^\"]*\"")


@dataclass(frozen=True, slots=True)
class Silent:
    """A server that does not answer, or waits for a person; `behind` configurations read it."""

    row: ServerRow
    behind: int


@dataclass(slots=True)
class Cause:
    """Configurations that stopped for the same reason; some of them by name."""

    status: str
    reason: str
    count: int = 0
    pks: list[int] = field(default_factory=list)
    configs: list[SyncConfig] = field(default_factory=list)
    standing: Standing | None = None

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.configs)

    @property
    def filter(self) -> str:
        """By which status the list of configurations shows them."""
        is_late = self.status == SyncConfig.Status.SYNCHRONIZED
        return finding.LATE if is_late else self.status


def silent(servers: QuerySet[RemoteServer], configs: QuerySet[SyncConfig]) -> list[Silent]:
    """Return the servers with an error, those that wait for a person first, the busiest first."""
    rows = list(servers.exclude(last_error=""))
    counts = configs.select_related(None).defer(None).order_by().values_list("server")
    behind = dict(counts.annotate(n=Count("pk")).filter(server__in=[s.pk for s in rows]))
    found = [Silent(ServerRow.of(server), behind.get(server.pk, 0)) for server in rows]
    return sorted(found, key=lambda one: (not one.row.server.waits_for_person, -one.behind))


def troubled(
    configs: QuerySet[SyncConfig], stopped_by: list[Silent], now: datetime
) -> QuerySet[SyncConfig]:
    """Return what needs a person for a reason of its own: not because its server is silent."""
    down = [one.row.server.pk for one in stopped_by]
    explained = Q(server__in=down) & (Q(status=SyncConfig.Status.ERROR) | finding.late(now))
    return configs.filter(finding.needs_person(now)).exclude(explained)


def causes(configs: QuerySet[SyncConfig], now: datetime) -> list[Cause]:
    """Return what stopped these, the worst and most frequent first; at most CAUSES_AT_MOST."""
    plain = configs.select_related(None).defer(None).order_by()
    texts = plain.values_list("status", "reason").annotate(n=Count("pk"), first=Min("pk"))
    groups: dict[tuple[str, str], Cause] = {}
    for status, reason, count, first in texts.order_by("-n", "first")[:REASONS_READ]:
        key = (status, _PARTICULAR.sub("…", reason)[:CAUSE_LENGTH])
        cause = groups.setdefault(key, Cause(status, reason))
        cause.count += count
        cause.pks = [*cause.pks, first][:NAMED_AT_MOST]
    order = [status.value for status in standing.NEEDS_PERSON]
    found = sorted(
        groups.values(),
        key=lambda one: (
            order.index(one.status) if one.status in order else len(order),
            -one.count,
        ),
    )[:CAUSES_AT_MOST]
    by_pk = configs.in_bulk([pk for cause in found for pk in cause.pks])
    for cause in found:
        cause.configs = [by_pk[pk] for pk in cause.pks if pk in by_pk]
        if cause.configs:
            cause.standing = standing.of_config(cause.configs[0], now)
    return found
