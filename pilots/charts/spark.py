"""A course in the space of a word."""

from collections.abc import Sequence
from datetime import date

from django.utils.safestring import SafeString

from pilots.charts.scales import Number, written
from pilots.charts.svg import chart, element, plain

_WIDE, _HIGH, _ROOM = 88.0, 20.0, 3.0


def sparkline(
    points: Sequence[tuple[date, Number]], target: Number | None = None, *, unit: str = "", label: str = ""
) -> SafeString:
    """The readings by day, the target as a dashed level, the last reading as a dot. Nothing for no reading."""
    known = sorted((day, float(value)) for day, value in points)
    if not known:
        return SafeString("")
    values = [value for _, value in known] + ([] if target is None else [float(target)])
    places = _places(known, min(values), max(values))
    drawn = [element("polyline", points=" ".join(f"{plain(x)},{plain(y)}" for x, y in places), class_="line")]
    if target is not None:
        y = _y(float(target), min(values), max(values))
        drawn.insert(0, element("line", x1=0, x2=_WIDE, y1=y, y2=y, class_="baseline"))
    x, y = places[-1]
    drawn.append(element("circle", cx=x, cy=y, r=2.4, class_="actual"))
    words = f"{label}: " if label else ""
    words += f"from {written(known[0][1], unit)} to {written(known[-1][1], unit)}, {len(known)} readings"
    box = element("svg", *drawn, width=_WIDE, height=_HIGH, viewBox=f"0 0 {plain(_WIDE)} {plain(_HIGH)}")
    return chart(_HIGH, box, label=words, class_="chart sparkline")


def _places(known: Sequence[tuple[date, float]], low: float, high: float) -> list[tuple[float, float]]:
    first, days = known[0][0], (known[-1][0] - known[0][0]).days
    wide = _WIDE - 2 * _ROOM
    return [
        (_ROOM + wide * ((day - first).days / days if days else 0.5), _y(value, low, high))
        for day, value in known
    ]


def _y(value: float, low: float, high: float) -> float:
    """From the bottom for the lowest value to the top for the highest; in the middle when all are one."""
    part = (value - low) / (high - low) if high > low else 0.5
    return _ROOM + (_HIGH - 2 * _ROOM) * (1 - part)


_STEP, _THICK = 7.0, 5.0


def sparkbars(counts: Sequence[tuple[str, int | None]], label: str = "") -> SafeString:
    """A bar for each time, such as (Nov 2026, 3), the last darker; None is not known and leaves its place empty."""
    known = [(when, count) for when, count in counts if count is not None]
    if not known:
        return SafeString("")
    top = max(1, *(count for _, count in known))
    drawn = [
        _sparkbar(place, count, top, is_last=place == len(counts) - 1)
        for place, (_, count) in enumerate(counts)
        if count is not None
    ]
    words = ", ".join(f"{when} {count:,}" for when, count in known)
    wide = _STEP * len(counts)
    box = element("svg", *drawn, width=wide, height=_HIGH, viewBox=f"0 0 {plain(wide)} {plain(_HIGH)}")
    return chart(_HIGH, box, label=f"{label}: {words}" if label else words, class_="chart sparkbars")


def _sparkbar(place: int, count: int, top: int, *, is_last: bool) -> SafeString:
    high = max(1.0, (_HIGH - 2) * count / top)
    return element(
        "rect",
        x=place * _STEP,
        y=_HIGH - high,
        width=_THICK,
        height=high,
        class_="actual" if is_last else "previous",
    )
