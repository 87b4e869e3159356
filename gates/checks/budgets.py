"""Checks over budgets: is the whole journey paid for?"""

from collections import defaultdict
from collections.abc import Callable, Collection

from gates.checks.keeping import of_each
from gates.checks.registry import Failures, check
from metrics.choices import BudgetKind
from metrics.value.proportion import PRODUCTION, Journey, journey_of, sum_in_words, verdict_in_words

MONTH = (
    "pk",
    "programme__currency",
    "budget_lines__archived_at",
    "budget_lines__kind",
    "budget_lines__periods__month",
    "budget_lines__periods__plan",
)


def _judge(pilots, judge: Callable[[Journey, str], str]) -> Failures:
    """Ask `judge` about each pilot's planned journey and its currency; "" means it passes. Two queries."""
    planned = of_each("journeys", pilots, _journeys, none=(journey_of([]), ""))
    reasons = {pk: judge(*facts) for pk, facts in planned.items()}
    return {pk: reason for pk, reason in reasons.items() if reason}


def _journeys(pilots) -> dict[int, tuple[Journey, str]]:
    currencies, months = {}, defaultdict(list)
    for pilot_id, currency, archived_at, *facts in pilots.order_by().values_list(*MONTH):
        currencies[pilot_id] = currency
        if archived_at is None and facts[-1] is not None:
            months[pilot_id].append(facts)
    return {pk: (journey_of(months[pk]), currency) for pk, currency in currencies.items()}


@check(fix="Plan every part of the budget.", page="metrics:value")
def whole_journey_budgeted(pilots, today) -> Failures:
    """Every part of the journey has a plan, and production is two to five times the pilot."""

    def judge(journey, currency):
        why = verdict_in_words(journey)
        return why and (why if journey.missing else f"{why} {sum_in_words(journey, currency)}")

    return _judge(pilots, judge)


def _without_money(journey: Journey, kinds: Collection[BudgetKind]) -> list[str]:
    """The names of those of these parts for which nothing is planned, or zero."""
    return [str(kind.label).lower() for kind in kinds if not journey.plans[kind]]


@check(fix="Plan money for every part of production.", page="metrics:value")
def journey_funded(pilots, today) -> Failures:
    """Infrastructure, integration, training and change, and running each have money planned."""

    def judge(journey, currency):
        missing = _without_money(journey, PRODUCTION)
        return f"No money is planned for {', '.join(missing)}." if missing else ""

    return _judge(pilots, judge)


@check(fix="Plan what comes after the pilot.", page="metrics:value")
def production_budgeted(pilots, today) -> Failures:
    def judge(journey, currency):
        return "" if journey.production else "No money is planned for anything beyond the pilot."

    return _judge(pilots, judge)


@check(fix="Plan the cost of integration.", page="metrics:value")
def integration_budgeted(pilots, today) -> Failures:
    def judge(journey, currency):
        missing = _without_money(journey, [BudgetKind.INTEGRATION])
        return "No money is planned for integration." if missing else ""

    return _judge(pilots, judge)


@check(fix="Plan what running it costs in a year.", page="metrics:value")
def running_budgeted(pilots, today) -> Failures:
    def judge(journey, currency):
        missing = _without_money(journey, [BudgetKind.RUNNING])
        return "No money is planned for running it." if missing else ""

    return _judge(pilots, judge)
