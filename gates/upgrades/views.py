"""Choosing which pilots follow a playbook to its new version, seeing first what that does to each."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from gates.models import PlaybookVersion
from gates.upgrades.actions import ask_upgrade
from gates.upgrades.queries import movable, plans_for
from pilots.permissions import Permission, require
from pilots.rules import RuleViolation

PAGE_SIZE = 100


@login_required
def upgrade(request, key, number):
    versions = PlaybookVersion.objects.select_related("playbook").defer("source")
    version = get_object_or_404(versions, playbook__key=key, number=number)
    require(request.user, Permission.UPGRADE_PILOTS)

    found, reasons = movable(request.user, version), []
    if request.method == "POST":
        try:
            job = ask_upgrade(version=version, pilots=_chosen(request, found), by=request.user)
        except RuleViolation as violation:
            reasons = violation.reasons
        else:
            return redirect("pilots:job", job.pk)
    page = Paginator(found.only("pk", "key"), PAGE_SIZE).get_page(request.GET.get("page"))
    plans = plans_for([pilot.pk for pilot in page], version, today=timezone.localdate())
    context = {
        "version": version,
        "page": page,
        "plans": plans,
        "not_ready": _not_ready(plans),
        "ticked": request.POST.getlist("pilot"),
        "reasons": reasons,
        "failed": bool(reasons),
    }
    return render(request, "gates/upgrade.html", context, status=422 if reasons else 200)


def _not_ready(plans) -> str:
    """Whose gates would lose their readiness, by name; blank when nobody's would."""
    names = [plan.pilot.title for plan in plans if plan.becomes_not_ready]
    if not names:
        return ""
    return f"{len(names)} of those listed {'becomes' if len(names) == 1 else 'become'} not ready: {', '.join(names)}."


def _chosen(request, found):
    """All of them, or those that are ticked; what this person may not move is not among them."""
    if request.POST.get("which") == "all":
        return list(found)
    return list(found.filter(key__in=request.POST.getlist("pilot")))
