"""Taking the portfolio out as a file: choosing its columns, and the file."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gates.inventory.files import inventory_file
from gates.inventory.queries import NAMES, columns_offered, lines_of
from gates.portfolio.queries import pilots_asked_for


def _asked_for(request):
    return pilots_asked_for(request.user, request.GET, today=timezone.localdate(), request=request)


@login_required
@require_safe
def choose(request):
    pilots = _asked_for(request)
    context = {"count": pilots.count(), "offered": columns_offered(pilots), "asked": request.GET.urlencode()}
    return render(request, "gates/inventory.html", context)


@login_required
@require_safe
def file(request, columns):
    if columns not in NAMES:
        raise Http404
    return inventory_file(columns, lines_of(_asked_for(request), columns))
