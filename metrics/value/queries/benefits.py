"""What one pilot's benefits were expected to bring and have brought."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import add

from metrics.choices import Band
from metrics.models import Benefit, BenefitPeriod
from metrics.value.queries.words import HOURS, Figures, figures
from metrics.value.rules import amount_in_words, has_ended, month_in_words, month_of
from metrics.value.totals import Part, Sum, Totals, totals
from pilots.charts import Planned
from pilots.models import Pilot

CHART_MONTHS = 18


@dataclass(frozen=True)
class BenefitLine:
    """One benefit and its sums over the months that have ended."""

    benefit: Benefit
    unit: str
    counts: str  # how it counts, where that needs saying
    figures: Figures


@dataclass(frozen=True)
class MonthLine:
    """One month over all benefits in money, net of dis-benefits."""

    label: str
    expected: str
    actual: str
    bands: list[tuple[str, str]]  # its name, its amount


@dataclass(frozen=True)
class Benefits:
    """All benefits of a pilot. `money` and `hours` are None where there is nothing of that kind."""

    lines: list[BenefitLine]
    former: list[Benefit]  # no longer counted
    money: Figures | None
    hours: Figures | None
    months: list[MonthLine]  # of money
    chart: list[Planned]
    money_totals: Totals


def part(period: BenefitPeriod, benefit: Benefit, today: date) -> Part:
    ended = has_ended(period.month, today)
    due, actual = (period.expected_counts, period.actual_counts) if ended else (None, None)
    return Part(benefit.is_disbenefit, period.band, period.expected_counts, due, actual)


def benefits_of(pilot: Pilot, *, today: date) -> Benefits:
    """The benefits of a pilot, loaded with its programme. Two queries."""
    rows = pilot.benefits.select_related("owner", "pool", "kpi").order_by("name", "pk")
    benefits = {benefit.pk: benefit for benefit in rows}
    periods: dict[int, list[BenefitPeriod]] = defaultdict(list)
    for period in BenefitPeriod.objects.counted().filter(benefit__pilot=pilot).order_by("month"):
        periods[period.benefit_id].append(period)
    listed = [benefit for benefit in benefits.values() if benefit.archived_at is None]
    sums = {one.pk: totals(part(period, one, today) for period in periods[one.pk]) for one in listed}
    currency = pilot.programme.currency
    in_money, in_hours = (
        _sum(sums[one.pk] for one in listed if one.in_hours is hours) for hours in (False, True)
    )
    by_month = _by_month(periods, [one for one in listed if not one.in_hours], today)
    return Benefits(
        lines=[_line(one, sums[one.pk], currency) for one in listed],
        former=[one for one in benefits.values() if one.archived_at is not None],
        money=figures(in_money, currency) if any(not one.in_hours for one in listed) else None,
        hours=figures(in_hours, HOURS) if any(one.in_hours for one in listed) else None,
        months=[_month_line(month, found) for month, found in by_month.items()],
        chart=_chart(by_month, today),
        money_totals=in_money,
    )


def _sum(found: Iterable[Totals]) -> Totals:
    return reduce(add, found, Totals())


def _line(benefit: Benefit, sums: Totals, currency: str) -> BenefitLine:
    unit = HOURS if benefit.in_hours else currency
    return BenefitLine(
        benefit=benefit,
        unit=unit,
        counts=counts_in_words(benefit, currency),
        figures=figures(sums, unit),
    )


def counts_in_words(benefit: Benefit, currency: str) -> str:
    """How the amounts of a benefit count; "" where they count as they are."""
    said = []
    if benefit.rate is not None:
        said.append(f"An hour counts {currency} {amount_in_words(benefit.rate)} ({benefit.rate_source}).")
    elif benefit.in_hours:
        said.append("Hours, because nobody has said what one is worth.")
    if benefit.pool is not None and benefit.share is not None:
        said.append(f"{amount_in_words(benefit.share)} % of “{benefit.pool}” counts here.")
    if benefit.is_disbenefit:
        said.append("A dis-benefit: it is subtracted.")
    return " ".join(said)


def _by_month(
    periods: dict[int, list[BenefitPeriod]], benefits: list[Benefit], today: date
) -> dict[date, Totals]:
    """Every month with what is recorded of it, whether it has ended or not."""
    found: dict[date, list[Part]] = defaultdict(list)
    for benefit in benefits:
        for one in periods[benefit.pk]:
            found[one.month].append(replace(part(one, benefit, today), actual=one.actual_counts))
    return {month: totals(found[month]) for month in sorted(found)}


def _month_line(month: date, found: Totals) -> MonthLine:
    return MonthLine(
        label=month_in_words(month),
        expected=amount_in_words(found.expected.net),
        actual=amount_in_words(found.actual.net),
        bands=[(str(band.label), amount_in_words(found.bands[band].net)) for band in Band],
    )


def _chart(by_month: dict[date, Totals], today: date) -> list[Planned]:
    """The months around today, the newest that have begun before all others."""
    begun = [month for month in by_month if month <= month_of(today)][-CHART_MONTHS:]
    ahead = [month for month in by_month if month > month_of(today)][: CHART_MONTHS - len(begun)]
    return [
        Planned(
            month_in_words(month),
            by_month[month].expected.net,
            by_month[month].actual.net
            if has_ended(month, today) or by_month[month].actual != Sum()
            else None,
        )
        for month in begun + ahead
    ]


@dataclass(frozen=True)
class Claim:
    """One month of a benefit, as pages show it."""

    period: BenefitPeriod
    label: str
    expected: str
    actual: str
    counts: str  # what of the actual counts; "" where that is the same
    tone: str


TONES = {Band.VERIFIED: "ok", Band.ATTRIBUTED: "half", Band.MEASURED: "half", Band.ASSERTED: "none"}


def claims(periods: Iterable[BenefitPeriod], unit: str) -> list[Claim]:
    """These months as pages show them; `unit` is what counts, a currency or hours."""
    return [
        Claim(
            period=period,
            label=month_in_words(period.month),
            expected=amount_in_words(period.expected),
            actual=amount_in_words(period.actual),
            counts="" if period.actual_counts == period.actual else _counted(period.actual_counts, unit),
            tone=TONES[Band(period.band)] if period.band else "none",
        )
        for period in periods
    ]


def _counted(amount: Decimal | None, unit: str) -> str:
    return f"{amount_in_words(amount)} {unit} count"
