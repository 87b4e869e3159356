"""The portfolio in the browser. Every state is an address; htmx only saves the reload."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gates.portfolio.actions import keep_selection
from gates.portfolio.page import shaped
from gates.portfolio.queries import choices, picked, portfolio
from pilots.permissions import Permission, granted, require


@login_required
@require_safe
def portfolio_page(request):
    today = timezone.localdate()
    found = portfolio(request.user, request.GET, today=today, request=request)
    offered = choices(request.user, blocker=request.GET.get("blocker", ""))
    may = granted(request.user)
    context = {
        "found": found,
        "shown": shaped(found, offered, request.GET, pick="hold_meeting" in may),
        "may": may,
        "today": today,
    }
    partial = request.htmx and request.htmx.target == "portfolio"
    template = "gates/_portfolio.html" if partial else "gates/portfolio.html"
    return render(request, template, context)


@login_required
@require_POST
def select(request):
    """What is ticked, or the whole view, is kept as it is now; then it is put on an agenda."""
    require(request.user, Permission.HOLD_MEETING)

    asked = request.POST.get("asked", "")[:2_000]
    whole = "all" in request.POST
    ids = [int(pk) for pk in request.POST.getlist("pilots") if pk.isdecimal() and len(pk) < 19]
    pilots = picked(
        request.user,
        QueryDict(asked),
        ids=None if whole else ids,
        today=timezone.localdate(),
        request=request,
    )
    if not pilots:
        messages.error(request, "Tick at least one pilot first.")
        return redirect(f"{reverse('gates:portfolio')}?{asked}")
    if whole and request.POST.get("matching") != str(len(pilots)):
        messages.warning(request, "The list has changed since you saw it. This is what it finds now.")
    selection = keep_selection(pilots=pilots, asked=asked, by=request.user)
    return redirect("gates:meeting_add", selection.pk)
