"""A pilot's benefits: adding, changing, expecting."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from metrics.value.actions import archive_benefit, create_benefit, edit_benefit, expect_benefit
from metrics.value.forms.benefits import BenefitActualForm, BenefitForm, PlanForm
from metrics.value.queries.benefits import claims, counts_in_words
from metrics.value.queries.words import HOURS
from metrics.value.rules import month_of
from metrics.value.views.finding import find_benefit
from metrics.value.views.small_form import small_form
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation
from pilots.views.finding import find_pilot


@login_required
def create(request, key):
    pilot = find_pilot(request, key)
    require(request.user, Permission.EDIT_VALUE, pilot=pilot)

    form = BenefitForm(request.POST or None, pilot=pilot)
    if request.method == "POST" and form.is_valid():
        try:
            benefit = create_benefit(pilot=pilot, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, f"{benefit.name} is added. Now say what you expect of it.")
            return redirect("metrics:benefit", pilot.key, benefit.pk)
    return _form(request, form, pilot)


@login_required
def edit(request, key, pk):
    benefit = find_benefit(request, key, pk)
    require(request.user, Permission.EDIT_VALUE, pilot=benefit.pilot)

    form = BenefitForm(request.POST or None, instance=benefit, pilot=benefit.pilot)
    if request.method == "POST" and form.is_valid():
        try:
            edit_benefit(benefit=benefit, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Saved.")
            return redirect("metrics:benefit", key, pk)
    return _form(request, form, benefit.pilot, find_benefit(request, key, pk))  # as it is, not as typed


def _form(request, form, pilot, benefit=None):
    failed = request.method == "POST"
    context = {"form": form, "pilot": pilot, "benefit": benefit, "failed": failed, "tab": "value"}
    context["may"] = granted(request.user, pilot=pilot)
    return render(request, "metrics/benefit_form.html", context, status=422 if failed else 200)


@login_required
@require_safe
def page(request, key, pk):
    benefit = find_benefit(request, key, pk)

    currency = benefit.pilot.programme.currency
    unit = HOURS if benefit.in_hours else currency
    today = timezone.localdate()
    periods = benefit.periods.current().select_related("verified_by")
    context = {
        "pilot": benefit.pilot,
        "benefit": benefit,
        "counts": counts_in_words(benefit, currency),
        "unit": "hours" if benefit.unit == "hours" else currency,
        "claims": claims(periods.filter(month__lte=today).order_by("-month"), unit),
        "ahead": claims(periods.filter(month__gt=today).order_by("month"), unit),
        "form": BenefitActualForm(initial={"month": month_of(today)}),
        "today": today,
        "may": granted(request.user, pilot=benefit.pilot),
        "tab": "value",
    }
    return render(request, "metrics/benefit.html", context)


@login_required
@require_POST
def archive(request, key, pk):
    benefit = find_benefit(request, key, pk)
    require(request.user, Permission.EDIT_VALUE, pilot=benefit.pilot)

    archive_benefit(benefit=benefit, by=request.user)
    messages.success(request, f"{benefit.name} is no longer counted. Its months stay readable.")
    return redirect("metrics:value", key)


@login_required
def expect(request, key, pk):
    benefit = find_benefit(request, key, pk)
    require(request.user, Permission.EDIT_VALUE, pilot=benefit.pilot)

    initial = {"first": month_of(timezone.localdate()), "months": 1 if benefit.pattern == "one_off" else 12}
    form = PlanForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            expect_benefit(benefit=benefit, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error("first", violation.reasons)
        else:
            messages.success(request, "Saved.")
            return redirect("metrics:benefit", key, pk)
    return small_form(
        request,
        form,
        benefit.pilot,
        heading=f"What is expected of {benefit.name}",
        lead="The same amount in each of these months, in place of what was expected before.",
        button="Save",
        back=reverse("metrics:benefit", args=[key, pk]),
    )
