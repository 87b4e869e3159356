"""The KPI library: definitions, who measures by them, and starting a KPI from one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from metrics.choices import KpiKind
from metrics.definitions import actions
from metrics.definitions.forms import DefinitionForm
from metrics.definitions.queries import (
    DefinitionChoice,
    extremes,
    library,
    longest_bar,
    measured_by,
    pilots_to_measure,
)
from metrics.models import KpiDefinition
from metrics.readings.queries import series
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation
from pilots.views.finding import find_pilot

PAGE_SIZE = 50
PANEL = 60  # readings in the small chart of one KPI


@login_required
@require_safe
def definitions(request):
    choice = DefinitionChoice(*(request.GET.get(name, "") for name in ("kind", "q")))

    page = Paginator(library(request.user, choice), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "choice": choice,
        "kinds": KpiKind.choices,
        "pilot": request.GET.get("pilot", ""),
    }
    context["may"] = granted(request.user)
    return render(request, "metrics/definitions.html", context)


@login_required
@require_safe
def page(request, pk):
    definition = _find(request, pk)

    rows = measured_by(request.user, definition, today=timezone.localdate())
    courses = series([kpi.pk for kpi, _standing in rows], limit=PANEL)
    context = {
        "definition": definition,
        "rows": rows,
        "panels": [(kpi, standing, courses[kpi.pk]) for kpi, standing in rows],
        "among": extremes([standing for _kpi, standing in rows], courses.values()),
        "top": longest_bar(rows),
        "pilots": [] if definition.archived_at else pilots_to_measure(request.user),
        "chosen": request.GET.get("pilot", ""),
        "may": granted(request.user),
    }
    return render(request, "metrics/definition.html", context)


@login_required
@require_safe
def use(request, pk):
    """To the form of a new KPI of the pilot asked for. Nothing is written before that is saved."""
    definition = _find(request, pk)
    key = request.GET.get("pilot", "")
    if not key:
        messages.error(request, "Choose a pilot.")
        return redirect("metrics:definition", pk)
    pilot = find_pilot(request, key)
    return redirect(f"{reverse('metrics:create', args=[pilot.key])}?definition={definition.pk}")


@login_required
def create(request):
    require(request.user, Permission.EDIT_DEFINITION)

    form = DefinitionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            definition = actions.create_definition(by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error("name", violation.reasons)
        else:
            messages.success(request, f"{definition} is in the library.")
            return redirect("metrics:definition", definition.pk)
    return _form(request, form)


@login_required
def edit(request, pk):
    definition = _find(request, pk)
    require(request.user, Permission.EDIT_DEFINITION)

    form = DefinitionForm(request.POST or None, instance=definition)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_definition(definition=definition, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Saved.")
            return redirect("metrics:definition", pk)
    return _form(request, form, _find(request, pk))


def _form(request, form, definition=None):
    failed = request.method == "POST"
    context = {"form": form, "definition": definition, "failed": failed}
    if definition is not None:
        context["rows"] = measured_by(request.user, definition, today=timezone.localdate())
    return render(request, "metrics/definition_form.html", context, status=422 if failed else 200)


@login_required
@require_POST
def archive(request, pk):
    definition = _find(request, pk)
    require(request.user, Permission.EDIT_DEFINITION)

    actions.archive_definition(definition=definition, by=request.user)
    messages.success(request, f"{definition} is out of the library. KPIs that follow it go on.")
    return redirect("metrics:definitions")


def _find(request, pk):
    return get_object_or_404(KpiDefinition.objects.visible_to(request.user), pk=pk)
