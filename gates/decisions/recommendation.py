"""What the facts recommend at a gate. Pure, and it is never told what has been spent: that money is gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from gates.choices import Outcome

FEW = 2  # open must-meets that dated conditions can stand in for


@dataclass(frozen=True)
class Outlook:
    """What is ahead: readiness, sign-offs, and what going on costs and brings. None: nobody has said."""

    passes: bool
    open_must_meets: int
    score_is_enough: bool  # the score and its weakest area reach the gate's thresholds
    fired: Sequence[str] = ()  # keys of kill criteria that have come true
    quorum_missing: Sequence[str] = ()  # sentences
    lapsed: Sequence[str] = ()  # conditions of earlier gates not met in time
    cost_to_go: Decimal | None = None
    value_to_go: Decimal | None = None


@dataclass(frozen=True)
class Recommendation:
    outcome: Outcome
    why: list[str]  # whole sentences


def recommend(outlook: Outlook) -> Recommendation:
    """The outcome that follows from the facts alone, with the sentences that say why. People decide."""
    against = _against_going_on(outlook)
    if against:
        return Recommendation(Outcome.STOP, against)
    waits = [*_lapses(outlook), *outlook.quorum_missing]
    if outlook.passes:
        return Recommendation(
            Outcome.HOLD if waits else Outcome.GO, ["The gate is ready.", *waits, *_worth(outlook)]
        )
    open_ones = _open(outlook)
    closable = 0 < outlook.open_must_meets <= FEW
    if closable and not waits:
        stands_in = "A condition with a date can stand in for what is open."
        return Recommendation(Outcome.CONDITIONAL_GO, [open_ones, stands_in, *_worth(outlook)])
    return Recommendation(Outcome.HOLD, [open_ones, *waits, *_worth(outlook)])


def _against_going_on(outlook: Outlook) -> list[str]:
    reasons = []
    if outlook.fired:
        reasons.append(f"A kill criterion has come true: {', '.join(outlook.fired)}.")
    cost, value = outlook.cost_to_go, outlook.value_to_go
    if cost is not None and value is not None and value < cost:
        reasons.append("From here on it costs more than it brings.")
    return reasons


def _worth(outlook: Outlook) -> list[str]:
    if outlook.cost_to_go is None or outlook.value_to_go is None:
        return ["Nobody has said what going on costs and brings."]
    return ["From here on it brings at least what it costs."]


def _lapses(outlook: Outlook) -> list[str]:
    return [f"A condition of an earlier gate was not met in time: {text}." for text in outlook.lapsed]


def _open(outlook: Outlook) -> str:
    count = outlook.open_must_meets
    if count:
        return "1 must-meet is open." if count == 1 else f"{count} must-meets are open."
    if outlook.score_is_enough:
        return "This gate has no criteria to be ready by."
    return "The score or its weakest area is below what the gate needs."
