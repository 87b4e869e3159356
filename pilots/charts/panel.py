"""One of many small courses beside each other: the line, the target with its good side, the last reading."""

from collections.abc import Sequence
from datetime import date

from django.utils.safestring import SafeString

from pilots.charts.scales import Number, written
from pilots.charts.svg import chart, element, plain

_HIGH, _ROOM = 72.0, 6.0
_WIDE = 1000  # the line is drawn on a canvas of this width and stretched to its place
_FULL = {"higher": "at least", "lower": "at most"}


def panel(
    points: Sequence[tuple[date, Number]],
    target: Number | None = None,
    direction: str = "higher",
    *,
    target_high: Number | None = None,
    unit: str = "",
    label: str = "",
    tone: str = "none",
    among: Sequence[Number] | None = None,
) -> SafeString:
    """The readings by day as wide as the place, over the target with its good side shaded.

    `direction` is higher or lower (is better) or within a band, from `target` to `target_high`. The last reading is a
    dot, hollow where `tone` is none; its state stands beside it in words. Readings and target are read out. Panels that
    are given the same values `among` which theirs lie share one scale.
    """
    known = [(day, float(value)) for day, value in points]
    edges = [float(edge) for edge in (target, target_high) if edge is not None]
    values = [value for _, value in known] + edges
    words = _in_words(known, target, direction, target_high, unit, label)
    if not values:
        empty = element("line", x1=0, x2="100%", y1=_HIGH / 2, y2=_HIGH / 2, class_="empty-line")
        return chart(_HIGH, empty, label=words)
    scale = values + [float(value) for value in among or ()]
    low, high = min(scale), max(scale)

    def y(value: float) -> float:
        part = (value - low) / (high - low) if high > low else 0.5
        return round(_ROOM + (_HIGH - 2 * _ROOM) * (1 - part), 2)

    drawn = [_good(edges, direction, y)] if edges else []
    drawn += [element("line", x1=0, x2="100%", y1=y(edge), y2=y(edge), class_="target") for edge in edges]
    if known:
        drawn += _course(known, y, "hollow" if tone == "none" else "bad" if tone == "bad" else "actual")
    return chart(_HIGH, *drawn, label=words, class_="chart panel-chart")


def _good(edges: Sequence[float], direction: str, y) -> str:
    top = y(edges[-1]) if direction != "higher" else 0.0
    bottom = y(edges[0]) if direction != "lower" else _HIGH
    return element("rect", x=0, y=top, width="100%", height=max(bottom - top, 0.0), class_="good")


def _course(known: Sequence[tuple[date, float]], y, class_: str) -> list[str]:
    first, days = known[0][0], (known[-1][0] - known[0][0]).days
    parts = [(day - first).days / days if days else 0.5 for day, _ in known]
    places = [
        f"{plain(part * _WIDE)},{plain(y(value))}" for part, (_, value) in zip(parts, known, strict=True)
    ]
    line = element("polyline", points=" ".join(places), class_="line", vector_effect="non-scaling-stroke")
    stretched = element(
        "svg",
        line,
        width="100%",
        height=_HIGH,
        viewBox=f"0 0 {_WIDE} {plain(_HIGH)}",
        preserveAspectRatio="none",
        overflow="visible",
    )
    dot = element("circle", cx=f"{parts[-1] * 100:.2f}%", cy=y(known[-1][1]), r=3.6, class_=class_)
    return [stretched, dot]


def _in_words(
    known: Sequence[tuple[date, float]],
    target: Number | None,
    direction: str,
    high: Number | None,
    unit: str,
    label: str,
) -> str:
    said = f"{label}: " if label else ""
    if known:
        values = [value for _, value in known]
        said += f"from {written(values[0], unit)} to {written(values[-1], unit)}, between {written(min(values), unit)}"
        said += f" and {written(max(values), unit)}, {len(known)} readings"
    else:
        said += "no measurement yet"
    if target is None:
        return said
    if high is not None:
        return f"{said}; target from {written(target, unit)} to {written(high, unit)}"
    return f"{said}; target {_FULL.get(direction, 'exactly')} {written(target, unit)}"
