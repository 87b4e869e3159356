"""Made-up pilots by the thousand, to see how often the rules about KPIs err and how long they take.

`make simulate` prints the tables of docs/kpis.md; tests/metrics/test_simulation.py runs a short form.
Every series has mean 0 and standard deviation 1, higher is better and the target is 0: a shift is in spreads.
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf, sqrt
from random import Random
from statistics import NormalDist, median
from unittest.mock import patch

from metrics import sums
from metrics import verdict as rule
from metrics.points import Reading, Target
from metrics.trend import trend

START = date(2026, 1, 5)
WEEKS = 104
ON_TARGET = Target(low=0)
Series = Callable[[Random], list[float]]


# --- Kinds of readings -------------------------------------------------------------------------
def normal(chance: Random) -> list[float]:
    return [chance.gauss(0, 1) for _ in range(WEEKS)]


def resembling(phi: float) -> Series:
    """Each reading keeps the share phi of the one before: AR(1)."""

    def series(chance: Random) -> list[float]:
        values = [chance.gauss(0, 1)]
        while len(values) < WEEKS:
            values.append(phi * values[-1] + sqrt(1 - phi * phi) * chance.gauss(0, 1))
        return values

    return series


def heavy_tails(chance: Random) -> list[float]:
    """Student's t with 5 degrees of freedom, whose variance is 5/3."""
    return [chance.gauss(0, 1) / sqrt(chance.gammavariate(2.5, 2) / 5) / sqrt(5 / 3) for _ in range(WEEKS)]


def rarely_bad(chance: Random) -> list[float]:
    return [1 - chance.expovariate(1) for _ in range(WEEKS)]


def rarely_good(chance: Random) -> list[float]:
    return [chance.expovariate(1) - 1 for _ in range(WEEKS)]


def coarse(chance: Random) -> list[float]:
    """Rounded to whole standard deviations."""
    return [float(round(value)) for value in normal(chance)]


# --- One pilot ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Life:
    """When a pilot's KPI was first called at target, by whom; inf for never."""

    rule: float
    reopened: bool
    weekly_t: float
    latest: float


def live(values: Sequence[float], terms: rule.Terms = rule.USUAL) -> Life:
    weeks = [at_target for _, at_target in rule.history(readings(values), ON_TARGET, terms, since=START)]
    closed = first(weeks)
    return Life(
        rule=closed,
        reopened=closed < inf and not all(weeks[int(closed) - 1 :]),
        weekly_t=first(t_tests(values, terms)),
        latest=first(value >= 0 for value in values),
    )


def readings(values: Sequence[float]) -> list[Reading]:
    return [Reading(START + timedelta(weeks=week), round(value, 4)) for week, value in enumerate(values)]


def first(answers) -> float:
    """The number of the first yes, counted from 1."""
    return next((number for number, yes in enumerate(answers, 1) if yes), inf)


def t_tests(values: Sequence[float], terms: rule.Terms):
    """An ordinary one-sided t-test each week, as if it were the only one."""
    total = squares = 0.0
    for n, value in enumerate(values, 1):
        total, squares = total + value, squares + value * value
        if n < terms.minimum_readings:
            yield False
            continue
        mean = total / n
        spread = sqrt(max(0.0, squares - n * mean * mean) / (n - 1))
        yield mean * sqrt(n) > student(1 - terms.alpha, n - 1) * spread


def student(share: float, freedom: int) -> float:
    """A quantile of Student's t by the expansion of Fisher & Cornish, good to three digits from 7 degrees on."""
    z = NormalDist().inv_cdf(share)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )


# --- Many pilots -------------------------------------------------------------------------------
@dataclass(frozen=True)
class Outcome:
    """Of many pilots: the share ever called at target, by whom, and the median reading at which the rule did."""

    runs: int
    rule: float
    reopened: float  # of those the rule closed
    weekly_t: float
    latest: float
    median: float


def simulate(
    series: Series, *, shift: float = 0, runs: int, seed: int = 1, terms: rule.Terms = rule.USUAL
) -> Outcome:
    chance = Random(seed)
    lives = [live([value + shift for value in series(chance)], terms) for _ in range(runs)]
    closed = sum(life.rule < inf for life in lives)
    return Outcome(
        runs=runs,
        rule=closed / runs,
        reopened=sum(life.reopened for life in lives) / max(1, closed),
        weekly_t=sum(life.weekly_t < inf for life in lives) / runs,
        latest=sum(life.latest < inf for life in lives) / runs,
        median=median(life.rule for life in lives),
    )


def without_correction(series: Series, *, runs: int, seed: int = 1) -> float:
    """The share that the rule would call at target if it took all readings as unrelated."""
    with patch.object(sums, "MOST_RESEMBLANCE", 0.0):
        return simulate(series, runs=runs, seed=seed).rule


