"""The one mail that a handover sends to a receiver: what they hold now, and what of it is due next."""

from itertools import groupby

from django.urls import reverse
from django.utils import timezone

from gates import events
from gates.choices import Passing
from gates.handover.table import HOLDINGS
from gates.models import HandedThing, Handover, Letter
from gates.reminders.letters import letter, outside
from pilots.models import Event

SHOWN = 40  # things written out; the page has them all
NEXT = 10


def letter_of(event: Event, handover: Handover) -> Letter:
    """What this event tells its receiver, or whose work went back. Two queries."""
    returned = event.type == events.WORK_HANDED_BACK
    passing = Passing.RETURNED if returned else Passing.MOVED
    mine = HandedThing.objects.filter(handover=handover, receiver=event.data["receiver_id"], passing=passing)
    things = list(mine.select_related("pilot").order_by("pk"))
    dated = sorted((one for one in things if one.due_on), key=lambda one: (one.due_on, one.pk))
    context = {
        "handover": handover,
        "who": event.actor,
        "receiver": event.data["receiver"],
        "returned": returned,
        "groups": _grouped(things[:SHOWN]),
        "more": max(0, len(things) - SHOWN),
        "count": len(things),
        "next": dated[:NEXT],
        "today": timezone.localdate(event.at),
    }
    link = outside(reverse("gates:handover", args=[handover.pk]))
    return letter(event, "handover", context, link=link, link_text="See all of it")


def _grouped(things: list[HandedThing]) -> list[tuple[str, list[HandedThing]]]:
    order = list(HOLDINGS)
    things = sorted(things, key=lambda one: (order.index(one.holding), one.pk))
    return [(HOLDINGS[key].name, list(of)) for key, of in groupby(things, key=lambda one: one.holding)]
