"""Numbers and times as other systems write them, and what a reading is."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal

from metrics.sources.choices import DecimalMark, FailureKind
from metrics.sources.failures import NotCollected

LONGEST_EXCERPT = 300  # characters
LONGEST_NUMBER = 60
PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
NO_NUMBERS = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
SPACES = re.compile(r"[\s\u00a0\u202f']+")  # that some write between thousands
EPOCH = re.compile(r"\d{9,19}(?:\.\d+)?", re.ASCII)
EARLIEST = 1950  # as for readings sent by programs
CLOCKS_DIFFER = timedelta(minutes=5)  # the source's clock may be ahead of ours by this


@dataclass(frozen=True)
class Reading:
    """What was collected. `dated`: whether the source said when it was measured; else it is when it was asked."""

    value: Decimal
    measured_at: datetime
    excerpt: str  # what was read, for people
    dated: bool
    size: int = field(default=0, compare=False)  # bytes of the answer, uncompressed


def excerpt_of(text: str) -> str:
    """The beginning of a text on one line, short enough to show."""
    line = " ".join(text[: 4 * LONGEST_EXCERPT].split())
    return line if len(line) <= LONGEST_EXCERPT else line[: LONGEST_EXCERPT - 1] + "…"


def number_of(raw: object, mark: str = DecimalMark.POINT) -> Decimal:
    """The number that this is, or that this text says. Raises NotCollected."""
    text = raw if isinstance(raw, str) else repr(raw)
    plain = _plain(text, mark) if isinstance(raw, str) else text
    if NO_NUMBERS.fullmatch(plain):
        raise _no_number(f"The source says {plain}, which is not a number that can be kept.")
    is_number = isinstance(raw, (str, int, float)) and len(plain) <= LONGEST_NUMBER and PLAIN.fullmatch(plain)
    if not is_number:
        shown = excerpt_of(text)[:LONGEST_NUMBER]
        raise _no_number(f"“{shown}” is not a number." if shown else "The value is empty.")
    return Decimal(plain)


def _plain(text: str, mark: str) -> str:
    """The number without what groups its thousands, and with a point before its decimals."""
    text = SPACES.sub("", text).replace("\u2212", "-")
    if mark == DecimalMark.COMMA:
        text = text.translate(str.maketrans(",.", ".,"))
    return text.replace(",", "") if GROUPED.fullmatch(text) else text


def moment_of(raw: object, zone: tzinfo) -> datetime | None:
    """The time that this says: ISO 8601, or seconds or milliseconds since 1970; None when it says none.

    zone: whose time it is where none is said; a day alone begins at its midnight there.
    """
    try:
        if isinstance(raw, (int, float)) and not isinstance(raw, bool):
            return _since_1970(float(raw))
        if not isinstance(raw, str):
            return None
        text = raw.strip()
        if EPOCH.fullmatch(text):
            return _since_1970(float(text))
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _since_1970(number: float) -> datetime:
    """Seconds, or so many that they can only be milli-, micro- or nanoseconds."""
    for smallest, divisor in ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3)):
        if abs(number) >= smallest:
            return datetime.fromtimestamp(number / divisor, UTC)
    return datetime.fromtimestamp(number, UTC)


def measured_at(moment: datetime, now: datetime) -> datetime:
    """The time of a reading that a source dates like this. Raises NotCollected when it cannot be."""
    if moment > now + CLOCKS_DIFFER:
        raise NotCollected(
            FailureKind.TIME, f"The reading is of {moment:%Y-%m-%d %H:%M}, which lies in the future."
        )
    if moment.year < EARLIEST:
        raise NotCollected(
            FailureKind.TIME, f"The reading is of the year {moment.year}, which cannot be right."
        )
    return min(moment, now)


def not_a_time(raw: object) -> NotCollected:
    return NotCollected(FailureKind.TIME, f"“{excerpt_of(str(raw))[:LONGEST_NUMBER]}” is not a time.")


def _no_number(sentence: str) -> NotCollected:
    return NotCollected(FailureKind.NOT_A_NUMBER, sentence)
