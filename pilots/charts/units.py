"""Where are the pilots stuck: one mark per pilot in each phase, or bars when they are too many."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from pilots.charts.scales import written
from pilots.charts.svg import element, glyph, hidden

_TONES = {"ok": "on track", "warn": "at risk", "bad": "off track", "none": "no data", "paused": "paused"}
_MOST_UNITS = 24
_PAIRS_FROM = 9
_BAR_HEIGHT = 150


@dataclass(frozen=True)
class Unit:
    label: str
    tone: str
    url: str


@dataclass(frozen=True)
class Column:
    """One phase: its pilots as `units`, or only their number by tone in `counts` when there are very many.

    `note` is a line below the name, for instance "38 d / 30"; `note_tone` is warn or bad when it is over.
    """

    label: str
    units: Sequence[Unit] = ()
    url: str = ""
    counts: dict[str, int] | None = None
    note: str = ""
    note_tone: str = ""

    @property
    def tally(self) -> dict[str, int]:
        counted = Counter(self.counts if self.counts is not None else (unit.tone for unit in self.units))
        return {tone: counted[tone] for tone in _TONES if counted[tone]}

    @property
    def total(self) -> int:
        return sum(self.tally.values())


def units(columns: Sequence[Column]) -> SafeString:
    """One linked mark per pilot, stacked by health; a bar with its count once any column is over 24."""
    if not columns:
        return element("p", "Nothing to show yet.", class_="fine")
    largest = max(column.total for column in columns)
    as_bars = largest > _MOST_UNITS or any(column.counts is not None for column in columns)
    drawn = [_bar(column, largest) if as_bars else _marks(column) for column in columns]
    class_ = "units pairs" if not as_bars and largest >= _PAIRS_FROM else "units"
    return element("div", element("div", *drawn, class_=class_), _labels(columns), class_="unit-chart")


def _marks(column: Column) -> str:
    order = list(_TONES)
    ranked = sorted(column.units, key=lambda unit: order.index(unit.tone))
    marks = [
        element(
            "li",
            element("a", glyph(unit.tone), hidden(words), href=unit.url, title=words),
        )
        for unit in ranked
        for words in [f"{unit.label}: {_TONES[unit.tone]}"]
    ]
    name = f"{column.label}, {column.total} {'pilot' if column.total == 1 else 'pilots'}"
    stack = element("ol", *marks, aria_label=name) if marks else ""
    return element("div", element("div", written(column.total), class_="total"), stack)


def _bar(column: Column, largest: int) -> str:
    words = ", ".join(f"{written(count)} {_TONES[tone]}" for tone, count in column.tally.items()) or "none"
    height = max(round(_BAR_HEIGHT * column.total / largest), 3) if column.total else 0
    drawn, bottom = [], float(height)
    for tone, count in column.tally.items():
        part = height * count / column.total
        drawn.append(element("rect", x=0, y=bottom - part, width=34, height=part, class_=f"part {tone}"))
        bottom -= part
    picture = element("svg", *drawn, class_="chart", viewBox=f"0 0 34 {max(height, 1)}", aria_hidden="true")
    inner = (
        element("span", written(column.total), class_="total"),
        hidden(f" {column.label}: {words}"),
        picture,
    )
    if column.url:
        return element("a", *inner, class_="bar-link", href=column.url, title=words)
    return element("div", *inner, class_="bar-link", title=words)


def _labels(columns: Sequence[Column]) -> str:
    entries = []
    for column in columns:
        name = element("a", column.label, href=column.url) if column.url else column.label
        note = element("span", column.note, class_=f"text-{column.note_tone}" if column.note_tone else None)
        entries.append(element("div", element("b", name), note if column.note else ""))
    return element("div", *entries, class_="unit-labels")
