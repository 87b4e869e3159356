"""A KPI over time: the line, its target and its baseline, and the same numbers as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.safestring import SafeString

from pilots.charts.ahead import Ahead, band
from pilots.charts.scales import Number, Point, day, thin, value_axis, written
from pilots.charts.svg import element, plain

_HEIGHTS = {"card": 124, "page": 260}
_TOP, _BOTTOM = 10, 22
_DOTS_UP_TO = 40
_MOST_DRAWN = 400
_APART = 0.04  # of the width; labels nearer to each other than this stand at different heights
_WIDE = 1000  # the line is drawn on a canvas of this width and stretched to its place
_CHAR = 6.3  # width of a character of the 11 px chart font, in pixels
_FULL = "j M Y"


@dataclass(frozen=True)
class Mark:
    """Something that happened on a day. `label` is as short as G2 or 1; `words` say what it was."""

    on: date
    label: str
    words: str
    kind: str = "note"  # note, or gate


@dataclass(frozen=True)
class _Aim:
    """Where a value should lie, and where it may: either edge may be open."""

    low: float | None
    high: float | None
    lowest: float | None
    highest: float | None

    @property
    def edges(self) -> list[tuple[float, str]]:
        signs = ("Target ≥", "Target ≤") if self.low is None or self.high is None else ("Target from", "to")
        return [
            (edge, sign) for edge, sign in zip((self.low, self.high), signs, strict=True) if edge is not None
        ]

    @property
    def limits(self) -> list[tuple[float, str]]:
        pairs = ((self.lowest, "Lowest"), (self.highest, "Highest"))
        return [(limit, name) for limit, name in pairs if limit is not None]

    def misses(self, value: float) -> bool:
        return (self.low is not None and value < self.low) or (self.high is not None and value > self.high)

    def words(self, unit: str) -> list[str]:
        said = []
        if self.low is not None and self.high is not None:
            said.append(f"Target from {written(self.low, unit)} to {written(self.high, unit)}.")
        elif self.edges:
            edge, sign = self.edges[0]
            said.append(f"Target at {'least' if sign.endswith('≥') else 'most'} {written(edge, unit)}.")
        return said + [f"{name} acceptable {written(limit, unit)}." for limit, name in self.limits]


def _aim(
    direction: str, target: Number | None, high: Number | None, lowest: Number | None, highest: Number | None
) -> _Aim:
    goal, top = _float(target), _float(high)
    low, up = {"higher": (goal, None), "lower": (None, goal)}.get(
        direction, (goal, goal if top is None else top)
    )
    return _Aim(low, up, _float(lowest), _float(highest))


class _Frame:
    """The plane of one chart: from dates and values to places in it."""

    def __init__(self, points: Sequence[Point], lines: Sequence[float], size: str, until: date | None = None):
        self.height = _HEIGHTS[size]
        self.ticks = value_axis([value for _day, value in points] + list(lines) or [0.0, 1.0])
        self.first = points[0][0] if points else None
        self.last = max(points[-1][0], until or points[-1][0]) if points else None
        self.span = (self.last - self.first).days if self.first and self.last else 0

    def y(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return round(_TOP + (self.height - _TOP - _BOTTOM) * (high - value) / (high - low), 2)

    def x(self, on: date) -> float:
        """From 0 at the first day to 1 at the last; a single day stands in the middle."""
        return (on - self.first).days / self.span if self.first and self.span else 0.5

    def holds(self, on: date) -> bool:
        return self.first is not None and self.last is not None and self.first <= on <= self.last


def kpi_line(
    points: Sequence[tuple[date, Number]],
    baseline: Number | None = None,
    target: Number | None = None,
    direction: str = "higher",
    unit: str = "",
    *,
    target_high: Number | None = None,
    lowest: Number | None = None,
    highest: Number | None = None,
    marks: Sequence[Mark] = (),
    until: date | None = None,
    old_from: date | None = None,
    ahead: Ahead | None = None,
    title: str = "",
    size: str = "card",
    stale: bool = False,
    table: bool = True,
) -> SafeString:
    """The measurements by day, the target as a line with its good side shaded, the baseline dashed.

    `direction` is higher or lower (is better) or within a band, from `target` to `target_high`; `lowest` and
    `highest` bound what is acceptable. `size` is card or page, a `stale` line ends in a hollow dot. The days
    reach to `until`, or to the end of what lies `ahead`; those from `old_from` on are shaded: there the newest
    reading is out of date. Without measurements the frame shows target and baseline and says so.
    """
    known = sorted((day(when), float(value)) for when, value in points)
    aim, start = _aim(direction, target, target_high, lowest, highest), _float(baseline)
    frame = _Frame(known, _held(known, aim, start, ahead), size, ahead.end.on if ahead else until)
    area = element(
        "svg",
        *_grounds(frame, aim, old_from),
        *_levels(frame, aim, start),
        *_marks(frame, marks),
        band(ahead, frame.x, frame.y) if ahead else "",
        *_course(frame, known, unit, bad=bool(known) and aim.misses(known[-1][1]), stale=stale),
        class_="chart",
        width="100%",
        height=frame.height,
    )
    plot = element(
        "div",
        _axis(frame, unit),
        area,
        _notes(frame, known, aim, start, unit, ahead),
        class_="plot",
        role="img",
        aria_label=_in_words(known, aim, start, unit, title) + (f" {ahead.words}" if ahead else ""),
    )
    return element("figure", plot, _table(known, unit) if table and known else "", class_="line-chart")


def _held(points: Sequence[Point], aim: _Aim, start: float | None, ahead: Ahead | None) -> list[float]:
    """What the axis must hold besides the points."""
    lines = [value for value, _words in (*aim.edges, *aim.limits)] + ([] if start is None else [start])
    return [*lines, *(ahead.numbers if ahead else []), *_beyond(points, aim, start)]


def _grounds(frame: _Frame, aim: _Aim, old_from: date | None) -> list[str]:
    """The good side of the target, and the days on which the newest reading is out of date."""
    drawn: list[str] = []
    floor = frame.height - _BOTTOM
    if aim.edges:
        top = _TOP if aim.high is None else frame.y(aim.high)
        bottom = floor if aim.low is None else frame.y(aim.low)
        drawn.append(element("rect", x=0, y=top, width="100%", height=max(bottom - top, 0), class_="good"))
    if old_from is not None and frame.holds(old_from):
        x = frame.x(old_from)
        ground = element(
            "rect", x=_percent(x), y=_TOP, width=_percent(1 - x), height=floor - _TOP, class_="old"
        )
        drawn.append(ground)
    return drawn


def _levels(frame: _Frame, aim: _Aim, start: float | None) -> list[str]:
    levels = [(edge, "target") for edge, _ in aim.edges] + [(limit, "limit") for limit, _ in aim.limits]
    levels += [] if start is None else [(start, "baseline")]
    ticks = [_level(frame.y(tick), "grid-line") for tick in frame.ticks]
    return ticks + [_level(frame.y(value), class_) for value, class_ in levels]


def _marks(frame: _Frame, marks: Sequence[Mark]) -> list[str]:
    """Upright lines with their labels at the foot of the plane, in turn higher where they would touch."""
    drawn: list[str] = []
    before, step = -1.0, 0
    for mark in sorted((mark for mark in marks if frame.holds(mark.on)), key=lambda mark: mark.on):
        x = frame.x(mark.on)
        if mark.label:
            step, before = (step + 1) % 4 if x - before < _APART else 0, x
        at = _percent(x)
        foot = frame.height - _BOTTOM - 6 - 15 * step
        name = element("title", f"{date_format(mark.on, _FULL)}: {mark.label} {mark.words}")
        line = element("line", x1=at, x2=at, y1=_TOP, y2=frame.height - _BOTTOM)
        label = element("text", mark.label, x=at, y=foot, text_anchor="middle", class_="axis dark halo")
        drawn.append(element("g", name, line, label, class_=f"mark {mark.kind}"))
    return drawn


def _course(frame: _Frame, points: Sequence[Point], unit: str, *, bad: bool, stale: bool) -> list[str]:
    if not points:
        return [_empty(frame)]
    drawn: list[str] = []
    thinned = thin(points, _MOST_DRAWN)
    if len(thinned) > 1:
        places = [f"{plain(frame.x(on) * _WIDE)},{plain(frame.y(value))}" for on, value in thinned]
        drawn.append(_stretched(places, frame.height))
    return [*drawn, *_dots(frame, points, unit, bad=bad, stale=stale), *_dates(frame)]


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
            x, r = _percent(frame.x(on)), 3.6 if last else 2.4
            drawn.append(element("circle", name, cx=x, cy=frame.y(value), r=r, class_=class_))
    return drawn


def _dates(frame: _Frame) -> list[str]:
    pattern = "j M" if frame.span < 75 else "M" if frame.span < 330 else "M Y"
    y, first, last = frame.height - 5, frame.first, frame.last
    if first is None or last is None:
        return []
    if not frame.span:
        name = date_format(first, _FULL)
        return [element("text", name, x="50%", y=y, text_anchor="middle", class_="axis")]
    middle = first + timedelta(days=frame.span // 2)
    places = [("0%", "start", first), ("50%", "middle", middle), ("100%", "end", last)]
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


def _percent(part: float) -> str:
    return f"{part * 100:.2f}%"


def _notes(
    frame: _Frame, points: Sequence[Point], aim: _Aim, start: float | None, unit: str, ahead: Ahead | None
) -> str:
    notes = []
    if points:
        value = points[-1][1]
        notes.append((frame.y(value), written(value, unit), "latest bad" if aim.misses(value) else "latest"))
    notes += [(frame.y(edge), f"{sign} {written(edge, unit)}", "axis dark") for edge, sign in aim.edges]
    notes += [(frame.y(limit), f"{name} {written(limit, unit)}", "axis") for limit, name in aim.limits]
    if start is not None:
        notes.append((frame.y(start), f"Baseline {written(start, unit)}", "axis"))
    if ahead:
        value = float(ahead.end.value)
        notes.append((frame.y(value), f"Forecast {written(value, unit)}", "axis dark"))
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


def _in_words(points: Sequence[Point], aim: _Aim, start: float | None, unit: str, title: str) -> str:
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
    said += aim.words(unit)
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


def _beyond(points: Sequence[Point], aim: _Aim, start: float | None) -> list[float]:
    """A value a little better than the target, so that its good side has room on the axis."""
    if len(aim.edges) != 1:
        return []
    ((goal, _sign),) = aim.edges
    values = [goal, *(value for _on, value in points), *([] if start is None else [start])]
    room = 0.1 * (max(values) - min(values) or abs(goal))
    return [goal + room if aim.high is None else max(goal - room, min(0.0, goal))]


def _float(value: Number | None) -> float | None:
    return None if value is None else float(value)
