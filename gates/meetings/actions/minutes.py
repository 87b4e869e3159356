"""After a gate meeting: its minutes are sent, and changed only by additions that everybody sees."""

from django.db import transaction

from gates import events
from gates.meetings import rules
from gates.meetings.actions.records import announce, lock, refuse
from gates.meetings.actions.telling import in_event
from gates.meetings.queries import readers_of_minutes
from gates.models import Addition, AgendaItem, GateReview
from pilots import clock
from pilots.models import User
from pilots.rules import SENT_AGAIN


@transaction.atomic
def send_minutes(*, review: GateReview, by: User) -> GateReview:
    """Send the minutes with all additions to everybody they concern. Raises RuleViolation."""
    review = lock(review)
    people = readers_of_minutes(review)
    last = review.additions.order_by("-at").first()
    before = review.minutes_sent_at
    refuse(
        rules.sending_blockers(
            state=review.state, people=len(people), sent_at=before, added_at=last.at if last else None
        )
    )
    review.minutes_sent_at, review.minutes_sent_by = clock.now(), by
    review.save(update_fields=["minutes_sent_at", "minutes_sent_by"])
    announce(events.MINUTES_SENT, review, by, told=in_event(people), again=before is not None)
    return review


@transaction.atomic
def add_to_minutes(*, review: GateReview, text: str, item: AgendaItem | None = None, by: User) -> Addition:
    """Add this to the minutes, of one item or of the whole. Sent again within seconds it is the one there is.

    Raises RuleViolation.
    """
    review, text = lock(review), text.strip()
    refuse(rules.addition_blockers(state=review.state, text=text))
    since = clock.now() - SENT_AGAIN
    known = review.additions.filter(item=item, text=text, by=by, at__gt=since).first()
    if known is not None:
        return known
    addition = Addition.objects.create(review=review, item=item, text=text, by=by, at=clock.now())
    announce(
        events.MINUTES_AMENDED,
        review,
        by,
        changes={"addition": [None, text]},
        item=item.title if item else "",
    )
    return addition
