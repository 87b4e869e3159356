"""The small worlds of the other tests are what they say."""

import pytest

from gates.choices import AssessmentState
from pilots.choices import Role
from tests.builders import criterion, join, make_gate, make_kpi, make_pilot, make_user, measure, start

pytestmark = pytest.mark.django_db


def test_a_gate_is_built_as_its_criteria_stand():
    gate = make_gate([criterion("V1", state=AssessmentState.MET), criterion("V2")])

    assert (gate.score, gate.blocker_count, gate.passes) == (50, 1, False)


def test_a_started_pilot_works_towards_its_first_gate(pilot):
    gate = start(pilot)

    assert (pilot.state, pilot.phase_number, gate.status) == ("active", 1, "open")


def test_a_measured_kpi_knows_its_newest_reading():
    kpi = make_kpi(make_pilot())

    measure(kpi, 12)

    assert kpi.latest_value == 12


def test_joining_is_noticed_by_a_person_already_loaded(programme):
    user = make_user()
    assert not user.access.roles

    join(user, programme, Role.AUDITOR)

    assert user.access.roles == {Role.AUDITOR}
