"""While a gate meeting is held: what is shown, who is there, votes, remarks, parking, deciding."""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from gates import events
from gates.decisions.actions import decide
from gates.journey.waiting import settle_many
from gates.meetings import rules
from gates.models import AgendaItem, Decision, GateReview, Vote
from pilots import clock
from pilots.events import Changes, changed_fields, record
from pilots.models import User
from pilots.rules import RuleViolation


def _lock(item: AgendaItem) -> AgendaItem:
    """The meeting locked first, then the item as it is now, with what an action needs of it."""
    GateReview.objects.select_for_update(of=("self",)).get(pk=item.review_id)
    return AgendaItem.objects.select_related("review__programme", "gate__pilot", "gate__definition").get(
        pk=item.pk
    )


def _refuse(reasons: list[str]) -> None:
    if reasons:
        raise RuleViolation(*reasons)


def _tell(type: str, item: AgendaItem, by: User, changes: Changes, **data: Any) -> None:
    record(
        type,
        subject=item,
        pilot=item.gate.pilot,
        actor=by,
        changes=changes,
        meeting=item.review.title,
        gate=str(item.gate.definition),
        **data,
    )


@transaction.atomic
def show_item(*, item: AgendaItem) -> AgendaItem:
    """Turn everybody's screen to this item. Leaves no event: it changes nothing that was decided."""
    item = _lock(item)
    _refuse(rules.item_blockers(state=item.review.state, decided=False))
    if item.review.current_id != item.pk:
        GateReview.objects.filter(pk=item.review_id).update(current=item, current_since=clock.now())
    return item


@transaction.atomic
def take_attendance(*, review: GateReview, present: Collection[int], by: User) -> None:
    """Say who came: `present` holds ids of invited people. Raises RuleViolation."""
    review = GateReview.objects.select_for_update(of=("self",)).select_related("programme").get(pk=review.pk)
    _refuse(rules.item_blockers(state=review.state, decided=False))
    before = set(review.attendees.filter(was_present=True).values_list("person_id", flat=True))
    after = set(review.attendees.filter(person__in=present).values_list("person_id", flat=True))
    if before == after:
        return
    review.attendees.exclude(person__in=after).update(was_present=False)
    review.attendees.filter(person__in=after).update(was_present=True)
    record(
        events.MEETING_CHANGED,
        subject=review,
        programme=review.programme,
        actor=by,
        changes={"present": [sorted(before), sorted(after)]},
        meeting=review.title,
    )


@transaction.atomic
def cast_vote(*, item: AgendaItem, outcome: str, comment: str = "", by: User) -> Vote:
    """Say by name what one is for; the last word before the decision counts. Raises RuleViolation."""
    item = _lock(item)
    _refuse(
        rules.vote_blockers(
            state=item.review.state,
            decided=item.decision_id is not None,
            invited=item.review.attendees.filter(person=by).exists(),
            owns_pilot=item.gate.pilot.owner_id == by.pk,
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
    _refuse(rules.item_blockers(state=item.review.state, decided=False))
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
    _refuse(rules.item_blockers(state=item.review.state, decided=item.decision_id is not None))
    if item.parked_at is None:
        item.parked_at = clock.now()
        item.save(update_fields=["parked_at"])
        _tell(events.ITEM_PARKED, item, by, {"parked": [False, True]})
        settle_many([item.gate_id], today=clock.today())
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
    _refuse(rules.item_blockers(state=item.review.state, decided=known is not None))
    recorded = decide(gate=item.gate, by=by, **decision)
    item.decision, item.parked_at = recorded, None
    item.save(update_fields=["decision", "parked_at"])
    settle_many([item.gate_id], today=clock.today())
    return recorded
