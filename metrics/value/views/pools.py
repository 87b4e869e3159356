"""Savings that pilots of a programme share, and who counts how much of them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render

from metrics.models import BenefitPool
from metrics.value.actions import create_pool, rename_pool
from metrics.value.forms.benefits import PoolForm
from metrics.value.queries.pools import pools_of
from pilots.models import Programme
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation


@login_required
def pools(request, slug):
    """Everybody reads them, programme managers name them."""
    programme = get_object_or_404(Programme.objects.visible_to(request.user), slug=slug)
    if request.method == "POST":
        require(request.user, Permission.EDIT_VALUE, programme=programme)

    form = PoolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            pool = create_pool(programme=programme, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error("name", violation.reasons)
        else:
            messages.success(request, f"{pool} can now be shared by pilots.")
            return redirect("metrics:pools", slug)
    return _page(request, programme, form)


@login_required
def rename(request, slug, pk):
    programme = get_object_or_404(Programme.objects.visible_to(request.user), slug=slug)
    pool = get_object_or_404(BenefitPool, programme=programme, pk=pk)
    require(request.user, Permission.EDIT_VALUE, programme=programme)

    form = PoolForm(request.POST or None, initial={"name": pool.name})
    if request.method == "POST" and form.is_valid():
        try:
            rename_pool(pool=pool, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error("name", violation.reasons)
        else:
            messages.success(request, "Saved.")
            return redirect("metrics:pools", slug)
    return _page(request, programme, form, renamed=pool)


def _page(request, programme, form, renamed=None):
    failed = request.method == "POST"
    context = {
        "programme": programme,
        "pools": pools_of(programme),
        "form": form,
        "renamed": renamed,
        "failed": failed,
        "may": granted(request.user, programme=programme),
    }
    return render(request, "metrics/pools.html", context, status=422 if failed else 200)
