"""Checks over benefits: does it bring what was expected, and has somebody else looked?"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, Sum

from gates.checks.registry import Failures, check
from metrics.choices import Band, BenefitUnit
from metrics.models import Benefit, BenefitPeriod
from metrics.value.queries.words import HOURS
from metrics.value.rules import money, months_from

AGREED = 80  # percent of what was expected by now; below it the case no longer holds
VERIFIED_WITHIN = 12  # months

Sums = tuple[Decimal, Decimal]  # expected, measured


@check(fix="Bring measured value to 80% of what was expected.", page="metrics:value")
def value_at_agreed_share(pilots, today) -> Failures:
    """Measured or better, of what was expected of the months that count, in money and in hours. Two queries.

    A month counts once it is recorded, and at the latest a month after its end: books take time to close.
    """
    by_pilot = _sums_by_pilot(pilots, today.replace(day=1))
    reasons = {pk: _short(by_pilot[pk]) for pk in pilots.values_list("pk", flat=True)}
    return {pk: reason for pk, reason in reasons.items() if reason}


def _sums_by_pilot(pilots, until: date) -> dict[int, dict[str, Sums]]:
    """Pilot id → unit → what was expected and measured in the months before `until`. One query."""
    found: dict[int, dict[str, Sums]] = defaultdict(dict)
    closed = Q(month__lt=(until - timedelta(days=1)).replace(day=1)) | Q(actual_counts__isnull=False)
    periods = BenefitPeriod.objects.counted().filter(closed, benefit__pilot__in=pilots, month__lt=until)
    facts = ("benefit__pilot_id", "benefit__pilot__programme__currency", "benefit__is_disbenefit")
    in_hours = Q(benefit__unit=BenefitUnit.HOURS, benefit__rate__isnull=True)
    rows = periods.order_by().annotate(in_hours=Q(in_hours)).values_list(*facts, "in_hours")
    for pk, currency, worse, hours, expected, measured, claimed in rows.annotate(
        wanted=Sum("expected_counts"),
        measured=Sum("actual_counts", filter=~Q(band__in=["", Band.ASSERTED])),
        claimed=Sum("actual_counts"),
    ):
        unit = HOURS if hours else currency
        # What gets worse counts however little shows it.
        came, sign = (claimed, -1) if worse else (measured, 1)
        before = found[pk].get(unit, (Decimal(0), Decimal(0)))
        found[pk][unit] = (before[0] + sign * (expected or 0), before[1] + sign * (came or 0))
    return found


def _short(sums: dict[str, Sums]) -> str:
    wanted = {unit: pair for unit, pair in sorted(sums.items()) if pair[0] > 0}
    if not wanted:
        return "No benefit was expected by now, so none can be compared."
    return " ".join(
        f"{_amount(measured, unit)} is measured of {_amount(expected, unit)} expected by now: "
        f"{int(100 * measured / expected)}%, and {AGREED}% is agreed."
        for unit, (expected, measured) in wanted.items()
        if 100 * measured < AGREED * expected
    )


def _amount(amount: Decimal, unit: str) -> str:
    return f"{amount:,.0f} {HOURS}" if unit == HOURS else money(amount, unit)


@check(fix="Have every benefit verified.", page="metrics:value")
def benefits_verified(pilots, today) -> Failures:
    """Each benefit has a month of the last twelve that somebody without a part in it verified. Two queries."""
    since = months_from(today.replace(year=today.year - 1, day=1), 1)[0]
    verified = BenefitPeriod.objects.current().filter(
        benefit=OuterRef("pk"), band=Band.VERIFIED, month__gte=since
    )
    unverified = defaultdict(list)
    benefits = Benefit.objects.listed().filter(~Exists(verified), pilot__in=pilots)
    for pilot_id, name in benefits.order_by("name").values_list("pilot_id", "name"):
        unverified[pilot_id].append(name)
    counted = pilots.order_by().annotate(
        benefit_count=Count("benefits", filter=Q(benefits__archived_at__isnull=True))
    )
    reasons = {
        pk: f"Not verified in the last {VERIFIED_WITHIN} months: {', '.join(unverified[pk])}."
        for pk in unverified
    }
    without = {
        pk: "There is no benefit to verify."
        for pk in counted.filter(benefit_count=0).values_list("pk", flat=True)
    }
    return reasons | without
