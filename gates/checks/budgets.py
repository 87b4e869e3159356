"""Checks over budgets: is the whole journey paid for?"""

from collections import defaultdict

from gates.checks.registry import Failures, check
from metrics.models import BudgetPeriod
from metrics.value.proportion import journey_of, sum_in_words, verdict_in_words


@check
def whole_journey_budgeted(pilots, today) -> Failures:
    """Every part of the journey has a plan, and production is two to five times the pilot. Two queries."""
    months = defaultdict(list)
    planned = BudgetPeriod.objects.counted().filter(line__pilot__in=pilots, plan__isnull=False)
    for pilot_id, *facts in planned.values_list("line__pilot_id", "line__kind", "month", "plan"):
        months[pilot_id].append(facts)
    failures = {}
    for pilot_id, currency in pilots.values_list("pk", "programme__currency"):
        journey = journey_of(months[pilot_id])
        why = verdict_in_words(journey)
        if why:
            told = "" if journey.missing else f" {sum_in_words(journey, currency)}"
            failures[pilot_id] = why + told
    return failures
