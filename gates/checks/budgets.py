"""Checks over budgets: is the whole journey paid for?"""

from collections import defaultdict

from gates.checks.registry import Failures, check
from metrics.value.proportion import journey_of, sum_in_words, verdict_in_words

MONTH = (
    "pk",
    "programme__currency",
    "budget_lines__archived_at",
    "budget_lines__kind",
    "budget_lines__periods__month",
    "budget_lines__periods__plan",
)


@check(fix="Plan every part of the budget.", page="metrics:value")
def whole_journey_budgeted(pilots, today) -> Failures:
    """Every part of the journey has a plan, and production is two to five times the pilot. One query."""
    currencies, months = {}, defaultdict(list)
    for pilot_id, currency, archived_at, *facts in pilots.order_by().values_list(*MONTH):
        currencies[pilot_id] = currency
        if archived_at is None and facts[-1] is not None:
            months[pilot_id].append(facts)
    failures = {}
    for pilot_id, currency in currencies.items():
        journey = journey_of(months[pilot_id])
        why = verdict_in_words(journey)
        if why:
            told = "" if journey.missing else f" {sum_in_words(journey, currency)}"
            failures[pilot_id] = why + told
    return failures
