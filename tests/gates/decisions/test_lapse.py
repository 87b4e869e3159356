"""A condition that is not met in time: the decision steps down to a hold by itself, once, and back."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from gates import events
from gates.choices import GateStatus, Outcome, ReasonCode, WaitingOn
from gates.decisions.actions import Promise
from gates.decisions.conditions import meet_condition, step_down_lapsed
from gates.decisions.corrections import Changed, correct_decision
from gates.decisions.tasks import step_down_lapsed_decisions
from gates.journey.readiness import refresh_gates
from gates.models import Condition, Decision, Gate
from pilots.actions.people import set_active
from pilots.choices import PilotState
from pilots.models import Event, Pilot
from tests.builders import make_playbook, start
from tests.gates.decisions.deciding import DAY, conditional, current, go, hold, met, recycle, stop

pytestmark = pytest.mark.django_db
DUE = DAY + timedelta(9)
AFTER = DUE + timedelta(1)


@pytest.fixture
def promised(gate, ana, sven):
    """A conditional go with two conditions due on one day."""
    gate = met(gate)
    return conditional(gate, ana, Promise("Train", DUE), Promise("Buy the licence", DUE, sven))


def state(pilot: Pilot) -> str:
    pilot.refresh_from_db()
    return pilot.state


def meet(text: str, by) -> Condition:
    return meet_condition(
        condition=Condition.objects.get(text=text, decision__superseded_by=None), note="Done.", by=by
    )


def test_nothing_lapses_before_its_day_is_over(promised, pilot, on):
    with on(DUE):
        assert step_down_lapsed(today=DUE) == 0

    assert state(pilot) == PilotState.ACTIVE


def test_a_lapsed_condition_holds_the_pilot_at_the_gate_it_works_towards(promised, pilot, on):
    with on(AFTER):
        assert step_down_lapsed(today=AFTER) == 1

    down = Decision.objects.get(steps_down=promised)
    gate = current(pilot)
    assert (down.gate, down.outcome, down.decided_by) == (gate, Outcome.HOLD, None)
    assert (down.reason_code, down.lapsed_on) == (ReasonCode.CONDITION_LAPSED, DUE)
    assert "Train (due 11 Mar 2026); Buy the licence (due 11 Mar 2026)" in down.reason
    assert state(pilot) == PilotState.ON_HOLD
    assert (gate.definition.key, gate.status, gate.planned_on) == (
        "G2",
        GateStatus.OPEN,
        AFTER + timedelta(14),
    )
    assert down.digest and down.seen["facts"]["gate"]["key"] == "G2"


def test_the_event_says_what_stepping_down_changed(promised, pilot, on):
    planned = current(pilot).planned_on
    with on(AFTER):
        step_down_lapsed(today=AFTER)

    told = Event.objects.get(type=events.DECISION_STEPPED_DOWN)
    assert (told.actor, told.pilot) == (None, pilot)
    assert told.changes == {
        "state": ["active", "on_hold"],
        "planned_on": [planned.isoformat(), (AFTER + timedelta(14)).isoformat()],
    }


def test_run_twice_it_steps_down_once(promised, pilot, on):
    with on(AFTER):
        assert [step_down_lapsed(today=AFTER) for _ in range(3)] == [1, 0, 0]
    with on(AFTER + timedelta(30)):
        step_down_lapsed_decisions()

    assert Decision.objects.filter(steps_down=promised).count() == 1
    assert Event.objects.filter(type=events.DECISION_STEPPED_DOWN).count() == 1


def test_the_database_takes_no_second_step_down_for_the_same_lapse(promised, on):
    with on(AFTER):
        step_down_lapsed(today=AFTER)
    down = Decision.objects.get(steps_down=promised)
    down.pk, down._state.adding = None, True

    with pytest.raises(IntegrityError), transaction.atomic():
        down.save()


def test_a_worker_that_was_down_for_weeks_steps_down_when_it_is_back(promised, pilot, on):
    late = DUE + timedelta(40)
    with on(late):
        step_down_lapsed_decisions()

    assert state(pilot) == PilotState.ON_HOLD
    assert Decision.objects.get(steps_down=promised).review_on == late + timedelta(14)


def test_met_in_time_nothing_lapses(promised, pilot, olga, sven, on):
    with on(DUE):
        meet("Train", olga)
        meet("Buy the licence", sven)
    with on(AFTER):
        assert step_down_lapsed(today=AFTER) == 0

    assert state(pilot) == PilotState.ACTIVE


def test_meeting_the_last_lapsed_condition_ends_the_hold_and_puts_the_plan_back(
    promised, pilot, olga, sven, on
):
    planned = current(pilot).planned_on
    with on(AFTER):
        step_down_lapsed(today=AFTER)
        meet("Train", olga)
        assert state(pilot) == PilotState.ON_HOLD
        meet("Buy the licence", sven)

    assert state(pilot) == PilotState.ACTIVE
    assert current(pilot).planned_on == planned
    told = Event.objects.get(type=events.HOLD_ENDED)
    assert (told.actor, told.changes["state"]) == (sven, ["on_hold", "active"])


def test_the_hold_stays_where_a_person_has_decided_since(promised, pilot, ana, olga, sven, on):
    with on(AFTER):
        step_down_lapsed(today=AFTER)
    with on(AFTER + timedelta(1)):
        hold(current(pilot), ana)
        meet("Train", olga)
        meet("Buy the licence", sven)

    assert state(pilot) == PilotState.ON_HOLD
    assert not Event.objects.filter(type=events.HOLD_ENDED).exists()


def test_a_hold_that_a_person_decided_before_stays_as_it_was(promised, pilot, ana, olga, sven, on):
    hold(current(pilot), ana)
    with on(AFTER):
        step_down_lapsed(today=AFTER)
        review = current(pilot).planned_on
        meet("Train", olga)
        meet("Buy the licence", sven)

    assert Decision.objects.filter(steps_down=promised).exists()
    assert (state(pilot), review) == (PilotState.ON_HOLD, date(2026, 6, 1))


def test_a_person_may_let_it_go_on_and_is_not_overruled_by_the_next_run(promised, pilot, ana, on):
    with on(AFTER):
        step_down_lapsed(today=AFTER)
    with on(AFTER + timedelta(1)):
        go(current(pilot), ana)
        step_down_lapsed(today=AFTER + timedelta(1))

    assert state(pilot) == PilotState.ACTIVE


def test_a_condition_due_later_lapses_on_its_own_day_after_the_first_hold_has_ended(
    gate, pilot, ana, olga, on
):
    later = DUE + timedelta(20)
    conditional(met(gate), ana, Promise("Train", DUE), Promise("Measure", later))
    with on(AFTER):
        step_down_lapsed(today=AFTER)
        meet("Train", olga)
    assert state(pilot) == PilotState.ACTIVE

    with on(later + timedelta(1)):
        assert step_down_lapsed(today=later + timedelta(1)) == 1
    assert state(pilot) == PilotState.ON_HOLD


@pytest.mark.parametrize("end", ["stop", "recycle"])
def test_what_was_stopped_or_sent_back_steps_down_no_more(promised, gate, pilot, ana, on, end):
    with on(DAY + timedelta(1)):
        second = current(pilot)
        stop(second, ana) if end == "stop" else recycle(second, gate.definition.phase, ana)
    before = state(pilot)

    with on(AFTER):
        assert step_down_lapsed(today=AFTER) == 0
    assert state(pilot) == before


def test_a_pilot_past_its_last_gate_is_held_without_one(pilot, ana, olga, on):
    gate = start(pilot, make_playbook(phases=["scaled_adoption"]))
    conditional(met(gate), ana, Promise("Train", DUE))
    with on(AFTER):
        assert step_down_lapsed(today=AFTER) == 1
        assert state(pilot) == PilotState.ON_HOLD
        meet("Train", olga)

    gate.refresh_from_db()
    assert (state(pilot), gate.status) == (PilotState.ACTIVE, GateStatus.DECIDED)


# --- Whose turn ---------------------------------------------------------------------------------
def waits(pilot: Pilot) -> tuple:
    gate = current(pilot)
    return gate.waiting_on, gate.waiting_for


def test_the_gate_waits_on_who_owes_the_first_condition_until_all_are_met(promised, pilot, olga, sven, on):
    with on(AFTER):
        step_down_lapsed(today=AFTER)
        assert waits(pilot) == (WaitingOn.CONDITION, olga)
        meet("Train", olga)
        assert waits(pilot) == (WaitingOn.CONDITION, sven)
        meet("Buy the licence", sven)
        assert waits(pilot) == (WaitingOn.OWNER, olga)


def test_the_nightly_statement_says_the_same(promised, gate, pilot, ana, olga, on):
    with on(AFTER):
        step_down_lapsed(today=AFTER)
        Gate.objects.filter(pk=current(pilot).pk).update(waiting_on=WaitingOn.OWNER, waiting_for=None)
        refresh_gates(Gate.objects.all(), today=AFTER)
        assert waits(pilot) == (WaitingOn.CONDITION, olga)
        meet("Train", olga)
        meet("Buy the licence", olga)
        refresh_gates(Gate.objects.all(), today=AFTER)
        assert waits(pilot) == (WaitingOn.OWNER, olga)


@pytest.mark.parametrize("how", ["corrected", "sent back"])
def test_the_nightly_statement_does_not_wait_on_what_no_longer_holds(
    promised, gate, pilot, ana, olga, on, how
):
    with on(AFTER):
        step_down_lapsed(today=AFTER)
        second = current(pilot)
        if how == "sent back":
            recycle(second, gate.definition.phase, ana)
            Pilot.objects.filter(pk=pilot.pk).update(state=PilotState.ON_HOLD)
        else:
            later = AFTER + timedelta(30)
            changed = [Changed(row.pk, row.text, later, row.owner) for row in promised.conditions.all()]
            correct_decision(decision=promised, correction_reason="Too early.", conditions=changed, by=ana)
            Pilot.objects.filter(pk=pilot.pk).update(state=PilotState.ON_HOLD)
        refresh_gates(Gate.objects.all(), today=AFTER)

    assert waits(pilot)[0] == WaitingOn.OWNER


def test_the_gate_waits_on_nobody_who_has_left(
    promised, pilot, olga, sven, ida, on, django_capture_on_commit_callbacks
):
    Pilot.objects.filter(pk=pilot.pk).update(sponsor=None)  # all that ties Sven to it is what he owes
    with on(AFTER):
        step_down_lapsed(today=AFTER)
        meet("Train", olga)
        with django_capture_on_commit_callbacks(execute=True):
            set_active(person=sven, active=False, reason="Nobody follows yet.", by=ida)
        assert waits(pilot) == (WaitingOn.CONDITION, None)
        with django_capture_on_commit_callbacks(execute=True):
            set_active(person=sven, active=True, by=ida)
        assert waits(pilot) == (WaitingOn.CONDITION, sven)


# --- Whose midnight ----------------------------------------------------------------------------
# Each day here is one on which the clocks change, or a zone far from UTC.
ZONES = [
    ("Europe/Stockholm", date(2026, 3, 29)),
    ("Europe/Stockholm", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/Sao_Paulo", date(2026, 5, 1)),
    ("Pacific/Kiritimati", date(2026, 5, 1)),
    ("Pacific/Pago_Pago", date(2026, 5, 1)),
    ("Africa/Cairo", date(2026, 4, 23)),  # the next day begins at one o'clock
    ("Asia/Kathmandu", date(2026, 5, 1)),
]


@pytest.mark.parametrize(("zone", "due"), ZONES)
def test_it_lapses_at_midnight_where_the_organisation_is(gate, pilot, ana, settings, zone, due):
    settings.TIME_ZONE = zone
    conditional(met(gate), ana, Promise("Train", due))
    midnight = datetime.combine(due + timedelta(1), time(), tzinfo=ZoneInfo(zone)).timestamp()

    with timezone.override(ZoneInfo(zone)):
        with time_machine.travel(midnight - 1, tick=False):
            step_down_lapsed_decisions()
            assert state(pilot) == PilotState.ACTIVE
        with time_machine.travel(midnight, tick=False):
            step_down_lapsed_decisions()
            assert state(pilot) == PilotState.ON_HOLD


# --- Every order -------------------------------------------------------------------------------
DAYS = st.integers(-2, 4)  # from the first due day


@given(
    due=st.lists(st.integers(0, 2), min_size=1, max_size=3),
    met_on=st.lists(st.none() | DAYS, min_size=3, max_size=3),
    runs=st.lists(DAYS, min_size=1, max_size=5),
)
def test_in_every_order_of_meeting_and_running_it_is_held_exactly_while_something_lapsed_is_open(
    promised_many, due, met_on, runs
):
    with transaction.atomic():
        try:
            promised_many(due, met_on, runs)
        finally:
            transaction.set_rollback(True)


@pytest.fixture
def promised_many(gate, pilot, ana, olga, on):
    def tell(due, met_on, runs):
        made = [Promise(f"Condition {place}", DUE + timedelta(day)) for place, day in enumerate(due)]
        conditional(met(gate), ana, *made)
        happenings = [
            (day, 1, text)
            for day, text in zip(met_on, [p.text for p in made], strict=False)
            if day is not None
        ]
        happenings += [(day, 0, "") for day in runs] + [(5, 0, "")]
        for day, _, text in sorted(happenings):
            with on(DUE + timedelta(day)):
                if text:
                    meet(text, olga)
                else:
                    step_down_lapsed(today=DUE + timedelta(day))
        lapsed_and_open = [p for p, day in zip(made, met_on, strict=False) if day is None]
        expected = PilotState.ON_HOLD if lapsed_and_open else PilotState.ACTIVE
        assert state(pilot) == expected
        downs = list(Decision.objects.filter(steps_down__isnull=False).values_list("lapsed_on", flat=True))
        assert len(downs) == len(set(downs)) <= len({p.due_on for p in made})
        late = [
            p for p, day in zip(made, met_on, strict=False) if day is None or DUE + timedelta(day) > p.due_on
        ]
        assert not downs or late

    return tell
