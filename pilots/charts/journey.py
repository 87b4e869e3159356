"""Where a pilot stands on its way: the stepper, the gates on a time axis, the dashes of a table row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.safestring import SafeString

from pilots.charts.svg import chart, element, hidden, join, sprite, symbol

_NAME_ROOM = 0.18  # of the width of a strip: what a mark with its name needs


@dataclass(frozen=True)
class Step:
    """A phase and the gate that closes it.

    `state` is done, current or next; `gate_state` is decided, forecast or planned; `progress` is the share of
    the phase that has passed, in percent; `detail` stands beside the phase, `note` beside the date.
    """

    phase: str
    state: str = "next"
    gate: str = ""
    on: str = ""
    gate_state: str = "planned"
    note: str = ""
    detail: str = ""
    progress: int = 0
    url: str = ""


@dataclass(frozen=True)
class Mark:
    """A gate on the time axis: planned always, then forecast until `decided` is known."""

    label: str
    planned: date | None = None
    forecast: date | None = None
    decided: date | None = None


def stepper(phases: Sequence[Step], *, label: str = "Phases and gates") -> SafeString:
    """The whole journey in one line; on a phone a list, which shows only the current phase."""
    if not phases:
        return element("p", "No playbook has been chosen, so there are no phases yet.", class_="fine")
    collapsed = "stepper collapsed" if any(step.state == "current" for step in phases) else "stepper"
    return element("ol", *(_step(step) for step in phases), class_=collapsed, aria_label=label)


def _step(step: Step) -> str:
    reached = {"done": 100, "current": step.progress}.get(step.state, 0)
    track = element(
        "svg",
        element("rect", width="100%", height=3, fill="var(--line-2)"),
        element("rect", width=f"{min(max(reached, 0), 100)}%", height=3, fill="var(--ink)"),
        class_="track",
        aria_hidden="true",
    )
    phase = [step.phase, element("span", f" · {step.detail}")] if step.detail else [step.phase]
    parts: list[str] = [track, element("div", *phase, class_="phase")]
    if step.gate:
        parts.insert(1, element("span", symbol(f"d-{step.gate_state}", "diamond"), class_="gate"))
        parts.append(_gate_label(step))
    current = "step" if step.state == "current" else None
    return element("li", *parts, class_=step.state, aria_current=current)


def _gate_label(step: Step) -> str:
    name = element("b", element("a", step.gate, href=step.url) if step.url else step.gate)
    when = ", ".join(part for part in (step.on, step.note) if part)
    return element("div", name, when, hidden(f", {step.gate_state}"), class_="gate-label")


def steps(number: int, of: int, *, label: str = "") -> SafeString:
    """Dashes: `number` of `of`, the last reached one in the accent colour; `label` names the phase."""
    dashes = [
        element("i", class_="current" if index == number else "on" if index < number else None)
        for index in range(1, of + 1)
    ]
    words = f"Phase {number} of {of}" + (f", {label}" if label else "")
    return join((element("span", *dashes, class_="steps", aria_hidden="true"), hidden(words)))


def gate_strip(marks: Sequence[Mark], start: date, end: date, today: date) -> SafeString:
    """Gates between two days: planned outlined, expected hatched, decided solid; a line shows slip."""
    words = "; ".join(_in_words(mark) for mark in marks) or "no gate dates"
    drawn = [_vertical(month, start, end, "grid-line") for month in _months(start, end)]
    drawn.append(element("line", x1=0, x2="100%", y1=12, y2=12, class_="grid-line"))
    if start <= today <= end:
        drawn.append(_vertical(today, start, end, "today"))
    places = [_places(mark, start, end) for mark in marks]
    for mark, place in zip(marks, places, strict=True):
        others = [day for other in places if other is not place for day, _kind in other]
        drawn.extend(_mark(mark.label, place, others, start, end))
    return chart(24, *drawn, label=words)


def gate_legend() -> SafeString:
    """What the three diamonds of the strip and the stepper mean."""
    kinds = ("decided", "forecast", "planned")
    entries = (element("span", symbol(f"d-{kind}", "glyph"), kind, class_="status") for kind in kinds)
    return element("span", *entries, class_="legend")


def _places(mark: Mark, start: date, end: date) -> list[tuple[date, str]]:
    now = mark.decided or mark.forecast
    known = [(mark.planned, "planned"), (now, "decided" if mark.decided else "forecast")]
    return [
        (day, kind)
        for day, kind in (known[1:] if mark.planned == now else known)
        if day and start <= day <= end
    ]


def _mark(
    label: str, places: Sequence[tuple[date, str]], others: Sequence[date], start: date, end: date
) -> list[str]:
    drawn: list[str] = []
    if len(places) == 2:
        xs = [_at(day, start, end) for day, _kind in places]
        drawn.append(element("line", x1=xs[0], x2=xs[1], y1=12, y2=12, class_="slip"))
    for day, kind in places:
        diamond = element("use", href=sprite(f"d-{kind}"), x=-6, y=-6, width=12, height=12)
        drawn.append(element("svg", diamond, x=_at(day, start, end), y=12, overflow="visible"))
    return [*drawn, _name(label, [day for day, _kind in places], others, start, end)]


def _name(label: str, days: Sequence[date], others: Sequence[date], start: date, end: date) -> str:
    """The gate's name right of its marks, else left, else nowhere: the text equivalent has it."""
    room = (end - start) * _NAME_ROOM
    right, left = max(days, default=end), min(days, default=start)
    if days and right + room <= end and not any(right < other <= right + room for other in others):
        day, x, anchor = right, 9, None
    elif days and left - room >= start and not any(left - 2 * room <= other < left for other in others):
        day, x, anchor = left, -9, "end"
    else:
        return ""
    text = element("text", label, x=x, y=4, text_anchor=anchor, class_="axis")
    return element("svg", text, x=_at(day, start, end), y=12, overflow="visible")


def _at(day: date, start: date, end: date) -> str:
    return f"{(day - start) / (end - start) * 100:.2f}%"


def _vertical(day: date, start: date, end: date, class_: str) -> str:
    x = _at(day, start, end)
    return element("line", x1=x, x2=x, y1=0, y2=24, class_=class_)


def _months(start: date, end: date) -> list[date]:
    first = date(start.year + start.month // 12, start.month % 12 + 1, 1)
    found = []
    while first < end:
        found.append(first)
        first = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return found


def _in_words(mark: Mark) -> str:
    known = (("planned", mark.planned), ("forecast", mark.forecast), ("decided", mark.decided))
    dates = [f"{name} {date_format(day, 'j M Y')}" for name, day in known if day]
    return f"{mark.label} {', '.join(dates)}" if dates else f"{mark.label} without a date"
