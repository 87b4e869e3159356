"""Decisions as tests make them: complete, unless a test says otherwise."""

from datetime import date, timedelta

from gates.choices import AssessmentState, Outcome, ReasonCode
from gates.decisions.actions import Promise, decide
from gates.models import Criterion, Decision, Gate, Phase
from pilots.models import Pilot, User

DAY = date(2026, 3, 2)  # a Monday
REVIEW = date(2026, 6, 1)


def met(gate: Gate) -> Gate:
    gate.assessments.update(state=AssessmentState.MET)
    return gate


def current(pilot: Pilot) -> Gate:
    return pilot.gates.current().get()


def go(gate: Gate, by: User, **facts) -> Decision:
    facts = {"reason_code": ReasonCode.READY, "reason": "All is there."} | facts
    return decide(gate=met(gate), outcome=Outcome.GO, by=by, **facts)


def hold(gate: Gate, by: User, **facts) -> Decision:
    facts = {"reason_code": ReasonCode.DEPENDENCY, "reason": "Wait.", "review_on": REVIEW} | facts
    return decide(gate=gate, outcome=Outcome.HOLD, by=by, **facts)


def stop(gate: Gate, by: User, **facts) -> Decision:
    facts = {"reason_code": ReasonCode.DATA, "lesson": "Ask for the data first."} | facts
    return decide(gate=gate, outcome=Outcome.STOP, reason="No data.", by=by, **facts)


def recycle(gate: Gate, phase: Phase | None, by: User) -> Decision:
    return decide(
        gate=gate,
        outcome=Outcome.RECYCLE,
        reason_code=ReasonCode.NOT_PROVEN,
        reason="Once more.",
        by=by,
        recycle_to=phase,
    )


def promises(gate: Gate, *, due: date = DAY + timedelta(9), owner: User | None = None) -> tuple[Promise, ...]:
    """One condition for each criterion of a gate."""
    criteria = Criterion.objects.filter(assessments__gate=gate).order_by("position")
    return tuple(Promise(f"Close {one.key}", due, owner, one) for one in criteria)


def conditional(gate: Gate, by: User, *conditions: Promise, **facts) -> Decision:
    """A conditional go; without `conditions` each criterion has its own, due in nine days."""
    facts = {
        "reason_code": ReasonCode.SMALL_GAPS,
        "reason": "Nearly.",
        "scope_cap": "At most 200 users",
        "conditions": conditions or promises(gate),
    } | facts
    return decide(gate=gate, outcome=Outcome.CONDITIONAL_GO, by=by, **facts)
