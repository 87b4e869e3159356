"""The one mail that a handover sends to a receiver: what they hold now, and what of it is due next."""

from itertools import groupby

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from gates import events
from gates.choices import Passing
from gates.handover.table import HOLDINGS
from gates.models import HandedThing, Handover, Letter
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
    subject, text = render_to_string("emails/handover.txt", context).split("\n", 1)
    return Letter(
        event=event,
        subject=" ".join(subject.split())[:300],
        text=text.strip(),
        html=render_to_string("emails/handover.html", context).strip(),
        link=f"{settings.BASE_URL.rstrip('/')}{reverse('gates:handover', args=[handover.pk])}",
        link_text="See all of it",
        written_at=timezone.now(),
    )


def _grouped(things: list[HandedThing]) -> list[tuple[str, list[HandedThing]]]:
    order = list(HOLDINGS)
    things = sorted(things, key=lambda one: (order.index(one.holding), one.pk))
    return [(HOLDINGS[key].name, list(of)) for key, of in groupby(things, key=lambda one: one.holding)]
