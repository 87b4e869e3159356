"""The executive page."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from gates.summary.queries import executive_summary


@login_required
@require_safe
def summary_page(request):
    today = timezone.localdate()
    page = executive_summary(request.user, chosen=request.GET.get("programme", ""), today=today)
    if page is None:
        raise Http404
    return render(request, "gates/summary.html", {"page": page, "today": today})
