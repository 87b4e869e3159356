"""Average and spread of a series, moved on by one reading at a time; what `metrics.verdict` counts with."""

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from math import inf, sqrt
from typing import Any

MOST_RESEMBLANCE = 0.9
MOST_SEEN = 200  # different readings among which the smallest step is looked for
KEPT = ("total", "squares", "products", "last")


@dataclass(slots=True)
class Sums:
    """Average and spread of the readings so far, counted from the first one so that no digits are lost."""

    n: int = 0
    mean: float = 0.0  # from the first reading
    spread: float = 0.0  # 0 while all are equal
    _total: float = 0.0
    _squares: float = 0.0
    _products: float = 0.0  # of neighbours
    _last: float = 0.0
    _step: float = inf
    _seen: list[float] = field(default_factory=list)

    def add(self, value: float) -> None:
        self.n += 1
        self._total += value
        self._squares += value * value
        self._products += value * self._last
        self._last = value
        self._notice_step(value)
        self._settle()

    def _settle(self) -> None:
        self.mean = self._total / self.n
        self.spread = 0.0 if self._step == inf else max(sqrt(self._variance()), self._step / 2)

    def kept(self) -> dict[str, Any]:
        """The sums as JSON can hold them, to the last bit; JSON knows no infinite step."""
        return (
            {"n": self.n, "seen": self._seen}
            | {name: getattr(self, f"_{name}") for name in KEPT}
            | ({"step": None if self._step == inf else self._step})
        )

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Sums":
        step = inf if kept["step"] is None else kept["step"]
        sums = cls(kept["n"], _step=step, _seen=list(kept["seen"]))
        for name in KEPT:
            setattr(sums, f"_{name}", kept[name])
        if sums.n:
            sums._settle()
        return sums

    @property
    def is_flat(self) -> bool:
        return self._step == inf

    def _notice_step(self, value: float) -> None:
        """The smallest step between two readings. Of `MOST_SEEN` different ones, each a step s apart at least, the
        variance is s²·(k³ − k)/12n or more, so s/2 is less than its root up to millions of readings: it says nothing.
        """
        if len(self._seen) == MOST_SEEN:
            return
        at = bisect_left(self._seen, value)
        if at < len(self._seen) and self._seen[at] == value:
            return
        neighbours = self._seen[max(0, at - 1) : at + 1]
        self._step = min([self._step, *(abs(value - other) for other in neighbours)])
        insort(self._seen, value)

    def _variance(self) -> float:
        """Of the readings, larger where neighbours resemble each other: such readings tell less than they number.

        The resemblance is the correlation of neighbours, made good for what an estimated average takes from
        it (Marriott & Pope 1954); with r of it an average varies (1 + r)/(1 − r) times as much.
        """
        n, mean = self.n, self.mean
        around = max(0.0, self._squares - self._total * mean)
        if around == 0:
            return 0.0
        together = self._products - mean * (2 * self._total - self._last) + (n - 1) * mean * mean
        found = (n * together / around + 1) / max(1, n - 4)
        r = min(max(found, 0.0), MOST_RESEMBLANCE)
        return around / n * (1 + r) / (1 - r)
