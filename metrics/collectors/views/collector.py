"""A KPI's collector: what came of it, and pausing, resuming and removing it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from metrics.collectors.actions.collectors import pause_collector, remove_collector, resume_collector
from metrics.collectors.queries import runs_of
from metrics.collectors.views.finding import find_collector, find_to_manage
from pilots.permissions import granted


@login_required
@require_safe
def page(request, key, pk):
    kpi, row = find_collector(request, key, pk)

    context = {
        "pilot": kpi.pilot,
        "kpi": kpi,
        "row": row,
        "runs": runs_of(row.collector),
        "may": granted(request.user, pilot=kpi.pilot),
        "tab": "kpis",
    }
    return render(request, "metrics/collector.html", context)


@login_required
@require_POST
def pause(request, key, pk):
    kpi, row = find_to_manage(request, key, pk)

    pause_collector(collector=row.collector, by=request.user)
    messages.success(request, "Paused. Nothing is collected until somebody resumes it.")
    return redirect("metrics:collector", kpi.pilot.key, kpi.pk)


@login_required
@require_POST
def resume(request, key, pk):
    kpi, row = find_to_manage(request, key, pk)

    resume_collector(collector=row.collector, by=request.user)
    messages.success(request, "Resumed. It asks within a minute.")
    return redirect("metrics:collector", kpi.pilot.key, kpi.pk)


@login_required
@require_POST
def remove(request, key, pk):
    kpi, row = find_to_manage(request, key, pk)

    remove_collector(collector=row.collector, by=request.user)
    messages.success(request, "Removed, and its secret with it. The readings it brought stay.")
    return redirect("metrics:kpi", kpi.pilot.key, kpi.pk)
