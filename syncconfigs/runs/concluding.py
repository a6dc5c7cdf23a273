"""The end of a comparison: what its rows add up to, and whether that is news for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from django.db import transaction
from django.db.models import Count, Q

from syncconfigs.models import ComparedResource, ComparisonNotice, ComparisonReport, SyncRun
from syncconfigs.runs import reporting
from syncconfigs.runs.journal import End
from syncconfigs.runs.lease import Lease
from tcsync.amounts import counted

NAMED = 20
Verdict = ComparedResource.Verdict


def equal_before(run: SyncRun, resources: Collection[str]) -> set[str]:
    """Return which of these were equal when an earlier run of the same comparison last told."""
    reports = ComparisonReport.objects.filter(
        run__comparison=run.comparison_id, run__lt=run.pk
    ).exclude(digest="")
    last = reports.order_by("-run").values_list("run", flat=True).first()
    if last is None or run.comparison_id is None:
        return set()
    rows = ComparedResource.objects.filter(run=last, resource__in=resources)
    was = Q(verdict=Verdict.EQUAL) | Q(verdict=Verdict.UNKNOWN, was_equal=True)
    return set(rows.filter(was).values_list("resource", flat=True))


def conclude(run: SyncRun, lease: Lease) -> End:
    """Count, give a notice where something equal no longer is, and return how the run ended."""
    with transaction.atomic():
        lease.guard()
        report = ComparisonReport.objects.select_for_update().get(run=run)
        counts = _counts(run)
        report.equal = counts[Verdict.EQUAL]
        report.different = counts[Verdict.DIFFERENT]
        report.unknown = counts[Verdict.UNKNOWN]
        report.kinds = _kinds(run)
        report.save()
        report.digest = reporting.digest(report)
        report.save(update_fields=["digest"])
        _notice(run)
        lease.update(found_nothing=not report.different and not report.unknown)
    return _end(report)


def _counts(run: SyncRun) -> Counter[str]:
    rows = run.compared.order_by().values_list("verdict").annotate(n=Count("pk"))
    return Counter(dict(rows))


def _kinds(run: SyncRun) -> dict[str, int]:
    """Return in how many resources something of each kind differs."""
    rows = run.compared.exclude(kinds="").order_by().values_list("kinds").annotate(n=Count("pk"))
    found: Counter[str] = Counter()
    for kinds, count in rows:
        for kind in kinds.strip("|").split("|"):
            found[kind] += count
    return dict(sorted(found.items()))


def _notice(run: SyncRun) -> None:
    lost = run.compared.filter(verdict=Verdict.DIFFERENT, was_equal=True)
    count = lost.count()
    if count and run.comparison is not None:
        names = list(lost.values_list("name", flat=True)[:NAMED])
        # By the run: a worker that died before the end must not give it twice.
        ComparisonNotice.objects.get_or_create(
            run=run, defaults={"comparison": run.comparison, "count": count, "names": names}
        )


def _end(report: ComparisonReport) -> End:
    one, other = (side["name"] for side in report.sides)
    parts = [f"{counted(report.equal, 'resource')} equal"]
    if report.different:
        parts.append(f"{report.different} different")
    if report.unknown:
        parts.append(f"{report.unknown} could not be compared")
    reason = f"{one} and {other}: {', '.join(parts)}. SHA-256 of the report: {report.digest}."
    if report.unknown:
        step = "Open the report: it says what could not be compared, and why."
        return End(SyncRun.State.INCOMPLETE, None, "not_compared", reason, step)
    if report.different:
        step = "Open the report: it says what differs."
        return End(SyncRun.State.SUCCEEDED, None, "different", reason, step)
    return End(SyncRun.State.SUCCEEDED, None, "", reason)
