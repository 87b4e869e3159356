"""Every way of writing one date that is understood, as patterns over comparable text."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from pilots.imports.periods import (
    Period,
    Spelled,
    Unclear,
    day,
    excel_day,
    full_year,
    half_of,
    month_of,
    quarter_of,
    year_of,
)

MONTH_FIRST, DAY_FIRST = "month_first", "day_first"
YEAR, DAY = "year", "day"


@dataclass(frozen=True)
class DateRules:
    """What a spelling alone does not tell. Empty: nobody said, so such a date is not guessed at."""

    order: str = ""  # month_first or day_first, for 3/4/2024
    number_beside_month: str = ""  # year or day, for Jul-22 and 22-Jul
    fiscal_year_starts: int | None = None  # month, for Q4FY25


MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MON = (
    r"(?P<mon>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec|january|february|march|april|june|july"
    r"|august|september|october|november|december)(?![a-z])"
)
TIME = r"(?:[t ]\s*\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:[ap]m)?\s*(?:z|utc|gmt|[+-]\d\d:?\d\d)?)?"
Y4 = r"(?P<y>\d{4})"
Y2 = r"'?(?P<y>\d{4}|\d\d)"
GAP = r"[\s./-]*"
FY = r"(?:fy|fiscal year)[\s'-]*(?P<y>\d{4}|\d\d)"
ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
NTH = r"(?P<nth>first|1st|second|2nd|third|3rd|fourth|4th)"
NUMBERS = rf"(?P<a>\d\d?)(?P<sep>[-/.])(?P<b>\d\d?)(?P=sep)(?P<y>\d{{4}}|\d\d){TIME}"
NUMERIC = re.compile(NUMBERS, re.ASCII)
Groups = dict[str, str]


def read_numeric(found: Groups, rules: DateRules) -> Spelled:
    """3/4/2024: in the order that the rules name, or in the only order that makes sense."""
    one, two, year = int(found["a"]), int(found["b"]), full_year(found["y"])
    order = rules.order or (DAY_FIRST if found["sep"] == "." else "")  # nobody writes 4.3.2024 month first
    readings = {MONTH_FIRST: day(year, one, two), DAY_FIRST: day(year, two, one)}
    possible = {way: reading for way, reading in readings.items() if isinstance(reading, Period)}
    if order in possible:
        return possible[order]
    if not possible:
        return readings[order or MONTH_FIRST]
    if len(set(possible.values())) > 1:
        return Unclear("may have the day or the month first; say `order` under `dates` in the mapping file.")
    way, reading = next(iter(possible.items()))
    if not order:
        return reading
    first = "day" if way == DAY_FIRST else "month"
    return replace(reading, note=f"Read with the {first} first, because the other way gives no date.")


def read_number_beside_month(found: Groups, rules: DateRules) -> Spelled:
    """Jul-22: July 2022 or the 22nd of July of no year."""
    month, digits = _month(found), found["n"]
    if rules.number_beside_month == YEAR or int(digits) > 31:
        return month_of(full_year(digits.zfill(2)), month)
    if rules.number_beside_month == DAY:
        return Unclear("names a day and a month, but no year.")
    return Unclear("is a month or a day of no year; say `number_beside_month` under `dates` in the mapping.")


def read_fiscal(found: Groups, rules: DateRules) -> Spelled:
    if rules.fiscal_year_starts is None:
        return Unclear("is in a fiscal year; say `fiscal_year_starts` under `dates` in the mapping file.")
    year, starts = full_year(found["y"]), rules.fiscal_year_starts
    if found.get("q"):
        return quarter_of(year, int(found["q"]), starts)
    return year_of(year, starts)


def _month(found: Groups) -> int:
    return MONTHS.index(found["mon"][:3]) + 1


def _ymd(found: Groups, rules: DateRules) -> Spelled:
    return day(int(found["y"]), int(found["m"]), int(found["d"]))


def _named_day(found: Groups, rules: DateRules) -> Spelled:
    return day(full_year(found["y"]), _month(found), int(found["d"]))


def _named_month(found: Groups, rules: DateRules) -> Spelled:
    return month_of(full_year(found["y"]), _month(found))


def _numbered_month(found: Groups, rules: DateRules) -> Spelled:
    return month_of(int(found["y"]), int(found["m"]))


def _quarter(found: Groups, rules: DateRules) -> Spelled:
    return quarter_of(full_year(found["y"]), int(found.get("q") or ORDINALS[found["nth"]]))


def _half(found: Groups, rules: DateRules) -> Spelled:
    return half_of(full_year(found["y"]), int(found.get("h") or ORDINALS[found["nth"]]))


def _year(found: Groups, rules: DateRules) -> Spelled:
    return year_of(int(found["y"]))


def _excel(found: Groups, rules: DateRules) -> Spelled:
    spelled = excel_day(int(found["serial"]))
    return (
        replace(spelled, note="Read as the number by which Excel counts days.")
        if isinstance(spelled, Period)
        else spelled
    )


def _no_year(found: Groups, rules: DateRules) -> Spelled:
    return Unclear("names a month, but no year.")


Reader = Callable[[Groups, DateRules], Spelled]
# In this order: the first that fits is meant, and inside a sentence the longer ones must come first.
EMBEDDED: list[tuple[str, Reader]] = [
    (rf"{Y4}(?P<sep>[-/.])(?P<m>\d\d?)(?P=sep)(?P<d>\d\d?){TIME}", _ymd),
    (NUMBERS, read_numeric),
    (rf"(?P<d>\d\d?)(?:st|nd|rd|th)?{GAP}(?:of )?{MON}[\s.,/-]*{Y2}", _named_day),
    (rf"{MON}{GAP}(?P<d>\d\d?)(?:st|nd|rd|th)?(?:,\s*|[\s/-]+)(?P<y>\d{{4}}|(?<=')\d\d)", _named_day),
    (rf"{Y4}{GAP}{MON}{GAP}(?P<d>\d\d?)", _named_day),
    (rf"{MON}[\s.,/-]*(?:of )?{Y4}", _named_month),
    (rf"{MON}{GAP}'(?P<y>\d\d)", _named_month),
    (rf"{Y4}[\s.,/-]*{MON}", _named_month),
    (rf"q(?P<q>[1-4])[\s,/-]*(?:of )?{FY}", read_fiscal),
    (rf"(?P<q>[1-4])q[\s,/-]*{FY}", read_fiscal),
    (rf"{FY}[\s,/-]*q(?P<q>[1-4])", read_fiscal),
    (FY, read_fiscal),
    (rf"q(?P<q>[1-4])[\s,/-]*(?:of )?(?:cy)?{Y2}", _quarter),
    (rf"(?P<q>[1-4])q[\s-]*{Y2}", _quarter),
    (rf"(?:cy)?{Y4}[\s/-]*q(?P<q>[1-4])", _quarter),
    (rf"{NTH} quarter(?: of)? {Y4}", _quarter),
    (rf"h(?P<h>[12])[\s/-]*{Y2}", _half),
    (rf"{Y4}[\s/-]*h(?P<h>[12])", _half),
    (rf"(?P<nth>first|1st|second|2nd) half(?: of)? {Y4}", _half),
    (rf"{Y4}[-/.](?P<m>\d\d?)", _numbered_month),
    (rf"(?P<m>\d\d?)[-/.]{Y4}", _numbered_month),
    (r"(?:cy|calendar(?: year)?|year) ?(?P<y>(?:19|20)\d\d)", _year),
    (r"(?P<y>(?:19|20)\d\d)(?: calendar year)?", _year),
]
ALONE: list[tuple[str, Reader]] = [
    (r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)", _ymd),
    (rf"{MON}{GAP}(?P<n>\d\d?)", read_number_beside_month),
    (rf"(?P<n>\d\d?){GAP}{MON}", read_number_beside_month),
    (MON, _no_year),
    (r"(?P<serial>\d{5})(?:\.\d+)?", _excel),
    (Y4, _year),
]
WHOLE = [(re.compile(pattern, re.ASCII), reader) for pattern, reader in EMBEDDED + ALONE]
INSIDE = [(re.compile(rf"{pattern}(?![0-9a-z])", re.ASCII), reader) for pattern, reader in EMBEDDED]
STARTS = re.compile(r"(?<![0-9a-z])[0-9a-z]", re.ASCII)  # where a word begins
WEEKDAY = re.compile(r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[.,]?\s+")


def only_order(text: str) -> str:
    """The one order of day and month in which this comparable text can be a date; empty when both or none."""
    match = NUMERIC.fullmatch(text)
    if not match or match["sep"] == ".":
        return ""
    one, two = int(match["a"]), int(match["b"])
    if one <= 12 < two <= 31:
        return MONTH_FIRST
    return DAY_FIRST if two <= 12 < one <= 31 else ""


def one_date(text: str, rules: DateRules) -> Spelled | None:
    """What this comparable text says when it is one date and nothing else; None when it is not."""
    text = re.sub(r"\s*([/.])\s*", r"\1", WEEKDAY.sub("", text))
    for pattern, reader in WHOLE:
        if match := pattern.fullmatch(text):
            return reader({name: found for name, found in match.groupdict().items() if found}, rules)
    return None


def dates_inside(text: str, rules: DateRules) -> list[tuple[int, int, Spelled]]:
    """Every date in a sentence: where it starts and ends, and what it says."""
    found, at = [], 0
    while start := STARTS.search(text, at):
        at = start.start()
        for pattern, reader in INSIDE:
            if match := pattern.match(text, at):
                groups = {name: part for name, part in match.groupdict().items() if part}
                found.append((at, match.end(), reader(groups, rules)))
                at = match.end() - 1
                break
        at += 1
    return found
