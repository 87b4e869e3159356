"""What shows a reading of a KPI: adding a piece, and choosing among those that are there."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render

from gates.evidence import actions
from gates.evidence.forms import EvidenceForm, LinkForm
from gates.evidence.queries import evidence_of_readings, linkable_to
from metrics.finding import find_kpi
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation


@login_required
def reading_evidence(request, key, pk, reading_pk):
    """What shows this reading, and the form to add a piece."""
    kpi, reading = _find(request, key, pk, reading_pk)
    require(request.user, Permission.FILL_IN_GATE, pilot=kpi.pilot)

    form = EvidenceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_to_reading(reading=reading, by=request.user, **form.facts)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Evidence added.")
            return redirect("metrics:kpi", kpi.pilot.key, kpi.pk)
    context = {"pieces": evidence_of_readings([reading.pk]).get(reading.pk, [])}
    return _page(request, "gates/reading_evidence.html", kpi, reading, form, **context)


@login_required
def reading_evidence_link(request, key, pk, reading_pk):
    """Choose among the pieces of this pilot one that shows this reading too."""
    kpi, reading = _find(request, key, pk, reading_pk)
    require(request.user, Permission.FILL_IN_GATE, pilot=kpi.pilot)

    form = LinkForm(request.POST or None, pilot=kpi.pilot)
    if request.method == "POST" and form.is_valid():
        try:
            actions.link_to_reading(reading=reading, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Linked.")
            return redirect("metrics:kpi", kpi.pilot.key, kpi.pk)
    text = request.GET.get("q", "").replace("\0", "")[:200].strip()
    context = {"text": text, "pieces": linkable_to(reading, kpi.pilot, text=text)}
    return _page(request, "gates/reading_evidence_link.html", kpi, reading, form, **context)


def _find(request, key, pk, reading_pk) -> tuple:
    kpi = find_kpi(request, key, pk)
    return kpi, get_object_or_404(kpi.measurements.select_related("kpi"), pk=reading_pk)


def _page(request, template, kpi, reading, form, **more):
    failed = request.method == "POST"
    context = {
        "pilot": kpi.pilot,
        "kpi": kpi,
        "reading": reading,
        "form": form,
        "failed": failed,
        "tab": "kpis",
    }
    context["may"] = granted(request.user, pilot=kpi.pilot)
    return render(request, template, context | more, status=422 if failed else 200)
