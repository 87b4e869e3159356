"""What meetings write to people: the invitation, its renewal and cancellation. Nothing here sends or saves."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from gates import events
from gates.choices import MeetingState
from gates.meetings.calendar import CANCEL, PUBLISH, REQUEST, Invitation, calendar_file
from gates.meetings.queries import agenda_of, line_of, minutes_of, times_of
from gates.models import AgendaItem, GateReview, Letter
from gates.reminders.letters import letter, outside
from pilots.models import Event


def link_to(review: GateReview) -> str:
    """The meeting's page, for whoever is not on one of ours."""
    return outside(reverse("gates:meeting", args=[review.pk]))


def invitation_of(review: GateReview, items: list[AgendaItem], *, now: datetime) -> Invitation:
    """The meeting, with its attendees, as a calendar has to know it. Two queries."""
    link = link_to(review)
    lines = [line_of(item) for item in items]
    attendees = review.attendees.select_related("person")
    return Invitation(
        uid=review.uid,
        revision=review.revision,
        title=review.title,
        starts_at=timezone.localtime(review.starts_at),
        minutes=review.item_minutes * max(1, len(items)),
        place=review.place,
        text="\n".join(["Agenda", *lines, "", link]),
        url=link,
        organizer=(review.called_by.name, review.called_by.email),
        people=[(one.person.name, one.person.email) for one in attendees if one.person.email],
        stamped_at=now,
    )


def own_copy(review: GateReview, *, now: datetime) -> tuple[str, str]:
    """The calendar file for anybody's own calendar, and its method."""
    method = CANCEL if review.state == MeetingState.CANCELLED else PUBLISH
    return calendar_file(invitation_of(review, agenda_of(review), now=now), method=method), method


def invitation_letter(event: Event, review: GateReview) -> Letter:
    """The invitation that this event sends, renews or cancels."""
    items, now = agenda_of(review), timezone.now()
    method = CANCEL if event.type == events.MEETING_CANCELLED else REQUEST
    context = {
        "review": review,
        "lines": [line_of(item) for item in items],
        "ends_at": times_of(review, len(items), now=now).ends_at,
        "cancelled": method == CANCEL,
        "renewed": event.type == events.MEETING_CHANGED or event.data.get("again", False),
        "who": event.actor,
    }
    return letter(
        event,
        "meeting_invitation",
        context,
        link=link_to(review),
        link_text="Open the agenda",
        calendar=calendar_file(invitation_of(review, items, now=now), method=method),
        method=method,
    )


def minutes_letter(event: Event, review: GateReview) -> Letter:
    """The minutes as they stand now, whole."""
    context = {"review": review, "minutes": minutes_of(review), "who": event.actor}
    context["again"] = event.data.get("again", False)
    return letter(event, "meeting_minutes", context, link=link_to(review), link_text="Read the minutes")
