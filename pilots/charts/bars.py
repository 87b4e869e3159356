"""Lengths that start at zero: bullet graphs, stacked bars, plan against actual, sorted bars."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from pilots.charts.scales import Number, share, written
from pilots.charts.svg import chart, element, glyph, hidden, join


@dataclass(frozen=True)
class Part:
    """One share of a whole; `tone` is ok, warn, bad, none or paused."""

    label: str
    value: float
    tone: str
    url: str = ""


@dataclass(frozen=True)
class Bar:
    """One row of a bar list; `text` replaces the number, `of` draws the whole behind it."""

    label: str
    value: float
    text: str = ""
    url: str = ""
    tone: str = "actual"
    of: float | None = None


def bullet(
    actual: Number | None,
    target: Number | None = None,
    *,
    forecast: Number | None = None,
    baseline: Number | None = None,
    fair: Number | None = None,
    top: Number | None = None,
    lower_is_better: bool = False,
    unit: str = "",
    label: str = "",
    height: float = 14,
) -> SafeString:
    """Actual against target on three greys; hatched to the forecast, dashed tick at the baseline.

    `fair` is where poor ends; left out, it lies half-way between baseline and target, or at 80% of it.
    `top` is the right end of the axis, at least as large as every value.
    """
    values = [float(value) for value in (actual, target, forecast, baseline, top) if value is not None]
    end = float(top) if top is not None and float(top) >= max(values) else max([*values, 0.0]) * 1.1
    words = f"{label}: " if label else ""
    words += "no measurement yet" if actual is None else written(actual, unit)
    for name, value in (("target", target), ("forecast", forecast), ("baseline", baseline)):
        words += f", {name} {written(value, unit)}" if value is not None else ""
    if not end:
        return chart(height, _nothing(height), label=words)
    marks = [
        _bands(target, fair, baseline, end, lower_is_better, height),
        _lengths(actual, forecast, end, height),
    ]
    marks += [_tick(baseline, end, "baseline", height), _tick(target, end, "target", height)]
    return chart(height, *marks, label=words)


def _bands(
    target: Number | None,
    fair: Number | None,
    baseline: Number | None,
    end: float,
    reversed_: bool,
    height: float,
) -> str:
    if target is None:
        return _rect("0%", "100%", "good", height)
    goal = float(target)
    edge = float(fair) if fair is not None else _fair_edge(goal, baseline, reversed_)
    first, second = sorted((min(goal, end), min(edge, end)))
    names = ("good", "fair", "poor") if reversed_ else ("poor", "fair", "good")
    bounds = (0.0, first, second, end)
    return join(
        _rect(share(bounds[i], end), share(bounds[i + 1] - bounds[i], end), name, height)
        for i, name in enumerate(names)
    )


def _fair_edge(goal: float, baseline: Number | None, reversed_: bool) -> float:
    start = float(baseline) if baseline is not None else None
    if start is not None and (start > goal) == reversed_ and start != goal:
        return (start + goal) / 2
    return goal * (1.25 if reversed_ else 0.8)


def _rect(x: str, width: str, class_: str, height: float) -> str:
    return element("rect", x=x, y=1, width=width, height=height - 2, class_=class_)


def _lengths(actual: Number | None, forecast: Number | None, end: float, height: float) -> str:
    if actual is None:
        return ""
    thick = round(height / 3)
    top = (height - thick) / 2
    drawn = ""
    if forecast is not None and float(forecast) > float(actual):
        more = share(float(forecast) - float(actual), end)
        drawn = element(
            "rect", x=share(actual, end), y=top + 0.5, width=more, height=thick - 1, class_="forecast"
        )
    return join((drawn, element("rect", x=0, y=top, width=share(actual, end), height=thick, class_="actual")))


def _tick(value: Number | None, end: float, class_: str, height: float) -> str:
    if value is None:
        return ""
    x = share(value, end)
    return element("line", x1=x, x2=x, y1=1.5, y2=height - 1.5, class_=class_)


def _nothing(height: float) -> str:
    return element("line", x1=0, x2="100%", y1=height / 2, y2=height / 2, class_="empty-line")


def stacked_bar(
    parts: Sequence[Part], *, label: str = "", height: float = 18, legend: bool = True
) -> SafeString:
    """One bar cut by counts, with a legend of the same counts; parts of zero stay in the legend only."""
    total = sum(part.value for part in parts)
    words = ", ".join(f"{written(part.value)} {part.label.lower()}" for part in parts) or "nothing to show"
    drawn: list[str] = []
    start = 0.0
    for part in parts:
        if part.value:
            x, width = share(start, total), share(part.value, total)
            drawn.append(
                element("rect", x=x, y=4, width=width, height=height - 8, rx=3, class_=f"part {part.tone}")
            )
        start += part.value
    bar = chart(height, *(drawn or (_nothing(height),)), label=f"{label}: {words}" if label else words)
    return join((bar, _legend(parts))) if legend and parts else bar


def _legend(parts: Sequence[Part]) -> str:
    entries = []
    for part in parts:
        inner = (glyph(part.tone), f"{written(part.value)} {part.label.lower()}")
        entries.append(
            element("a", *inner, class_="status", href=part.url)
            if part.url
            else element("span", *inner, class_="status")
        )
    return element("span", *entries, class_="legend")


def plan_bar(
    actual: Number, plan: Number, top: Number, *, label: str = "", unit: str = "", height: float = 20
) -> SafeString:
    """The actual solid in front of the plan outlined, on a scale from zero to `top` that rows share.

    What is below zero is drawn as nothing and said in words.
    """
    words = f"expected {written(plan, unit)}, actual {written(actual, unit)}"
    drawn = []
    if float(plan) > 0:
        drawn.append(
            element("rect", x=0, y=5, width=share(plan, top), height=height - 7, class_="plan hanging")
        )
    if float(actual) > 0:
        drawn.append(element("rect", x=0, y=2, width=share(actual, top), height=height - 9, class_="actual"))
    axis = element("line", x1=0, x2=0, y1=0, y2=height, class_="zero-line")
    said = f"{label}: {words}" if label else words
    return chart(height, axis, *drawn, label=said, class_="chart plan-bar")


def bars(rows: Sequence[Bar], *, label: str = "", unit: str = "", keep_order: bool = False) -> SafeString:
    """Horizontal bars, longest first, each with its name and number in words."""
    if not rows:
        return element("p", "Nothing to show yet.", class_="fine")
    top = max(max(row.of or 0, row.value) for row in rows)
    ordered = rows if keep_order else sorted(rows, key=lambda row: -row.value)
    return element(
        "ul", *(_bar_row(row, top, unit) for row in ordered), class_="bars", aria_label=label or None
    )


def _bar_row(row: Bar, top: float, unit: str) -> str:
    name = element("a", row.label, href=row.url) if row.url else row.label
    drawn = [element("rect", x=0, y=2, width=share(row.of, top), height=10, class_="good")] if row.of else []
    drawn.append(element("rect", x=0, y=2, width=share(row.value, top), height=10, class_=row.tone))
    picture = element("svg", *drawn, class_="chart", width="100%", height=14, aria_hidden="true")
    number = row.text or written(row.value, unit)
    return element(
        "li",
        element("span", name, hidden(": "), class_="bar-label"),
        element("span", picture, class_="bar-chart"),
        element("span", number, class_="num"),
    )
