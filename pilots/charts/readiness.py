"""How ready, and why: one bar per criterion, and a ring for the score."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from pilots.charts.svg import element, hidden, join

_CIRCUMFERENCE = 226.2
_DENSE_FROM = 25


@dataclass(frozen=True)
class Segment:
    """One criterion: `state` is an assessment state, `must` is true for must-meets."""

    state: str
    must: bool = False
    label: str = ""


def segments(parts: Sequence[Segment], *, text: bool = True) -> SafeString:
    """Tall bars are must-meets, short ones should-meets; `text=False` when the counts stand beside it."""
    shown = [part for part in parts if part.state != "not_applicable"]
    musts, shoulds = [p for p in shown if p.must], [p for p in shown if not p.must]
    drawn = [_segment(part) for part in musts]
    drawn += [element("i", class_="gap")] if musts and shoulds else []
    drawn += [_segment(part) for part in shoulds]
    class_ = "segments dense" if len(shown) >= _DENSE_FROM else "segments"
    picture = element("span", *drawn, class_=class_, aria_hidden="true")
    return join((picture, hidden(in_words(shown)))) if text else picture


def _segment(part: Segment) -> str:
    return element("i", class_=f"{part.state} must" if part.must else part.state, title=part.label or None)


def in_words(parts: Sequence[Segment]) -> str:
    """`7 of 9 must-meets and 3 of 7 should-meets met, 1 not met, 1 waived`."""
    if not parts:
        return "no criteria"
    counts = []
    for must, name in ((True, "must-meets"), (False, "should-meets")):
        kind = [part for part in parts if part.must == must]
        if kind:
            counts.append(f"{sum(part.state == 'met' for part in kind)} of {len(kind)} {name}")
    rest = [
        f"{count} {words}"
        for state, words in (("not_met", "not met"), ("in_progress", "in progress"), ("waived", "waived"))
        if (count := sum(part.state == state for part in parts))
    ]
    return ", ".join([" and ".join(counts) + " met", *rest])


def readiness(parts: Sequence[Segment], percent: int | None = None) -> SafeString:
    """The score and its bars on one line, for a table row."""
    score = element("b", "–" if percent is None else f"{percent}%")
    return element("span", score, segments(parts), class_="readiness")


def ring(percent: int | None, *, label: str = "ready") -> SafeString:
    """A dial of the score; without a score the ring is empty and says so."""
    words = f"{percent} percent {label}" if percent is not None else f"Not known how {label}"
    drawn = [element("circle", cx=42, cy=42, r=36, class_="ring-track")]
    if percent:
        arc = f"{min(max(percent, 0), 100) / 100 * _CIRCUMFERENCE:.1f} {_CIRCUMFERENCE}"
        turn = "rotate(-90 42 42)"
        drawn.append(
            element("circle", cx=42, cy=42, r=36, class_="ring-value", stroke_dasharray=arc, transform=turn)
        )
    number = "–" if percent is None else f"{percent}%"
    drawn.append(element("text", number, x=42, y=49, text_anchor="middle"))
    return element("svg", *drawn, viewBox="0 0 84 84", role="img", aria_label=words)
