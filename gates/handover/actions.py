"""Handing work over: picked and kept first, then moved as a whole, and taken back as far as it still can be."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from gates import events
from gates.choices import GateStatus, Passing, Standing
from gates.handover.letters import letter_of
from gates.handover.moving import lock_meetings, move
from gates.handover.planning import Step, back, forth
from gates.handover.queries import Thing
from gates.handover.rules import handover_blockers, undo_blockers
from gates.handover.sparing import owed_to, spare_what_is_new
from gates.journey.asking import ask_seats
from gates.journey.readiness import refresh_gates
from gates.models import Gate, HandedThing, Handover
from gates.reminders.actions import write_letter
from pilots import clock
from pilots.events import record
from pilots.models import Event, Pilot, User
from pilots.rules import SENT_AGAIN, RuleViolation

KEPT = timedelta(days=1)
LONGEST_WORDS = 300


@transaction.atomic
def prepare_handover(
    *, person: User, things: Iterable[Thing], receivers: Mapping[str, User | None], note: str, by: User
) -> Handover:
    """Keep what was picked, to be looked at before it moves. Nothing changes by it. Raises RuleViolation.

    `receivers`: kind of thing → who gets it; nobody gets what ends. What the same person picked more than a day
    ago is dropped, and what the same form sent just now.
    """
    picked = list(things)
    to_self = any(receivers[one.holding.key] == person for one in picked)
    blockers = handover_blockers(things=len(picked), to_self=to_self, note=note)
    if blockers:
        raise RuleViolation(*blockers)
    now = clock.now()
    sent_twice = Q(person=person, note=note.strip(), made_at__gt=now - SENT_AGAIN)
    Handover.objects.filter(sent_twice | Q(made_at__lt=now - KEPT), by=by, done_at=None).delete()
    handover = Handover.objects.create(person=person, note=note.strip(), by=by, made_at=now)
    HandedThing.objects.bulk_create(
        HandedThing(
            handover=handover,
            holding=one.holding.key,
            object_id=one.row.pk,
            receiver=receivers[one.holding.key],
            programme=one.programme,
            pilot=one.pilot,
            words=one.words[:LONGEST_WORDS],
            due_on=one.due,
        )
        for one in picked
    )
    return handover


@transaction.atomic
def hand_over(*, handover: Handover, by: User) -> Handover:
    """Move everything that was picked and still can be, as one; the rest says why not. Twice changes nothing.

    Raises RuleViolation where nothing can be moved.
    """
    handover = _locked(handover)
    if handover.done_at is not None:
        return handover
    things = _things(handover)
    lock_meetings(things)
    steps = forth(things, handover.person, by=handover.by)
    if not any(step.moves for step in steps):
        raise RuleViolation("Nothing of this can be handed over.", *sorted({step.why for step in steps}))
    handover.done_at = clock.now()
    handover.save(update_fields=["done_at"])
    _move(handover, steps, by, Passing.MOVED, Passing.KEPT)
    _announce(events.WORK_HANDED_OVER, handover, [step for step in steps if step.moves], by)
    return handover


@transaction.atomic
def undo_handover(*, handover: Handover, by: User) -> Handover:
    """Give back whatever is still with who got it. Twice changes nothing. Raises RuleViolation."""
    handover = _locked(handover)
    blockers = undo_blockers(
        done_at=handover.done_at,
        undone=handover.undone_at is not None,
        holder_has_left=not handover.person.is_active,
        holder=str(handover.person),
        now=clock.now(),
    )
    if blockers:
        raise RuleViolation(*blockers)
    assert handover.done_at is not None
    things = _things(handover, passing=Passing.MOVED)
    lock_meetings(things)
    steps = back(things, handover.person, done_at=handover.done_at)
    if not any(step.moves for step in steps):
        raise RuleViolation("Nothing of this can go back.", *sorted({step.why for step in steps}))
    handover.undone_at, handover.undone_by = clock.now(), by
    handover.save(update_fields=["undone_at", "undone_by"])
    _move(handover, steps, by, Passing.RETURNED, Passing.MOVED)
    _announce(events.WORK_HANDED_BACK, handover, [step for step in steps if step.moves], by)
    return handover


def _locked(handover: Handover) -> Handover:
    found = Handover.objects.select_for_update(of=("self",)).select_related("person", "by")
    return found.get(pk=handover.pk)


def _things(handover: Handover, **narrowed: str) -> list[HandedThing]:
    rows = HandedThing.objects.filter(handover=handover, **narrowed)
    return list(rows.select_related("receiver", "pilot", "programme").order_by("pk"))


def _move(handover: Handover, steps: Sequence[Step], by: User, moved: Passing, kept: Passing) -> None:
    """Move what can be moved, spare the receivers what was due already, and keep what came of each thing."""
    today, moving = clock.today(), [step for step in steps if step.moves]
    pilots = _touched(moving)
    gates = Gate.objects.current().filter(pilot__in=pilots)
    list(gates.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    people = {step.target.pk for step in moving if step.target}
    before = owed_to(people, pilots, today=today)
    at = handover.undone_at or handover.done_at
    assert at is not None
    move(moving, by=by, at=at, note=handover.note, handover=handover.pk)
    refresh_gates(gates, today=today)
    _ask_anew(moving)
    spare_what_is_new(people, pilots, before, today=today)
    for step in steps:
        step.thing.passing, step.thing.why = (moved, "") if step.moves else (kept, step.why[:LONGEST_WORDS])
    HandedThing.objects.bulk_update((step.thing for step in steps), ["passing", "why"], batch_size=500)


def _touched(steps: Sequence[Step]) -> set[int]:
    """The pilots that these things are about: of a seat or a role all of its programme. At most one query."""
    own = {step.thing.pilot_id for step in steps if step.thing.pilot_id}
    wide = [step.row.programme_id for step in steps if step.holding.is_wide]
    if not wide:
        return own
    there = Q() if None in wide else Q(programme__in=wide)
    return own | set(Pilot.objects.running().filter(there).values_list("pk", flat=True))


def _ask_anew(steps: Sequence[Step]) -> None:
    """At the gates in review of these programmes others are asked to sign now."""
    wide = {step.row.programme_id for step in steps if step.holding.key == "seat"}
    in_review = Gate.objects.filter(status=GateStatus.SUBMITTED, pilot__programme__in=wide)
    ask_seats(list(in_review.order_by("pk").values_list("pk", flat=True)), today=clock.today())


def _announce(type_: str, handover: Handover, steps: Sequence[Step], by: User) -> None:
    """One event for each receiver; it is of the programme where all of it is of one."""
    receivers = {step.thing.receiver for step in steps if step.thing.receiver}
    for receiver in sorted(receivers, key=lambda one: one.pk):
        own = [step for step in steps if step.thing.receiver_id == receiver.pk]
        programmes = {step.thing.programme_id for step in own}
        one = own[0].thing.programme if len(programmes) == 1 else None
        record(
            type_,
            subject=handover,
            programme=one,
            actor=by,
            person=str(handover.person),
            receiver=str(receiver),
            receiver_id=receiver.pk,
            things=len(own),
            note=handover.note,
        )


def write_letter_of(*, event: Event) -> None:
    """Write the letter that this event sends: to who got the work or gives it back, and whose it was. Running it
    again changes nothing. Nobody is told what they did themselves."""
    handover = Handover.objects.select_related("person").get(pk=event.subject.split(":")[1])
    to = {event.data["receiver_id"]: Standing.SUCCESSOR}
    if event.type == events.WORK_HANDED_BACK:
        to = {event.data["receiver_id"]: Standing.PREDECESSOR, handover.person_id: Standing.PREDECESSOR}
    to.pop(event.actor_id, None)
    if to:
        write_letter(letter=letter_of(event, handover), to=to)
