"""A pilot's KPIs: what they are and where they stand."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from metrics.choices import KpiKind
from metrics.collectors.queries import collector_of
from metrics.courses.queries import course_page
from metrics.definitions.queries import followable, suggested
from metrics.finding import find_kpi
from metrics.kpis import actions
from metrics.kpis.forms import KpiForm
from metrics.kpis.queries import KPI_LISTS, KpiChoice, amended, fixed_terms, kpis_under_way, terms_asked
from metrics.models import Kpi
from metrics.queries import standing_of, standings
from metrics.readings.forms import MeasurementForm
from metrics.readings.queries import series
from pilots.permissions import Permission, allows, granted, require
from pilots.queries import members_of
from pilots.rules import RuleViolation
from pilots.views.finding import find_pilot

PAGE_SIZE = 50
PANEL = 60  # readings in the small chart of one KPI
RECORD = Permission.RECORD_MEASUREMENT


@login_required
@require_safe
def all_kpis(request):
    asked = {name: request.GET.get(name, "") for name in ("kind", "state", "programme")}
    choice = KpiChoice(**asked)

    user, today = request.user, timezone.localdate()
    page = Paginator(kpis_under_way(user, choice, today=today), PAGE_SIZE).get_page(request.GET.get("page"))
    as_charts = request.GET.get("layout") == "charts"
    courses = series([kpi.pk for kpi in page], limit=PANEL) if as_charts else {}
    rows = [
        (kpi, standing_of(kpi, today=today), courses.get(kpi.pk, []), allows(user, RECORD, pilot=kpi.pilot))
        for kpi in page
    ]
    context = {
        "page": page,
        "as_charts": as_charts,
        "rows": rows,
        "choice": choice,
        "kinds": KpiKind.choices,
        "states": list(KPI_LISTS.items()),
        "may_record": allows(user, RECORD) or any(may for *_, may in rows),
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
        "kpis": [(kpi, readings[kpi.pk]) for kpi in kpis],
        "may": granted(request.user, pilot=pilot),
        "tab": "kpis",
    }
    return render(request, "metrics/kpis.html", context)


@login_required
@require_safe
def kpi_page(request, key, pk):
    kpi = find_kpi(request, key, pk)

    context = course_page(kpi, request.GET, today=timezone.localdate()) | {
        "fixed": fixed_terms(kpi, today=timezone.localdate()),
        "amended": amended(kpi),
        "asked": terms_asked(kpi),
        "collector": collector_of(kpi),
        "form": MeasurementForm(initial={"measured_at": timezone.localdate()}),
        "may": granted(request.user, pilot=kpi.pilot),
        "tab": "kpis",
    }
    return render(request, "metrics/kpi.html", context)


@login_required
def create(request, key):
    pilot = find_pilot(request, key)
    require(request.user, Permission.EDIT_KPI, pilot=pilot)

    definition = _chosen(request)
    form = KpiForm(request.POST or None, people=members_of(pilot.programme), initial=suggested(definition))
    if request.method == "POST" and form.is_valid():
        try:
            kpi = actions.create_kpi(pilot=pilot, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, f"{kpi.name} is added.")
            return redirect("metrics:kpi", pilot.key, kpi.pk)
    return _form(request, form, pilot, definition=definition)


def _chosen(request):
    """The definition that the address begins with, if it is one on offer."""
    asked = request.GET.get("definition", "")
    return followable().filter(pk=asked).first() if asked.isdecimal() and len(asked) < 19 else None


@login_required
def edit(request, key, pk):
    kpi = find_kpi(request, key, pk)
    require(request.user, Permission.EDIT_KPI, pilot=kpi.pilot)

    form = KpiForm(request.POST or None, instance=kpi, people=members_of(kpi.pilot.programme))
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_kpi(kpi=kpi, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Saved.")
            return redirect("metrics:kpi", kpi.pilot.key, kpi.pk)
    return _form(request, form, kpi.pilot, kpi)


def _form(request, form, pilot, kpi=None, definition=None):
    failed = request.method == "POST"
    context = {"form": form, "pilot": pilot, "kpi": kpi, "failed": failed, "tab": "kpis"}
    context["definition"] = definition
    context["may"] = granted(request.user, pilot=pilot)
    return render(request, "metrics/kpi_form.html", context, status=422 if failed else 200)


@login_required
@require_POST
def archive(request, key, pk):
    kpi = find_kpi(request, key, pk)
    require(request.user, Permission.EDIT_KPI, pilot=kpi.pilot)

    actions.archive_kpi(kpi=kpi, by=request.user)
    messages.success(request, f"{kpi.name} is no longer followed. Its measurements are kept.")
    return redirect("metrics:kpis", kpi.pilot.key)
