"""Quorum and override: who may let a gate pass that is not ready, and that it shows for ever."""

import pytest

from gates import events
from gates.choices import AssessmentState, CriterionKind, Outcome
from gates.decisions.actions import Promise
from gates.models import Decision
from pilots.choices import PilotState, Role
from pilots.models import Event
from pilots.rules import RuleViolation
from tests.builders import criterion, join, make_playbook, sign_all, start
from tests.gates.decisions.deciding import DAY, REVIEW, conditional, decide, go, hold, met, promises, stop

pytestmark = pytest.mark.django_db
WHY = "The regulator wants it in May; I take the risk."


@pytest.fixture
def guarded(pilot):
    """A gate that asks for the sponsor's sign-off, and that executives may override."""
    playbook = make_playbook(gatekeeper_roles=[{"role": "Sponsor"}], override_roles=["executive"])
    return start(pilot, playbook, on=DAY)


def test_a_go_needs_the_quorum_and_names_who_is_missing(guarded, ana):
    with pytest.raises(RuleViolation) as refusal:
        go(guarded, ana)

    assert refusal.value.reasons == ["Sven Sponsor has not signed as Sponsor."]


def test_so_does_a_conditional_go(guarded, ana):
    with pytest.raises(RuleViolation, match="Sven Sponsor has not signed as Sponsor"):
        conditional(guarded, ana)


@pytest.mark.parametrize("outcome", ["hold", "stop"])
def test_what_does_not_go_on_needs_nobody_to_sign(guarded, ana, outcome):
    assert {"hold": hold, "stop": stop}[outcome](guarded, ana).quorum_reached is False


def test_with_the_quorum_it_goes_on(guarded, pilot, ana):
    sign_all(met(guarded))

    decision = go(guarded, ana)

    assert (decision.passed, decision.quorum_reached, decision.override_reason) == (True, True, "")


def test_a_signature_on_what_has_changed_since_does_not_count(guarded, ana):
    sign_all(guarded)

    with pytest.raises(RuleViolation, match="has to sign again as Sponsor: what was signed has changed"):
        go(guarded, ana)


def test_an_executive_overrides_what_is_open_and_unsigned(guarded, pilot, erik):
    decision = decide(
        gate=guarded, outcome=Outcome.GO, reason_code="strategic", reason="Go.", override_reason=WHY, by=erik
    )

    pilot.refresh_from_db()
    assert (pilot.phase, pilot.state) == ("pilot", PilotState.ACTIVE)
    assert (decision.passed, decision.quorum_reached) == (False, False)
    assert Decision.objects.exclude(override_reason="").get().override_reason == WHY
    assert Event.objects.get(type=events.GATE_DECIDED).data["override_reason"] == WHY


def test_an_override_of_a_conditional_go_leaves_must_meets_uncovered(guarded, erik):
    decision = conditional(guarded, erik, promises(guarded)[0], override_reason=WHY)

    assert decision.is_override


def test_a_fired_kill_criterion_is_passed_by_override_only_and_kept_as_such(pilot, erik):
    kill = criterion("K1", kind=CriterionKind.KILL)
    gate = start(pilot, make_playbook(criteria=[criterion("V1"), kill], override_roles=["executive"]), on=DAY)
    gate.assessments.update(state=AssessmentState.MET)

    with pytest.raises(RuleViolation, match="a kill criterion has come true"):
        go(gate, erik)
    decision = go(gate, erik, override_reason=WHY)

    assert (decision.seen["fired"], decision.is_override) == (["K1"], True)


@pytest.mark.parametrize("role", [Role.GATEKEEPER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR])
def test_nobody_overrides_whom_the_playbook_does_not_name(guarded, programme, adam, role):
    join(adam, programme, role)

    with pytest.raises(RuleViolation, match="Only who is executive here may override this gate"):
        go(guarded, adam, override_reason=WHY)

    assert not Decision.objects.exists()


def test_an_executive_of_another_programme_overrides_nothing_here(guarded, nils):
    join(nils, nils.memberships.get().programme, Role.EXECUTIVE)

    with pytest.raises(RuleViolation, match="Only who is executive here"):
        go(guarded, nils, override_reason=WHY)


def test_an_executive_who_owns_the_pilot_overrides_nothing(guarded, programme, olga):
    join(olga, programme, Role.EXECUTIVE)

    with pytest.raises(RuleViolation, match="Owners do not decide"):
        go(guarded, olga, override_reason=WHY)


def test_what_needs_no_override_is_none(guarded, erik):
    sign_all(met(guarded))

    with pytest.raises(RuleViolation, match="nothing to override"):
        go(guarded, erik, override_reason=WHY)


def test_an_override_typed_for_a_hold_is_not_kept(guarded, erik):
    assert hold(guarded, erik, override_reason=WHY, review_on=REVIEW).override_reason == ""


def test_a_condition_all_the_same_needs_its_day_and_its_owner(guarded, erik):
    with pytest.raises(RuleViolation, match="Every condition needs a date in the future"):
        conditional(guarded, erik, Promise("Train", DAY), override_reason=WHY)
