"""The audit log: every event this person may see, narrowed, and the same as a file."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from pilots import audit_log
from pilots.actions.audit import record_export
from pilots.csv_file import csv_answer
from pilots.forms import AuditForm
from pilots.models import Event
from pilots.permissions import Permission, require


@login_required
@require_safe
def log(request):
    require(request.user, Permission.READ_AUDIT)

    form = AuditForm(request.GET, user=request.user)
    return _show(request, form)


def _show(request, form: AuditForm, status: int = 200):
    valid = form.is_valid()
    found = audit_log.events_chosen(request.user, form.choice) if valid else Event.objects.none()
    context = {
        "form": form,
        "narrowed": form.choice.in_words() if valid else [],
        "page": audit_log.log_page(found, request.GET.get("before", "")),
        "verification": audit_log.last_verification(),
        "sees_all": request.user.access.sees_all_programmes,
    }
    return render(request, "pilots/audit.html", context, status=status)


@login_required
@require_POST
def export(request):
    require(request.user, Permission.READ_AUDIT)

    form = AuditForm(request.POST, user=request.user)
    if not form.is_valid():
        return _show(request, form, status=422)
    facts, events = record_export(choice=form.choice, by=request.user)
    rows = audit_log.exported_rows(events, facts)
    return csv_answer(f"audit-log-{timezone.localdate():%Y-%m-%d}.csv", rows)


@login_required
@require_safe
def former(request):
    """Where the log was before."""
    query = request.GET.urlencode()
    return redirect(reverse("pilots:audit") + (f"?{query}" if query else ""), permanent=True)
