"""What a pilot's journey is planned to cost, and what has been spent."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from metrics.models import BudgetLine
from metrics.value.actions import (
    archive_budget_line,
    create_budget_line,
    edit_budget_line,
    plan_budget,
    record_spending,
    take_over_cost,
)
from metrics.value.forms.benefits import ActualForm, PlanForm
from metrics.value.forms.budgets import BudgetLineForm
from metrics.value.queries.budgets import months_of
from metrics.value.queries.noted import FEEDS
from metrics.value.rules import month_of
from metrics.value.views.finding import HEAD
from metrics.value.views.small_form import small_form
from pilots.permissions import Permission, granted, require
from pilots.registers.table import REGISTERS
from pilots.rules import RuleViolation
from pilots.views.finding import find_pilot


def find_line(request, key: str, pk: int) -> BudgetLine:
    """The line with its pilot and people. Raises Http404."""
    lines = BudgetLine.objects.visible_to(request.user).select_related(*HEAD)
    return get_object_or_404(lines, pk=pk, pilot__key=key)


@login_required
def create(request, key):
    pilot = find_pilot(request, key)
    require(request.user, Permission.EDIT_VALUE, pilot=pilot)

    form = BudgetLineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            line = create_budget_line(pilot=pilot, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error("name", violation.reasons)
        else:
            messages.success(request, f"{line.name} is added. Now plan it.")
            return redirect("metrics:budget_plan", pilot.key, line.pk)
    back = reverse("metrics:value", args=[key])
    return small_form(request, form, pilot, heading="New budget line", button="Add budget line", back=back)


@login_required
@require_POST
def take_over(request, key, register, pk):
    """Plan what an entry of a register costs."""
    pilot = find_pilot(request, key)
    require(request.user, Permission.EDIT_VALUE, pilot=pilot)
    if register not in FEEDS:
        raise Http404
    entry = get_object_or_404(REGISTERS[register].model.objects.standing().filter(pilot=pilot), pk=pk)

    try:
        line = take_over_cost(entry=entry, by=request.user)
    except RuleViolation as violation:
        messages.error(request, " ".join(violation.reasons))
        return redirect("metrics:value", key)
    messages.success(request, f"“{line.name}” is in the budget.")
    return redirect("metrics:budget_line", key, line.pk)


@login_required
def edit(request, key, pk):
    line = find_line(request, key, pk)
    require(request.user, Permission.EDIT_VALUE, pilot=line.pilot)

    form = BudgetLineForm(request.POST or None, initial={"kind": line.kind, "name": line.name})
    if request.method == "POST" and form.is_valid():
        try:
            edit_budget_line(line=line, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error("name", violation.reasons)
        else:
            messages.success(request, "Saved.")
            return redirect("metrics:budget_line", key, pk)
    back = reverse("metrics:budget_line", args=[key, pk])
    return small_form(request, form, line.pilot, heading=f"Edit {line.name}", button="Save", back=back)


@login_required
@require_safe
def page(request, key, pk):
    line = find_line(request, key, pk)

    months, ahead = months_of(line, today=timezone.localdate())
    context = {
        "pilot": line.pilot,
        "line": line,
        "months": months,
        "ahead": ahead,
        "currency": line.pilot.programme.currency,
        "form": ActualForm(initial={"month": month_of(timezone.localdate())}),
        "may": granted(request.user, pilot=line.pilot),
        "tab": "value",
    }
    return render(request, "metrics/budget_line.html", context)


@login_required
@require_POST
def archive(request, key, pk):
    line = find_line(request, key, pk)
    require(request.user, Permission.EDIT_VALUE, pilot=line.pilot)

    archive_budget_line(line=line, by=request.user)
    messages.success(request, f"{line.name} is no longer counted. Its months stay readable.")
    return redirect("metrics:value", key)


@login_required
def plan(request, key, pk):
    line = find_line(request, key, pk)
    require(request.user, Permission.EDIT_VALUE, pilot=line.pilot)

    form = PlanForm(request.POST or None, initial={"first": month_of(timezone.localdate())})
    return _change(
        request,
        line,
        form,
        plan_budget,
        field="first",
        heading=f"Plan {line.name}",
        lead="The same amount in each of these months, in place of what was planned before. "
        "A sum for a year is its twelfth in twelve months.",
        button="Save",
    )


@login_required
def spend(request, key, pk):
    line = find_line(request, key, pk)
    require(request.user, Permission.EDIT_VALUE, pilot=line.pilot)

    form = ActualForm(request.POST or None, initial={"month": month_of(timezone.localdate())})
    return _change(
        request,
        line,
        form,
        record_spending,
        field="month",
        heading=f"What was spent on {line.name}",
        lead="In place of what was recorded for the month before.",
        button="Record",
    )


def _change(request, line, form, act, *, field: str, **words):
    if request.method == "POST" and form.is_valid():
        try:
            act(line=line, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(field, violation.reasons)
        else:
            messages.success(request, "Saved.")
            return redirect("metrics:budget_line", line.pilot.key, line.pk)
    back = reverse("metrics:budget_line", args=[line.pilot.key, line.pk])
    return small_form(request, form, line.pilot, back=back, **words)
