"""The rules of money: pure, no database, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from metrics.choices import Band, BenefitUnit, Pattern

OUTLOOK_VALID = timedelta(days=180)  # half a year: two quarterly forecasts later nobody relies on it


LONGEST_HORIZON = 120  # months: beyond ten years a number says nothing


LONGEST_BASIS = 2_000  # characters


LARGEST_AMOUNT = Decimal("999999999999.99")


CENT = Decimal("0.01")


def outlook_problems(
    *,
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


def outlook_is_stale(*, as_of: date, today: date) -> bool:
    """Whether numbers of that day are too old to decide on."""
    return today > as_of + OUTLOOK_VALID


def money(amount: Decimal, currency: str) -> str:
    """`EUR 1,200,000`, `EUR 80.50`, `−EUR 200`: cents only where there are any."""
    written = f"{abs(amount):,.2f}".removesuffix(".00")
    return f"{'−' if amount < 0 else ''}{currency} {written}"


def amount_in_words(amount: Decimal | None) -> str:
    """`1,200,000`, `80.50`, `−200`; "–" for none."""
    return "–" if amount is None else money(amount, "").replace(" ", "")


# --- Months ------------------------------------------------------------------------------------
FIRST_MONTH, LAST_MONTH = date(1990, 1, 1), date(2199, 12, 1)
LONGEST_PLAN = 120  # months that can be planned at once


def month_of(day: date) -> date:
    """The month of a day, as its first day."""
    return day.replace(day=1)


def months_from(first: date, count: int) -> list[date]:
    """So many months one after the other."""
    numbers = range(first.year * 12 + first.month - 1, first.year * 12 + first.month - 1 + count)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def month_in_words(month: date) -> str:
    return f"{month:%b %Y}"


# What was planned and what came are compared over months that have ended: a month that still runs is planned
# whole and has come in part.
def has_ended(month: date, today: date) -> bool:
    return month < month_of(today)


def last_day_counted(today: date) -> date:
    """The last day of the newest month that has ended."""
    return month_of(today) - timedelta(days=1)


def plan_problems(*, first: date, months: int, amount: Decimal) -> dict[str, str]:
    """Field → why the same amount cannot be planned for these months; {} means it can."""
    problems = {}
    if amount_problem(amount):
        problems["amount"] = amount_problem(amount)
    if not 1 <= months <= LONGEST_PLAN:
        problems["months"] = f"Give a number of months from 1 to {LONGEST_PLAN}."
    elif not FIRST_MONTH <= first <= LAST_MONTH or months_from(first, months)[-1] > LAST_MONTH:
        problems["first"] = f"Give months from {FIRST_MONTH.year} to {LAST_MONTH.year}."
    return problems


def actual_problems(*, month: date, amount: Decimal, today: date) -> dict[str, str]:
    """Field → why this cannot be what came or was spent in a month; {} means it can."""
    problems = {}
    if amount_problem(amount):
        problems["actual"] = amount_problem(amount)
    if month > today:
        problems["month"] = f"{month_in_words(month)} has not begun."
    elif month < FIRST_MONTH:
        problems["month"] = f"Give a month from {FIRST_MONTH.year} on."
    return problems


# --- What counts of a benefit ------------------------------------------------------------------
HUNDRED = Decimal(100)
LARGEST_RATE = Decimal("999999.99")
MOVES_WHAT_COUNTS = ("rate", "share", "is_disbenefit")
FIXED_BY_MONTHS = {"unit": "unit", "pattern": "rhythm"}


@dataclass(frozen=True)
class Terms:
    """How a benefit's amounts count."""

    unit: str
    rate: Decimal | None = None  # money per hour
    share: Decimal | None = None  # percent, of a saving shared with other pilots


def counts(amount: Decimal | None, terms: Terms) -> Decimal | None:
    """What of an amount enters totals: money where an hour has a rate, and of a shared saving the share.

    Rounded down to the cent, so that shares of one saving never add up to more than it.
    """
    if amount is None:
        return None
    worth = amount if terms.rate is None else amount * terms.rate
    part = worth if terms.share is None else worth * terms.share / HUNDRED
    return part.quantize(CENT, rounding=ROUND_DOWN)


def terms_problems(*, terms: Terms, rate_source: str, has_pool: bool, is_disbenefit: bool) -> dict[str, str]:
    """Field → why a benefit cannot count like this; {} means it can."""
    return {
        field: problem
        for field, problem in (
            ("rate", _rate_problem(terms, rate_source)),
            ("rate_source", _rate_source_problem(terms, rate_source)),
            ("share", _share_problem(terms.share, has_pool)),
            ("pool", _pool_problem(terms.share, has_pool, is_disbenefit)),
        )
        if problem
    }


def _rate_problem(terms: Terms, source: str) -> str:
    if terms.rate is None:
        return "Give the rate that comes from there, or leave both out." if source.strip() else ""
    if terms.unit != BenefitUnit.HOURS:
        return "Only hours have a rate."
    if amount_problem(terms.rate):
        return amount_problem(terms.rate)
    return "" if 0 < terms.rate <= LARGEST_RATE else "Give a rate above 0 and below a million."


