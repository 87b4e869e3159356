"""The portfolio in the browser. Every state is an address; htmx only saves the reload."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gates.portfolio.page import shaped
from gates.portfolio.queries import choices, portfolio
from pilots.permissions import granted


@login_required
@require_safe
def portfolio_page(request):
    today = timezone.localdate()
    found = portfolio(request.user, request.GET, today=today, request=request)
    offered = choices(request.user, blocker=request.GET.get("blocker", ""))
    context = {
        "found": found,
        "shown": shaped(found, offered, request.GET),
        "may": granted(request.user),
        "today": today,
    }
    partial = request.htmx and request.htmx.target == "portfolio"
    template = "gates/_portfolio.html" if partial else "gates/portfolio.html"
    return render(request, template, context)
