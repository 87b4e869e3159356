"""Calling a gate meeting, changing and cancelling it, its beginning and end."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from gates import events
from gates.choices import GateStatus, MeetingState
from gates.journey.waiting import settle_many
from gates.meetings import rules
from gates.meetings.actions.agenda import gate_reasons, put_on
from gates.meetings.actions.records import announce, lock, refuse
from gates.meetings.actions.telling import in_event
from gates.meetings.queries import invited_by_mail
from gates.models import Gate, GateReview
from pilots import clock
from pilots.events import changed_fields
from pilots.models import Programme, User
from pilots.rules import SENT_AGAIN


@transaction.atomic
def call_meeting(
    *,
    programme: Programme,
    title: str,
    starts_at: datetime,
    place: str = "",
    item_minutes: int = 15,
    freeze_on: date | None = None,
    gates: Sequence[Gate] = (),
    by: User,
) -> GateReview:
    """Call a meeting of this programme with these gates as its agenda, in their order.

    Invited are those who may decide or sign there. The same call sent again within seconds is the one
    that is there. Raises RuleViolation with every reason why not.
    """
    now = clock.now()
    known = GateReview.objects.filter(
        programme=programme, title=title, starts_at=starts_at, called_by=by, called_at__gt=now - SENT_AGAIN
    ).first()
    if known is not None:
        return known
    reasons = rules.calling_blockers(title=title, starts_at=starts_at, now=now, items=len(gates))
    reasons += _freezing_reasons(freeze_on, starts_at)
    refuse(reasons + gate_reasons(gates, programme))
    review = GateReview.objects.create(
        programme=programme,
        title=title,
        starts_at=starts_at,
        place=place,
        item_minutes=item_minutes,
        freeze_on=freeze_on,
        called_by=by,
        called_at=now,
    )
    announce(
        events.MEETING_CALLED,
        review,
        by,
        starts_at=starts_at.isoformat(),
        agenda=[str(gate) for gate in gates],
    )
    put_on(review, gates, by, after=0)
    return review


def _freezing_reasons(freeze_on: date | None, starts_at: datetime) -> list[str]:
    meets_on = timezone.localdate(starts_at)
    return rules.freezing_blockers(freeze_on=freeze_on, meets_on=meets_on, today=clock.today())


@transaction.atomic
def change_meeting(*, review: GateReview, by: User, **facts: Any) -> GateReview:
    """Another title, moment, place, pace or freeze for a planned meeting: those of `facts` that differ.

    Who was invited gets the new invitation, which calendars take as renewed. Raises RuleViolation.
    """
    review = lock(review)
    changes = changed_fields(review, facts)
    if not changes:
        return review
    for name, value in facts.items():
        setattr(review, name, value)
    reasons = rules.agenda_blockers(state=review.state)
    if {"starts_at", "title"} & changes.keys():
        reasons += rules.calling_blockers(
            title=review.title, starts_at=review.starts_at, now=clock.now(), items=0
        )
    if {"starts_at", "freeze_on"} & changes.keys():
        reasons += _freezing_reasons(review.freeze_on, review.starts_at)
    refuse(reasons)
    review.revision += 1
    told = _renewed(review)
    review.save(update_fields=[*facts, "revision", "invited_revision", "invited_at"])
    announce(events.MEETING_CHANGED, review, by, changes=changes, **told)
    return review


def _renewed(review: GateReview) -> dict[str, Any]:
    """Who has an invitation gets the new one with the change; what the event says of it."""
    if review.invited_revision is None:
        return {}
    review.invited_revision, review.invited_at = review.revision, clock.now()
    return {"told": in_event(invited_by_mail(review))}


@transaction.atomic
def cancel_meeting(*, review: GateReview, by: User) -> GateReview:
    """Call off a planned meeting; its gates wait for their gatekeepers again, and who was invited is told.

    Raises RuleViolation.
    """
    review = lock(review)
    refuse(rules.cancel_blockers(state=review.state))
    review.revision += 1
    told = _renewed(review)
    review.save(update_fields=["revision", "invited_revision", "invited_at"])
    return _turn(review, MeetingState.CANCELLED, events.MEETING_CANCELLED, by, said=told)


@transaction.atomic
def start_meeting(*, review: GateReview, by: User) -> GateReview:
    """Begin: the first item is shown, votes are open, who begins presents. Raises RuleViolation."""
    review = lock(review)
    items = list(review.items.all())
    refuse(rules.start_blockers(state=review.state, items=len(items)))
    now = clock.now()
    return _turn(
        review,
        MeetingState.RUNNING,
        events.MEETING_STARTED,
        by,
        started_at=now,
        presenter=by,
        current=items[0],
        current_since=now,
    )


@transaction.atomic
def close_meeting(*, review: GateReview, by: User) -> GateReview:
    """End: every gate is decided or parked, and the minutes stand. Raises RuleViolation."""
    review = lock(review)
    open_items = review.items.filter(decision__isnull=True, parked_at__isnull=True)
    left = open_items.filter(gate__isnull=False).exclude(gate__status=GateStatus.DECIDED)
    titles = [item.title for item in left.select_related("gate__pilot")]
    refuse(rules.closing_blockers(state=review.state, open_items=titles))
    return _turn(
        review,
        MeetingState.HELD,
        events.MEETING_CLOSED,
        by,
        closed_at=clock.now(),
        current=None,
        current_since=None,
    )


def _turn(
    review: GateReview, state: MeetingState, event: str, by: User, *, said: dict | None = None, **fields: Any
) -> GateReview:
    changes = changed_fields(review, {"state": state.value})
    review.state = state
    for name, value in fields.items():
        setattr(review, name, value)
    review.save(update_fields=["state", *fields])
    announce(event, review, by, changes=changes, **(said or {}))
    # A meeting that is over keeps no gate waiting for it.
    gates = review.items.filter(gate__isnull=False).values_list("gate_id", flat=True)
    settle_many(list(gates), today=clock.today())
    return review
