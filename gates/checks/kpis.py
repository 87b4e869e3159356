"""Checks over KPIs: are they defined, measured, fresh, at target?"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from gates.checks.keeping import of_each
from gates.checks.registry import Failures, check
from metrics.choices import KpiKind, KpiState
from metrics.models import Kpi
from metrics.queries import Standing, standings
from pilots.models import Pilot

Judge = Callable[[list[Standing]], str]


def _judge(pilots, today, judge: Judge) -> Failures:
    """Ask `judge` about each pilot's KPIs; "" means it passes. Two queries for the whole set."""

    def ask(some) -> dict[int, list[Standing]]:
        found = defaultdict(list)
        for standing in standings(Kpi.objects.filter(pilot__in=some), today=today):
            found[standing.pilot_id].append(standing)
        return found

    nothing: list[Standing] = []
    by_pilot = of_each(("kpis", today), pilots, ask, none=nothing)
    reasons = {pk: judge(kpis) for pk, kpis in by_pilot.items()}
    return {pk: reason for pk, reason in reasons.items() if reason}


def _of(kpis: list[Standing], *kinds: str) -> list[Standing]:
    return [kpi for kpi in kpis if kpi.kind in kinds]


def _names(kpis: list[Standing]) -> str:
    return ", ".join(sorted(kpi.name for kpi in kpis))


@check(fix="Define a business KPI with a target.", page="metrics:kpis")
def business_kpi_defined(pilots, today) -> Failures:
    def judge(kpis):
        business = _of(kpis, KpiKind.BUSINESS)
        if not business:
            only_technical = kpis and len(_of(kpis, KpiKind.TECHNICAL)) == len(kpis)
            return "Only technical KPIs are defined." if only_technical else "No business KPI is defined."
        if not any(kpi.target is not None for kpi in business):
            return f"No target with a date is set for {_names(business)}."
        return ""

    return _judge(pilots, today, judge)


@check(fix="Enter the baselines.", page="metrics:kpis")
def baselines_taken(pilots, today) -> Failures:
    def judge(kpis):
        if not kpis:
            return "There is no KPI yet, so no baseline."
        missing = [kpi for kpi in kpis if kpi.baseline is None]
        return f"No baseline for {_names(missing)}." if missing else ""

    return _judge(pilots, today, judge)


def _freshness(kpis: list[Standing], none: str) -> str:
    if not kpis:
        return none
    unmeasured = [kpi for kpi in kpis if kpi.state == KpiState.NO_DATA]
    if unmeasured:
        return f"Not measured yet: {_names(unmeasured)}."
    stale = [kpi for kpi in kpis if kpi.state == KpiState.STALE]
    return f"Not measured at its cadence: {_names(stale)}." if stale else ""


@check(fix="Measure every business KPI.", page="metrics:kpis")
def business_kpis_measured(pilots, today) -> Failures:
    return _judge(
        pilots,
        today,
        lambda kpis: _freshness(_of(kpis, KpiKind.BUSINESS), "No business KPI is defined."),
    )


@check(fix="Measure every KPI.", page="metrics:kpis")
def kpis_fresh(pilots, today) -> Failures:
    return _judge(pilots, today, lambda kpis: _freshness(kpis, "No KPI is defined."))


OFF = (KpiState.OFF_TARGET, KpiState.OUT_OF_RANGE)
UNTOLD = (KpiState.NO_DATA, KpiState.STALE, KpiState.OUT_OF_RANGE, KpiState.NO_TARGET)


def _proven(kpis: list[Standing], none: str) -> str:
    """At target over all readings that count, and fresh."""
    return " ".join(filter(None, map(_short_of_proof, kpis))) if kpis else none


def _short_of_proof(kpi: Standing) -> str:
    if kpi.at_target:
        return ""
    if kpi.state in UNTOLD:
        return kpi.sentence
    return f"{kpi.name}: {kpi.judgement}" if kpi.judgement else f"{kpi.name} has not been judged yet."


def _within_limits(kpis: list[Standing], none: str) -> str:
    if not kpis:
        return none
    off = [kpi for kpi in kpis if not kpi.at_target]
    return " ".join(kpi.sentence for kpi in off)


