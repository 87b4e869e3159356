"""How far long work has come."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from pilots.actions.jobs import retry_job
from pilots.models import Job
from pilots.rules import RuleViolation

STOP_POLLING = 286  # htmx asks no more after this status


@login_required
@require_safe
def job_page(request, pk):
    job = _find(request, pk)
    if not request.htmx:
        return render(request, "pilots/job.html", {"job": job})
    return render(request, "pilots/_job.html", {"job": job}, status=STOP_POLLING if job.is_over else 200)


@login_required
@require_POST
def retry(request, pk):
    job = _find(request, pk)

    try:
        retry_job(job=job, by=request.user)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
    return redirect("pilots:job", job.pk)


def _find(request, pk) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.user).select_related("started_by"), pk=pk)
