"""A cell becomes a date with its precision, or a reason in words why not. Nothing is guessed."""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from pilots.imports.date_spellings import DateRules, dates_inside, one_date
from pilots.imports.periods import Period, Precision, Unclear, day_of, described
from pilots.imports.spelling import comparable, quoted

LONGEST = 300  # characters; longer is prose
EDGES = " .,;:'\"()[]*"
NOT_APPLICABLE = {
    "n/a",
    "na",
    "n.a",
    "none",
    "nil",
    "null",
    "nan",
    "#n/a",
    "not applicable",
    "-",
    "--",
    "---",
    "",
}
UNDECIDED = re.compile(
    r"\b(?:tbd|tba|tbc|todo|to do|to be (?:determined|decided|confirmed|announced|defined)|pending|not yet)\b"
)
UNKNOWN = re.compile(r"\b(?:unknown|unk|not known|not available|not recorded|not reported|unsure)\b|^\?+$")
ONGOING = re.compile(r"\b(?:on-?going|in progress|continuous|currently|present)\b")
PLANNED = re.compile(
    r"\b(?:scheduled|planned|planning|expected|expect|anticipated|target(?:ed|ing)?|forecast|projected"
    r"|will|proposed|goal|upcoming|future)\b"
)
DENIED = re.compile(r"\b(?:not|never|cancel+ed|postponed|delayed|deferred|withdrawn)\b")
OPEN_ENDED = re.compile(
    r"\b(?:pre|before|prior to|earlier than|until|till|up to|by|no later than|after|post|later than)\b"
    r"|\bonwards?\b|[<>]"
)
ABOUT = re.compile(
    r"\b(?:about|approx(?:imately)?|around|circa|ca|c|roughly|est(?:imated|imate)?|early|mid|late"
    r"|(?:beginning|start|middle|end) of|or so|tentative)\b|[~?]"
)
LEADING = re.compile(r"\b(?:since|from|in|on|as of|date|started|began|begun|start|the|of|year|month)\b")
RANGE = re.compile(r"^\s*(?:-|to|through|thru|until|till|and)\s*$")
BESIDE = "Other words stand beside the date."
FILLING = " .,;:'\"()[]*-"


@dataclass(frozen=True)
class DateReading:
    """A date and how exactly it is known, or the reason why there is none. `raw` is always kept elsewhere."""

    period: Period | None = None
    note: str = ""  # a sentence where the value needs one: partial, approximate, with other words
    reason: str = ""  # a sentence where there is no value
    says_none: bool = False  # the source itself says that there is no date (N/A, to be decided, unknown)

    @property
    def value(self) -> date | None:
        """The first day of the period."""
        return self.period.first if self.period else None


def read_date(cell: str | date, rules: DateRules, *, plans: bool = False) -> DateReading | None:
    """What this cell says about a date; None for a blank cell.

    plans: True where the field holds what is planned, so that “scheduled for May 2025” is a value.
    """
    if isinstance(cell, str):
        return _read_text(cell, rules, plans)
    spelled = day_of(cell)
    if isinstance(spelled, Unclear):
        return DateReading(reason=f"“{cell.isoformat()}” {spelled.reason}")
    return DateReading(spelled, _notes(spelled, cell))


@lru_cache(maxsize=10_000)  # a few hundred spellings make up a whole file
def _read_text(cell: str, rules: DateRules, plans: bool) -> DateReading | None:
    text = comparable(cell)
    if not text:
        return None
    if text.strip(EDGES) in NOT_APPLICABLE or text in NOT_APPLICABLE:
        return DateReading(reason=f"The file says {quoted(cell)}: no date applies.", says_none=True)
    if len(text) > LONGEST:
        return DateReading(reason=f"{quoted(cell)} is prose, not a date.")
    spelled = one_date(text.strip(EDGES), rules) or _in_sentence(text, rules, plans)
    if isinstance(spelled, Period):
        return DateReading(spelled, _notes(spelled, cell))
    says_none = bool(re.match(r"n/?a\b", text) or UNDECIDED.search(text) or UNKNOWN.search(text))
    return DateReading(reason=f"{quoted(cell)} {spelled.reason}", says_none=says_none)


def _in_sentence(text: str, rules: DateRules, plans: bool) -> Period | Unclear:
    if re.match(r"n/?a\b", text):
        return Unclear("says that no date applies.")
    found = dates_inside(text, rules)
    if len(found) > 1:
        return Unclear(_why_several(text, found))
    if reason := _said_instead(text, plans):
        return Unclear(reason)
    if not found:
        return Unclear(_why_no_date(text))
    start, end, spelled = found[0]
    if isinstance(spelled, Unclear):
        return spelled
    return _with_words(spelled, text[:start], text[end:], plans)


def _said_instead(text: str, plans: bool) -> str:
    """Why a date in this sentence would not be the date of the thing, or an empty text."""
    if UNDECIDED.search(text):
        return "says that this is not decided yet."
    if DENIED.search(text):
        return "says that it did not happen as planned."
    if PLANNED.search(text) and not plans:
        return "says what is planned, not what happened."
    return ""


def _why_no_date(text: str) -> str:
    if UNKNOWN.search(text):
        return "says that the date is not known."
    if ONGOING.search(text):
        return "says that it goes on, but gives no date."
    if re.fullmatch(r"[\d\s./-]+", text):
        return "looks like a date with a slip in it."
    return "is not a date."


def _why_several(text: str, found: list[tuple[int, int, Period | Unclear]]) -> str:
    (_, end, _), (start, _, _) = found[:2]
    if len(found) == 2 and RANGE.match(text[end:start]):
        return "is a range, not one date."
    return f"names {len(found)} dates; it does not say which one counts."


def _with_words(period: Period, before: str, after: str, plans: bool) -> Period | Unclear:
    """The period of the only date in a sentence, if the other words leave no doubt that it is the one."""
    if OPEN_ENDED.search(before) or OPEN_ENDED.fullmatch(after.strip(FILLING)):
        return Unclear("only says before or after when it was.")
    if after and after[0] not in " (,;:)]?*\"'-":
        return Unclear("looks like a date with a slip in it.")
    leading = LEADING.sub("", ABOUT.sub("", PLANNED.sub("", before) if plans else before))
    words = ABOUT.sub("", PLANNED.sub("", after) if plans else after).strip(FILLING)
    if leading.strip(FILLING + "for") or (words and period.precision not in (Precision.DAY, Precision.MONTH)):
        return Unclear("has a date among other words; what it dates is not clear.")
    approximate = bool(ABOUT.search(before) or ABOUT.search(after))
    return replace(period, approximate=approximate, note=BESIDE if words else period.note)


def _notes(period: Period, cell: str | date) -> str:
    notes = [period.note] if period.note else []
    if period.precision is not Precision.DAY:
        known = "half-year" if period.precision is Precision.HALF else period.precision.value
        notes.append(f"Only the {known} is given: {described(period)}.")
    if period.approximate:
        notes.append("The file calls the date approximate.")
    return f"{quoted(str(cell))}: {' '.join(notes)}" if notes else ""
