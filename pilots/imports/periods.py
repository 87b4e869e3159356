"""Days, months, quarters, halves and years as periods, and why a spelling is none."""

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

EARLIEST, LATEST = 1950, 2100  # years; anything else is a slip or a placeholder such as 9999-12-31
EXCEL_ZERO = date(1899, 12, 30)
CENTURY_TURNS = 70  # two-digit years below this are in the 2000s


class Precision(StrEnum):
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


@dataclass(frozen=True)
class Period:
    """A date as exactly as it is known: from `first` to `last`, both included."""

    first: date
    last: date
    precision: Precision
    approximate: bool = False
    note: str = ""  # a sentence, where the spelling needed a decision


@dataclass(frozen=True)
class Unclear:
    """No period can be taken from a spelling; `reason` is a sentence that follows the quoted text."""

    reason: str


Spelled = Period | Unclear


def day(year: int, month: int, number: int) -> Spelled:
    try:
        found = date(year, month, number)
    except ValueError:
        return Unclear("is not a day in the calendar.")
    return day_of(found)


def day_of(found: date) -> Spelled:
    """This day; or the year that was typed into a spreadsheet cell meant for dates.

    Such a cell counts days since 1900, so the year 2015 shows as 7 July 1905.
    """
    serial = (found - EXCEL_ZERO).days
    if EARLIEST <= serial <= LATEST:
        note = f"A spreadsheet made this date of the year {serial}, typed into a cell for dates."
        typed = year_of(serial)
        return replace(typed, note=note) if isinstance(typed, Period) else typed
    if not EARLIEST <= found.year <= LATEST:
        return Unclear(f"has the year {found.year}, which cannot be right.")
    return Period(found, found, Precision.DAY)


def month_of(year: int, month: int) -> Spelled:
    return _months(year, month, 1, Precision.MONTH)


def quarter_of(year: int, quarter: int, starts: int = 1) -> Spelled:
    """The quarter of a year that begins in month `starts` (and, unless January, in the year before)."""
    return _part_of_year(year, starts, 3 * (quarter - 1), 3, Precision.QUARTER)


def half_of(year: int, half: int) -> Spelled:
    return _part_of_year(year, 1, 6 * (half - 1), 6, Precision.HALF)


def year_of(year: int, starts: int = 1) -> Spelled:
    return _part_of_year(year, starts, 0, 12, Precision.YEAR)


def excel_day(serial: int) -> Spelled:
    return day_of(EXCEL_ZERO + timedelta(days=serial))


def full_year(digits: str) -> int:
    """2023 for “2023” and for “23”."""
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (2000 if year < CENTURY_TURNS else 1900)


def described(period: Period) -> str:
    """The period in words: “July 2022”, “2015”, “July to September 2025”."""
    first, last = period.first, period.last
    if period.precision is Precision.DAY:
        return f"{first.day} {first:%B %Y}"
    if period.precision is Precision.MONTH:
        return f"{first:%B %Y}"
    if period.precision is Precision.YEAR and first.month == 1:
        return str(first.year)
    return f"{first:%B %Y} to {last:%B %Y}"


def _part_of_year(year: int, starts: int, offset: int, months: int, precision: Precision) -> Spelled:
    begins = (year if starts == 1 else year - 1) * 12 + starts - 1 + offset
    return _months(begins // 12, begins % 12 + 1, months, precision)


def _months(year: int, month: int, count: int, precision: Precision) -> Spelled:
    if not 1 <= month <= 12:
        return Unclear(f"has the month {month}, which does not exist.")
    if not EARLIEST <= year <= LATEST:
        return Unclear(f"has the year {year}, which cannot be right.")
    final = year * 12 + month - 1 + count - 1
    last_year, last_month = final // 12, final % 12 + 1
    last = date(last_year, last_month, calendar.monthrange(last_year, last_month)[1])
    return Period(date(year, month, 1), last, precision)
