"""Recording many readings of one KPI at once: the good ones in one transaction, the others told one by one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from metrics import events
from metrics.models import Kpi, Measurement
from metrics.readings.actions import TAKEN, check_followed, lock_to_record, show_as_newest
from metrics.readings.judging import judge
from metrics.rules import as_kept, measurement_problems
from pilots import clock
from pilots.events import record
from pilots.models import User

MOST = 10_000  # readings at once
BATCH = 1_000  # rows per statement


@dataclass(frozen=True)
class Told:
    """One reading as it was sent; `place` is where it stood: an index, or the number of a row."""

    place: int
    value: Decimal
    measured_at: datetime
    sample_size: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Refused:
    place: int
    field: str
    sentence: str


@dataclass
class Sorted:
    """What becomes of many readings."""

    new: list[Told] = field(default_factory=list)
    same: list[Told] = field(default_factory=list)  # there already
    refused: list[Refused] = field(default_factory=list)


@transaction.atomic
def record_measurements(*, kpi: Kpi, told: Iterable[Told], source: str, by: User) -> Sorted:
    """Write down those of these readings that can be and are not there yet. Sending them again is safe.

    So many queries per thousand, one event for all. Raises RuleViolation when the KPI takes no readings.
    """
    kpi = lock_to_record(kpi)
    found = sort(kpi, told, source=source)
    if not found.new:
        return found
    written = Measurement.objects.bulk_create(
        (_row(kpi, one, source, by) for one in found.new), batch_size=BATCH
    )
    first = min(reading.measured_at for reading in written)
    before, newest = kpi.latest_value, max(written, key=lambda reading: reading.measured_at)
    if kpi.latest_at is None or newest.measured_at >= kpi.latest_at:
        show_as_newest(kpi, newest)
    judge(kpi, changed_on=timezone.localdate(first))
    record(
        events.MEASUREMENTS_RECORDED,
        subject=kpi,
        pilot=kpi.pilot,
        actor=by,
        changes={"latest_value": [None if before is None else str(before), str(kpi.latest_value)]},
        kpi=kpi.name,
        unit=kpi.unit,
        recorded=len(found.new),
        same=len(found.same),
        refused=len(found.refused),
        first=first.isoformat(),
        last=newest.measured_at.isoformat(),
    )
    return found


def sort(kpi: Kpi, told: Iterable[Told], *, source: str) -> Sorted:
    """Which of these readings are new, there already, or cannot be; nothing is written. One query.

    Raises RuleViolation when the KPI takes no readings.
    """
    check_followed(kpi)
    found, today = Sorted(), clock.today()
    possible = []
    for one in told:
        problems = measurement_problems(
            value=one.value, measured_on=timezone.localdate(one.measured_at), today=today
        )
        found.refused += [Refused(one.place, name, why) for name, why in problems.items()]
        if not problems:
            possible.append(one)
    there = _there(kpi, possible, source)
    for one in possible:
        value = as_kept(one.value)
        counting, corrected = there.setdefault(one.measured_at, (None, set()))
        if value == counting or value in corrected:
            found.same.append(one)
        elif counting is not None:
            found.refused.append(Refused(one.place, "measured_at", TAKEN))
        else:
            found.new.append(one)
            there[one.measured_at] = (value, corrected)
    found.refused.sort(key=lambda one: one.place)
    return found


def _there(kpi: Kpi, told: list[Told], source: str) -> dict[datetime, tuple[Decimal | None, set[Decimal]]]:
    """Moment → the value that counts, and those that were corrected: a repeated one does not come back."""
    if not told:
        return {}
    moments = [one.measured_at for one in told]
    rows = kpi.measurements.filter(source=source, measured_at__range=(min(moments), max(moments)))
    there: dict[datetime, tuple[Decimal | None, set[Decimal]]] = {}
    for at, value, corrected_at in rows.order_by().values_list("measured_at", "value", "corrected_at"):
        counting, corrected = there.get(at, (None, set()))
        there[at] = (value, corrected) if corrected_at is None else (counting, corrected | {value})
    return there


def _row(kpi: Kpi, one: Told, source: str, by: User) -> Measurement:
    return Measurement(
        kpi=kpi,
        value=as_kept(one.value),
        measured_at=one.measured_at,
        sample_size=one.sample_size,
        note=one.note,
        source=source,
        recorded_by=by,
    )
