"""Saying what a pilot brings, and how it counts."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum

from metrics import events
from metrics.choices import Band
from metrics.models import Benefit, BenefitPeriod, BenefitPool
from metrics.value.rules import (
    CENT,
    Terms,
    counting_problem,
    counts,
    edit_benefit_blockers,
    share_blockers,
    terms_problems,
)
from pilots import clock
from pilots.actions.programmes import fix_currency
from pilots.events import changed_fields, first_facts, record
from pilots.models import Pilot, User
from pilots.rules import RuleViolation, edit_blockers

TERMS = ("unit", "rate", "rate_source", "share", "pool", "is_disbenefit")


def terms_of(benefit: Benefit) -> Terms:
    return Terms(unit=benefit.unit, rate=benefit.rate, share=benefit.share)


@transaction.atomic
def create_benefit(*, pilot: Pilot, by: User | None, **facts: Any) -> Benefit:
    """Add a benefit to a pilot; `facts` are fields of Benefit. Raises RuleViolation."""
    pilot = Pilot.objects.select_for_update(of=("self",), no_key=True).get(pk=pilot.pk)
    benefit = Benefit(pilot=pilot, **facts)
    _check(benefit, {})
    fix_currency(pilot.programme_id)
    benefit.save()
    first = {name: value for name, value in facts.items() if name != "name" and value is not False}
    record(
        events.BENEFIT_ADDED,
        subject=benefit,
        pilot=pilot,
        actor=by,
        changes=first_facts(first),
        name=benefit.name,
    )
    return benefit


@transaction.atomic
def edit_benefit(*, benefit: Benefit, by: User, **facts: Any) -> Benefit:
    """Change what a benefit is or how it counts; what its months count follows. Raises RuleViolation."""
    benefit = lock_benefit(benefit)
    changes = changed_fields(benefit, facts)
    if not changes:
        return benefit
    pilot = Pilot.objects.select_for_update(of=("self",), no_key=True).get(pk=benefit.pilot_id)
    months = list(benefit.periods.current())
    verified = [period.month for period in months if period.band == Band.VERIFIED]
    blockers = edit_benefit_blockers(changes, has_months=bool(months), verified=verified)
    if blockers:
        raise RuleViolation(*blockers)
    for name in changes:
        setattr(benefit, name, facts[name])
    _check(benefit, changes)
    benefit.save(update_fields=list(changes))
    _count_again(benefit, months)
    record(events.BENEFIT_EDITED, subject=benefit, pilot=pilot, actor=by, changes=changes, name=benefit.name)
    return benefit


@transaction.atomic
def archive_benefit(*, benefit: Benefit, by: User) -> Benefit:
    """Count a benefit no longer; its months stay readable, its share is free. Twice changes nothing."""
    benefit = Benefit.objects.select_for_update(of=("self",), no_key=True).get(pk=benefit.pk)
    if benefit.archived_at is None:
        benefit.archived_at = clock.now()
        benefit.save(update_fields=["archived_at"])
        changes = {"archived": [False, True]}
        record(
            events.BENEFIT_ARCHIVED,
            subject=benefit,
            pilot=benefit.pilot,
            actor=by,
            changes=changes,
            name=benefit.name,
        )
    return benefit


def lock_benefit(benefit: Benefit) -> Benefit:
    """The benefit as it is now, for this transaction alone to change. Raises RuleViolation."""
    benefit = (
        Benefit.objects.select_for_update(of=("self",), no_key=True)
        .select_related("pilot")
        .get(pk=benefit.pk)
    )
    blockers = edit_blockers(archived=benefit.pilot.archived_at is not None)
    if benefit.archived_at is not None:
        blockers.append("This benefit is no longer counted.")
    if blockers:
        raise RuleViolation(*blockers)
    return benefit


def _check(benefit: Benefit, changed: dict[str, Any]) -> None:
    """Whether a benefit can be as it is about to be. Its pilot is locked; its pool will be."""
    reasons = edit_blockers(archived=benefit.pilot.archived_at is not None)
    same = benefit.pilot.benefits.listed().filter(name__iexact=benefit.name).exclude(pk=benefit.pk)
    if same.exists():
        reasons.append("This pilot already has a benefit of this name.")
    reasons += terms_problems(
        terms=terms_of(benefit),
        rate_source=benefit.rate_source,
        has_pool=benefit.pool_id is not None,
        is_disbenefit=benefit.is_disbenefit,
    ).values()
    reasons += _foreign(benefit, changed)
    if not reasons and benefit.pool is not None:
        reasons += _share_blockers(benefit, benefit.pool)
    if reasons:
        raise RuleViolation(*reasons)


def _foreign(benefit: Benefit, changed: dict[str, Any]) -> list[str]:
    """What a benefit names that is not of its pilot or programme."""
    programme, reasons = benefit.pilot.programme, []
    if benefit.kpi is not None and benefit.kpi.pilot_id != benefit.pilot_id:
        reasons.append("The KPI is of another pilot.")
    if benefit.pool is not None and benefit.pool.programme_id != programme.pk:
        reasons.append("The shared saving is of another programme.")
    # Somebody who has lost the role since stands in the way of nothing else.
    newly_named = benefit.owner if benefit.pk is None or "owner" in changed else None
    if newly_named is not None and not newly_named.access.roles_in(programme.pk):
        reasons.append(f"{newly_named} has no role in {programme}, so cannot answer for this.")
    return reasons


def _share_blockers(benefit: Benefit, pool: BenefitPool) -> list[str]:
    # Two that take of one saving at once: the second one waits, and sees what the first one took.
    BenefitPool.objects.select_for_update(no_key=True).get(pk=pool.pk)
    others = pool.benefits.listed().exclude(pk=benefit.pk)
    taken = others.aggregate(taken=Sum("share"))["taken"] or Decimal(0)
    return share_blockers(taken=taken.quantize(CENT), share=benefit.share or Decimal(0))


def _count_again(benefit: Benefit, periods: list[BenefitPeriod]) -> None:
    """What the months count, after the terms have changed."""
    terms = terms_of(benefit)
    amounts = [amount for period in periods for amount in (period.expected, period.actual)]
    if counting_problem(amounts, terms):
        raise RuleViolation(counting_problem(amounts, terms))
    for period in periods:
        period.expected_counts = counts(period.expected, terms)
        period.actual_counts = counts(period.actual, terms)
    BenefitPeriod.objects.bulk_update(periods, ["expected_counts", "actual_counts"], batch_size=200)
