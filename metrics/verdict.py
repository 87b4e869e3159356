"""Is a KPI at its target? A rule over its readings that may be asked again after every one of them.

A target counts as reached when the readings since a fixed start are enough in number, when the latest of them
hold it, and when their average lies beyond it with the confidence asked for. Looking every week and
stopping at the first good one makes an ordinary bound false, so the bound here is one that holds at all
looks together. docs/kpis.md says the same in words, with a simulation.

The bound. For n readings with average m and variance v = Σ(x − m)²/n let T = (m − target)²/v, which is Student's t²
over n − 1, and g = c²/(n + c²). Then

    E = √g · ((1 + T) / (1 + g·T))^(n/2)

is the likelihood of the readings when their mean lies N(0, 1/c²) standard deviations from the target, over that when it
lies on the target, both averaged over all standard deviations σ with weight dσ/σ. It starts at 1 and is a
martingale when the mean is on the target, so it ever reaches 1/α with probability at most α (Ville), however
often one looks: Lai 1976; Pérez-Ortiz, Lardy, de Heide & Grünwald 2024; Wang & Ramdas 2024.

One side. E is the average of E⁺ (only means better than the target) and E⁻ (only worse ones). Each likelihood ratio
within E⁺ rises with m/√(m² + v), m counted from the target, and each within E⁻ falls. Two things follow. While m is
on the better side, E⁻ is at most √g, its value at m = target: so e = 2·E − √g is never more than E⁺, and may itself
be held against 1/α. And E⁺ only falls when a mean on the target is moved to worse, path by path: what holds on
the target holds for every mean off it. Solving e = 1/α for the target gives the bound, m − reach(n, α)·√v.

A band has two edges, each with its bound at α and nothing to correct: to be called inside, a mean outside one edge has
to deceive the bound of that very edge (intersection–union).

All else can only make the rule stricter: readings that resemble their neighbours enlarge v, and √v is never below half
the smallest step between two readings. Where all readings are equal their spread is unknown, and
they count as `EQUAL` spreads beyond the target and bound nothing: eight of them are enough for 95% confidence.

Why not a library: savvi, expectation and avinf know this test and bring scipy, whose `stats` takes a second or
more and 100 MB in each process that records a reading. The sums below take a few microseconds.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from math import exp, floor, inf, log, log1p, log10, sqrt
from typing import Any

from metrics.points import (
    MOST_DECIMALS,
    Point,
    Reading,
    Say,
    Target,
    cut_down,
    cut_up,
    decimals,
    plain,
    points,
    rounded,
    written,
)
from metrics.sums import Sums

Memory = dict[str, Any]  # what JSON can hold

C2 = 4.0  # c²: expects averages half a spread from the target, and does well from a quarter to two
EQUAL = 2.0
MOST_MORE = 1_000  # more readings than that nobody waits for
MOST_EVIDENCE = 1e6


@dataclass(frozen=True)
class Terms:
    """What a criterion asks of a KPI before it counts as at target."""

    alpha: float = 0.05  # how often a KPI not beyond its target may ever be called at target
    minimum_readings: int = 8
    hold: int = 3  # so many of the latest readings must all be at target
    lost_after: int = 4  # so many in a row off target open it again

    def __post_init__(self) -> None:
        if not 0.001 <= self.alpha <= 0.5:
            raise ValueError("The confidence must lie between 50% and 99.9%.")
        if self.minimum_readings < 2 or self.hold < 1 or self.lost_after < 1:
            raise ValueError("At least two readings are needed, and one in a row.")

    @property
    def confidence(self) -> str:
        return f"{100 * (1 - self.alpha):g}% confidence"


USUAL = Terms()


@dataclass(frozen=True)
class Verdict:
    """Whether a KPI is at its target, why not, and the numbers behind it as they may be shown."""

    closed: bool
    closed_on: date | None  # the reading since which it has been at target
    reasons: tuple[str, ...]  # whole sentences; () when it is closed
    summary: str  # average and bound in one sentence; "" without readings
    readings: int  # counted ones: those of one day are one
    mean: Decimal | None
    spread: float | None  # the standard deviation that the bounds count with
    at_least: Decimal | None  # the average is at least this, with the confidence of the terms
    at_most: Decimal | None
    e_value: float  # how strongly the readings speak for a mean beyond the target; 1/α is enough
    more: int | None  # readings still needed if they go on like these; None where nobody can say


def verdict(
    readings: Iterable[Reading],
    target: Target,
    terms: Terms = USUAL,
    *,
    since: date,
    is_fresh: bool = True,
    say: Say = plain,
    after: Memory | None = None,
) -> Verdict:
    """What the readings from `since` on say of the target. The same facts give the same answer, in any order.

    `since` is of the kind of the readings' `at` and is fixed before they are seen, `is_fresh` says whether the latest
    still counts today, `say` writes a number with its unit. `after` stands for all readings of earlier days, as
    `remember` made it for this target, these terms and this `since`.
    """
    look = _Look(target, terms, after)
    for point in _counted(readings, since):
        look.take(point)
    is_closed = look.closed_on is not None and is_fresh
    words = _Words(look, target, terms, say)
    return Verdict(
        closed=is_closed,
        closed_on=look.closed_on if is_closed else None,
        reasons=() if is_closed else tuple(words.reasons(since, is_fresh)),
        summary=words.summary(),
        readings=look.sums.n,
        mean=words.mean,
        spread=look.sums.spread if look.sums.n > 1 else None,
        at_least=words.at_least,
        at_most=words.at_most,
        e_value=look.evidence(),
        more=look.more(is_fresh),
    )


def history(
    readings: Iterable[Reading], target: Target, terms: Terms = USUAL, *, since: date
) -> Iterator[tuple[date, bool]]:
    """After each reading in turn: was the KPI at target then? Later readings never change an earlier answer."""
    look = _Look(target, terms)
    for point in _counted(readings, since):
        look.take(point)
        yield point.at, look.closed_on is not None


def remember(
    readings: Iterable[Reading],
    target: Target,
    terms: Terms = USUAL,
    *,
    since: date,
    after: Memory | None = None,
) -> Memory:
    """All that the rule needs of these readings, whose `at` are days, so that nobody reads them again.

    Its size does not grow with them. `verdict` goes on from it with the readings of later days and says exactly
    what it would have said of all.
    """
    look = _Look(target, terms, after)
    for point in _counted(readings, since):
        look.take(point)
    return look.memory()


def _counted(readings: Iterable[Reading], since: date) -> list[Point]:
    return points(reading for reading in readings if reading.at >= since)


# --- The bound ---------------------------------------------------------------------------------
def log_evidence(n: int, t: float) -> float:
    """log E after n readings whose average lies √t spreads from the target."""
    g = C2 / (n + C2)
    return log(g) / 2 + n / 2 * (log1p(t) - log1p(g * t))


@lru_cache(maxsize=20_000)
def reach(n: int, alpha: float) -> float:
    """How many spreads the bound lies from the average of n readings; inf while they bound nothing."""
    g = C2 / (n + C2)
    enough = (1 / alpha + sqrt(g)) / 2  # for E, so that 2·E − √g is 1/α
    ratio = (enough / sqrt(g)) ** (2 / n)
    return sqrt((ratio - 1) / (1 - g * ratio)) if g * ratio < 1 else inf


# --- The rule ----------------------------------------------------------------------------------
class _Look:
    """The state of the rule, moved on by one reading at a time."""

    def __init__(self, target: Target, terms: Terms, after: Memory | None = None) -> None:
        self.target, self.terms = target, terms
        self.sums = Sums()
        self.first = Decimal(0)
        self.edges: list[tuple[int, float]] = []  # (1, low) and (-1, high), from the first reading
        self.on = self.off = 0  # readings in a row at target, and off it
        self.closed_on: date | None = None
        self.was_closed: tuple[date, date, str] | None = None  # from, until, why no longer
        if after is not None:
            self._recall(after)

    def memory(self) -> Memory:
        return {
            "first": str(self.first),
            "sums": self.sums.kept(),
            "on": self.on,
            "off": self.off,
            "closed_on": self.closed_on and self.closed_on.isoformat(),
            "was_closed": self.was_closed and [_iso(part) for part in self.was_closed],
        }

    def _recall(self, after: Memory) -> None:
        self.sums = Sums.of(after["sums"])
        self.on, self.off = after["on"], after["off"]
        self.closed_on = after["closed_on"] and date.fromisoformat(after["closed_on"])
        if after["was_closed"]:
            from_, until, why = after["was_closed"]
            self.was_closed = (date.fromisoformat(from_), date.fromisoformat(until), why)
        if self.sums.n:
            self._start(Decimal(after["first"]))

    def take(self, point: Point) -> None:
        if not self.sums.n:
            self._start(point.value)
        self.sums.add(float(point.value - self.first))
        is_on = self.target.shortfall(point.value) <= 0
        self.on, self.off = (self.on + 1, 0) if is_on else (0, self.off + 1)
        if self.closed_on is None:
            if self._is_reached():
                self.closed_on, self.was_closed = point.at, None
        elif why := self._is_lost():
            self.was_closed = (self.closed_on, point.at, why)
            self.closed_on = None

    def _start(self, first: Decimal) -> None:
        self.first = first
        self.edges = [(side, float(edge - first)) for side, edge in self.target.edges]

    def _is_reached(self) -> bool:
        if self.sums.n < self.terms.minimum_readings or self.on < self.terms.hold:
            return False
        reached = reach(self.sums.n, self.terms.alpha)
        return all(self.is_beyond(margin, reached) for margin in self.margins())

    def _is_lost(self) -> str:
        """Why a KPI at target no longer is; "" while it is. A bound that merely falls back is no reason."""
        if self.off >= self.terms.lost_after:
            return (
                "a reading was off target"
                if self.off == 1
                else f"{self.off} readings in a row were off target"
            )
        reached = reach(self.sums.n, self.terms.alpha)
        if not self.sums.is_flat and min(self.margins()) < -reached * self.sums.spread:
            return f"the average was off target with {self.terms.confidence}"
        return ""

    def margins(self) -> list[float]:
        """How far the average lies on the good side of each edge."""
        return [side * (self.sums.mean - edge) for side, edge in self.edges]

    def is_beyond(self, margin: float, reached: float) -> bool:
        if self.sums.is_flat:
            return margin >= 0 and reached <= EQUAL
        return margin >= reached * self.sums.spread

    def evidence(self) -> float:
        """The e-value at the edge where the case is weakest; 0 while the average is off target."""
        if not self.sums.n:
            return 1.0
        margin, spread = min(self.margins()), self.sums.spread
        if margin < 0:
            return 0.0
        beyond = EQUAL if self.sums.is_flat else margin / spread
        root_g = sqrt(C2 / (self.sums.n + C2))
        return min(2 * exp(min(log_evidence(self.sums.n, beyond**2), 500.0)) - root_g, MOST_EVIDENCE)

    def more(self, is_fresh: bool) -> int | None:
        """Readings still needed at the present average and spread; None if that many never come or nobody knows."""
        if self.closed_on is not None:
            return 0 if is_fresh else 1
        n, margin, spread = self.sums.n, min(self.margins(), default=-1.0), self.sums.spread
        if n < 2 or margin < 0 or (margin == 0 and not self.sums.is_flat):
            return None
        beyond = EQUAL if self.sums.is_flat else margin / spread
        enough = bisect_left(
            range(n, n + MOST_MORE + 1), True, key=lambda count: reach(count, self.terms.alpha) <= beyond
        )
        needed = max(enough, self.terms.minimum_readings - n, self.terms.hold - self.on, 1)
        return needed if enough <= MOST_MORE else None


def _iso(part: date | str) -> str:
    return part if isinstance(part, str) else part.isoformat()


# --- In words ----------------------------------------------------------------------------------
class _Words:
    """What a look has found, as sentences, with bounds cut so that they never promise more than they hold."""

    def __init__(self, look: _Look, target: Target, terms: Terms, say: Say) -> None:
        self.look, self.target, self.terms, self.say = look, target, terms, say
        self.mean = rounded(self._from_first(look.sums.mean), self._places()) if look.sums.n else None
        self.at_least = self._bound(1)
        self.at_most = self._bound(-1)

    def reasons(self, since: date, is_fresh: bool) -> Iterator[str]:
        look, terms = self.look, self.terms
        if look.was_closed:
            from_, until, why = look.was_closed
            yield f"Was at target from {written(from_)} until {written(until)}, when {why}."
        if look.sums.n < terms.minimum_readings:
            has = f"has {look.sums.n or 'none'}"
            yield f"Needs {terms.minimum_readings} readings since {written(since)}; {has}."
        if look.sums.n and not is_fresh:
            yield "The latest reading is too old to count."
        if look.sums.n and look.on < terms.hold:
            yield f"Must be at target for {_readings(terms.hold)} in a row; is for {look.on or 'none'}."
        if look.sums.n > 1 and not self._holds():
            yield self.summary()

    def summary(self) -> str:
        """`On average 92.4%, and at least 91.8% with 95% confidence; the target is at least 92%.`"""
        if self.mean is None:
            return ""
        wanted = f"the target is {self.target.words(self.say)}"
        if self.look.sums.is_flat and self.look.sums.n > 1:
            return f"All {self.look.sums.n} readings are {self.say(self.mean)}; {wanted}."
        return f"On average {self.say(self.mean)}{self._sides()}; {wanted}."

    def _sides(self) -> str:
        if self.at_least is None or self.at_most is None:
            return f"; too few readings to say more with {self.terms.confidence}"
        bounds = {1: f"at least {self.say(self.at_least)}", -1: f"at most {self.say(self.at_most)}"}
        asked = " and ".join(bounds[side] for side, _ in self.target.edges)
        return f", and {asked} {'each ' if self.target.is_band else ''}with {self.terms.confidence}"

    def _holds(self) -> bool:
        look = self.look
        reached = reach(look.sums.n, self.terms.alpha)
        return all(look.is_beyond(margin, reached) for margin in look.margins())

    def _bound(self, side: int) -> Decimal | None:
        """The average with confidence: at least (1) or at most (-1) what comes back."""
        sums = self.look.sums
        if sums.is_flat or reach(sums.n, self.terms.alpha) == inf:
            return None
        bound = self._from_first(sums.mean - side * reach(sums.n, self.terms.alpha) * sums.spread)
        return (cut_down if side == 1 else cut_up)(bound, self._places())

    def _from_first(self, value: float) -> Decimal:
        return self.look.first + Decimal(value)

    def _places(self) -> int:
        """Two digits of the spread, and as many as the target has."""
        spread = self.look.sums.spread
        wanted = 1 - floor(log10(spread)) if spread else 1
        return max(0, min(wanted, MOST_DECIMALS), *(decimals(edge) for _, edge in self.target.edges))


def _readings(count: int) -> str:
    return "1 reading" if count == 1 else f"{count} readings"
