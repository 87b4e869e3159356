"""Whom a warning sign concerns, and what an answer says. Pure: no database, no clock."""

from dataclasses import dataclass
from datetime import date, timedelta

from gates.choices import Point, Question
from gates.rules import PILOTED
from pilots.choices import ENDED, PilotState

ASKED_AGAIN = timedelta(days=90)  # after so long an answer tells of another time
LONGEST_NOTE = 2_000  # characters


@dataclass(frozen=True)
class Place:
    """Where a pilot is on its way, in whatever playbook."""

    state: str
    phase_number: int
    in_production: bool
    is_archived: bool = False


def concerns(point: str, place: Place) -> bool:
    """Whether a sign that counts from this point on concerns a pilot there. None concerns what is over."""
    if place.is_archived or place.state in ENDED:
        return False
    if place.state == PilotState.INTAKE:
        return point == Point.INTAKE
    return {
        Point.INTAKE: True,
        Point.UNDER_WAY: True,
        Point.TRIED: place.in_production or place.phase_number >= PILOTED,
        Point.PREPARED: place.in_production or place.phase_number > PILOTED,
        Point.IN_PRODUCTION: place.in_production,
    }[Point(point)]


def is_watched(place: Place) -> bool:
    """Whether any sign is looked for there: neither over nor archived."""
    return concerns(Point.INTAKE, place)


@dataclass(frozen=True)
class Said:
    """The newest answer to a question."""

    yes: bool
    note: str
    by: str
    on: date


def why_open(question: str, said: Said | None, *, today: date) -> str:
    """Why a question stands as a warning sign; "" where it was answered with yes lately."""
    if said is None:
        return f"Nobody has answered yet: {Question(question).label}"
    day = f"{said.on:%-d %b %Y}"
    if not said.yes:
        return f"{said.by} said no on {day}: {said.note}"
    if is_asked_again(said.on, today=today):
        return f"{said.by} said yes on {day}; after {ASKED_AGAIN.days} days it is asked again."
    return ""


def is_asked_again(on: date, *, today: date) -> bool:
    return today - on > ASKED_AGAIN


def answer_blockers(*, place: Place, note: str) -> list[str]:
    """Why a question about this pilot cannot be answered like this."""
    reasons = []
    if not is_watched(place):
        reasons.append("This pilot is over, so nothing is asked about it any more.")
    if not note.strip():
        reasons.append("Say what the answer rests on.")
    return reasons