# The checks that a reading can decide: the kinds of KPIs they look at, and the states in which one is missing.
_MISSING = (KpiState.NO_DATA, KpiState.STALE)
_MORE = (*_MISSING, KpiState.UNPROVEN)
WAITING: dict[str, tuple[tuple[str, ...], tuple[KpiState, ...]]] = {
    "business_kpis_measured": ((KpiKind.BUSINESS,), _MISSING),
    "kpis_fresh": (tuple(KpiKind.values), _MISSING),
    "business_kpis_at_target": ((KpiKind.BUSINESS,), _MORE),
    "adoption_at_target": ((KpiKind.ADOPTION,), _MORE),
    "no_guardrail_broken": ((KpiKind.GUARDRAIL,), _MISSING),
}


def waiting_kpis(names: Iterable[str], pilot: Pilot, *, today: date) -> dict[str, list[Standing]]:
    """Check → the KPIs of this pilot whose next reading it waits for: none yet, too old, or too few to prove it.

    Checks that wait for none are left out. One query, none where no name is of such a check.
    """
    asked = [name for name in names if name in WAITING]
    kpis = standings(Kpi.objects.filter(pilot=pilot), today=today) if asked else []
    found = {name: _in(_of(kpis, *WAITING[name][0]), WAITING[name][1]) for name in asked}
    return {name: kpis for name, kpis in found.items() if kpis}


def _in(kpis: list[Standing], states: tuple[KpiState, ...]) -> list[Standing]:
    return [kpi for kpi in kpis if kpi.state in states]


@check(fix="Bring every business KPI to its target.", page="metrics:kpis")
def business_kpis_at_target(pilots, today) -> Failures:
    return _judge(
        pilots,
        today,
        lambda kpis: _proven(_of(kpis, KpiKind.BUSINESS), "No business KPI is defined."),
    )


@check(fix="Bring every adoption KPI to its target.", page="metrics:kpis")
def adoption_at_target(pilots, today) -> Failures:
    return _judge(
        pilots,
        today,
        lambda kpis: _proven(_of(kpis, KpiKind.ADOPTION), "No adoption KPI is defined."),
    )


@check(fix="Bring every guardrail within its limit.", page="metrics:kpis")
def no_guardrail_broken(pilots, today) -> Failures:
    return _judge(
        pilots,
        today,
        lambda kpis: _within_limits(_of(kpis, KpiKind.GUARDRAIL), "No guardrail KPI is defined."),
    )


@check(fix="Bring every technical KPI back up.", page="metrics:kpis")
def technical_kpis_hold(pilots, today) -> Failures:
    """None is getting worse. Whether there is one is not asked."""

    def judge(kpis):
        falling = [kpi for kpi in _of(kpis, KpiKind.TECHNICAL) if kpi.state == KpiState.DEGRADING]
        return " ".join(kpi.sentence for kpi in falling)

    return _judge(pilots, today, judge)


@check(fix="Bring adoption to its target.", page="metrics:kpis")
def adoption_as_planned(pilots, today) -> Failures:
    """No adoption KPI's newest reading is off target. Whether there is one, and proof, are not asked."""

    def judge(kpis):
        off = [kpi for kpi in _of(kpis, KpiKind.ADOPTION) if kpi.state in OFF]
        return " ".join(kpi.sentence for kpi in off)

    return _judge(pilots, today, judge)


ABOUT: dict[str, frozenset[str]] = {
    "business_kpi_defined": frozenset({KpiKind.BUSINESS}),
    "baselines_taken": frozenset(KpiKind),
    "business_kpis_measured": frozenset({KpiKind.BUSINESS}),
    "kpis_fresh": frozenset(KpiKind),
    "business_kpis_at_target": frozenset({KpiKind.BUSINESS}),
    "adoption_at_target": frozenset({KpiKind.ADOPTION}),
    "no_guardrail_broken": frozenset({KpiKind.GUARDRAIL}),
    "technical_kpis_hold": frozenset({KpiKind.TECHNICAL}),
    "adoption_as_planned": frozenset({KpiKind.ADOPTION}),
}


def checks_about(kind: str) -> set[str]:
    """The names of the checks that a KPI of this kind decides."""
    return {name for name, kinds in ABOUT.items() if kind in kinds}
