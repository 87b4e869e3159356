"""The mail about a delegation: given, ended, or taken up again when a handover was undone."""

from django.urls import reverse

from gates import events
from gates.models import Delegation, Letter
from gates.reminders.letters import letter, outside
from pilots.models import Event


def letter_of(event: Event, delegation: Delegation) -> Letter:
    """What this event tells giver and receiver."""
    context = {
        "one": delegation,
        "ended": event.type == events.DELEGATION_ENDED,
        "who": event.actor,
        "why": event.data.get("note", ""),
        "left": event.data.get("left", ""),
    }
    link = outside(reverse("gates:delegations"))
    return letter(event, "delegation", context, link=link, link_text="Open delegations")