def _rate_source_problem(terms: Terms, source: str) -> str:
    without = terms.rate is not None and not source.strip()
    return "Say where the rate comes from: without it hours stay hours." if without else ""


def _share_problem(share: Decimal | None, has_pool: bool) -> str:
    if share is None:
        return "Say how much of the shared saving counts here, in percent." if has_pool else ""
    fits = share.is_finite() and 0 < share <= HUNDRED and share == share.quantize(CENT)
    return "" if fits else "Give a share above 0 and up to 100 percent, with at most two decimals."


def _pool_problem(share: Decimal | None, has_pool: bool, is_disbenefit: bool) -> str:
    if has_pool and is_disbenefit:
        return "A dis-benefit is not shared: it is the pilot's own."
    return "Choose the saving of which this is a share." if share is not None and not has_pool else ""


def share_blockers(*, taken: Decimal, share: Decimal) -> list[str]:
    """Every reason why this share of a saving cannot be taken when others have `taken` so many percent."""
    if taken + share <= HUNDRED:
        return []
    left = _percent(HUNDRED - taken)
    return [f"Only {left} of this saving is left: other benefits already count {_percent(taken)} of it."]


def _percent(share: Decimal) -> str:
    return f"{share:f}".rstrip("0").rstrip(".") + " %" if "." in f"{share:f}" else f"{share} %"


def counting_problem(amounts: Iterable[Decimal | None], terms: Terms) -> str:
    """Why these amounts cannot count like this; "" means they can."""
    found = (counts(amount, terms) for amount in amounts)
    too_large = any(part is not None and part > LARGEST_AMOUNT for part in found)
    return "With this rate the amount is too large." if too_large else ""


def edit_benefit_blockers(changed: Iterable[str], *, has_months: bool, verified: Sequence[date]) -> list[str]:
    """Every reason why these fields of a benefit cannot change: what is verified stays as it is."""
    names = set(changed)
    reasons = [
        f"Months are recorded already, so the {word} stays. Stop counting it and add another benefit."
        for name, word in FIXED_BY_MONTHS.items()
        if has_months and name in names
    ]
    if verified and names & set(MOVES_WHAT_COUNTS):
        months = ", ".join(month_in_words(month) for month in verified)
        reasons.append(f"Verified as it counts now: {months}. Correct that first, with a reason.")
    return reasons


# --- What is said of a month -------------------------------------------------------------------
def expect_blockers(*, months: Sequence[date], verified: Sequence[date]) -> list[str]:
    """Every reason why what was expected of these months cannot change."""
    found = [month_in_words(month) for month in months if month in verified]
    return [f"Verified already: {', '.join(found)}. Correct that first, with a reason."] if found else []


def once_blockers(*, pattern: str, months: Sequence[date], others: Sequence[date]) -> list[str]:
    """Every reason why a benefit cannot come in these months when it comes in `others` too."""
    elsewhere = [month_in_words(month) for month in others if month not in months]
    if pattern != Pattern.ONE_OFF or (len(months) == 1 and not elsewhere):
        return []
    if elsewhere:
        return [f"It comes once, and stands at {elsewhere[0]}. Set that month to 0 first."]
    return ["It comes once: give one month."]


def correction_blockers(*, band: str, reason: str, month: date) -> list[str]:
    """Every reason why a month's actual cannot be recorded anew: nothing verified goes silently."""
    if band == Band.VERIFIED and not reason.strip():
        return [f"{month_in_words(month)} is verified. Say why it is corrected."]
    return []


def band_of(*, basis: str, comparison: str) -> Band:
    """How far an actual can be trusted of which this is said."""
    if not basis.strip():
        return Band.ASSERTED
    return Band.ATTRIBUTED if comparison.strip() else Band.MEASURED


def support_blockers(*, band: str, basis: str, comparison: str) -> list[str]:
    """Every reason why this cannot be said of a month's actual."""
    if not band:
        return ["Nothing is recorded for this month yet."]
    if band == Band.VERIFIED:
        return ["This month is verified. Correct it first, with a reason."]
    if comparison.strip() and not basis.strip():
        return ["Say first what shows the number."]
    return []


def verify_blockers(
    *,
    band: str,
    note: str,
    owns_pilot: bool,
    answers_for_benefit: bool,
    recorded_it: bool,
    supported_it: bool,
) -> list[str]:
    """Every reason why this person cannot verify a month's actual now."""
    reasons = []
    if not band:
        reasons.append("Nothing is recorded for this month yet.")
    elif band == Band.VERIFIED:
        reasons.append("This month is verified already.")
    elif band != Band.ATTRIBUTED:
        reasons.append("First somebody has to say what shows the number, and why it is the pilot.")
    if owns_pilot:
        reasons.append("Owners do not verify the value of their own pilots.")
    if answers_for_benefit:
        reasons.append("You answer for this benefit, so somebody else verifies it.")
    if recorded_it or supported_it:
        reasons.append("You entered what is to be verified, so somebody else verifies it.")
    if not note.strip():
        reasons.append("Say what you looked at.")
    return reasons
