"""The warning signs of one pilot: what stands, what was, and what people were asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet
from django.utils import timezone

from gates.choices import FailureMode, Question
from gates.models import DeclaredAnswer, SignSpell
from gates.signs.rules import Place, concerns, is_asked_again
from gates.signs.table import QUESTIONS, SIGNS, WarningSign
from pilots.models import Pilot
from pilots.models.lists import ListOf


@dataclass(frozen=True)
class Shown:
    """A sign that a pilot shows or showed."""

    sign: WarningSign
    reason: str
    since: date
    until: date | None
    days: int  # so far, or in all


@dataclass(frozen=True)
class Group:
    """The signs of one way to fail, the longest first."""

    mode: str
    title: str
    signs: list[Shown]


@dataclass(frozen=True)
class Asked:
    """A question, and the newest answer to it."""

    question: Question
    answer: DeclaredAnswer | None
    is_asked_again: bool


def warning_signs(pilot: str = "pk") -> ListOf:
    """What warns of a pilot now, to annotate rows with; `pilot` is the way to its id from them."""
    return ListOf(_standing(OuterRef(pilot)), *TOLD)


TOLD = ("sign", "since", "until", "reason")


def warning_signs_of(pilot: Pilot) -> QuerySet:
    """The same of one pilot. One query."""
    return _standing(pilot).values(*TOLD)


def _standing(pilot: Pilot | OuterRef) -> QuerySet[SignSpell]:
    return SignSpell.objects.standing().filter(pilot=pilot).order_by("since", "pk")


def standing_signs(warned: Iterable[dict[str, Any]], *, today: date) -> list[Group]:
    """What `warning_signs` or `warning_signs_of` found, by way to fail. No query."""
    shown = _shown((SignSpell(**row) for row in warned), today)
    groups = [
        Group(mode.value, str(mode.label), [one for one in shown if one.sign.mode == mode])
        for mode in FailureMode
    ]
    return [group for group in groups if group.signs]


def past_signs(pilot: Pilot, *, today: date, count: int = 20) -> list[Shown]:
    """The last that warned of this pilot and are over, newest first. One query."""
    over = SignSpell.objects.filter(pilot=pilot, until__isnull=False, sign__in=SIGNS)
    return _shown(over.order_by("-until", "-pk")[:count], today)


def _shown(spells: Iterable[SignSpell], today: date) -> list[Shown]:
    return [
        Shown(
            sign=SIGNS[spell.sign],
            reason=spell.reason,
            since=spell.since,
            until=spell.until,
            days=((spell.until or today) - spell.since).days,
        )
        for spell in spells
    ]


def place_of(pilot: Pilot) -> Place:
    """Where it is, as the rules of signs see it. No query."""
    return Place(pilot.state, pilot.phase_number, pilot.in_production, pilot.archived_at is not None)


def questions_of(pilot: Pilot, *, today: date) -> list[Asked]:
    """The questions asked of a pilot where it is, each with its newest answer. One query."""
    newest: dict[str, DeclaredAnswer] = {}
    for answer in DeclaredAnswer.objects.filter(pilot=pilot).select_related("by"):
        newest.setdefault(answer.question, answer)
    place = place_of(pilot)
    return [
        _asked(question, newest.get(question), concerns(sign.since, place), today)
        for question, sign in QUESTIONS.items()
        if concerns(sign.since, place) or question in newest
    ]


def _asked(question: Question, answer: DeclaredAnswer | None, concerned: bool, today: date) -> Asked:
    stale = answer is not None and is_asked_again(timezone.localdate(answer.at), today=today)
    return Asked(question, answer, concerned and stale)
