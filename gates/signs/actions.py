"""Keeping the warning signs of pilots current, and answering what only people can know."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from django.db import transaction

from gates import events
from gates.checks.keeping import asked_once
from gates.choices import Question
from gates.models import DeclaredAnswer, SignSpell
from gates.signs.queries import place_of
from gates.signs.rules import Place, answer_blockers, concerns
from gates.signs.table import SIGNS
from pilots import clock
from pilots.events import record
from pilots.models import Pilot, User
from pilots.rules import SENT_AGAIN, RuleViolation

CHUNK = 1_000  # pilots per transaction

Key = tuple[int, str]  # pilot id, sign


class Standing(NamedTuple):
    """A spell that stands."""

    pk: int
    reason: str


def refresh_signs(pilots: Iterable[int], *, today: date, of: Collection[str] = frozenset(SIGNS)) -> int:
    """Find anew which `of` the signs these pilots show, set-based, in chunks. Only what changed is written.

    May run twice, late or half: it writes what is true now. Returns how many pilots were looked at.
    """
    ids = sorted(pilots)
    with asked_once():
        for start in range(0, len(ids), CHUNK):
            _refresh_chunk(ids[start : start + CHUNK], of, today)
    return len(ids)


@transaction.atomic
def _refresh_chunk(ids: list[int], of: Collection[str], today: date) -> None:
    """The number of queries depends on the signs, not on the pilots."""
    # Locked, so that of two workers the later one has seen what the earlier wrote.
    pilots = Pilot.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    facts = pilots.values_list("pk", "state", "phase_number", "in_production", "archived_at")
    places = {
        pk: Place(state, phase_number, in_production, archived_at is not None)
        for pk, state, phase_number, in_production, archived_at in facts
    }
    with asked_once():
        found = _found(places, of, today)
    spells = SignSpell.objects.standing().filter(pilot__in=ids, sign__in=of).order_by()
    standing = {
        (pilot_id, sign): Standing(pk, reason)
        for pk, pilot_id, sign, reason in spells.values_list("pk", "pilot_id", "sign", "reason")
    }
    _write(found, standing, today)


def _found(places: dict[int, Place], of: Collection[str], today: date) -> dict[Key, str]:
    """(pilot, sign) → why it stands, of those signs that concern each pilot where it is."""
    found: dict[Key, str] = {}
    for sign in (SIGNS[key] for key in of):
        concerned = [pk for pk, place in places.items() if concerns(sign.since, place)]
        if concerned:
            failures = sign.check(Pilot.objects.filter(pk__in=concerned), today)
            found |= {(pk, sign.key): reason for pk, reason in failures.items()}
    return found


def _write(found: dict[Key, str], standing: dict[Key, Standing], today: date) -> None:
    over = [spell.pk for key, spell in standing.items() if key not in found]
    if over:
        SignSpell.objects.filter(pk__in=over).update(until=today)
    SignSpell.objects.bulk_create(
        (
            SignSpell(pilot_id=pilot_id, sign=sign, since=today, reason=reason)
            for (pilot_id, sign), reason in found.items()
            if (pilot_id, sign) not in standing
        ),
        batch_size=2_000,
    )
    told_anew = [
        SignSpell(pk=spell.pk, reason=found[key])
        for key, spell in standing.items()
        if key in found and spell.reason != found[key]
    ]
    SignSpell.objects.bulk_update(told_anew, ["reason"], batch_size=500)


@transaction.atomic
def answer_question(*, pilot: Pilot, question: Question, yes: bool, note: str, by: User) -> DeclaredAnswer:
    """Say what only a person can know of a pilot, and what that rests on. Raises RuleViolation.

    The same answer sent again within seconds is the one that is there.
    """
    pilot = Pilot.objects.select_for_update(no_key=True).get(pk=pilot.pk)
    now = clock.now()
    before = DeclaredAnswer.objects.filter(pilot=pilot, question=question).first()
    same = before is not None and (before.yes, before.note, before.by_id) == (yes, note, by.pk)
    if before and same and before.at > now - SENT_AGAIN:
        return before
    blockers = answer_blockers(place=place_of(pilot), note=note)
    if blockers:
        raise RuleViolation(*blockers)
    answer = DeclaredAnswer.objects.create(pilot=pilot, question=question, yes=yes, note=note, by=by, at=now)
    record(
        events.QUESTION_ANSWERED,
        subject=answer,
        pilot=pilot,
        actor=by,
        changes={"answer": [before.yes if before else None, yes]},
        question=str(question.label),
        note=note,
    )
    return answer
