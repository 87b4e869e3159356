"""All collectors, and the private hosts that they may ask."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from metrics.collectors.actions.hosts import allow_host, disallow_host
from metrics.collectors.forms import HostForm
from metrics.collectors.queries import STATES, CollectorRow, allowed_hosts, collectors_seen
from metrics.models import AllowedHost
from pilots.permissions import Permission, allows, require
from pilots.rules import RuleViolation

PAGE_SIZE = 50


@login_required
@require_safe
def collector_list(request):
    state = request.GET.get("state", "")
    page = Paginator(collectors_seen(request.user, state), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [CollectorRow(collector) for collector in page],
        "state": state,
        "states": list(STATES.items()),
        "may_allow": allows(request.user, Permission.ALLOW_HOSTS),
    }
    return render(request, "metrics/collectors.html", context)


@login_required
def hosts(request):
    require(request.user, Permission.ALLOW_HOSTS)

    form = HostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            host = allow_host(by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error("entry", violation.reasons)
        else:
            messages.success(request, f"Collectors may ask {host}.")
            return redirect("metrics:allowed_hosts")
    failed = request.method == "POST"
    context = {"form": form, "hosts": allowed_hosts(), "failed": failed}
    return render(request, "metrics/allowed_hosts.html", context, status=422 if failed else 200)


@login_required
@require_POST
def disallow(request, pk):
    require(request.user, Permission.ALLOW_HOSTS)
    host = get_object_or_404(AllowedHost, pk=pk)

    disallow_host(host=host, by=request.user)
    messages.success(request, f"Collectors may no longer ask {host}.")
    return redirect("metrics:allowed_hosts")
