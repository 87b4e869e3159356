"""Who is told of a meeting by mail. Whom an event tells stands in the event; its letter is written after it."""

from collections.abc import Iterable

from django.db import transaction

from gates import events
from gates.meetings import rules
from gates.meetings.actions.records import announce, lock, refuse
from gates.meetings.letters import invitation_letter, minutes_letter
from gates.meetings.queries import Told, invited_by_mail
from gates.models import GateReview
from gates.reminders.actions import write_letter
from pilots import clock
from pilots.models import Event, User

LETTERS = {
    events.MEETING_INVITED: invitation_letter,
    events.MEETING_CHANGED: invitation_letter,
    events.MEETING_CANCELLED: invitation_letter,
    events.MINUTES_SENT: minutes_letter,
}


def in_event(people: Iterable[Told]) -> list[dict]:
    """These people as an event keeps them."""
    return [{"person": one.pk, "name": one.name, "because": one.because} for one in people]


@transaction.atomic
def invite(*, review: GateReview, by: User) -> GateReview:
    """Send the invitation as it is now to everybody who is invited. Raises RuleViolation."""
    review = lock(review)
    people = invited_by_mail(review)
    sent = review.invited_revision
    refuse(
        rules.invite_blockers(
            state=review.state,
            people=len(people),
            items=review.items.count(),
            revision=review.revision,
            sent=sent,
        )
    )
    review.invited_revision, review.invited_at = review.revision, clock.now()
    review.save(update_fields=["invited_revision", "invited_at"])
    announce(events.MEETING_INVITED, review, by, told=in_event(people), again=sent is not None)
    return review


def write_letter_of(*, event: Event) -> None:
    """Write the letter that this event sends, for those it names. Running it again changes nothing."""
    told = event.data.get("told")
    if told:
        found = GateReview.objects.select_related("programme", "called_by")
        review = found.get(pk=event.subject.split(":")[1])
        to = {one["person"]: one["because"] for one in told}
        write_letter(letter=LETTERS[event.type](event, review), to=to)
