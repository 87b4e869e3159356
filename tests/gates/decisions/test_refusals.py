"""Who may not decide, and what cannot be decided."""

import pytest

from gates.choices import AssessmentState, Outcome
from gates.decisions.actions import decide
from gates.models import Decision
from pilots.rules import RuleViolation
from tests.gates.decisions.deciding import go, stop

pytestmark = pytest.mark.django_db
S = AssessmentState


def test_an_owner_does_not_decide_whatever_the_role(gate, olga):
    with pytest.raises(RuleViolation, match=r"Owners do not decide at their own gates."):
        go(gate, olga)


@pytest.mark.parametrize(
    ("outcome", "facts", "reason"),
    [
        (Outcome.HOLD, {}, "A hold needs a review date in the future."),
        (Outcome.CONDITIONAL_GO, {}, "A conditional go needs at least one dated condition."),
        (Outcome.RECYCLE, {}, "Name the phase to go back to"),
        (Outcome.STOP, {"lesson": "x", "reason_code": "ready"}, "Choose the kind of reason"),
        (Outcome.HOLD, {"reason_code": "condition_lapsed"}, "Choose the kind of reason"),
        (Outcome.STOP, {"reason_code": "data"}, "Write down what this pilot taught."),
    ],
)
def test_an_incomplete_decision_is_refused_and_changes_nothing(gate, pilot, ana, outcome, facts, reason):
    with pytest.raises(RuleViolation, match=reason):
        decide(gate=gate, outcome=outcome, reason="So.", by=ana, **facts)

    before = pilot.state, pilot.phase
    pilot.refresh_from_db()
    assert (pilot.state, pilot.phase) == before
    assert not Decision.objects.exists()


def test_a_decided_gate_is_not_decided_again(gate, ana):
    go(gate, ana)

    with pytest.raises(RuleViolation) as refusal:
        stop(gate, ana)

    assert refusal.value.reasons == ["This gate is not open, so there is nothing to decide."]


def test_a_gate_still_ahead_is_not_decided(gate, pilot, ana):
    with pytest.raises(RuleViolation, match="not open"):
        stop(pilot.gates.get(definition__key="G3"), ana)
