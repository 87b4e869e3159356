"""A pilot's first page; starting it, planning its gate."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gates.checklist.queries import checklist
from gates.feedback.queries import feedback_in
from gates.journey import actions
from gates.journey.finding import find_gate
from gates.journey.queries import (
    as_events,
    checklist_of,
    steps,
)
from gates.lessons.queries import offered_to
from gates.overlap.queries import OFFERED, overlaps_of
from gates.pilot_pages.forms import PlanForm, StartForm
from gates.pilot_pages.queries import pilots_with_all
from gates.signs.queries import standing_signs
from metrics.models import Kpi
from metrics.queries import standings
from metrics.value.queries import money_of
from metrics.value.queries.card import money_card_of
from metrics.value.rules import last_day_counted
from pilots.choices import PilotState
from pilots.permissions import Permission, granted, require
from pilots.registers.risks import risk_lines
from pilots.rules import RuleViolation
from pilots.views.finding import find_pilot


@login_required
@require_safe
def overview(request, key):
    return _overview(request, key)


def _overview(request, key, start_form=None):
    today = timezone.localdate()
    pilot = get_object_or_404(pilots_with_all(today).visible_to(request.user), key=key)
    gate = getattr(pilot, "current", None)
    may = granted(request.user, pilot=pilot)
    page = None
    if gate is not None:
        gate.pilot, gate.sent_back = pilot, pilot.sent_back  # with what has been loaded of it
        page = checklist(gate, checklist_of(gate), reader=request.user, today=today)
    waits = pilot.state == PilotState.INTAKE or pilot.phase_is_unknown
    if waits and "start_pilot" in may and start_form is None:
        start_form = StartForm(initial={"on": today})
    context = {
        "pilot": pilot,
        "gate": gate,
        "page": page,
        "feedback": feedback_in(pilot.said),
        "steps": steps(pilot, pilot, today=today),
        "kpis": standings(Kpi.objects.filter(pilot=pilot), today=today),
        "card": money_card_of(pilot),
        "money": money_of(pilot, today=today),
        "today": today,
        "to_date": last_day_counted(today),
        "overlaps": overlaps_of(pilot, request.user, limit=OFFERED),
        "lessons": offered_to(pilot, request.user, weak_area=_weak_area(gate), today=today),
        "events": as_events(pilot.latest),
        "risks": risk_lines(pilot.risked, today=today),
        "groups": standing_signs(pilot.warned, today=today),
        "start_form": start_form if waits else None,
        "failed": bool(start_form and start_form.is_bound),
        "days_in_phase": (today - pilot.phase_entered_on).days if pilot.phase_entered_on else None,
        "may": may,
        "tab": "overview",
    }
    return render(request, "gates/overview.html", context, status=422 if context["failed"] else 200)


def _weak_area(gate) -> str:
    """The area in which the gate that is worked towards is weakest; "" where nothing is missing."""
    return gate.floor_area if gate is not None and gate.floor < 100 else ""


@login_required
@require_POST
def start(request, key):
    pilot = find_pilot(request, key)
    require(request.user, Permission.START_PILOT, pilot=pilot)

    form = StartForm(request.POST)
    if form.is_valid():
        version, on = form.cleaned_data["playbook"], form.cleaned_data["on"]
        try:
            gate = actions.start_pilot(pilot=pilot, version=version, on=on, by=request.user)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, f"Started. The first gate is {gate.definition}.")
            return redirect("gates:gate", pilot.key, gate.definition.key)
    return _overview(request, key, start_form=form)


@login_required
def plan(request, key, gate_key):
    gate = find_gate(request, key, gate_key)
    require(request.user, Permission.PLAN_GATE, pilot=gate.pilot)

    initial = {"planned_on": gate.planned_on, "forecast_on": gate.forecast_on}
    form = PlanForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.plan_gate(gate=gate, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error("reason" if gate.planned_on else None, violation.reasons)
        else:
            messages.success(request, "The dates are set.")
            return redirect("gates:gate", gate.pilot.key, gate.definition.key)
    failed = request.method == "POST"
    context = {"form": form, "gate": gate, "pilot": gate.pilot, "failed": failed, "tab": "gate"}
    context["may"] = granted(request.user, pilot=gate.pilot)
    return render(request, "gates/plan_form.html", context, status=422 if failed else 200)
