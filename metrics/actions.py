"""Defining KPIs and recording what was measured."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from metrics import events
from metrics.choices import Source
from metrics.models import Kpi, Measurement, Outlook
from metrics.rules import CENT, as_kept, fresh_until, measurement_problems, number_problem, outlook_problems
from pilots import clock
from pilots.events import Changes, changed_fields, first_facts, record
from pilots.models import Pilot, User
from pilots.rules import RuleViolation, edit_blockers


@transaction.atomic
def create_kpi(*, pilot: Pilot, by: User | None, **facts: Any) -> Kpi:
    """Define a KPI of a pilot; `facts` are fields of Kpi. Raises RuleViolation."""
    _check_name(pilot, facts["name"])
    facts |= _numbers(facts)
    kpi = Kpi.objects.create(pilot=pilot, **facts)
    record(
        events.KPI_CREATED,
        subject=kpi,
        pilot=pilot,
        actor=by,
        changes=first_facts({name: value for name, value in facts.items() if name not in ("name", "kind")}),
        name=kpi.name,
        kind=kpi.kind,
    )
    return kpi


@transaction.atomic
def edit_kpi(*, kpi: Kpi, by: User, **facts: Any) -> Kpi:
    """Change the definition of a KPI. Raises RuleViolation."""
    kpi = Kpi.objects.select_for_update(of=("self",)).select_related("pilot").get(pk=kpi.pk)
    if "name" in facts:
        _check_name(kpi.pilot, facts["name"], besides=kpi.pk)
    facts |= _numbers(facts)
    changes = changed_fields(kpi, facts)
    if changes:
        for name in changes:
            setattr(kpi, name, facts[name])
        _keep_freshness(kpi)
        kpi.save(update_fields=[*changes, "fresh_until"])
        record(events.KPI_EDITED, subject=kpi, pilot=kpi.pilot, actor=by, changes=changes, name=kpi.name)
    return kpi


def _numbers(facts: dict[str, Any]) -> dict[str, Decimal]:
    """The baseline and target among these facts as they are kept. Raises RuleViolation."""
    found = {name: facts[name] for name in ("baseline", "target") if facts.get(name) is not None}
    problems = {name: number_problem(value) for name, value in found.items()}
    if any(problems.values()):
        raise RuleViolation(*(f"{name.capitalize()}: {why}" for name, why in problems.items() if why))
    return {name: as_kept(value) for name, value in found.items()}


def _keep_freshness(kpi: Kpi) -> None:
    if kpi.latest_at is not None:
        kpi.fresh_until = fresh_until(
            latest_on=timezone.localdate(kpi.latest_at), cadence_days=kpi.cadence_days
        )


def _check_name(pilot: Pilot, name: str, *, besides: int | None = None) -> None:
    # Two of one name at once: the second one waits.
    Pilot.objects.select_for_update(no_key=True).get(pk=pilot.pk)
    if pilot.kpis.listed().filter(name__iexact=name).exclude(pk=besides).exists():
        raise RuleViolation("This pilot already has a KPI of this name.")


@transaction.atomic
def archive_kpi(*, kpi: Kpi, by: User) -> Kpi:
    """Stop following a KPI; its measurements stay. Doing it twice changes nothing."""
    kpi = Kpi.objects.select_for_update(of=("self",)).select_related("pilot").get(pk=kpi.pk)
    if kpi.archived_at is None:
        kpi.archived_at = clock.now()
        kpi.save(update_fields=["archived_at"])
        changes = {"archived": [False, True]}
        record(events.KPI_ARCHIVED, subject=kpi, pilot=kpi.pilot, actor=by, changes=changes, name=kpi.name)
    return kpi


@transaction.atomic
def record_measurement(
    *,
    kpi: Kpi,
    value: Decimal,
    measured_at: datetime,
    note: str = "",
    sample_size: int | None = None,
    source: str = Source.FORM,
    by: User,
) -> Measurement:
    """Write down one reading. Sending the same reading again returns the one there is.

    Raises RuleViolation for a number or a time that cannot be, and when another value already
    stands at that time from the same source.
    """
    kpi = Kpi.objects.select_for_update(of=("self",)).select_related("pilot").get(pk=kpi.pk)
    _check_reading(kpi, value, measured_at)
    value = as_kept(value)  # so that the same reading is known again
    known = kpi.measurements.filter(measured_at=measured_at, source=source).first()
    if known is not None:
        return _same_or_refuse(known, value)
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
    record(
        events.MEASUREMENT_RECORDED,
        subject=reading,
        pilot=kpi.pilot,
        actor=by,
        changes={"value": [None if before is None else str(before), str(value)]},
        kpi=kpi.name,
        unit=kpi.unit,
    )
    return reading


def _keep_newest(kpi: Kpi, reading: Measurement) -> None:
    if kpi.latest_at is None or reading.measured_at >= kpi.latest_at:
        kpi.latest_value, kpi.latest_at = reading.value, reading.measured_at
        _keep_freshness(kpi)
        kpi.save(update_fields=["latest_value", "latest_at", "fresh_until"])


def _check_reading(kpi: Kpi, value: Decimal, measured_at: datetime) -> None:
    if kpi.archived_at is not None:
        raise RuleViolation("This KPI is no longer followed.")
    problems = measurement_problems(
        value=value, measured_on=timezone.localdate(measured_at), today=clock.today()
    )
    if problems:
        raise RuleViolation(*problems.values())


def _same_or_refuse(known: Measurement, value: Decimal) -> Measurement:
    if known.value != value:
        raise RuleViolation("Another value is already recorded for this time.")
    return known


@transaction.atomic
def state_outlook(
    *,
    pilot: Pilot,
    currency: str,
    cost_to_go: Decimal,
    value_to_go: Decimal,
    horizon_months: int,
    as_of: date,
    basis: str,
    spent: Decimal | None = None,
    by: User | None,
) -> Outlook:
    """Say what going on with a pilot costs and brings, in place of what was said before.

    Saying the same again changes nothing. Raises RuleViolation.
    """
    pilot = Pilot.objects.select_for_update(of=("self",), no_key=True).get(pk=pilot.pk)
    amounts = {"cost_to_go": cost_to_go, "value_to_go": value_to_go, "spent": spent}
    words: dict[str, Any] = {
        "currency": currency,
        "horizon_months": horizon_months,
        "as_of": as_of,
        "basis": basis,
    }
    blockers = edit_blockers(archived=pilot.archived_at is not None)
    problems = outlook_problems(amounts=amounts, today=clock.today(), **words)
    if blockers or problems:
        raise RuleViolation(*blockers, *problems.values())
    facts = words | {name: amount and amount.quantize(CENT) for name, amount in amounts.items()}
    outlook = Outlook.objects.filter(pilot=pilot).first()
    changes = changed_fields(outlook or Outlook(pilot=pilot), facts)
    if outlook is not None and not changes:
        return outlook
    values = facts | {"updated_by": by, "updated_at": clock.now()}
    outlook, _ = Outlook.objects.update_or_create(pilot=pilot, defaults=values)
    record(events.OUTLOOK_STATED, subject=outlook, pilot=pilot, actor=by, changes=_first(changes))
    return outlook


def _first(changes: Changes) -> Changes:
    """Where nothing was said before, "" counts as nothing."""
    return {name: [None if before == "" else before, after] for name, (before, after) in changes.items()}
