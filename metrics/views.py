"""A pilot's KPIs: what they are, where they stand, recording a measurement."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import model_to_dict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from metrics import actions
from metrics.choices import KpiKind
from metrics.forms import KpiForm, MeasurementForm, OutlookForm
from metrics.models import Kpi
from metrics.queries import (
    KPI_LISTS,
    KpiChoice,
    kpis_under_way,
    money_of,
    points,
    series,
    standing_of,
    standings,
)
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation
from pilots.views.finding import find_pilot

PAGE_SIZE = 50


def _find_kpi(request, key: str, pk: int) -> Kpi:
    kpis = Kpi.objects.visible_to(request.user).select_related(
        "pilot__programme", "pilot__owner", "pilot__sponsor"
    )
    return get_object_or_404(kpis, pk=pk, pilot__key=key)


@login_required
@require_safe
def all_kpis(request):
    asked = {name: request.GET.get(name, "") for name in ("kind", "state", "programme")}
    choice = KpiChoice(**asked)

    today = timezone.localdate()
    page = Paginator(kpis_under_way(request.user, choice, today=today), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "rows": [(kpi, standing_of(kpi, today=today)) for kpi in page],
        "choice": choice,
        "kinds": KpiKind.choices,
        "states": list(KPI_LISTS.items()),
    }
    return render(request, "metrics/all_kpis.html", context)


@login_required
@require_safe
def kpi_list(request, key):
    pilot = find_pilot(request, key)

    kpis = standings(Kpi.objects.filter(pilot=pilot), today=timezone.localdate())
    readings = series([kpi.pk for kpi in kpis])
    context = {
        "pilot": pilot,
        "kpis": [(kpi, points(readings[kpi.pk])) for kpi in kpis],
        "may": granted(request.user, pilot=pilot),
        "tab": "kpis",
    }
    return render(request, "metrics/kpis.html", context)


@login_required
@require_safe
def kpi_page(request, key, pk):
    return _show(
        request, _find_kpi(request, key, pk), MeasurementForm(initial={"measured_at": timezone.localdate()})
    )


def _show(request, kpi, form, status=200):
    readings = series([kpi.pk], limit=400)[kpi.pk]
    context = {
        "pilot": kpi.pilot,
        "kpi": kpi,
        "standing": standing_of(kpi, today=timezone.localdate()),
        "points": points(readings),
        "newest_first": readings[::-1][:100],
        "form": form,
        "failed": status != 200,
        "may": granted(request.user, pilot=kpi.pilot),
        "tab": "kpis",
    }
    return render(request, "metrics/kpi.html", context, status=status)


@login_required
@require_POST
def record(request, key, pk):
    kpi = _find_kpi(request, key, pk)
    require(request.user, Permission.RECORD_MEASUREMENT, pilot=kpi.pilot)

    form = MeasurementForm(request.POST)
    if form.is_valid():
        try:
            actions.record_measurement(kpi=kpi, by=request.user, **form.facts)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, f"Recorded for {kpi.name}.")
            return redirect("metrics:kpi", kpi.pilot.key, kpi.pk)
    return _show(request, kpi, form, status=422)


@login_required
def create(request, key):
    pilot = find_pilot(request, key)
    require(request.user, Permission.EDIT_KPI, pilot=pilot)

    form = KpiForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            kpi = actions.create_kpi(pilot=pilot, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error("name", violation.reasons)
        else:
            messages.success(request, f"{kpi.name} is added.")
            return redirect("metrics:kpi", pilot.key, kpi.pk)
    return _form(request, form, pilot)


@login_required
def edit(request, key, pk):
    kpi = _find_kpi(request, key, pk)
    require(request.user, Permission.EDIT_KPI, pilot=kpi.pilot)

    form = KpiForm(request.POST or None, instance=kpi)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_kpi(kpi=kpi, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error("name", violation.reasons)
        else:
            messages.success(request, "Saved.")
            return redirect("metrics:kpi", kpi.pilot.key, kpi.pk)
    return _form(request, form, kpi.pilot, kpi)


def _form(request, form, pilot, kpi=None):
    failed = request.method == "POST"
    context = {"form": form, "pilot": pilot, "kpi": kpi, "failed": failed, "tab": "kpis"}
    context["may"] = granted(request.user, pilot=pilot)
    return render(request, "metrics/kpi_form.html", context, status=422 if failed else 200)


@login_required
@require_POST
def archive(request, key, pk):
    kpi = _find_kpi(request, key, pk)
    require(request.user, Permission.EDIT_KPI, pilot=kpi.pilot)

    actions.archive_kpi(kpi=kpi, by=request.user)
    messages.success(request, f"{kpi.name} is no longer followed. Its measurements are kept.")
    return redirect("metrics:kpis", kpi.pilot.key)


@login_required
def outlook(request, key):
    """What going on costs and brings: everybody reads it, the owner says it."""
    pilot = find_pilot(request, key)
    if request.method == "POST":
        require(request.user, Permission.EDIT_OUTLOOK, pilot=pilot)

    today = timezone.localdate()
    shown = money_of(pilot, today=today)
    initial = model_to_dict(shown.outlook) if shown else {"currency": settings.CURRENCY, "as_of": today}
    form = OutlookForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.state_outlook(pilot=pilot, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Saved.")
            return redirect("gates:overview", pilot.key)
    failed = request.method == "POST"
    context = {"pilot": pilot, "money": shown, "form": form, "failed": failed, "tab": "overview"}
    context["may"] = granted(request.user, pilot=pilot)
    return render(request, "metrics/outlook.html", context, status=422 if failed else 200)
