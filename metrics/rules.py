"""The rules of KPIs: pure, no database, no clock."""

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
