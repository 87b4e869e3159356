"""A KPI over time: the line, its target and its baseline, and the same numbers as a table."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.safestring import SafeString

from pilots.charts.scales import Number, Point, day, thin, value_axis, written
from pilots.charts.svg import element, plain

_HEIGHTS = {"card": 124, "page": 260}
_TOP, _BOTTOM = 10, 22
_DOTS_UP_TO = 40
_WIDE = 1000  # the line is drawn on a canvas of this width and stretched to its place
_CHAR = 6.3  # width of a character of the 11 px chart font, in pixels
_FULL = "j M Y"


class _Frame:
    """The plane of one chart: from dates and values to places in it."""

    def __init__(self, points: Sequence[Point], lines: Sequence[float], size: str):
        self.height = _HEIGHTS[size]
        self.ticks = value_axis([value for _day, value in points] + list(lines) or [0.0, 1.0])
        self.first = points[0][0] if points else None
        self.span = (points[-1][0] - points[0][0]).days if points else 0

    def y(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return round(_TOP + (self.height - _TOP - _BOTTOM) * (high - value) / (high - low), 2)

    def x(self, on: date) -> float:
        """From 0 at the first day to 1 at the last; a single day stands in the middle."""
        return (on - self.first).days / self.span if self.first and self.span else 0.5


def kpi_line(
    points: Sequence[tuple[date, Number]],
    baseline: Number | None = None,
    target: Number | None = None,
    direction: str = "higher",
    unit: str = "",
    *,
    title: str = "",
    size: str = "card",
    stale: bool = False,
    table: bool = True,
) -> SafeString:
    """The measurements by day, the target as a line with its good side shaded, the baseline dashed.

    `direction` is higher or lower (is better), `size` is card or page, a `stale` line ends in a hollow dot.
    Without measurements the frame shows target and baseline and says so.
    """
    known = sorted((day(when), float(value)) for when, value in points)
    goal, start = _float(target), _float(baseline)
    lines = [line for line in (goal, start, _beyond(known, goal, start, direction)) if line is not None]
    frame = _Frame(known, lines, size)
    words = _in_words(known, goal, start, direction, unit, title)
    plot = element(
        "div",
        _axis(frame, unit),
        _area(frame, known, goal, start, direction, unit, stale),
        _notes(frame, known, goal, start, direction, unit),
        class_="plot",
        role="img",
        aria_label=words,
    )
    return element("figure", plot, _table(known, unit) if table and known else "", class_="line-chart")


def _area(
    frame: _Frame,
    points: Sequence[Point],
    goal: float | None,
    start: float | None,
    direction: str,
    unit: str,
    stale: bool,
) -> str:
    floor = frame.height - _BOTTOM
    drawn: list[str] = []
    if goal is not None:
        top, bottom = (_TOP, frame.y(goal)) if direction == "higher" else (frame.y(goal), floor)
        drawn.append(element("rect", x=0, y=top, width="100%", height=max(bottom - top, 0), class_="good"))
    drawn += [_level(frame.y(tick), "grid-line") for tick in frame.ticks]
    drawn += [
        _level(frame.y(value), name)
        for value, name in ((goal, "target"), (start, "baseline"))
        if value is not None
    ]
    thinned = thin(points)
    if len(thinned) > 1:
        places = [f"{plain(frame.x(on) * _WIDE)},{plain(frame.y(value))}" for on, value in thinned]
        drawn.append(_stretched(places, frame.height))
    drawn += _dots(frame, points, unit, bad=_misses(points, goal, direction), stale=stale)
    drawn += _dates(frame, points) if points else [_empty(frame)]
    return element("svg", *drawn, class_="chart", width="100%", height=frame.height)


def _stretched(points: Sequence[str], height: float) -> str:
    line = element("polyline", points=" ".join(points), class_="line", vector_effect="non-scaling-stroke")
    box = f"0 0 {_WIDE} {plain(height)}"
    return element(
        "svg", line, width="100%", height=height, viewBox=box, preserveAspectRatio="none", overflow="visible"
    )


def _dots(frame: _Frame, points: Sequence[Point], unit: str, *, bad: bool, stale: bool) -> list[str]:
    drawn: list[str] = []
    for index, (on, value) in enumerate(points):
        last = index == len(points) - 1
        if last or len(points) <= _DOTS_UP_TO:
            class_ = "actual" if not last else "hollow" if stale else "bad" if bad else "actual"
            name = element("title", f"{date_format(on, _FULL)}: {written(value, unit)}")
            x, r = f"{frame.x(on) * 100:.2f}%", 3.6 if last else 2.4
            drawn.append(element("circle", name, cx=x, cy=frame.y(value), r=r, class_=class_))
    return drawn


def _dates(frame: _Frame, points: Sequence[Point]) -> list[str]:
    pattern = "j M" if frame.span < 75 else "M" if frame.span < 330 else "M Y"
    y = frame.height - 5
    if not frame.span:
        return [
            element(
                "text", date_format(points[0][0], _FULL), x="50%", y=y, text_anchor="middle", class_="axis"
            )
        ]
    middle = points[0][0] + timedelta(days=frame.span // 2)
    places = [("0%", "start", points[0][0]), ("50%", "middle", middle), ("100%", "end", points[-1][0])]
    names = [date_format(on, pattern) for _x, _anchor, on in places]
    return [
        element("text", name, x=x, y=y, text_anchor=anchor, class_="axis")
        for (x, anchor, _on), name, before in zip(places, names, ["", *names], strict=False)
        if name != before
    ]


def _empty(frame: _Frame) -> str:
    middle = (frame.height - _BOTTOM + _TOP) / 2 + 4
    return element(
        "text", "No measurement yet", x="50%", y=middle, text_anchor="middle", class_="axis dark halo"
    )


def _level(y: float, class_: str) -> str:
    return element("line", x1=0, x2="100%", y1=y, y2=y, class_=class_)


def _axis(frame: _Frame, unit: str) -> str:
    names = [written(tick, "%" if unit == "%" else "") for tick in frame.ticks]
    width = max(len(name) for name in names) * _CHAR + 8
    texts = [
        element("text", name, x=width - 7, y=frame.y(tick) + 4, text_anchor="end", class_="axis")
        for name, tick in zip(names, frame.ticks, strict=True)
    ]
    return element("svg", *texts, class_="chart fixed", width=width, height=frame.height)


def _notes(
    frame: _Frame, points: Sequence[Point], goal: float | None, start: float | None, direction: str, unit: str
) -> str:
    notes = []
    if points:
        tone = "latest bad" if _misses(points, goal, direction) else "latest"
        notes.append((frame.y(points[-1][1]), written(points[-1][1], unit), tone))
    if goal is not None:
        notes.append(
            (
                frame.y(goal),
                f"Target {'≥' if direction == 'higher' else '≤'} {written(goal, unit)}",
                "axis dark",
            )
        )
    if start is not None:
        notes.append((frame.y(start), f"Baseline {written(start, unit)}", "axis"))
    if not notes:
        return ""
    width = max(len(text) for _y, text, _class in notes) * _CHAR + 10
    texts = [
        element("text", text, x=8, y=y + 4, class_=class_) for y, text, class_ in _apart(notes, frame.height)
    ]
    return element("svg", *texts, class_="chart fixed", width=width, height=frame.height)


def _apart(notes: list[tuple[float, str, str]], height: float) -> list[tuple[float, str, str]]:
    """The notes moved so far that no two overlap and none leaves the chart."""
    gap = 14
    placed: list[tuple[float, str, str]] = []
    for y, text, class_ in sorted(notes):
        placed.append((max(y, placed[-1][0] + gap) if placed else max(y, 6.0), text, class_))
    floor, settled = height - _BOTTOM + 4 + gap, []
    for y, text, class_ in reversed(placed):
        floor = min(y, floor - gap)
        settled.append((floor, text, class_))
    return settled[::-1]


def _misses(points: Sequence[Point], goal: float | None, direction: str) -> bool:
    if not points or goal is None:
        return False
    return points[-1][1] < goal if direction == "higher" else points[-1][1] > goal


def _in_words(
    points: Sequence[Point], goal: float | None, start: float | None, direction: str, unit: str, title: str
) -> str:
    said = [f"{title}." if title else ""]
    if not points:
        said.append("No measurement yet.")
    elif len(points) <= 12:
        said.append(
            ", ".join(f"{date_format(on, _FULL)} {written(value, unit)}" for on, value in points) + "."
        )
    else:
        (first, low), (last, high) = points[0], points[-1]
        values = [value for _on, value in points]
        said.append(
            f"{len(points)} measurements from {written(low, unit)} on {date_format(first, _FULL)} to "
            f"{written(high, unit)} on {date_format(last, _FULL)}, between {written(min(values), unit)} and "
            f"{written(max(values), unit)}."
        )
    if goal is not None:
        said.append(f"Target {'at least' if direction == 'higher' else 'at most'} {written(goal, unit)}.")
    if start is not None:
        said.append(f"Baseline {written(start, unit)}.")
    return " ".join(part for part in said if part)


def _table(points: Sequence[Point], unit: str) -> str:
    rows = [
        element(
            "tr",
            element("th", date_format(on, _FULL), scope="row"),
            element("td", written(value, unit), class_="right"),
        )
        for on, value in reversed(points)
    ]
    head = element(
        "tr", element("th", "Date", scope="col"), element("th", "Value", scope="col", class_="right")
    )
    table = element("table", element("thead", head), element("tbody", *rows), class_="table compact")
    region = element("div", table, tabindex=0, role="region", aria_label="Measurements")
    return element("details", element("summary", "Show as table"), region, class_="chart-table")


def _beyond(points: Sequence[Point], goal: float | None, start: float | None, direction: str) -> float | None:
    """A value a little better than the target, so that its good side has room on the axis."""
    if goal is None:
        return None
    values = [goal, *(value for _on, value in points), *([] if start is None else [start])]
    room = 0.1 * (max(values) - min(values) or abs(goal))
    return goal + room if direction == "higher" else max(goal - room, min(0.0, goal))


def _float(value: Number | None) -> float | None:
    return None if value is None else float(value)
