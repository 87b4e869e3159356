"""A generated portfolio is as true as a real one."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from gates.checks import CHECKS
from gates.choices import GateStatus, Outcome
from gates.demo.generate import Order, generate
from gates.journey.readiness import explain, refresh_gates
from gates.models import Assessment, Decision, Gate
from gates.playbooks.files import load, shipped
from metrics.models import Kpi, Measurement
from pilots.choices import PilotState
from pilots.models import Event, Pilot, Programme
from pilots.registers.table import REGISTERS
from tests.made_once import made_once

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def portfolio(django_db_setup, django_db_blocker):
    """Eighty pilots of seed 7."""
    with made_once(django_db_blocker):
        load(shipped(), known_checks=frozenset(CHECKS), by=None)
        today = timezone.localdate()
        generate(Order(pilots=80, seed=7, programmes=2, readings=4, today=today), tell=lambda made: None)
        yield


def test_there_is_as_much_of_everything_as_ordered():
    started = Pilot.objects.exclude(state=PilotState.INTAKE).count()

    assert Pilot.objects.count() == 80
    assert Programme.objects.count() == 2
    assert Gate.objects.count() == 5 * started
    assert Kpi.objects.count() == 2 * 80
    assert Measurement.objects.count() == 4 * 2 * 80
    assert Event.objects.exclude(pilot=None).count() == 80


def test_every_register_is_filled_with_what_does_not_contradict_itself():
    entries = [list(register.model.objects.all()) for register in REGISTERS.values()]

    assert all(entries)
    assert not any(entry.problems() for found in entries for entry in found)


def test_states_overdue_gates_and_blockers_are_mixed():
    today = timezone.localdate()
    current = Gate.objects.current()
    assert set(Pilot.objects.values_list("state", flat=True)) == set(PilotState.values)
    assert 0 < Gate.objects.overdue(today).count() < current.count()
    assert 0 < current.filter(blocker_count__gt=0).count() < current.count()


def test_what_the_database_demands_holds():
    connection.check_constraints()  # references are otherwise looked at on commit only
    for pilot in Pilot.objects.prefetch_related("gates", "phase_entries"):
        current = [gate for gate in pilot.gates.all() if gate.is_current]
        is_running = pilot.state in (PilotState.ACTIVE, PilotState.ON_HOLD)
        assert len(current) == (1 if is_running else 0)
        if current:
            assert current[0].definition.phase.key == pilot.phase
        assert sum(stay.is_current for stay in pilot.phase_entries.all()) == bool(pilot.phase)


def test_readiness_and_checks_are_what_the_definitions_say():
    today = timezone.localdate()
    for gate in Gate.objects.current().prefetch_related("assessments__criterion"):
        readiness = explain(gate, gate.assessments.all(), today=today)
        assert (gate.score, gate.floor) == (int(readiness.score), int(readiness.floor))
        assert (gate.blocker_count, gate.passes) == (len(readiness.blockers), readiness.passes)
    before = list(Assessment.objects.order_by("pk").values_list("pk", "state", "note"))
    refresh_gates(Gate.objects.all(), today=today)
    assert list(Assessment.objects.order_by("pk").values_list("pk", "state", "note")) == before


def test_every_decided_gate_has_its_decision_and_a_go_passed():
    decided = Gate.objects.filter(status=GateStatus.DECIDED)
    assert decided.filter(decisions=None).count() == 0
    assert Decision.objects.count() == decided.count()
    assert all(decision.seen["passes"] for decision in Decision.objects.filter(outcome=Outcome.GO))


def test_nothing_lies_in_the_future_but_plans():
    now = timezone.now()
    assert not Measurement.objects.filter(measured_at__gt=now).exists()
    assert not Event.objects.filter(at__gt=now).exists()
    assert not Decision.objects.filter(decided_at__gt=now).exists()
    assert not Assessment.objects.filter(state_since__gt=now).exists()


def test_the_same_seed_is_not_generated_twice():
    with pytest.raises(CommandError, match="already here"):
        call_command("generate_portfolio", "--pilots", "10", "--seed", "7")
    assert Pilot.objects.count() == 80
