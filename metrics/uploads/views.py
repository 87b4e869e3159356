"""Sending a file of readings, seeing what it would do, and recording it."""

import csv

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from metrics.finding import find_kpi
from metrics.models import ReadingFile
from metrics.readings.many import MOST
from metrics.uploads.actions import keep_file, record_file
from metrics.uploads.forms import UploadForm
from metrics.uploads.queries import Scope, lines, meant_by, preview, recordable
from metrics.uploads.rows import COLUMNS
from pilots.audit_log import safe
from pilots.permissions import Permission, granted, require
from pilots.views.finding import find_pilot

SHOWN = 100  # of each kind of row; the file has all


@login_required
def upload(request):
    """Readings of any KPIs for which this person may record."""
    return _upload_page(request, _anywhere(request))


@login_required
def upload_pilot(request, key):
    return _upload_page(request, _of_pilot(request, key))


@login_required
def upload_kpi(request, key, pk):
    kpi = find_kpi(request, key, pk)
    require(request.user, Permission.RECORD_MEASUREMENT, pilot=kpi.pilot)
    return _upload_page(request, Scope(request.user, kpi.pilot, kpi))


def _anywhere(request) -> Scope:
    scope = Scope(request.user)
    if not recordable(scope):
        raise PermissionDenied(f"Your role does not allow you to {Permission.RECORD_MEASUREMENT} of any KPI.")
    return scope


def _of_pilot(request, key) -> Scope:
    pilot = find_pilot(request, key)
    require(request.user, Permission.RECORD_MEASUREMENT, pilot=pilot)
    return Scope(request.user, pilot)


def _upload_page(request, scope: Scope):
    form = UploadForm(request.POST or None, request.FILES or None, scope=scope)
    failed = request.method == "POST"
    if failed and form.is_valid():
        kept = keep_file(
            meant=meant_by(form.rows, scope),
            notes=form.rows.notes,
            name=form.cleaned_data["file"].name,
            scope=scope,
        )
        return redirect("metrics:upload_file", kept.pk)
    context = _about(request, scope) | {"form": form, "failed": failed, "most": MOST, "columns": COLUMNS}
    return render(request, "metrics/upload.html", context, status=422 if failed else 200)


def _about(request, scope: Scope) -> dict:
    context = {"pilot": scope.pilot, "kpi": scope.kpi, "tab": "kpis"}
    return context | ({"may": granted(request.user, pilot=scope.pilot)} if scope.pilot else {})


@login_required
def upload_file(request, pk):
    """What recording the file would do; once it is recorded, what it did."""
    file = _find(request, pk)
    if request.method == "POST":
        file = record_file(file=file, by=request.user)
        messages.success(request, f"Recorded {file.result['recorded']:,} readings.")
        return redirect("metrics:upload_file", file.pk)
    found = preview(file)
    context = _about(request, Scope(request.user, file.pilot, file.kpi))
    context |= {"file": file, "found": found, "shown": SHOWN, "first": found.first(SHOWN)}
    return render(request, "metrics/upload_file.html", context)


@login_required
@require_safe
def upload_errors(request, pk):
    """Everything in a file that is not recorded, with the reason, as CSV."""
    file = _find(request, pk)
    answer, writer = _csv("not-recorded.csv")
    writer.writerow(["Row", "Column", "Why it is not recorded"])
    writer.writerows([row, safe(column), safe(why)] for row, column, why in lines(preview(file)))
    return answer


@login_required
@require_safe
def upload_template(request):
    """A file to fill in, with a row for each KPI for which this person may record, of one pilot if it is named."""
    key = request.GET.get("pilot", "")
    scope = _of_pilot(request, key) if key else _anywhere(request)
    answer, writer = _csv("readings.csv")
    writer.writerow([called[0] for called in COLUMNS.values()])
    writer.writerows(
        [kpi.pilot.key, safe(kpi.name), "", "", safe(kpi.unit), "", ""] for kpi in recordable(scope)
    )
    return answer


def _csv(name: str):
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.write("\ufeff")  # so that a spreadsheet knows how it is written
    return answer, csv.writer(answer)


def _find(request, pk) -> ReadingFile:
    files = ReadingFile.objects.of(request.user).select_related("by", "pilot", "kpi__pilot")
    return get_object_or_404(files, pk=pk)
