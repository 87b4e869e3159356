"""Recording a reading where a gate waits for it, after which readiness and what blocks are drawn anew."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from gates.checklist.actions import record_reading
from gates.checklist.forms import RecordingForm
from gates.checklist.queries import checklist
from gates.checks.kpis import WAITING, waiting_kpis
from gates.evidence.queries import evidence_of
from gates.journey.finding import find_gate
from gates.journey.queries import checklist_of
from metrics.models import Kpi
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation


@login_required
def record(request, key, gate_key, criterion_key):
    gate = find_gate(request, key, gate_key)
    assessment = get_object_or_404(
        gate.assessments.select_related("criterion"), criterion__key=criterion_key, check_name__in=WAITING
    )
    require(request.user, Permission.RECORD_MEASUREMENT, pilot=gate.pilot)

    name, today = assessment.check_name, timezone.localdate()
    kpis = waiting_kpis([name], gate.pilot, today=today).get(name, [])
    if not kpis:
        return _answer(request, gate, f"No KPI waits for a reading of {assessment.criterion.key} any more.")
    form = RecordingForm(
        request.POST or None, kpis=kpis, initial={"measured_at": today}, auto_id=f"reading_{assessment.pk}_%s"
    )
    if request.method == "POST" and form.is_valid():
        facts = form.facts
        kpi = Kpi.objects.select_related("pilot").get(pk=facts.pop("kpi"))
        try:
            record_reading(gate=gate, kpi=kpi, by=request.user, **facts)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            return _answer(request, gate, f"Recorded for {kpi.name}.")
    return _form(request, gate, assessment, form)


def _form(request, gate, assessment, form):
    """The form in the row of what blocks, or by itself."""
    failed = request.method == "POST"
    recording = {"key": assessment.criterion.key, "form": form, "failed": failed}
    context = _frame(request, gate) | {"recording": recording, "assessment": assessment}
    template = "gates/_blockers.html" if request.htmx else "gates/record.html"
    return render(request, template, context | recording, status=422 if failed else 200)


def _answer(request, gate, said):
    if not request.htmx:
        messages.success(request, said)
        return redirect(f"{reverse('gates:gate', args=[gate.pilot.key, gate.definition.key])}#blockers")
    gate = find_gate(request, gate.pilot.key, gate.definition.key)
    context = _frame(request, gate) | {"said": said}
    context["decided"] = [row for row in context["page"].rows if row.check_name in WAITING]
    return render(request, "gates/_recorded.html", context)


def _frame(request, gate):
    today = timezone.localdate()
    page = checklist(
        gate, checklist_of(gate), reader=request.user, today=today, evidence=evidence_of(gate, today=today)
    )
    return {
        "gate": gate,
        "pilot": gate.pilot,
        "page": page,
        "may": granted(request.user, pilot=gate.pilot),
        "waiting": waiting_at(page),
        "tab": "gate",
    }


def waiting_at(page) -> frozenset[str]:
    """The checks of what blocks this gate that wait for a reading. One query, none where no check can."""
    names = {row.check_name for row in page.blockers}
    return frozenset(waiting_kpis(names, page.pilot, today=timezone.localdate()))
