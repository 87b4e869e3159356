"""Plan against actual, month by month: columns from zero."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from pilots.charts.scales import Number, nice_ticks, written
from pilots.charts.svg import chart, element, join

_HEIGHT, _TOP, _FOOT = 170.0, 14.0, 20.0
_LABELS = 6  # as many names as fit below the columns on a phone


@dataclass(frozen=True)
class Planned:
    """One column: what was planned and what came; None is not known. Either may be below zero."""

    label: str
    plan: Number | None
    actual: Number | None


def month_columns(rows: Sequence[Planned], *, label: str = "", unit: str = "") -> SafeString:
    """Columns from zero: the actual solid, the plan outlined around it, each named in words."""
    values = [float(value) for row in rows for value in (row.plan, row.actual) if value is not None]
    if not values:
        return element("p", "Nothing to show yet.", class_="fine")
    ticks = nice_ticks(min(0.0, *values), max(0.0, *values), 3)
    scale = _Scale(ticks[0], ticks[-1])
    drawn = [*(_line(tick, scale) for tick in ticks)]
    every = math.ceil(len(rows) / _LABELS)
    for index, row in enumerate(rows):
        drawn.append(_column(row, index, len(rows), scale))
        if index % every == 0:
            drawn.append(_name(row.label, index, len(rows)))
    drawn += [_tick(tick, scale) for tick in ticks]  # over the columns, so that none hides its number
    words = "; ".join(_words(row, unit) for row in rows)
    return chart(_HEIGHT, *drawn, label=f"{label}: {words}" if label else words)


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float

    def y(self, value: float) -> float:
        room = _HEIGHT - _TOP - _FOOT
        return _TOP + room * (self.high - value) / (self.high - self.low)


def _line(value: float, scale: _Scale) -> str:
    y = scale.y(value)
    return element("line", x1="0%", x2="100%", y1=y, y2=y, class_="zero-line" if value == 0 else "grid-line")


def _tick(value: float, scale: _Scale) -> str:
    return element("text", written(value), x=0, y=scale.y(value) - 3, class_="axis halo")


def _column(row: Planned, index: int, count: int, scale: _Scale) -> str:
    marks = []
    for value, class_, width in ((row.actual, "actual", 0.4), (row.plan, "plan", 0.66)):
        if value is not None and float(value):
            ends = sorted((scale.y(float(value)), scale.y(0.0)))
            x = f"{100 * (index + (1 - width) / 2) / count:.2f}%"
            marks.append(
                element(
                    "rect",
                    x=x,
                    width=f"{100 * width / count:.2f}%",
                    y=ends[0],
                    height=ends[1] - ends[0],
                    class_=class_,
                )
            )
    return join(marks)


def _name(label: str, index: int, count: int) -> str:
    x = f"{100 * (index + 0.5) / count:.2f}%"
    return element("text", label, x=x, y=_HEIGHT - 5, text_anchor="middle", class_="axis")


def _words(row: Planned, unit: str) -> str:
    return f"{row.label}: expected {written(row.plan, unit)}, actual {written(row.actual, unit)}"
