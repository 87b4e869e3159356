"""What a pilot costs and brings, on one page and as a file."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.choices import Band
from metrics.value.queries.benefits import benefits_of
from metrics.value.queries.budgets import budget_of
from metrics.value.queries.noted import noted_costs
from metrics.value.queries.rows import COLUMNS, rows_of
from metrics.value.rules import last_day_counted
from metrics.value.views.csv_file import csv_file
from pilots.permissions import granted
from pilots.views.finding import find_pilot


@login_required
@require_safe
def value(request, key):
    pilot = find_pilot(request, key)

    today = timezone.localdate()
    context = {
        "pilot": pilot,
        "currency": pilot.programme.currency,
        "today": today,
        "to_date": last_day_counted(today),
        "benefits": benefits_of(pilot, today=today),
        "budget": budget_of(pilot, today=today),
        "noted": noted_costs(pilot),
        "bands": [band.label for band in Band],
        "may": granted(request.user, pilot=pilot),
        "tab": "value",
    }
    return render(request, "metrics/value.html", context)


@login_required
@require_safe
def value_csv(request, key):
    pilot = find_pilot(request, key)

    today = timezone.localdate()
    facts = [("Value of", f"{pilot.title} ({pilot.key})"), ("As of", today.isoformat())]
    return csv_file(f"value-{pilot.key}-{today}.csv", facts, COLUMNS, rows_of(pilot))
