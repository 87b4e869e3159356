"""Deciding at a gate, and what was decided."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gates.checklist.queries import checklist
from gates.decisions import actions
from gates.decisions.forms import DecisionFilterForm, DecisionForm
from gates.decisions.queries import DecisionChoice, decisions_of, decisions_seen, offers
from gates.journey.finding import find_gate
from gates.journey.queries import checklist_of
from gates.models import Condition
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation
from pilots.views.finding import find_pilot

PAGE_SIZE = 50


@login_required
def decide(request, key, gate_key):
    gate = find_gate(request, key, gate_key)
    require(request.user, Permission.DECIDE_GATE, pilot=gate.pilot)

    form = DecisionForm(request.POST or None, gate=gate)
    if request.method == "POST" and form.is_valid():
        try:
            decision = actions.decide(gate=gate, by=request.user, **form.facts)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, f"Recorded: {decision.get_outcome_display()} at {gate.definition}.")
            return redirect("gates:decisions", gate.pilot.key)
    failed = request.method == "POST"
    page = checklist(gate, checklist_of(gate), reader=request.user, today=timezone.localdate())
    context = {
        "form": form,
        "failed": failed,
        "gate": gate,
        "pilot": gate.pilot,
        "page": page,
        "offers": offers(page.readiness),
        "may": granted(request.user, pilot=gate.pilot),
        "tab": "gate",
    }
    return render(request, "gates/decision_form.html", context, status=422 if failed else 200)


@login_required
@require_safe
def all_decisions(request):
    form = DecisionFilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}

    choice = DecisionChoice(**{name: value for name, value in asked.items() if value})
    page = Paginator(decisions_seen(request.user, choice), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "gates/all_decisions.html", {"page": page, "form": form, "choice": choice})


@login_required
@require_safe
def decision_list(request, key):
    pilot = find_pilot(request, key)

    context = {
        "pilot": pilot,
        "decisions": decisions_of(pilot),
        "today": timezone.localdate(),
        "may": granted(request.user, pilot=pilot),
        "tab": "decisions",
    }
    return render(request, "gates/decisions.html", context)


@login_required
@require_POST
def condition_met(request, key, pk):
    pilot = find_pilot(request, key)
    require(request.user, Permission.FILL_IN_GATE, pilot=pilot)
    condition = get_object_or_404(Condition, pk=pk, decision__gate__pilot=pilot)

    actions.meet_condition(condition=condition, by=request.user)
    messages.success(request, "The condition is met.")
    return redirect("gates:decisions", pilot.key)
