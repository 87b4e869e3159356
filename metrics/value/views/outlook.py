"""Saying what a pilot costs and brings, in the browser."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import model_to_dict
from django.shortcuts import redirect, render
from django.utils import timezone

from metrics.value.actions import state_outlook
from metrics.value.forms.outlook import OutlookForm
from metrics.value.queries import money_of
from metrics.value.queries.suggestion import USUAL_HORIZON, suggestion_of
from pilots.permissions import Permission, granted, require
from pilots.rules import RuleViolation
from pilots.views.finding import find_pilot


@login_required
def outlook(request, key):
    """What going on costs and brings: everybody reads it, the owner says it."""
    pilot = find_pilot(request, key)
    if request.method == "POST":
        require(request.user, Permission.EDIT_OUTLOOK, pilot=pilot)

    today = timezone.localdate()
    shown = money_of(pilot, today=today)
    horizon = shown.outlook.horizon_months if shown else USUAL_HORIZON
    suggestion = suggestion_of(pilot, horizon=horizon, today=today)
    initial = model_to_dict(shown.outlook) if shown else {"as_of": today}
    if suggestion and "from_plan" in request.GET:
        initial |= suggestion.initial | {"as_of": today}
    form = OutlookForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            state_outlook(pilot=pilot, by=request.user, **form.cleaned_data)
        except RuleViolation as violation:
            form.add_error(None, violation.reasons)
        else:
            messages.success(request, "Saved.")
            return redirect("gates:overview", pilot.key)
    failed = request.method == "POST"
    context = {"pilot": pilot, "money": shown, "form": form, "failed": failed, "tab": "overview"}
    context["suggestion"] = suggestion
    context["may"] = granted(request.user, pilot=pilot)
    return render(request, "metrics/outlook.html", context, status=422 if failed else 200)
