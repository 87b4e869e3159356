"""Where a line would go on from its last reading: its middle, and a hatched band that holds most of what may come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from pilots.charts.scales import Number
from pilots.charts.svg import element, plain

_BAND = "band-ahead"  # one on a page


@dataclass(frozen=True)
class Expected:
    """What is expected on a day, and between what."""

    on: date
    value: Number
    low: Number
    high: Number


@dataclass(frozen=True)
class Ahead:
    """The band between two days, and what it says in a sentence."""

    start: Expected
    end: Expected
    words: str

    @property
    def numbers(self) -> list[float]:
        return [float(number) for at in (self.start, self.end) for number in (at.value, at.low, at.high)]


def band(ahead: Ahead, x: Callable[[date], float], y: Callable[[float], float]) -> str:
    """The band: `x` gives the place of a day, from 0 to 1 of the width, and `y` that of a value, in pixels.

    A hatched box cut to shape, because hatching on a stretched canvas would be stretched with it.
    """
    left, right = x(ahead.start.on), x(ahead.end.on)
    tops, middles, feet = (
        [y(float(getattr(at, name))) for at in (ahead.start, ahead.end)] for name in ("high", "value", "low")
    )
    top, tall = min(tops), max(max(feet) - min(tops), 0.01)
    shape = ((0, tops[0]), (1, tops[1]), (1, feet[1]), (0, feet[0]))
    corners = " ".join(f"{side},{(at - top) / tall:.4f}" for side, at in shape)
    cut = element("clipPath", element("polygon", points=corners), id=_BAND, clipPathUnits="objectBoundingBox")
    at, width = f"{left * 100:.2f}%", f"{(right - left) * 100:.2f}%"
    box = element("rect", x=at, y=top, width=width, height=tall, class_="hatched", clip_path=f"url(#{_BAND})")
    lines = [
        element("line", x1=at, x2=f"{right * 100:.2f}%", y1=plain(ends[0]), y2=plain(ends[1]), class_=class_)
        for ends, class_ in ((tops, "edge"), (feet, "edge"), (middles, "middle"))
    ]
    return element("g", element("title", ahead.words), cut, box, *lines, class_="ahead")
