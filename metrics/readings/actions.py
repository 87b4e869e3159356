"""Recording what was measured, and putting right what was recorded wrongly."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from metrics import events
from metrics.choices import Source
from metrics.models import Kpi, Measurement
from metrics.readings.judging import judge
from metrics.rules import as_kept, correction_blockers, measurement_problems
from pilots import clock
from pilots.events import Changes, changed_fields, record
from pilots.models import User
from pilots.rules import RuleViolation

NOT_FOLLOWED = "This KPI is no longer followed."
TAKEN = "Another value is already recorded for this time."


@transaction.atomic
def record_measurement(
    *,
    kpi: Kpi,
    value: Decimal,
    measured_at: datetime,
    note: str = "",
    sample_size: int | None = None,
    source: str = Source.FORM,
    by: User | None,
) -> Measurement:
    """Write down one reading. Sending the same reading again returns the one there is, also where a program
    repeats one that a person has corrected meanwhile: that does not bring it back. `by` is None where a collector
    brings it.

    Raises RuleViolation for a number or a time that cannot be, and when another value already
    stands at that time from the same source.
    """
    kpi = lock_to_record(kpi)
    _check_reading(kpi, value, measured_at)
    value = as_kept(value)  # so that the same reading is known again
    known = _known(kpi, value, measured_at, source)
    if known is not None:
        return known
    reading = Measurement.objects.create(
        kpi=kpi,
        value=value,
        measured_at=measured_at,
        note=note,
        sample_size=sample_size,
        source=source,
        recorded_by=by,
    )
    before = kpi.latest_value
    _keep_newest(kpi, reading)
    judge(kpi, changed_on=timezone.localdate(measured_at))
    _record_reading(reading, before, by)
    return reading


def _record_reading(reading: Measurement, before: Decimal | None, by: User | None) -> None:
    kpi = reading.kpi
    record(
        events.MEASUREMENT_RECORDED,
        subject=reading,
        pilot=kpi.pilot,
        actor=by,
        changes={"value": [None if before is None else str(before), str(reading.value)]},
        kpi=kpi.name,
        unit=kpi.unit,
    )


@transaction.atomic
def supersede_measurement(*, reading: Measurement, reason: str, by: User, **facts: Any) -> Measurement:
    """Put another reading in the place of a wrong one, which stays readable and no longer counts.

    `facts` are `value`, and of `measured_at`, `sample_size`, `note` and `source` those that differ. Returns
    the new reading. Raises RuleViolation.
    """
    kpi = lock_to_record(reading.kpi)
    wrong = Measurement.objects.select_for_update().get(pk=reading.pk)
    kept = {name: getattr(wrong, name) for name in CORRECTABLE}
    told = kept | facts
    _check_reading(kpi, told["value"], told["measured_at"])
    told["value"] = as_kept(told["value"])
    changes = changed_fields(wrong, {name: told[name] for name in CORRECTABLE})
    _check_correction(wrong, reason, is_same=not set(changes) - {"source"})
    _end(wrong, reason, by)
    if kpi.measurements.counting().filter(measured_at=told["measured_at"], source=told["source"]).exists():
        raise RuleViolation(TAKEN)
    right = Measurement.objects.create(kpi=kpi, recorded_by=by, **told)
    wrong.superseded_by = right
    wrong.save(update_fields=["superseded_by"])
    _find_newest(kpi)
    judge(kpi, changed_on=timezone.localdate(min(wrong.measured_at, right.measured_at)))
    _told(events.MEASUREMENT_SUPERSEDED, kpi, wrong, changes, by)
    return right


@transaction.atomic
def take_back_measurement(*, reading: Measurement, reason: str, by: User) -> Measurement:
    """Say that a reading was wrong and nothing takes its place: it stays readable and no longer counts.

    Raises RuleViolation.
    """
    kpi = lock_to_record(reading.kpi)
    wrong = Measurement.objects.select_for_update().get(pk=reading.pk)
    check_followed(kpi)
    _check_correction(wrong, reason)
    _end(wrong, reason, by)
    _find_newest(kpi)
    judge(kpi, changed_on=timezone.localdate(wrong.measured_at))
    _told(events.MEASUREMENT_TAKEN_BACK, kpi, wrong, {"value": [str(wrong.value), None]}, by)
    return wrong


CORRECTABLE = ("value", "measured_at", "sample_size", "note", "source")


def lock_to_record(kpi: Kpi) -> Kpi:
    """The KPI as it is now, with its pilot; whoever else records for it waits."""
    return Kpi.objects.select_for_update(of=("self",)).select_related("pilot").get(pk=kpi.pk)


def _check_correction(wrong: Measurement, reason: str, *, is_same: bool = False) -> None:
    blockers = correction_blockers(
        reason=reason, is_corrected=wrong.corrected_at is not None, is_same=is_same
    )
    if blockers:
        raise RuleViolation(*blockers)


def _end(wrong: Measurement, reason: str, by: User) -> None:
    wrong.corrected_at, wrong.corrected_by, wrong.correction_reason = clock.now(), by, reason.strip()
    wrong.save(update_fields=["corrected_at", "corrected_by", "correction_reason"])


def _told(type_: str, kpi: Kpi, wrong: Measurement, changes: Changes, by: User) -> None:
    record(
        type_,
        subject=wrong,
        pilot=kpi.pilot,
        actor=by,
        changes=changes,
        kpi=kpi.name,
        unit=kpi.unit,
        measured_at=wrong.measured_at.isoformat(),
        reason=wrong.correction_reason,
    )


def _keep_newest(kpi: Kpi, reading: Measurement) -> None:
    if kpi.latest_at is None or reading.measured_at >= kpi.latest_at:
        show_as_newest(kpi, reading)


def _find_newest(kpi: Kpi) -> None:
    """The newest may be another one now, or none."""
    show_as_newest(kpi, kpi.measurements.counting().order_by("-measured_at", "-pk").first())


def show_as_newest(kpi: Kpi, reading: Measurement | None) -> None:
    kpi.latest_value = reading.value if reading else None
    kpi.latest_at = reading.measured_at if reading else None
    kpi.renew_freshness()


def _check_reading(kpi: Kpi, value: Decimal, measured_at: datetime) -> None:
    check_followed(kpi)
    problems = measurement_problems(
        value=value, measured_on=timezone.localdate(measured_at), today=clock.today()
    )
    if problems:
        raise RuleViolation(*problems.values())


def check_followed(kpi: Kpi) -> None:
    if kpi.archived_at is not None:
        raise RuleViolation(NOT_FOLLOWED)


def _known(kpi: Kpi, value: Decimal, measured_at: datetime, source: str) -> Measurement | None:
    """This very reading, if it is there. Raises RuleViolation when another value stands in its place."""
    there = kpi.measurements.filter(measured_at=measured_at, source=source).order_by("-pk")
    counting = next((one for one in there if one.corrected_at is None), None)
    if counting is not None and counting.value == value:
        return counting
    corrected = next((one for one in there if one.corrected_at is not None and one.value == value), None)
    if corrected is not None and source != Source.FORM:  # a person who says it again means it
        return corrected
    if counting is not None:
        raise RuleViolation(TAKEN)
    return None
