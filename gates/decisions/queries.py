"""What has been decided for a pilot, and what is offered at a gate now."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from gates.choices import Outcome
from gates.models import Decision
from gates.readiness import Readiness
from gates.rules import go_blockers
from pilots.models import Pilot


@dataclass(frozen=True)
class Offer:
    """One outcome with what follows from it, or why it is not offered."""

    value: str
    label: str
    follows: str
    refused: list[str]


FOLLOWS = {
    Outcome.GO: "Enters the next phase.",
    Outcome.CONDITIONAL_GO: "Enters the next phase; the conditions are due on their dates.",
    Outcome.HOLD: "Stays here, paused, and is due again on the review date.",
    Outcome.RECYCLE: "Goes back to a named phase and works through its gate again.",
    Outcome.STOP: "Ends the pilot. What it taught and freed is kept.",
}


def offers(readiness: Readiness) -> list[Offer]:
    """Every outcome, with the reasons why it is not offered now. No query."""
    refused = {
        Outcome.GO: go_blockers(
            passes=readiness.passes,
            open_must_meets=len(readiness.blockers),
            fired=len(readiness.fired),
        ),
        Outcome.CONDITIONAL_GO: ["A kill criterion has come true."] if readiness.fired else [],
    }
    return [
        Offer(outcome.value, str(outcome.label), FOLLOWS[outcome], refused.get(outcome, []))
        for outcome in Outcome
    ]


def decisions_of(pilot: Pilot) -> list[Decision]:
    """Newest first, with gate and decider and their conditions. Two queries."""
    found = Decision.objects.filter(gate__pilot=pilot).select_related(
        "gate__definition", "decided_by", "recycle_to"
    )
    return list(found.prefetch_related("conditions__owner"))


@dataclass(frozen=True)
class DecisionChoice:
    """What the list of decisions is narrowed to; blank means everything."""

    outcome: str = ""
    since: date | None = None
    programme: str = ""  # slug


def decisions_seen(user, choice: DecisionChoice):
    """Every decision this person may see, newest first, with pilot, gate and decider."""
    found = Decision.objects.visible_to(user).select_related("gate__pilot", "gate__definition", "decided_by")
    if choice.outcome:
        found = found.filter(outcome=choice.outcome)
    if choice.programme:
        found = found.filter(gate__pilot__programme__slug=choice.programme)
    if choice.since:
        midnight = timezone.make_aware(datetime.combine(choice.since, time.min))
        found = found.filter(decided_at__gte=midnight)
    return found.order_by("-decided_at", "-pk")
