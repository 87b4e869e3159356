"""The audit document of a pilot: read on a page, taken out as PDF."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from gates.audit_document.actions import produce_document
from gates.audit_document.document import document_of
from gates.audit_document.pdf import pdf_of
from pilots.permissions import Permission, granted, require
from pilots.views.finding import find_pilot


@login_required
@require_safe
def page(request, key):
    pilot = find_pilot(request, key)
    require(request.user, Permission.READ_AUDIT_DOCUMENT, pilot=pilot)

    context = {
        "pilot": pilot,
        "document": document_of(pilot),
        "may": granted(request.user, pilot=pilot),
        "tab": "audit",
    }
    return render(request, "gates/audit_document.html", context)


@login_required
@require_POST
def pdf(request, key):
    pilot = find_pilot(request, key)
    require(request.user, Permission.READ_AUDIT_DOCUMENT, pilot=pilot)

    document = produce_document(pilot=pilot, by=request.user)
    response = HttpResponse(pdf_of(document), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{document.file_name}"'
    return response
