"""Assessments over the API."""

import pytest

from gates.models import Assessment
from tests.api.world import BASE, nothing_written, program_of
from tests.builders import criterion, make_gate, make_pilot


@pytest.fixture
def gate(pilot):
    return make_gate(pilot=pilot)


@pytest.fixture
def row(gate):
    return gate.assessments.get(criterion__key="V1")


@pytest.fixture
def program(olga, gate):
    return program_of(olga)


def test_assessments_of_a_gate_come_in_the_order_of_its_playbook(program, gate, row, olga):
    make_gate(pilot=make_pilot(gate.pilot.programme, owner=olga))

    rows = program.get(f"{BASE}assessments/?gate={gate.pk}").json()["results"]

    assert [row["key"] for row in rows] == ["V1", "T1", "O1"]
    assert program.get(f"{BASE}assessments/?pilot={gate.pilot.key}&area=technical").json()["count"] == 1
    assert program.get(f"{BASE}assessments/?kind=should_meet").json()["count"] == 2
    assert program.get(f"{BASE}assessments/?gate=0").status_code == 400


def test_only_what_is_sent_changes_where_a_criterion_stands(program, row, olga):
    address = f"{BASE}assessments/{row.pk}/"
    program.patch(address, {"state": "met", "note": "Seen live."}, format="json")
    program.patch(address, {"responsible": olga.pk}, format="json")

    kept = Assessment.objects.get(pk=row.pk)
    assert (kept.state, kept.note, kept.responsible) == ("met", "Seen live.", olga)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"state": "fine"}, "state"),
        ({"state": "waived"}, "state"),
        ({"state": None}, "state"),
        ({"state": ["met"]}, "state"),
        ({"note": "x" * 2_001}, "note"),
        ({"note": "nul\0"}, "note"),
        ({"responsible": 987_654}, "responsible"),
        ({"weight": 5}, "weight"),
    ],
)
def test_an_answer_that_cannot_be_is_named_by_its_field(body, field, program, row):
    with nothing_written():
        answer = program.patch(f"{BASE}assessments/{row.pk}/", body, format="json")
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_not_met_needs_its_note(program, row):
    with nothing_written():
        answer = program.patch(f"{BASE}assessments/{row.pk}/", {"state": "not_met"}, format="json")
    assert answer.json() == {"reasons": ["Say in a note why it is not met."]}


def test_what_a_check_decides_nobody_can_set(pilot, olga):
    gate = make_gate([criterion("O1", check_name="accountable_owner")], pilot=pilot)
    program, address = program_of(olga), f"{BASE}assessments/{gate.assessments.get().pk}/"
    with nothing_written():
        answer = program.patch(address, {"state": "met", "note": "I say so."}, format="json")
    assert answer.json() == {"reasons": ["Pilotage decides this criterion itself from the pilot's data."]}


def test_what_a_check_decides_comes_with_its_fix_until_it_is_met(pilot, olga):
    checked = [criterion("O1", check_name="accountable_owner"), criterion("O2", check_name="sponsor_named")]
    gate = make_gate([*checked, criterion("V1")], pilot=pilot)
    gate.assessments.filter(criterion__key="O1").update(state="met")

    rows = program_of(olga).get(f"{BASE}assessments/?gate={gate.pk}").json()["results"]

    assert [row["fix"] for row in rows] == ["", "Name a sponsor.", ""]
