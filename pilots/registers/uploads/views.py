"""Sending a file of entries, seeing what it would do, and recording it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render

from pilots.models import RegisterFile
from pilots.permissions import Permission
from pilots.registers.finding import find_register, may_upload
from pilots.registers.uploads.actions import keep_file, record_file
from pilots.registers.uploads.forms import MOST, UploadForm
from pilots.registers.uploads.queries import preview
from pilots.registers.uploads.reading import Fault

SHOWN = 100  # of each kind of row
EDIT = Permission.EDIT_REGISTER


@login_required
def upload(request, register):
    register = find_register(register)
    if not may_upload(request.user, register):
        raise PermissionDenied(f"Your role does not allow you to {EDIT}.")

    form = UploadForm(request.POST or None, request.FILES or None, register=register)
    failed = request.method == "POST"
    if failed and form.is_valid():
        name = form.cleaned_data["file"].name
        kept = keep_file(register=register, found=form.rows, name=name, by=request.user)
        return redirect("pilots:register_file", register.key, kept.pk)
    context = {"register": register, "form": form, "failed": failed, "most": MOST}
    return render(request, "pilots/registers/upload.html", context, status=422 if failed else 200)


@login_required
def upload_file(request, register, pk):
    """What recording the file would do; once it is recorded, what it did."""
    register = find_register(register)
    files = RegisterFile.objects.of(request.user).select_related("by")
    file = get_object_or_404(files, register=register.key, pk=pk)

    if request.method == "POST":
        file = record_file(file=file, by=request.user)
        count = file.result["new"] + file.result["changed"]
        messages.success(request, f"Recorded {count:,} {'entry' if count == 1 else 'entries'}.")
        return redirect("pilots:register_file", register.key, file.pk)
    found = None if file.recorded_at else preview(file)
    faults = found.faults if found else [Fault(*fault) for fault in file.faults]
    context = {"register": register, "file": file, "found": found, "faults": faults, "shown": SHOWN}
    return render(request, "pilots/registers/upload_file.html", context)
