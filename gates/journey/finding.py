"""The gate of an address: what may not be seen is not there."""

from django.db.models import Exists, OuterRef
from django.http import Http404

from gates.choices import AskStatus
from gates.journey.queries import is_sent_back, open_scope
from gates.models import Gate, Waiver
from pilots.models import SourceRecord


def find_gate(request, key: str, gate_key: str, *, attempt: int | None = None) -> Gate:
    """The latest attempt at this gate, this one, or the one asked for with `?attempt=`. Raises Http404."""
    gates = Gate.objects.visible_to(request.user).select_related(
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
    gates = gates.annotate(scope_cap=open_scope("pilot"))
    gates = gates.filter(pilot__key=key, definition__key=gate_key)
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
