"""Reading the decision pack of a gate, freezing one on request, and comparing two."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gates.journey.finding import find_gate
from gates.journey.queries import checklist_of
from gates.packs.actions import freeze_pack
from gates.packs.comparing import compared, same_gate
from gates.packs.page import PackPage
from gates.packs.queries import find_pack, pack_before, packs_of, since_frozen
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation


@login_required
@require_safe
def pack_page(request, key, gate_key, number=None):
    gate = find_gate(request, key, gate_key)
    pack = find_pack(gate, number)
    if pack is None and number is not None:
        raise Http404

    today = timezone.localdate()
    context = _frame(request, gate)
    if pack is not None:
        later = since_frozen(pack, gate, checklist_of(gate), today=today) if gate.is_current else None
        context |= {"page": PackPage(pack), "pack": pack, "packs": packs_of(gate), "later": later}
    return render(request, "gates/pack.html", context)


def _frame(request, gate):
    asked = "attempt" in request.GET
    return {
        "gate": gate,
        "pilot": gate.pilot,
        "attempt": f"?attempt={gate.attempt}" if asked else "",  # an earlier one stays the one looked at
        "may": granted(request.user, pilot=gate.pilot),
        "tab": "gate",
    }


@login_required
@require_POST
def freeze(request, key, gate_key):
    gate = find_gate(request, key, gate_key)
    require(request.user, Permission.HOLD_MEETING, pilot=gate.pilot)

    address = reverse("gates:pack", args=[gate.pilot.key, gate.definition.key])
    try:
        pack = freeze_pack(gate=gate, by=request.user)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
    else:
        messages.success(request, f"Pack v{pack.number} is frozen.")
    return redirect(address)


@login_required
@require_safe
def compare(request, key, gate_key, number, other=None):
    gate = find_gate(request, key, gate_key)
    pack = find_pack(gate, number)
    before = pack_before(gate, number) if other is None else find_pack(gate, other)
    if pack is None or (other is not None and before is None):
        raise Http404
    if before is not None and other is not None and before.number > pack.number:
        pack, before = before, pack

    context = _frame(request, gate) | {
        "pack": pack,
        "before": before,
        "is_same_gate": before is not None and same_gate(before.content, pack.content),
        "changed": compared(before.content, pack.content) if before else [],
        "packs": packs_of(gate),
    }
    return render(request, "gates/pack_compare.html", context)
