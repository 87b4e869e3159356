"""Long work: how far it is, what came of it, ending it and taking it up again."""

import csv

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pilots.actions.jobs import cancel_job, retry_job
from pilots.audit_log import safe
from pilots.choices import Role
from pilots.permissions import Permission, require
from pilots.progress import Progress, chip_of, jobs_seen, outcomes
from pilots.rules import RuleViolation

STOP_POLLING = 286  # htmx asks no more after this status
PAGE_SIZE = 50


@login_required
@require_safe
def job_list(request):
    page = Paginator(jobs_seen(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    now = timezone.now()
    sees_all = Role.ADMINISTRATOR in request.user.access.everywhere
    context = {"page": page, "rows": [Progress(job, now) for job in page], "sees_all": sees_all}
    return render(request, "pilots/jobs.html", context)


@login_required
@require_safe
def job_page(request, pk):
    progress = _find(request, pk)
    job, heard = progress.job, request.GET.get("heard", "")
    context = {"job": job, "progress": progress, "outcomes": outcomes(job) if job.is_over else []}
    if not request.htmx:
        return render(request, "pilots/job.html", context)
    context["news"] = progress.news(int(heard) if heard.isascii() and heard.isdecimal() else 0)
    return render(request, "pilots/_job_polled.html", context, status=STOP_POLLING if job.is_over else 200)


@login_required
@require_safe
def chip(request, pk):
    """What the bar at the top says of long work, asked for again and again."""
    found = chip_of(_find(request, pk).job)
    status = STOP_POLLING if found.is_over else 200
    return render(request, "pilots/_job_chip.html", {"chip": found}, status=status)


@login_required
@require_safe
def outcome_file(request, pk):
    job = _find(request, pk).job
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="job-{job.pk}.csv"'
    response.write("\ufeff")  # so that a spreadsheet knows how it is written
    writer = csv.writer(response)
    writer.writerow(["Name", "Outcome", "Why"])
    for found in outcomes(job):
        writer.writerows([safe(line.name), found.words, safe(line.why)] for line in found.lines)
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request, pk):
    progress = _find(request, pk)
    require(request.user, Permission.STEER_JOB, named=progress.job.started_by_id)

    refused: list[str] = progress.cancel_blockers
    if request.method == "POST":
        try:
            job = cancel_job(job=progress.job, by=request.user)
        except RuleViolation as violation:
            refused, progress = violation.reasons, _find(request, pk)
        else:
            messages.success(request, f"Cancelled after {job.done:,} of {job.total:,} {job.unit}.")
            return redirect("pilots:job", job.pk)
    context = {"job": progress.job, "progress": progress, "refused": refused}
    status = 422 if refused and request.method == "POST" else 200
    return render(request, "pilots/job_cancel.html", context, status=status)


@login_required
@require_POST
def retry(request, pk):
    job = _find(request, pk).job
    require(request.user, Permission.STEER_JOB, named=job.started_by_id)

    try:
        retry_job(job=job, by=request.user)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
    return redirect("pilots:job", job.pk)


def _find(request, pk) -> Progress:
    # What it works through is long, and read only where it is shown.
    return Progress(get_object_or_404(jobs_seen(request.user), pk=pk), timezone.now())
