"""The risks of a pilot that are not closed, for pages of other subjects: what is open first, the worst first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, F, OuterRef, QuerySet, Value, When

from pilots.choices import RiskState, Trend
from pilots.models import Pilot, Risk
from pilots.models.lists import ListOf
from pilots.queries import as_person

KEPT = ("pk", "title", "likelihood", "impact", "mitigation", "trend", "state", "team")
TOLD = (*KEPT, "owner__name", "owner__email")


@dataclass(frozen=True)
class RiskLine:
    """A risk that knows what TOLD names, and how it stands."""

    risk: Risk
    tone: str
    word: str  # "Open, high (16), rising"


def live_risks(pilot: str = "pk") -> ListOf:
    """What is risked, to annotate rows with; `pilot` is the way to its id from them. `risk_lines` reads it."""
    return ListOf(_live(OuterRef(pilot)), *TOLD)


def live_risks_of(pilot: Pilot) -> QuerySet:
    """The same of one pilot. One query."""
    return _live(pilot).values(*TOLD)


def risk_lines(rows: Iterable[dict[str, Any]], *, today: date) -> list[RiskLine]:
    """What `live_risks` or `live_risks_of` found, as pages show it. No query."""
    return [_line(row, today) for row in rows]


def _line(row: dict[str, Any], today: date) -> RiskLine:
    risk = Risk(owner=as_person(row, "owner"), **{name: row[name] for name in KEPT})
    tone, word = risk.mark(today)
    moves = "" if risk.trend == Trend.STEADY else f", {str(Trend(risk.trend).label).lower()}"
    return RiskLine(risk, tone, word + moves)


def _live(pilot: Pilot | OuterRef) -> QuerySet[Risk]:
    open_first = Case(When(state=RiskState.OPEN, then=Value(0)), default=Value(1))
    worst_first = (F("likelihood") * F("impact")).desc()
    return Risk.objects.live().filter(pilot=pilot).order_by(open_first, worst_first, "pk")
