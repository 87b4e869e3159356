"""Notes at a KPI in the browser."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from metrics.annotations import actions
from metrics.annotations.forms import AnnotationForm
from metrics.finding import find_kpi
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation


@login_required
def create(request, key, pk):
    kpi = _find(request, key, pk)

    form = AnnotationForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        actions.annotate_kpi(kpi=kpi, by=request.user, **form.cleaned_data)
        messages.success(request, "Noted.")
        return redirect("metrics:kpi", key, pk)
    return _page(request, kpi, form)


@login_required
def edit(request, key, pk, note_pk):
    kpi = _find(request, key, pk)
    note = get_object_or_404(kpi.annotations.standing(), pk=note_pk)

    form = AnnotationForm(request.POST or None, instance=note)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_annotation(annotation=note, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Saved.")
            return redirect("metrics:kpi", key, pk)
    return _page(request, kpi, form, note_pk)


@login_required
@require_POST
def remove(request, key, pk, note_pk):
    kpi = _find(request, key, pk)
    note = get_object_or_404(kpi.annotations.standing(), pk=note_pk)

    actions.remove_annotation(annotation=note, by=request.user)
    messages.success(request, "The note is removed.")
    return redirect("metrics:kpi", key, pk)


def _find(request, key, pk):
    kpi = find_kpi(request, key, pk)
    require(request.user, Permission.ANNOTATE_KPI, pilot=kpi.pilot)
    return kpi


def _page(request, kpi, form, note_pk=None):
    failed = request.method == "POST"
    context = {"pilot": kpi.pilot, "kpi": kpi, "form": form, "note_pk": note_pk, "failed": failed}
    context |= {"may": granted(request.user, pilot=kpi.pilot), "tab": "kpis"}
    return render(request, "metrics/annotation.html", context, status=422 if failed else 200)