def readings_until_lost(*, fall: float, runs: int, seed: int = 1) -> float:
    """The median number of readings until a KPI at target for a year, then off it by `fall`, is open again."""
    chance, waits = Random(seed), []
    for _ in range(runs):
        values = [value + (1 if week < WEEKS // 2 else -fall) for week, value in enumerate(normal(chance))]
        weeks = [yes for _, yes in rule.history(readings(values), ON_TARGET, since=START)]
        waits.append(first(not yes for yes in weeks[WEEKS // 2 :]))
    return median(waits)


def false_warnings(series: Series, *, runs: int, seed: int = 1) -> float:
    """The share of KPIs without any trend that are called degrading at least once in a year of weekly readings."""
    return sum(warned_after(series, slope=0, runs=1, seed=seed + run) < inf for run in range(runs)) / runs


def warned_after(series: Series, *, slope: float, runs: int, seed: int = 1) -> float:
    """The median number of readings from the start of a fall, `slope` each, to the first warning."""
    chance, waits = Random(seed), []
    for _ in range(runs):
        flat = WEEKS // 4 if slope else 0
        values = [value - slope * max(0, week - flat) for week, value in enumerate(series(chance))]
        made = readings(values[: flat + 52])
        looks = (trend(made[: count + 1], ON_TARGET).is_degrading for count in range(flat, flat + 52))
        waits.append(first(looks))
    return median(waits)


# --- The tables --------------------------------------------------------------------------------
UNBEATEN = (
    ("Normal, average exactly at the target", normal, 0.0),
    ("Normal, a tenth of a spread worse", normal, -0.1),
    ("Heavy tails (Student's t, 5 degrees)", heavy_tails, 0.0),
    ("Whole numbers only (spread 1)", coarse, 0.0),
    ("Usually a little worse, rarely far better", rarely_good, 0.0),
    ("Usually a little better, rarely far worse", rarely_bad, 0.0),
    ("Resembling neighbours, φ = 0.15", resembling(0.15), 0.0),
    ("Resembling neighbours, φ = 0.3", resembling(0.3), 0.0),
    ("Resembling neighbours, φ = 0.5", resembling(0.5), 0.0),
)


def print_tables(runs: int) -> None:
    print(f"False: called at target within {WEEKS} weekly readings; {runs:,} pilots each\n")
    print("| Readings | This rule | Without the correction | Weekly t-test | Latest beats target |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, series, shift in UNBEATEN:
        out = simulate(series, shift=shift, runs=runs)
        bare = without_correction(series, runs=runs) if shift == 0 else None
        bare_text = "" if bare is None else f"{bare:.1%}"
        print(
            f"| {name} | {out.rule:.1%} | {bare_text} | {out.weekly_t:.1%} | {out.latest:.1%} |", flush=True
        )

    some = max(1, runs // 5)
    print(f"\nTrue: average better than the target by so many spreads; {some:,} pilots each\n")
    print(
        "| Better by | Closed within 8 | 26 | 52 | 104 readings | Median readings | Opened again in that time |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for shift in (0.25, 0.5, 1.0, 2.0):
        print(power_row(shift, some), flush=True)

    print("\nReadings until a KPI that fell after a year is open again (median):")
    for fall in (0.5, 1.0, 2.0):
        print(f"  {fall:g} spreads below the target: {readings_until_lost(fall=fall, runs=some):g}")

    few = max(1, runs // 20)
    print(f"\nDegrading; {few:,} KPIs each")
    for name, series in (("unrelated", normal), ("φ = 0.3", resembling(0.3))):
        print(
            f"  false warning within 52 readings, {name}: {false_warnings(series, runs=few):.0%}", flush=True
        )
    for slope in (0.1, 0.2, 0.4):
        print(
            f"  readings to the warning at {slope:g} spreads each: {warned_after(normal, slope=slope, runs=few):g}"
        )


def power_row(shift: float, runs: int) -> str:
    chance = Random(1)
    lives = [live([value + shift for value in normal(chance)]) for _ in range(runs)]
    shares = [sum(life.rule <= weeks for life in lives) / runs for weeks in (8, 26, 52, WEEKS)]
    again = sum(life.reopened for life in lives) / max(1, sum(life.rule < inf for life in lives))
    middle = median(life.rule for life in lives)
    cells = [f"{share:.0%}" for share in shares]
    return f"| {shift:g} | {' | '.join(cells)} | {f'{middle:g}' if middle < inf else 'more than 104'} | {again:.0%} |"


if __name__ == "__main__":
    begun = time.monotonic()
    print_tables(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
    print(f"\n{time.monotonic() - begun:.0f} s")
