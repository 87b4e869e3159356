"""Where a value stands on an axis, and how it is written."""

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

Number = int | float | Decimal
Point = tuple[date, float]

_NO_SPAN = 1e-6  # values closer together than this are drawn as equal


def share(value: Number, top: Number) -> str:
    """`value` as a percentage of `top`, kept between 0% and 100%."""
    part = float(value) / float(top) if top else 0.0
    return f"{min(max(part, 0.0), 1.0) * 100:.2f}%"


def nice_ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """About `wanted` round values that enclose low and high: steps of 1, 2, 2.5 or 5 times a power of ten."""
    size = max(abs(low), abs(high))
    if high - low <= max(size * 1e-9, _NO_SPAN):
        room = size / 2 if size > _NO_SPAN else 1.0
        low, high = low - room, high + room
    rough = (high - low) / (wanted - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * nice for nice in (1, 2, 2.5, 5, 10) if power * nice >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def value_axis(values: Sequence[float]) -> list[float]:
    """Ticks for these values; the axis starts at zero unless that would flatten the line."""
    low, high = min(values), max(values)
    if 0 <= low <= 0.6 * high:
        low = 0.0
    return nice_ticks(low, high)


Row = TypeVar("Row", bound=Sequence[Any])


def thin(points: Sequence[Row], most: int = 200) -> list[Row]:
    """At most `most` (four or more) of these points, in their order: the first, the last, and of each stretch between
    them the lowest and the highest, so that no peak is lost. A point begins with its time and its value.

    Min–max decimation, as U. Jugel, Z. Jerzak, G. Hackenbroich and V. Markl describe it beside M4 (M4: A
    visualization-oriented time series data aggregation, PVLDB 7(10), 2014). A line chosen for its shape (LTTB,
    S. Steinarsson 2013) may leave the worst reading out; here it is what people look for.
    """
    if len(points) <= most:
        return list(points)
    stretches, inner = (most - 2) // 2, len(points) - 2
    kept = {0, len(points) - 1}
    for number in range(stretches):
        stretch = range(1 + inner * number // stretches, 1 + inner * (number + 1) // stretches)
        kept.add(min(stretch, key=lambda index: points[index][1]))
        kept.add(max(stretch, key=lambda index: points[index][1]))
    return [points[index] for index in sorted(kept)]


def day(value: date) -> date:
    """The calendar day of a date or a moment."""
    return value.date() if isinstance(value, datetime) else value


def written(value: Number | None, unit: str = "") -> str:
    """`2.8%`, `5.6 min`, `€1,240`: at most three decimals, a space before words, signs attached."""
    if value is None:
        return "–"
    number = f"{float(value):,.3f}".rstrip("0").rstrip(".").replace("-", "−")
    if unit in {"€", "$", "£"}:
        return f"−{unit}{number[1:]}" if number.startswith("−") else f"{unit}{number}"
    return f"{number}{unit}" if unit in {"", "%"} else f"{number} {unit}"
