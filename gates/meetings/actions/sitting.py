"""While a gate meeting is held: what is shown, who is there, votes, remarks, parking, deciding."""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from gates import events
from gates.decisions.actions import decide
from gates.journey.waiting import settle_many
from gates.meetings import rules
from gates.meetings.actions.records import announce, lock, refuse
from gates.meetings.queries import next_open
from gates.models import AgendaItem, Decision, Gate, GateReview, Vote
from pilots import clock
from pilots.events import Changes, changed_fields, record
from pilots.models import User
from pilots.rules import RuleViolation


def _lock(item: AgendaItem) -> AgendaItem:
    """The meeting locked first, then the item as it is now, with what an action needs of it."""
    GateReview.objects.select_for_update(of=("self",)).get(pk=item.review_id)
    whole = ("review__programme", "review__presenter", "gate__pilot", "gate__definition")
    return AgendaItem.objects.select_related(*whole).get(pk=item.pk)


def _gate_of(item: AgendaItem) -> Gate:
    """What is decided at this item. Raises RuleViolation at a topic."""
    if item.gate is None:
        raise RuleViolation("This is a topic: there is nothing to decide.")
    return item.gate


def _tell(type: str, item: AgendaItem, by: User, changes: Changes) -> None:
    gate = item.gate
    record(
        type,
        subject=item,
        pilot=gate.pilot if gate else None,
        programme=item.review.programme,
        actor=by,
        changes=changes,
        meeting=item.review.title,
        **({"gate": str(gate.definition)} if gate else {"topic": item.topic}),
    )


@transaction.atomic
def show_item(*, item: AgendaItem, by: User) -> AgendaItem:
    """Turn everybody's screen to this item. Leaves no event: it changes nothing that was decided."""
    item = _lock(item)
    review = item.review
    refuse(
        rules.showing_blockers(
            state=review.state,
            presents=review.presenter_id in (None, by.pk),
            presenter=str(review.presenter),
        )
    )
    _turn_to(item)
    return item


def _turn_to(item: AgendaItem) -> None:
    if item.review.current_id != item.pk:
        GateReview.objects.filter(pk=item.review_id).update(current=item, current_since=clock.now())


def _go_on(item: AgendaItem) -> None:
    """What everybody looks at is done, so everybody goes on to the next item that is open."""
    following = next_open(item.review, after=item)
    if following is not None and item.review.current_id == item.pk:
        _turn_to(following)


@transaction.atomic
def present(*, review: GateReview, by: User) -> GateReview:
    """From now on this person turns everybody's screen. Raises RuleViolation."""
    review = lock(review)
    refuse(rules.item_blockers(state=review.state, decided=False))
    if review.presenter_id == by.pk:
        return review
    before = review.presenter and review.presenter.name
    review.presenter = by
    review.save(update_fields=["presenter"])
    announce(events.MEETING_CHANGED, review, by, changes={"presenter": [before, by.name]})
    return review


@transaction.atomic
def take_attendance(*, review: GateReview, present: Collection[int], by: User) -> None:
    """Say who came: `present` holds ids of invited people. Raises RuleViolation."""
    review = lock(review)
    refuse(rules.item_blockers(state=review.state, decided=False))
    before = set(review.attendees.filter(was_present=True).values_list("person_id", flat=True))
    after = set(review.attendees.filter(person__in=present).values_list("person_id", flat=True))
    if before == after:
        return
    review.attendees.exclude(person__in=after).update(was_present=False)
    review.attendees.filter(person__in=after).update(was_present=True)
    announce(events.MEETING_CHANGED, review, by, changes={"present": [sorted(before), sorted(after)]})


@transaction.atomic
def cast_vote(*, item: AgendaItem, outcome: str, comment: str = "", by: User) -> Vote:
    """Say by name what one is for; the last word before the decision counts. Raises RuleViolation."""
    item = _lock(item)
    refuse(
        rules.vote_blockers(
            state=item.review.state,
            decided=item.decision_id is not None,
            invited=item.review.attendees.filter(person=by).exists(),
            owns_pilot=_gate_of(item).pilot.owner_id == by.pk,
        )
    )
    vote = item.votes.filter(person=by).first() or Vote(item=item, person=by, at=clock.now())
    changes = changed_fields(vote, {"outcome": outcome, "comment": comment})
    if not changes:
        return vote
    vote.outcome, vote.comment, vote.at = outcome, comment, clock.now()
    vote.save()
    # Who votes in a meeting is there.
    item.review.attendees.filter(person=by, was_present=False).update(was_present=True)
    _tell(events.VOTE_CAST, item, by, changes)
    return vote


@transaction.atomic
def remark(*, item: AgendaItem, text: str, by: User) -> AgendaItem:
    """Write down for the minutes what was said on an item, also after it was decided. Raises RuleViolation."""
    item = _lock(item)
    refuse(rules.item_blockers(state=item.review.state, decided=False))
    changes = changed_fields(item, {"remark": text})
    if changes:
        item.remark = text
        item.save(update_fields=["remark"])
        _tell(events.ITEM_REMARKED, item, by, changes)
    return item


@transaction.atomic
def park(*, item: AgendaItem, by: User) -> AgendaItem:
    """Put an item off; its gate waits for its gatekeepers again. Parked twice is parked. Raises RuleViolation."""
    item = _lock(item)
    refuse(rules.item_blockers(state=item.review.state, decided=item.decision_id is not None))
    if item.parked_at is None:
        item.parked_at = clock.now()
        item.save(update_fields=["parked_at"])
        _tell(events.ITEM_PARKED, item, by, {"parked": [False, True]})
        _settle(item)
        _go_on(item)
    return item


@transaction.atomic
def decide_item(*, item: AgendaItem, by: User, **decision: Any) -> Decision:
    """Record the decision on an item, which is a decision at its gate with all its rules.

    `decision` is what `gates.decisions.actions.decide` takes. The meeting is locked before the gate, as in
    every action of meetings. A parked item can be taken up again. The same decision sent again is the one
    that is there. Raises RuleViolation.
    """
    item = _lock(item)
    known = item.decision
    if known is not None and known.decided_by == by and known.outcome == decision["outcome"]:
        return known
    refuse(rules.item_blockers(state=item.review.state, decided=known is not None))
    recorded = decide(gate=_gate_of(item), by=by, **decision)
    item.decision, item.parked_at = recorded, None
    item.save(update_fields=["decision", "parked_at"])
    _settle(item)
    _go_on(item)
    return recorded


def _settle(item: AgendaItem) -> None:
    if item.gate_id is not None:
        settle_many([item.gate_id], today=clock.today())
