"""The rules of KPIs: pure, no database, no clock."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Context, Decimal

from metrics.choices import Direction, KpiState

LARGEST = Decimal("99999999999999.9")  # SQLite rounds what is larger to more digits than the column has
PLACES = Decimal("0.000001")
DIGITS = Context(prec=15)  # SQLite keeps no more; with them every database gives back the same


def meets(value: Decimal, target: Decimal, direction: str) -> bool:
    """Whether a reading is at the target or on the better side of it."""
    return value >= target if direction == Direction.HIGHER else value <= target


def improves(value: Decimal, baseline: Decimal, direction: str) -> bool:
    """Whether a reading is better than the baseline."""
    return value > baseline if direction == Direction.HIGHER else value < baseline


def grace_days(cadence_days: int) -> int:
    """How many days late a reading may be before the KPI is stale: half its cadence, at least 3."""
    return max(3, cadence_days // 2)


def fresh_until(*, latest_on: date, cadence_days: int) -> date:
    """The last day on which the newest reading still counts: its day plus cadence plus grace."""
    return latest_on + timedelta(days=cadence_days + grace_days(cadence_days))


def kpi_state(
    *,
    latest: Decimal | None,
    fresh_until: date | None,
    target: Decimal | None,
    direction: str,
    today: date,
) -> KpiState:
    """What may be said of a KPI today. Stale is never shown as on target."""
    if latest is None or fresh_until is None:
        return KpiState.NO_DATA
    if fresh_until < today:
        return KpiState.STALE
    if target is None:
        return KpiState.NO_TARGET
    return KpiState.ON_TARGET if meets(latest, target, direction) else KpiState.OFF_TARGET


def number_problem(value: Decimal) -> str:
    """Why this cannot be a value, baseline or target of a KPI; "" means it can."""
    if not value.is_finite():
        return "Enter a number; this is not one."
    return "This number is too large to be a measurement." if abs(value) > LARGEST else ""


def as_kept(value: Decimal) -> Decimal:
    """An accepted number as every database gives it back: six decimals, fifteen digits in all."""
    return DIGITS.plus(value).quantize(PLACES)


def measurement_problems(*, value: Decimal, measured_on: date, today: date) -> dict[str, str]:
    """Field → why this reading is refused; {} means it is accepted."""
    problems = {}
    if number_problem(value):
        problems["value"] = number_problem(value)
    if measured_on > today:
        problems["measured_at"] = "A measurement cannot lie in the future."
    return problems


def progress_percent(
    *, latest: Decimal | None, baseline: Decimal | None, target: Decimal | None
) -> int | None:
    """How much of the way from baseline to target has been covered, in whole percent; None if unknown."""
    if latest is None or baseline is None or target is None or target == baseline:
        return None
    return int((latest - baseline) / (target - baseline) * 100)


OUTLOOK_VALID = timedelta(days=180)  # half a year: two quarterly forecasts later nobody relies on it
LONGEST_HORIZON = 120  # months: beyond ten years a number says nothing
LONGEST_BASIS = 2_000  # characters
LARGEST_AMOUNT = Decimal("999999999999.99")


def outlook_problems(
    *,
    currency: str,
    amounts: Mapping[str, Decimal | None],
    horizon_months: int,
    as_of: date,
    basis: str,
    today: date,
) -> dict[str, str]:
    """Field → why what going on costs and brings cannot be said like this; {} means it can.

    `amounts` are cost_to_go, value_to_go and spent; None is not known.
    """
    problems = {name: problem for name, amount in amounts.items() if (problem := amount_problem(amount))}
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
        problems["currency"] = "Give the currency as three capital letters, such as EUR."
    if not 1 <= horizon_months <= LONGEST_HORIZON:
        problems["horizon_months"] = f"Give a number of months from 1 to {LONGEST_HORIZON}."
    if as_of > today:
        problems["as_of"] = "These numbers cannot be of a day in the future."
    if not basis.strip():
        problems["basis"] = "Say where the numbers come from."
    return problems


def amount_problem(amount: Decimal | None) -> str:
    """Why this cannot be an amount of money; "" means it can."""
    if amount is None:
        return ""
    if not amount.is_finite():
        return "Enter an amount; this is not one."
    if amount < 0:
        return "Enter an amount of zero or more."
    if amount > LARGEST_AMOUNT:
        return "This amount is too large."
    return "" if amount == amount.quantize(CENT) else "Enter at most two decimals."


CENT = Decimal("0.01")


def outlook_is_stale(*, as_of: date, today: date) -> bool:
    """Whether numbers of that day are too old to decide on."""
    return today > as_of + OUTLOOK_VALID


def money(amount: Decimal, currency: str) -> str:
    """`EUR 1,200,000`, `EUR 80.50`, `−EUR 200`: cents only where there are any."""
    written = f"{abs(amount):,.2f}".removesuffix(".00")
    return f"{'−' if amount < 0 else ''}{currency} {written}"
