"""What a run prints."""

import math
from collections.abc import Sequence
from typing import Any

from tests.bench.goals import Figures, verdicts

NOISY = 0.3  # cores busy with something else, from which a figure is marked
HEADINGS = (
    "Page",
    "",  # what is stored
    "p50 ms",
    "p95 ms",
    "× H",
    "CPU ms",
    "× H",
    "SQL",
    "HTML KB",
    "gzip KB",
    "Growth",
)
WIDTHS = (31, 9, 8, 8, 7, 8, 7, 4, 8, 8, 8)


def written(found: Sequence[Figures], bare: Figures, *, of: str, goals: Sequence[str]) -> str:
    """The table of what is measured with so many `of`, pilots or readings; goals; what to think of the run."""
    first, _, *others = HEADINGS
    return "\n".join(
        [
            _line((first, of.capitalize(), *others)),
            _line(_cells(bare, "")),
            *(_line(_cells(row, _growth(row, found))) for row in found),
            "",
            *goals,
            "",
            _noise([*found, bare]),
            "",
        ]
    )


def of_largest(found: Sequence[Figures]) -> list[str]:
    """What the goals say of the pages of the largest portfolio."""
    largest = max(row.stored for row in found)
    judged = [
        f"  {row.name}: {verdict}" for row in found if row.stored == largest for verdict in verdicts(row)
    ]
    return [f"Goals, at {largest:,} pilots:", *judged]


def of_nights(found: Sequence[dict[str, Any]], stored: int) -> list[str]:
    """What each work of a night costs with so much stored, a line each."""
    return [
        f"At night, {stored:,}: {work['name']} in {work['seconds']:.1f} s, of these {work['cpu']:.1f} s CPU outside"
        f" the database, {work['queries']:,} queries"
        for work in found
    ]


def _line(cells: Sequence[str]) -> str:
    first, *rest = (cell.rjust(width) for cell, width in zip(cells, WIDTHS, strict=True))
    return " ".join([cells[0].ljust(len(first)), *rest])


def _cells(row: Figures, growth: str) -> tuple[str, ...]:
    mark = " (n)" if row.foreign > NOISY else ""
    return (
        row.name + mark,
        f"{row.stored:,}" if row.stored else "",
        f"{row.p50:.2f}",
        f"{row.p95:.2f}",
        f"{row.p50_ratio:.1f}",
        f"{row.cpu:.2f}",
        f"{row.cpu_ratio:.1f}",
        str(row.queries),
        f"{row.size / 1024:.1f}",
        f"{row.zipped / 1024:.1f}",
        growth,
    )


def growth(row: Figures, found: Sequence[Figures]) -> float | None:
    """By which power of the number of pilots or readings the median grows, from the fewest to this one."""
    smallest = min((other for other in found if other.name == row.name), key=lambda other: other.stored)
    if smallest.stored == row.stored:
        return None
    return math.log(row.p50_ratio / smallest.p50_ratio) / math.log(row.stored / smallest.stored)


def _growth(row: Figures, found: Sequence[Figures]) -> str:
    exponent = growth(row, found)
    return "" if exponent is None else f"{exponent:+.2f}"


def _noise(rows: Sequence[Figures]) -> str:
    foreign = sum(row.foreign for row in rows) / len(rows)
    said = f"Other programs kept {foreign:.2f} cores busy during the run"
    if foreign > NOISY:
        return f"{said}, so its times say little; ratios and CPU say more. (n): above {NOISY} for this page."
    return f"{said}: quiet enough. (n): above {NOISY} for this page."
