"""Deciding at a gate, and what was decided."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gates.checklist.queries import checklist
from gates.decisions import actions
from gates.decisions.conditions import meet_condition
from gates.decisions.corrections import correct_decision
from gates.decisions.footing import may_override, shown_now
from gates.decisions.forms import (
    CorrectionForm,
    DecisionFilterForm,
    DecisionForm,
    MeetForm,
    one_row_more,
)
from gates.decisions.queries import (
    DecisionChoice,
    changed_since,
    decisions_of,
    decisions_open_to,
    decisions_seen,
    dissent_at,
    kpis_then,
    latest_pack,
    offers,
    open_scope,
    recommendation_for,
)
from gates.decisions.wording import in_one_sentence
from gates.journey.finding import find_gate
from gates.journey.queries import checklist_of
from gates.models import Condition
from gates.signoffs.queries import sign_off_panel
from metrics.models import Kpi
from metrics.queries import standings
from metrics.value.queries import money_of
from pilots.permissions import Permission, granted, require
from pilots.registers.risks import live_risks_of, risk_lines
from pilots.rules import RuleViolation
from pilots.views.finding import find_pilot

PAGE_SIZE = 50


@login_required
def decide(request, key, gate_key):
    """The form; then everything in one sentence to confirm; then recorded. Without JavaScript as with it."""
    gate = find_gate(request, key, gate_key)
    require(request.user, Permission.DECIDE_GATE, pilot=gate.pilot)
    blank = partial(DecisionForm, gate=gate, may_override=may_override(request.user, gate))
    if request.method != "POST":
        return _form_page(request, gate, blank())
    if "add" in request.POST or "change" in request.POST:
        typed = one_row_more(request.POST) if "add" in request.POST else request.POST.dict()
        return _form_page(request, gate, blank(initial=typed))
    form = blank(request.POST)
    if form.is_valid():
        try:
            if "confirm" not in request.POST:
                return render(request, "gates/decision_confirm.html", confirm_context(request, gate, form))
            decision = actions.decide(gate=gate, by=request.user, **form.facts)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, f"Recorded: {decision.get_outcome_display()} at {gate.definition}.")
            return redirect("gates:decision", gate.pilot.key, decision.pk)
    return _form_page(request, gate, form)


def confirm_context(request, gate, form):
    """What a page shows that asks "is this what you decide?". Raises RuleViolation where it could not be."""
    now = shown_now(gate, checklist_of(gate), today=timezone.localdate())
    blockers = actions.refusals(now=now, by=request.user, **form.facts)
    if blockers:
        raise RuleViolation(*blockers)
    hidden = [(name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]
    return {
        "gate": gate,
        "pilot": gate.pilot,
        "form": form,
        "sentence": in_one_sentence(gate, form.facts),
        "hidden": hidden,
        "outcome": form.cleaned_data["outcome"],
        "tab": "gate",
    }


def _form_page(request, gate, form):
    status = 422 if form.is_bound else 200
    return render(request, "gates/decision_form.html", decision_context(request, gate, form), status=status)


def decision_context(request, gate, form):
    """What a page shows on which a decision is made at this gate. A fixed number of queries."""
    today = timezone.localdate()
    assessments = checklist_of(gate)
    now = shown_now(gate, assessments, today=today)
    footing = now.footing(request.user)
    return {
        "form": form,
        "failed": form.is_bound,
        "gate": gate,
        "pilot": gate.pilot,
        "page": checklist(gate, assessments, reader=request.user, today=today),
        "offers": offers(footing),
        "footing": footing,
        "recommendation": recommendation_for(now, today=today),
        "frozen": latest_pack(now, today=today),
        "dissent": dissent_at(gate, today=today),
        "risks": risk_lines(live_risks_of(gate.pilot), today=today),
        "money": money_of(gate.pilot, today=today),
        "kpis": standings(Kpi.objects.filter(pilot=gate.pilot), today=today),
        "may": granted(request.user, pilot=gate.pilot),
        "tab": "gate",
    } | sign_off_panel(request.user, gate, today=today, assessments=assessments)


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
        "scopes": open_scope(pilot),
        "today": timezone.localdate(),
        "may": granted(request.user, pilot=pilot),
        "tab": "decisions",
    }
    return render(request, "gates/decisions.html", context)


def _find_decision(request, key: str, pk: int):
    decision = get_object_or_404(decisions_open_to(request.user), pk=pk, gate__pilot__key=key)
    return decision, decision.gate.pilot


@login_required
@require_safe
def decision_page(request, key, pk):
    decision, pilot = _find_decision(request, key, pk)

    today = timezone.localdate()
    context = {
        "pilot": pilot,
        "decision": decision,
        "changed": changed_since(decision, today=today),
        "kpis_then": kpis_then(decision),
        "today": today,
        "may": granted(request.user, pilot=pilot),
        "tab": "decisions",
    }
    return render(request, "gates/decision.html", context)


@login_required
def correct(request, key, pk):
    decision, pilot = _find_decision(request, key, pk)
    require(request.user, Permission.DECIDE_GATE, pilot=pilot)
    conditions = list(decision.conditions.all())

    if "add" in request.POST:
        form = CorrectionForm(initial=one_row_more(request.POST), decision=decision, conditions=conditions)
    else:
        data = request.POST if request.method == "POST" else None
        form = CorrectionForm(data, decision=decision, conditions=conditions)
    if request.method == "POST" and form.is_valid():
        try:
            correction = correct_decision(decision=decision, by=request.user, **form.facts)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Recorded. Both decisions stay to be read.")
            return redirect("gates:decision", pilot.key, correction.pk)
    context = {
        "form": form,
        "failed": form.is_bound,
        "decision": decision,
        "gate": decision.gate,
        "pilot": pilot,
        "may": granted(request.user, pilot=pilot),
        "tab": "decisions",
    }
    return render(request, "gates/correction_form.html", context, status=422 if form.is_bound else 200)


@login_required
def condition_met(request, key, pk):
    pilot = find_pilot(request, key)
    found = Condition.objects.select_related("decision__gate__definition", "owner", "criterion")
    condition = get_object_or_404(found, pk=pk, decision__gate__pilot=pilot)
    require(request.user, Permission.FILL_IN_GATE, pilot=pilot, named=condition.owner_id)

    form = MeetForm(request.POST or None)
    failed = request.method == "POST"
    if failed and form.is_valid():
        try:
            meet_condition(condition=condition, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "The condition is met.")
            return redirect("gates:decision", pilot.key, condition.decision_id)
    context = {"form": form, "failed": failed, "condition": condition, "pilot": pilot, "tab": "decisions"}
    context["may"] = granted(request.user, pilot=pilot)
    return render(request, "gates/condition_form.html", context, status=422 if failed else 200)
