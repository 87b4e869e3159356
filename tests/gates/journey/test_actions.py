"""A pilot on its way: starting, entering phases, frozen criteria, plans, asking for a review."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gates import events
from gates.choices import AssessmentState, GateStatus, VersionStatus, WaitingOn
from gates.journey.actions import (
    Move,
    enter_phase,
    open_gates,
    plan_gate,
    planned_days,
    request_review,
    stamp_phase,
)
from gates.models import Gate, GateDefinition, PhaseEntry
from pilots.choices import PilotState, RiskTier
from pilots.models import Event, Pilot
from pilots.rules import RuleViolation
from tests.builders import (
    PHASES,
    criterion,
    days_ago,
    make_kpi,
    make_pilot,
    make_playbook,
    make_programme,
    measure,
    start,
    write_criteria,
)

pytestmark = pytest.mark.django_db
S = AssessmentState
DAY = date(2026, 3, 2)


# --- Starting ----------------------------------------------------------------------------------
def test_starting_puts_the_pilot_into_the_first_phase(pilot):
    start(pilot, make_playbook(phases=PHASES), on=DAY)

    assert pilot.state == PilotState.ACTIVE
    assert (pilot.phase, pilot.phase_name) == ("proof_of_concept", "Proof of concept")
    assert (pilot.phase_number, pilot.phase_count) == (1, 5)
    assert (pilot.phase_entered_on, pilot.in_production) == (DAY, False)
    assert pilot.phase_entries.filter(is_current=True, entered_on=DAY, left_on=None).count() == 1


def test_starting_opens_the_first_gate_and_plans_the_rest(pilot):
    gate = start(pilot, on=DAY)

    assert (gate.status, gate.waiting_on, gate.attempt) == (GateStatus.OPEN, WaitingOn.OWNER, 1)
    plans = pilot.gates.order_by("definition__phase__position").values_list("status", "planned_on")
    assert list(plans) == [
        ("open", DAY + timedelta(30)),
        ("upcoming", DAY + timedelta(60)),
        ("upcoming", DAY + timedelta(90)),
    ]


def test_planned_days_follow_each_other_by_how_long_phases_take():
    phases = list(make_playbook(phases=PHASES[:2]).phases.select_related("gate"))

    assert planned_days(phases, DAY) == {
        phases[0].gate.pk: date(2026, 4, 1),
        phases[1].gate.pk: date(2026, 5, 1),
    }


def test_starting_is_recorded_with_before_and_after(pilot, olga):
    gate = start(pilot)

    told = Event.objects.get(type=events.PHASE_ENTERED)
    assert (told.actor, told.pilot, told.subject) == (olga, pilot, f"gates.Gate:{gate.pk}")
    assert told.changes == {"phase": [None, "Proof of concept"], "state": ["intake", "active"]}
    assert told.data == {"gate": "G1 End of proof of concept"}


def test_an_imported_pilot_whose_phase_nobody_knows_can_be_started(programme, olga):
    pilot = make_pilot(programme, owner=olga, state=PilotState.ACTIVE)

    assert start(pilot).is_current


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"state": PilotState.STOPPED}, "This pilot has ended."),
        ({"archived_at": timezone.now()}, "This pilot is archived. Restore it first."),
    ],
)
def test_a_pilot_that_cannot_start_is_left_as_it_was(programme, olga, facts, reason):
    pilot = make_pilot(programme, owner=olga, **facts)

    with pytest.raises(RuleViolation, match=reason):
        start(pilot)

    assert not Gate.objects.exists()


def test_a_pilot_starts_once(pilot):
    start(pilot)

    with pytest.raises(RuleViolation, match="already on its way"):
        start(pilot)


@pytest.mark.parametrize("status", [VersionStatus.DRAFT, VersionStatus.RETIRED])
def test_a_pilot_starts_on_a_published_version_only(pilot, status):
    with pytest.raises(RuleViolation, match="not the published one"):
        start(pilot, make_playbook(status=status))


def test_a_playbook_without_phases_starts_nothing(pilot):
    with pytest.raises(RuleViolation, match=r"This playbook has no phases."):
        start(pilot, make_playbook(phases=[]))


# --- Criteria are frozen -----------------------------------------------------------------------
def test_the_terms_of_the_criteria_are_copied_onto_the_gate(pilot):
    terms = criterion("V1", area="data", kind="should_meet", weight=7, check_name="sponsor_named")

    gate = start(pilot, make_playbook(criteria=[terms]))

    frozen = gate.assessments.get()
    assert (frozen.area, frozen.kind, frozen.weight) == ("data", "should_meet", 7)
    assert frozen.check_name == "sponsor_named"


def test_a_criterion_added_to_the_playbook_later_does_not_reach_an_open_gate(pilot):
    gate = start(pilot)
    before = gate.assessments.count()

    write_criteria(gate.definition, [criterion("NEW")])

    assert gate.assessments.count() == before


def test_a_risk_tier_changed_later_does_not_change_an_open_gate(programme, olga):
    only_high = criterion("R1", risk_tiers=[RiskTier.HIGH])
    pilot = make_pilot(programme, owner=olga, risk_tier=RiskTier.LIMITED)
    gate = start(pilot, make_playbook(criteria=[only_high]))

    Pilot.objects.update(risk_tier=RiskTier.HIGH)

    assert gate.assessments.get().state == S.NOT_APPLICABLE


def test_the_thresholds_are_those_of_the_playbook(pilot):
    gate = start(pilot, make_playbook(score_threshold=77, floor_threshold=33))

    assert (gate.score_threshold, gate.floor_threshold) == (77, 33)


def test_a_frozen_row_of_a_playbook_cannot_be_changed(pilot):
    row = start(pilot).definition.criteria.first()
    row.weight = 99

    with pytest.raises(TypeError, match="never changed"):
        row.save()
    with pytest.raises(TypeError, match="never changed"):
        GateDefinition.objects.update(score_threshold=0)


@pytest.mark.parametrize(
    ("tiers", "tier", "state"),
    [
        ([], RiskTier.MINIMAL, S.UNKNOWN),
        ([RiskTier.HIGH], RiskTier.HIGH, S.UNKNOWN),
        ([RiskTier.HIGH], RiskTier.LIMITED, S.NOT_APPLICABLE),
        ([RiskTier.HIGH], "", S.UNKNOWN),  # an unknown tier is spared nothing
    ],
)
def test_a_criterion_of_other_risk_tiers_does_not_apply(programme, tiers, tier, state):
    pilot = make_pilot(programme, risk_tier=tier)

    gate = start(pilot, make_playbook(criteria=[criterion("R1", risk_tiers=tiers)]))

    assert gate.assessments.get().state == state


def test_what_a_check_decides_is_decided_at_once_and_counts(programme, sven):
    version = make_playbook(
        criteria=[
            criterion("O1", check_name="sponsor_named"),
            criterion("O2", check_name="accountable_owner"),
        ]
    )
    gate = start(make_pilot(programme, sponsor=sven), version)

    states = gate.assessments.values_list("criterion__key", "state", "note")
    assert set(states) == {("O1", "met", ""), ("O2", "not_met", "Nobody owns this pilot.")}
    assert (gate.score, gate.blocker_count) == (50, 1)


def test_a_start_told_late_is_checked_as_of_today(pilot, on):
    kpi = make_kpi(pilot, cadence_days=7)
    with on("2026-01-05"):
        measure(kpi, 15)

    with on("2026-03-02"):
        gate = start(
            pilot, make_playbook(criteria=[criterion("V1", check_name="kpis_fresh")]), on=date(2026, 1, 6)
        )

    assert gate.assessments.get().note == "Not measured at its cadence: Invoices per hour."


# --- One current gate, one current phase -------------------------------------------------------
def test_many_pilots_move_in_a_fixed_number_of_queries():
    programme, version = make_programme(), make_playbook()
    phase = version.phases.first()

    def queries_to_move(number: int) -> int:
        pilots = [make_pilot(programme) for _ in range(number)]
        for pilot in pilots:
            stamp_phase(pilot, phase, None, of=3)
            pilot.save()
        with CaptureQueriesContext(connection) as queries:
            gates = open_gates([Move(pilot, phase, None, {}) for pilot in pilots], today=DAY)
        assert [gate.pilot for gate in gates] == pilots
        return len(queries)

    # Within one batch: SQLite takes about 38 gates at once.
    assert queries_to_move(12) == queries_to_move(2)


def test_a_pilot_works_towards_one_gate_and_stays_in_one_phase(pilot):
    start(pilot)

    assert pilot.gates.current().count() == 1
    assert PhaseEntry.objects.filter(pilot=pilot, is_current=True).count() == 1


# --- Plans -------------------------------------------------------------------------------------
def test_the_first_plan_needs_no_reason_but_moving_it_does(pilot, petra):
    gate = start(pilot, on=DAY)
    later = gate.planned_on + timedelta(10)

    with pytest.raises(RuleViolation, match=r"Say why the planned date moves."):
        plan_gate(gate=gate, planned_on=later, forecast_on=None, by=petra)
    plan_gate(gate=gate, planned_on=later, forecast_on=None, reason="Data came late.", by=petra)

    gate.refresh_from_db()
    told = Event.objects.get(type=events.GATE_PLANNED)
    assert gate.planned_on == later
    assert told.changes == {"planned_on": ["2026-04-01", "2026-04-11"]}
    assert told.data == {"reason": "Data came late."}


def test_a_forecast_moves_freely(pilot, olga):
    gate = start(pilot, on=DAY)

    plan_gate(gate=gate, planned_on=gate.planned_on, forecast_on=date(2026, 5, 1), by=olga)

    gate.refresh_from_db()
    assert (gate.forecast_on, gate.slip_days) == (date(2026, 5, 1), 30)


def test_a_plan_that_says_nothing_new_is_not_recorded(pilot, olga):
    gate = start(pilot, on=DAY)

    plan_gate(gate=gate, planned_on=gate.planned_on, forecast_on=None, by=olga)

    assert not Event.objects.filter(type=events.GATE_PLANNED).exists()


def test_a_gate_still_ahead_can_be_planned(pilot, petra):
    start(pilot, on=DAY)
    ahead = pilot.gates.filter(status=GateStatus.UPCOMING).first()

    plan_gate(gate=ahead, planned_on=date(2026, 9, 1), forecast_on=None, reason="Summer.", by=petra)

    ahead.refresh_from_db()
    assert ahead.planned_on == date(2026, 9, 1)


# --- Reviews -----------------------------------------------------------------------------------
def test_asking_for_a_review_hands_the_gate_to_the_gatekeepers(pilot, olga):
    gate = request_review(gate=start(pilot), by=olga)

    told = Event.objects.get(type=events.REVIEW_REQUESTED)
    assert (gate.status, gate.waiting_on) == (GateStatus.SUBMITTED, WaitingOn.GATEKEEPERS)
    assert gate.submitted_at is not None
    assert told.changes == {"status": ["open", "submitted"]}
    assert told.data == {"score": 0, "blockers": 2, "message": ""}


def test_a_review_is_asked_for_once(pilot, olga):
    gate = start(pilot)
    request_review(gate=gate, by=olga)

    with pytest.raises(RuleViolation, match=r"A review has already been requested."):
        request_review(gate=gate, by=olga)


def test_no_review_of_a_gate_still_ahead(pilot, olga):
    start(pilot)

    with pytest.raises(RuleViolation, match=r"This gate is not open."):
        request_review(gate=pilot.gates.filter(status=GateStatus.UPCOMING).first(), by=olga)


@pytest.mark.parametrize(
    ("said", "counts_from"), [(None, 0), (-30, 0), (30, 30)], ids=["nothing", "earlier", "later"]
)
def test_readings_count_from_the_second_phase_on_or_from_a_later_day_said_before(said, counts_from, olga):
    pilot, version = make_pilot(owner=olga), make_playbook()
    before = said and timezone.localdate() + timedelta(days=said)
    kpi = make_kpi(pilot, counts_from=before)
    measure(kpi, 25, on=days_ago(9))
    gate = start(pilot, version, on=days_ago(20))
    gate.status, gate.decided_at = GateStatus.DECIDED, timezone.now()
    gate.save()
    kpi.refresh_from_db()
    assert kpi.counts_from == before

    enter_phase(pilot=pilot, phase=version.phases.get(position=2), on=timezone.localdate(), by=olga)

    kpi.refresh_from_db()
    assert kpi.counts_from == timezone.localdate() + timedelta(days=counts_from)
    assert kpi.judgement.endswith("has none.")
    assert kpi.latest_value == 25
