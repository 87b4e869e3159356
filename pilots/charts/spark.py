"""A word-sized line: is it getting better?"""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from pilots.charts.scales import Number, written
from pilots.charts.svg import chart, element, join, plain

_WIDE = 1000  # the line is drawn on a canvas of this width and stretched to its place


def spark(
    values: Sequence[Number | None],
    target: Number | None = None,
    *,
    unit: str = "",
    label: str = "",
    height: float = 18,
) -> SafeString:
    """The values in order with a dot at the last one and a dashed target; None is a gap."""
    known = [float(value) for value in values if value is not None]
    words = (
        ", ".join("no value" if value is None else written(value, unit) for value in values)
        or "no values yet"
    )
    words += f"; target {written(target, unit)}" if target is not None else ""
    words = f"{label}: {words}" if label else words
    if not known:
        empty = element("line", x1=0, x2="100%", y1=height / 2, y2=height / 2, class_="empty-line")
        return chart(height, empty, label=words)
    low, high = min([*known, *_maybe(target)]), max([*known, *_maybe(target)])

    def y(value: Number) -> float:
        return height / 2 if high == low else 2.5 + (height - 5) * (high - float(value)) / (high - low)

    guide = (
        "" if target is None else element("line", x1=0, x2="100%", y1=y(target), y2=y(target), class_="guide")
    )
    step = _WIDE / max(len(values) - 1, 1)
    runs: list[list[str]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{plain(index * step)},{plain(y(value))}")
    lines = [stretched(run, height) for run in runs if len(run) > 1]
    last = max(index for index, value in enumerate(values) if value is not None)
    at = f"{last / max(len(values) - 1, 1) * 100 if len(values) > 1 else 100:.2f}%"
    dot = element("circle", cx=at, cy=y(values[last] or 0), r=2.6, class_="actual")
    return chart(height, join((guide, *lines)), dot, label=words)


def stretched(points: Sequence[str], height: float) -> SafeString:
    """A line through points given on a canvas 1000 wide, stretched to the width of its place."""
    line = element("polyline", points=" ".join(points), class_="line", vector_effect="non-scaling-stroke")
    box = f"0 0 {_WIDE} {plain(height)}"
    return element(
        "svg", line, width="100%", height=height, viewBox=box, preserveAspectRatio="none", overflow="visible"
    )


def _maybe(value: Number | None) -> list[float]:
    return [] if value is None else [float(value)]
