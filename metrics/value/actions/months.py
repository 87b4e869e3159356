"""Saying month by month what a benefit was expected to bring, what it brought, and how one knows."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from metrics import events
from metrics.choices import Band
from metrics.models import Benefit, BenefitPeriod
from metrics.value.actions.benefits import lock_benefit, terms_of
from metrics.value.rules import (
    CENT,
    actual_problems,
    band_of,
    correction_blockers,
    counting_problem,
    counts,
    expect_blockers,
    month_in_words,
    month_of,
    months_from,
    once_blockers,
    plan_problems,
    support_blockers,
    verify_blockers,
)
from pilots import clock
from pilots.events import changed_fields, record
from pilots.models import User
from pilots.rules import RuleViolation

# What is said of an actual, and no longer holds for another one.
NOTHING_SAID: dict[str, Any] = {
    "band": Band.ASSERTED,
    "basis": "",
    "comparison": "",
    "supported_by": None,
    "supported_at": None,
}


@transaction.atomic
def expect_benefit(
    *, benefit: Benefit, first: date, months: int, amount: Decimal, by: User | None
) -> Benefit:
    """Expect the same amount of a benefit in each of these months. Raises RuleViolation."""
    benefit = lock_benefit(benefit)
    first = month_of(first)
    problems = plan_problems(first=first, months=months, amount=amount)
    if problems:
        raise RuleViolation(*problems.values())
    wanted = months_from(first, months)
    known = {period.month: period for period in benefit.periods.current()}
    verified = [month for month, period in known.items() if period.band == Band.VERIFIED]
    expected_in = [month for month, period in known.items() if period.expected]
    _refuse(
        expect_blockers(months=wanted, verified=verified),
        once_blockers(pattern=benefit.pattern, months=wanted, others=expected_in),
    )
    changes = _expect(benefit, wanted, known, amount.quantize(CENT))
    if changes:
        record(
            events.BENEFIT_EXPECTED,
            subject=benefit,
            pilot=benefit.pilot,
            actor=by,
            changes=changes,
            benefit=benefit.name,
        )
    return benefit


def _expect(benefit, months, known: dict[date, BenefitPeriod], amount: Decimal) -> dict[str, list]:
    counted = _counted(benefit, amount)
    changes: dict[str, list] = {}
    new: list[BenefitPeriod] = []
    old: list[BenefitPeriod] = []
    for month in months:
        period = known.get(month) or BenefitPeriod(benefit=benefit, month=month)
        if period.expected != amount:
            before = None if period.expected is None else str(period.expected)
            changes[month_in_words(month)] = [before, str(amount)]
            period.expected, period.expected_counts = amount, counted
            (old if month in known else new).append(period)
    BenefitPeriod.objects.bulk_create(new)
    BenefitPeriod.objects.bulk_update(old, ["expected", "expected_counts"])
    return changes


@transaction.atomic
def record_actual(
    *, benefit: Benefit, month: date, actual: Decimal, reason: str = "", by: User | None
) -> BenefitPeriod:
    """Write down what a benefit brought in a month. Another number than before counts as asserted again.

    A verified number is corrected only with a reason, and stays readable. Raises RuleViolation.
    """
    benefit = lock_benefit(benefit)
    month = month_of(month)
    problems = actual_problems(month=month, amount=actual, today=clock.today())
    if problems:
        raise RuleViolation(*problems.values())
    actual = actual.quantize(CENT)
    period = benefit.periods.current().filter(month=month).first()
    if period is not None and period.actual == actual and not reason.strip():
        return period
    others = benefit.periods.current().filter(actual__gt=0).values_list("month", flat=True)
    _refuse(
        correction_blockers(band=period.band if period else "", reason=reason, month=month),
        once_blockers(pattern=benefit.pattern, months=[month], others=others) if actual else [],
    )
    facts = NOTHING_SAID | {"actual": actual, "actual_counts": _counted(benefit, actual)}
    if period is not None and period.band == Band.VERIFIED:
        return _correct(period, facts, reason, by)
    if period is not None and period.actual == actual:
        return period
    return _write(period or BenefitPeriod(benefit=benefit, month=month), facts, reason, by)


def _write(period: BenefitPeriod, facts: dict[str, Any], reason: str, by: User | None) -> BenefitPeriod:
    told = {name: facts[name] for name in ("actual", "band", "basis", "comparison")}
    changes = {
        name: [None if before == "" else before, after]
        for name, (before, after) in changed_fields(period, told).items()
    }
    _set(period, facts, by)
    _tell(events.ACTUAL_RECORDED, period, by, changes, reason=reason)
    return period


def _correct(old: BenefitPeriod, facts: dict[str, Any], reason: str, by: User | None) -> BenefitPeriod:
    """Another row in the place of a verified one."""
    old.superseded_at = clock.now()
    old.save(update_fields=["superseded_at"])
    new = BenefitPeriod(benefit=old.benefit, month=old.month, supersedes=old, correction_reason=reason)
    new.expected, new.expected_counts = old.expected, old.expected_counts
    changes = changed_fields(old, {name: facts[name] for name in ("actual", "band")})
    _set(new, facts, by)
    _tell(events.ACTUAL_CORRECTED, new, by, changes, reason=reason)
    return new


def _set(period: BenefitPeriod, facts: dict[str, Any], by: User | None) -> None:
    for name, value in facts.items():
        setattr(period, name, value)
    period.recorded_by, period.recorded_at = by, clock.now()
    period.save()


@transaction.atomic
def support_actual(
    *, benefit: Benefit, month: date, basis: str, comparison: str = "", by: User | None
) -> BenefitPeriod:
    """Say what shows a month's actual, and against what one sees that it is the pilot.

    With a basis it counts as measured, with a comparison too as attributed, with neither as asserted.
    Raises RuleViolation.
    """
    period = _locked(benefit, month)
    _refuse(support_blockers(band=period.band, basis=basis, comparison=comparison))
    facts = {"basis": basis, "comparison": comparison, "band": band_of(basis=basis, comparison=comparison)}
    changes = changed_fields(period, facts)
    if changes:
        for name, value in facts.items():
            setattr(period, name, value)
        period.supported_by, period.supported_at = by, clock.now()
        period.save(update_fields=[*facts, "supported_by", "supported_at"])
        _tell(events.ACTUAL_SUPPORTED, period, by, changes)
    return period


@transaction.atomic
def verify_actual(*, benefit: Benefit, month: date, note: str, by: User) -> BenefitPeriod:
    """Confirm a month's actual, as somebody who has no part in it. Raises RuleViolation."""
    period = _locked(benefit, month)
    _refuse(
        verify_blockers(
            band=period.band,
            note=note,
            owns_pilot=period.benefit.pilot.owner_id == by.pk,
            answers_for_benefit=period.benefit.owner_id == by.pk,
            recorded_it=period.recorded_by_id == by.pk,
            supported_it=period.supported_by_id == by.pk,
        )
    )
    facts = {"band": Band.VERIFIED, "verification": note}
    changes = changed_fields(period, facts)
    period.band, period.verification = Band.VERIFIED, note
    period.verified_by, period.verified_at = by, clock.now()
    period.save(update_fields=[*facts, "verified_by", "verified_at"])
    _tell(events.ACTUAL_VERIFIED, period, by, changes)
    return period


def _locked(benefit: Benefit, month: date) -> BenefitPeriod:
    benefit = lock_benefit(benefit)
    period = benefit.periods.current().filter(month=month_of(month)).first()
    return period or BenefitPeriod(benefit=benefit, month=month_of(month))


def _counted(benefit: Benefit, amount: Decimal) -> Decimal | None:
    problem = counting_problem([amount], terms_of(benefit))
    if problem:
        raise RuleViolation(problem)
    return counts(amount, terms_of(benefit))


def _refuse(*blockers: list[str]) -> None:
    reasons = [reason for some in blockers for reason in some]
    if reasons:
        raise RuleViolation(*reasons)


def _tell(event: str, period: BenefitPeriod, by: User | None, changes: dict[str, list], **data: Any) -> None:
    record(
        event,
        subject=period,
        pilot=period.benefit.pilot,
        actor=by,
        changes=changes,
        benefit=period.benefit.name,
        month=month_in_words(period.month),
        **data,
    )
