"""The gate of an address: what may not be seen is not there."""

from functools import cache

from django.db.models import Exists, OuterRef
from django.http import Http404

from gates.choices import AskStatus
from gates.journey.queries import is_sent_back, open_scope
from gates.models import Gate, Waiver
from pilots.models import SourceRecord


@cache  # what never changes is put together once: that takes longer than the database does
def gates_shown():
    """Gates, each with what the head of its pages shows; whoever asks says whose."""
    gates = Gate.objects.select_related(
        "pilot__programme",
        "pilot__owner",
        "pilot__sponsor",
        "definition__phase__version__playbook",
        "waiting_for",
    )
    gates = gates.defer("definition__phase__version__source")  # the whole playbook as text
    gates = gates.annotate(source_kept=Exists(SourceRecord.objects.filter(pilot=OuterRef("pilot"))))
    waiting = Waiver.objects.filter(assessment__gate=OuterRef("pk"), status=AskStatus.ASKED)
    gates = gates.annotate(waiver_waits=Exists(waiting), sent_back=is_sent_back())
    return gates.annotate(scope_cap=open_scope("pilot"))


def find_gate(request, key: str, gate_key: str, *, attempt: int | None = None, among=None) -> Gate:
    """The latest attempt at this gate, this one, or the one asked for with `?attempt=`. Raises Http404.

    `among`: the gates of `gates_shown` with more on each, for a page that shows more.
    """
    gates = gates_shown() if among is None else among
    gates = gates.visible_to(request.user).filter(pilot__key=key, definition__key=gate_key)
    asked = request.GET.get("attempt", "")
    if attempt is None and asked.isdecimal() and len(asked) < 5:
        attempt = int(asked)
    if attempt is not None:
        gates = gates.filter(attempt=attempt)
    gate = gates.order_by("-attempt").first()
    if gate is None:
        raise Http404
    gate.pilot.source_kept, gate.pilot.scope_cap = gate.source_kept, gate.scope_cap
    return gate
