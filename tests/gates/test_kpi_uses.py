"""What a pilot's gates have to do with its KPIs."""

import pytest

from gates.checks import CHECKS
from gates.checks.kpis import ABOUT
from gates.journey.kpis import gate_marks, uses_of
from metrics.choices import KpiKind
from tests.builders import criterion, make_kpi, make_pilot, make_playbook, start

pytestmark = pytest.mark.django_db


def test_every_check_about_kpis_is_a_check():
    assert set(ABOUT) <= set(CHECKS)
    assert all(kinds <= set(KpiKind) for kinds in ABOUT.values())


def test_a_kpi_says_which_criteria_it_decides(olga):
    pilot = make_pilot(owner=olga)
    version = make_playbook(criteria=[criterion("V1", check_name="business_kpis_measured"), criterion("V2")])
    gate = start(pilot, version)

    business, technical = make_kpi(pilot), make_kpi(pilot, "Accuracy", kind=KpiKind.TECHNICAL)

    used = uses_of(business)
    assert (used[0].gate, used[0].criterion, used[0].state) == (gate.definition.key, "V1", "Not met")
    assert used[0].url.endswith("/criteria/V1/")
    assert uses_of(technical) == []


def test_a_kpi_of_a_pilot_not_started_is_used_by_nothing(olga):
    pilot = make_pilot(owner=olga)

    assert uses_of(make_kpi(pilot)) == []
    assert gate_marks(pilot) == []


def test_phases_entered_are_marked(olga):
    pilot = make_pilot(owner=olga)
    start(pilot, make_playbook(criteria=[criterion("V1")]))

    assert [(mark.kind, mark.words) for mark in gate_marks(pilot)] == [
        ("phase", f"{pilot.phase_entries.get().phase.name} began")
    ]
