"""The goals that the figures are held against. Times are ratios to the bare view of the same run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.bench.measuring import Page


@dataclass(frozen=True)
class Figures:
    """One page of one size, as it is reported. Times in milliseconds, sizes in bytes."""

    name: str
    stored: int  # pilots or readings behind it
    p50: float
    p95: float
    cpu: float
    p50_ratio: float  # the median of each round's ratio; so are the next two
    p95_ratio: float
    cpu_ratio: float
    queries: int
    size: int
    zipped: int
    foreign: float  # cores


def figures(page: Page, bare: Page) -> Figures:
    """The medians over the rounds; ratios are taken within each round."""
    rounds = list(zip(page.blocks, bare.blocks, strict=True))
    return Figures(
        name=page.name,
        stored=page.stored,
        p50=1000 * page.median(lambda block: block.p50),
        p95=1000 * page.median(lambda block: block.p95),
        cpu=1000 * page.median(lambda block: block.cpu),
        p50_ratio=_median(mine.p50 / yardstick.p50 for mine, yardstick in rounds),
        p95_ratio=_median(mine.p95 / yardstick.p95 for mine, yardstick in rounds),
        cpu_ratio=_median(mine.cpu / yardstick.cpu for mine, yardstick in rounds),
        queries=page.queries,
        size=page.size,
        zipped=page.zipped,
        foreign=page.median(lambda block: block.foreign),
    )


@dataclass(frozen=True)
class Goal:
    """At most this much of one figure, for one page."""

    key: str  # as in the list of goals, such as P1
    page: str  # the name of a page
    words: str
    figure: Callable[[Figures], float]
    limit: float
    unit: str

    def judged(self, found: Figures) -> str:
        """`P1 median at most 16 × H: met (14.2)`."""
        value = self.figure(found)
        verdict = "met" if value <= self.limit else "not met"
        return f"{self.key} {self.words} at most {self.limit:g}{self.unit}: {verdict} ({value:.4g})"


def _median(values) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _p50(found: Figures) -> float:
    return found.p50_ratio


def _p95(found: Figures) -> float:
    return found.p95_ratio


def _cpu(found: Figures) -> float:
    return found.cpu_ratio


def _queries(found: Figures) -> float:
    return found.queries


def _kilobytes(found: Figures) -> float:
    return found.size / 1024


def _zipped_kilobytes(found: Figures) -> float:
    return found.zipped / 1024


H = " × H"
KB = " KB"
GOALS = (
    Goal("P1", "Portfolio", "median", _p50, 16, H),
    Goal("P1", "Portfolio", "95th percentile", _p95, 18, H),
    Goal("P1", "Portfolio", "CPU", _cpu, 14, H),
    Goal("P15", "Portfolio", "queries", _queries, 6, ""),
    Goal("P17", "Portfolio", "HTML", _kilobytes, 40, KB),
    Goal("P17", "Portfolio", "gzip", _zipped_kilobytes, 8, KB),
    Goal("P2", "Portfolio, 3 filters and text", "median", _p50, 20, H),
    Goal("P15", "Portfolio, 3 filters and text", "queries", _queries, 6, ""),
    Goal("P1", "Portfolio, last page", "median", _p50, 16, H),
    Goal("P15", "Portfolio, last page", "queries", _queries, 6, ""),
    Goal("P3", "Pilot overview", "median", _p50, 18, H),
    Goal("P15", "Pilot overview", "queries", _queries, 8, ""),
    Goal("P17", "Pilot overview", "HTML", _kilobytes, 60, KB),
    Goal("P4", "Checklist", "median", _p50, 18, H),
    Goal("P15", "Checklist", "queries", _queries, 7, ""),
    Goal("P15", "Audit log", "queries", _queries, 8, ""),
    Goal("P5", "Summary", "95th percentile", _p95, 11, H),
    Goal("P15", "Summary", "queries", _queries, 4, ""),
    Goal("P7", "API, 50 pilots", "median", _p50, 9, H),
    Goal("P15", "API, 50 pilots", "queries", _queries, 4, ""),
    Goal("P7", "API, 50 risks", "median", _p50, 9, H),
    Goal("P15", "API, 50 risks", "queries", _queries, 4, ""),
    Goal("P7", "API, 50 warning signs", "median", _p50, 9, H),
    Goal("P15", "API, 50 warning signs", "queries", _queries, 4, ""),
)
RECORDING, KPI_PAGE = "API, record a reading", "KPI page"
MOST_TIMES = 2  # what recording a reading may cost with all readings, against the fewest


def verdicts(found: Figures) -> list[str]:
    """What the goals say of this page, a sentence each."""
    return [goal.judged(found) for goal in GOALS if goal.page == found.name]


def comparisons(found: Sequence[Figures]) -> list[str]:
    """What one reading and the page of a KPI cost with the most readings stored, against the fewest."""
    said = []
    for name in (RECORDING, KPI_PAGE):
        few, *_, many = sorted((row for row in found if row.name == name), key=lambda row: row.stored)
        times, cpu = many.p50_ratio / few.p50_ratio, many.cpu_ratio / few.cpu_ratio
        said.append(
            f"{name}, {many.stored:,} against {few.stored:,} readings: {times:.2f} times the median,"
            f" {cpu:.2f} times the CPU, {many.queries} against {few.queries} queries,"
            f" {many.size / few.size:.2f} times the bytes"
        )
        if name == RECORDING:
            is_met = max(times, cpu) <= MOST_TIMES
            said[-1] += f"; at most {MOST_TIMES} times: {'met' if is_met else 'not met'}"
    return said
