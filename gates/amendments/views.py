"""What has moved of a gate's frozen terms: the list, asking, answering, taking back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gates.amendments import actions
from gates.amendments.finding import require_asker
from gates.amendments.forms import AmendmentForm, AnswerForm
from gates.amendments.queries import amendments_of, frozen_value, moved_of, row_of
from gates.amendments.rules import NOTE_NEEDED, in_words
from gates.choices import AT_THE_GATE, THRESHOLDS, AmendedField
from gates.journey.finding import find_gate
from gates.models import Amendment
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation


@login_required
@require_safe
def amendments(request, key, gate_key):
    return _page(request, find_gate(request, key, gate_key))


@login_required
def ask(request, key, gate_key, term):
    gate = find_gate(request, key, gate_key)
    if term not in AT_THE_GATE:
        raise Http404
    require(request.user, Permission.ASK_AMENDMENT, pilot=gate.pilot)

    form = AmendmentForm(request.POST or None, gate=gate, term=term)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_amendment(gate=gate, field=term, by=request.user, **form.facts)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Asked for. Nothing changes until somebody else approves it.")
            return redirect(_address(gate))
    failed = request.method == "POST"
    context = {"form": form, "term": AmendedField(term), "failed": failed, "now": _now(gate, term)}
    context |= {"gate": gate, "pilot": gate.pilot, "tab": "gate"}
    context["may"] = granted(request.user, pilot=gate.pilot)
    return render(request, "gates/amendment_form.html", context, status=422 if failed else 200)


def _now(gate, term) -> str:
    return in_words(term, frozen_value(gate, None, term)) if term in THRESHOLDS else ""


def _page(request, gate, *, answer_form=None, answered=None, status=200):
    found = amendments_of(gate)
    for amendment in found:
        amendment.gate = gate
    rows = [row_of(amendment, gate, reader=request.user) for amendment in found]
    context = {
        "gate": gate,
        "pilot": gate.pilot,
        "moved": moved_of(found),
        "asked": [row for row in rows if row.is_asked],
        "settled": [row for row in rows if not row.is_asked],
        "terms": [(field.value, field.label) for field in AT_THE_GATE],
        "answer_form": answer_form or AnswerForm(),
        "answered": answered,
        "failed": status != 200,
        "may": granted(request.user, pilot=gate.pilot),
        "tab": "gate",
    }
    return render(request, "gates/amendments.html", context, status=status)


@login_required
@require_POST
def approve(request, key, gate_key, pk):
    return _answer(request, key, gate_key, pk, actions.approve_amendment, "Approved. It holds from now on.")


@login_required
@require_POST
def refuse(request, key, gate_key, pk):
    return _answer(request, key, gate_key, pk, actions.refuse_amendment, "Refused. Nothing has changed.")


def _answer(request, key, gate_key, pk, act, said):
    gate, amendment = _find(request, key, gate_key, pk)
    require(request.user, Permission.APPROVE_AMENDMENT, pilot=gate.pilot)

    form = AnswerForm(request.POST, auto_id=f"id_%s_{amendment.pk}")
    if form.is_valid():
        try:
            act(amendment=amendment, note=form.cleaned_data["note"], by=request.user)
        except RuleViolation as violation:
            needs_note = NOTE_NEEDED in violation.reasons
            form.add_error("note" if needs_note else None, violation.reasons)
        else:
            messages.success(request, said)
            return redirect(_address(gate))
    return _page(request, gate, answer_form=form, answered=amendment.pk, status=422)


@login_required
@require_POST
def withdraw(request, key, gate_key, pk):
    gate, amendment = _find(request, key, gate_key, pk)
    require_asker(request.user, amendment)

    try:
        actions.withdraw_amendment(amendment=amendment, by=request.user)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
    else:
        messages.success(request, "Withdrawn. Nothing has changed.")
    return redirect(_address(gate))


def _find(request, key, gate_key, pk):
    visible = Amendment.objects.visible_to(request.user).select_related("gate", "assessment", "kpi")
    amendment = get_object_or_404(visible, pk=pk, gate__pilot__key=key, gate__definition__key=gate_key)
    return find_gate(request, key, gate_key, attempt=amendment.gate.attempt), amendment


def _address(gate) -> str:
    return f"{reverse('gates:amendments', args=[gate.pilot.key, gate.definition.key])}?attempt={gate.attempt}"
