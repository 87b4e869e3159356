"""A drawn pilot with its KPIs and readings, as rows not yet written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from gates.demo.made_up import words
from gates.demo.made_up.draws import RISK_TIERS, Course, Curve, draw_curve, pick
from gates.journey.actions import stamp_phase
from gates.models import Criterion, GateDefinition, Phase
from gates.rules import PILOTED
from metrics.choices import KpiKind, Source
from metrics.models import Kpi, Measurement
from metrics.points import Reading
from metrics.readings.judging import put_judgement
from metrics.rules import fresh_until
from pilots.choices import Approach, Priority
from pilots.models import Pilot, Programme, User

CADENCE_DAYS = 30


@dataclass(frozen=True)
class Step:
    """One phase of the playbook with its gate and criteria."""

    phase: Phase
    definition: GateDefinition
    criteria: Sequence[Criterion]


@dataclass(frozen=True)
class Team:
    """A generated programme and its people."""

    programme: Programme
    owners: Sequence[User]
    gatekeepers: Sequence[User]


@dataclass(frozen=True)
class Drawn:
    """One pilot, what brought it where it is, and the generators that draw the rest of it."""

    rng: Random
    register_rng: Random
    course: Course
    team: Team
    pilot: Pilot
    kpis: Sequence[tuple[Kpi, Curve]]


def noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def pilot_row(rng: Random, course: Course, steps: Sequence[Step], team: Team, key: str) -> Pilot:
    """A pilot where its course has brought it; some lack an owner, a sponsor or a risk tier."""
    tier = pick(rng, RISK_TIERS)
    pilot = Pilot(
        programme=team.programme,
        key=key,
        title=f"{rng.choice(words.SUBJECTS)} {rng.choice(words.TOOLS)}",
        problem="Cases wait for days because every one is read and typed by hand.",
        workflow="Reading and routing incoming cases",
        unit=rng.choice(words.UNITS),
        approach=rng.choice(Approach.values),
        vendor=rng.choice(words.VENDORS),
        model_name=rng.choice(words.MODELS),
        risk_tier=tier,
        risk_rationale="It advises a person, who decides." if tier else "",
        priority=rng.choice(Priority.values),
        owner=rng.choice(team.owners) if rng.random() < 0.94 else None,
        sponsor=rng.choice(team.gatekeepers) if rng.random() < 0.85 else None,
        intake_on=course.proposed_on,
        created_at=noon(course.proposed_on),
    )
    for stay in course.stays:
        stamp_phase(pilot, steps[stay.position - 1].phase, stay.entered_on, of=len(steps))
    pilot.state, pilot.ended_on = course.state, course.ended_on
    pilot.in_production = pilot.in_production and course.ended_on is None
    return pilot


def kpi_rows(
    rng: Random, pilot: Pilot, *, course: Course, readings: int, today: date
) -> Iterator[tuple[Kpi, Curve]]:
    """A business KPI and one of another kind, each with the readings to write for it."""
    counts_from = next((stay.entered_on for stay in course.stays if stay.position == PILOTED), None)
    other = rng.choice(list(words.OTHER_KPIS))
    for kind, terms in (
        (KpiKind.BUSINESS, rng.choice(words.BUSINESS_KPIS)),
        (other, rng.choice(words.OTHER_KPIS[other])),
    ):
        name, unit, direction, baseline, target = terms
        curve = draw_curve(rng, baseline=baseline, target=target, readings=readings, today=today)
        kpi = Kpi(
            pilot=pilot,
            name=name,
            kind=kind,
            unit=unit,
            direction=direction,
            baseline=curve.baseline,
            baseline_on=course.proposed_on,
            target=curve.target,
            target_on=course.proposed_on + timedelta(days=540),
            cadence_days=CADENCE_DAYS,
            counts_from=counts_from,
            created_at=pilot.created_at,
        )
        if curve.readings:
            newest_on, kpi.latest_value = curve.readings[-1]
            kpi.latest_at = noon(newest_on)
            kpi.fresh_until = fresh_until(latest_on=newest_on, cadence_days=CADENCE_DAYS)
        put_judgement(kpi, (Reading(*reading) for reading in curve.readings))
        yield kpi, curve


def measurement_rows(kpi: Kpi, curve: Curve) -> Iterator[Measurement]:
    for day, value in curve.readings:
        at = noon(day)
        yield Measurement(kpi=kpi, value=value, measured_at=at, recorded_at=at, source=Source.API)
