"""Recording many readings at once: the good ones in one transaction, the others told one by one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from metrics import events
from metrics.choices import Source
from metrics.models import Kpi, Measurement
from metrics.readings.actions import NOT_FOLLOWED, TAKEN, check_followed, show_as_newest
from metrics.readings.judging import LATEST, judge, judge_all
from metrics.rules import as_kept, measurement_problems
from pilots import clock
from pilots.events import build, record_many
from pilots.models import User

MOST = 10_000  # readings at once
BATCH = 1_000  # rows per statement
TWICE = "Another value for this time comes before it."


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
    there: Decimal | None = None  # what is recorded for its time, where that is why


@dataclass
class Sorted:
    """What becomes of many readings."""

    new: list[Told] = field(default_factory=list)
    same: list[Told] = field(default_factory=list)  # there already
    refused: list[Refused] = field(default_factory=list)  # what cannot be, or conflicts with what is recorded


@transaction.atomic
def record_measurements(*, kpi: Kpi, told: Iterable[Told], source: str, by: User) -> Sorted:
    """Write down those of these readings that can be and are not there yet. Sending them again is safe.

    So many queries per thousand, one event for all. Raises RuleViolation when the KPI takes no readings.
    """
    kpis = _lock([kpi.pk])
    check_followed(kpis[kpi.pk])
    return _record(kpis, {kpi.pk: list(told)}, source, by)[kpi.pk]


@transaction.atomic
def record_of_many(
    *, told: Mapping[int, Sequence[Told]], source: str, by: User, **data: str
) -> dict[int, Sorted]:
    """The same for readings of many KPIs, by KPI id: so many queries per thousand readings and per 500 KPIs.

    One event for each KPI that has new ones, with `data`. A KPI no longer followed refuses all of its readings.
    """
    return _record(_lock(told), told, source, by, **data)


def _lock(ids: Iterable[int]) -> dict[int, Kpi]:
    """These KPIs as they are now, with their pilots; whoever else records for them waits."""
    kpis = Kpi.objects.select_for_update(of=("self",)).select_related("pilot").order_by("pk")
    return {kpi.pk: kpi for kpi in kpis.filter(pk__in=list(ids))}


def _record(
    kpis: dict[int, Kpi], told: Mapping[int, Sequence[Told]], source: str, by: User, **data: str
) -> dict[int, Sorted]:
    found = sort_all(kpis, told, source=source)
    rows = [_row(kpis[pk], one, source, by) for pk, those in found.items() for one in those.new]
    written: dict[int, list[Measurement]] = {}
    for reading in Measurement.objects.bulk_create(rows, batch_size=BATCH):
        written.setdefault(reading.kpi_id, []).append(reading)
    before = {pk: kpis[pk].latest_value for pk in written}
    _judge(kpis, written)
    record_many(_event(kpis[pk], found[pk], those, before[pk], by, **data) for pk, those in written.items())
    return found


def _judge(kpis: dict[int, Kpi], written: Mapping[int, Sequence[Measurement]]) -> None:
    for pk, those in written.items():
        kpi, newest = kpis[pk], max(those, key=_measured_at)
        if kpi.latest_at is None or newest.measured_at >= kpi.latest_at:
            show_as_newest(kpi, newest)
    if len(written) == 1:
        [(pk, those)] = written.items()
        judge(kpis[pk], changed_on=timezone.localdate(min(those, key=_measured_at).measured_at))
    elif written:
        Kpi.objects.bulk_update([kpis[pk] for pk in written], LATEST, batch_size=BATCH // 2)
        judge_all(Kpi.objects.filter(pk__in=list(written)))


def _measured_at(reading: Measurement) -> datetime:
    return reading.measured_at


def _event(kpi: Kpi, found: Sorted, written: Sequence[Measurement], before, by: User, **data: str):
    return build(
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
        first=min(map(_measured_at, written)).isoformat(),
        last=max(map(_measured_at, written)).isoformat(),
        **data,
    )


def sort_all(
    kpis: Mapping[int, Kpi], told: Mapping[int, Sequence[Told]], *, source: str
) -> dict[int, Sorted]:
    """Which of these readings, by KPI id, are new, there already, or cannot be; nothing is written. One query.

    A program's readings are held against those of the same source. A file's are held against all: what
    somebody typed in is not recorded a second time.
    """
    today, found = clock.today(), {}
    possible: dict[int, list[Told]] = {}
    for pk, those in told.items():
        found[pk] = Sorted()
        possible[pk] = list(_possible(kpis[pk], those, found[pk], today))
    there = _there(possible, source)
    for pk, those in possible.items():
        for one in those:
            _put(one, there.setdefault((pk, one.measured_at), _There()), found[pk])
        found[pk].refused.sort(key=lambda one: one.place)
    return found


def _possible(kpi: Kpi, told: Iterable[Told], found: Sorted, today: date) -> Iterator[Told]:
    """Those that can be by themselves; what is wrong with the others is put into `found`."""
    for one in told:
        if kpi.archived_at is not None:
            found.refused.append(Refused(one.place, "kpi", NOT_FOLLOWED))
            continue
        problems = measurement_problems(
            value=one.value, measured_on=timezone.localdate(one.measured_at), today=today
        )
        found.refused += [Refused(one.place, name, why) for name, why in problems.items()]
        if not problems:
            yield one


@dataclass
class _There:
    """What stands at one moment. A corrected value that is repeated does not come back."""

    counting: set[Decimal] = field(default_factory=set)
    corrected: set[Decimal] = field(default_factory=set)
    sent: set[Decimal] = field(default_factory=set)  # new, among the very readings that are sorted


def _put(one: Told, there: _There, found: Sorted) -> None:
    value = as_kept(one.value)
    if value in there.counting | there.corrected | there.sent:
        found.same.append(one)
    elif there.counting:
        found.refused.append(Refused(one.place, "measured_at", TAKEN, min(there.counting)))
    elif there.sent:
        found.refused.append(Refused(one.place, "measured_at", TWICE, min(there.sent)))
    else:
        found.new.append(one)
        there.sent.add(value)


def _there(told: Mapping[int, Sequence[Told]], source: str) -> dict[tuple[int, datetime], _There]:
    """(KPI id, moment) → what stands there."""
    moments = [one.measured_at for those in told.values() for one in those]
    if not moments:
        return {}
    rows = Measurement.objects.filter(kpi__in=list(told), measured_at__range=(min(moments), max(moments)))
    if source != Source.FILE:
        rows = rows.filter(source=source)
    there: dict[tuple[int, datetime], _There] = {}
    facts = rows.order_by().values_list("kpi_id", "measured_at", "value", "corrected_at")
    for pk, at, value, corrected_at in facts.iterator():
        here = there.setdefault((pk, at), _There())
        (here.counting if corrected_at is None else here.corrected).add(value)
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
