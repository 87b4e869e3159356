"""Decisions over the API: taken, corrected, and their conditions met."""

import pytest

from gates.models import Decision
from tests.api.world import BASE, nothing_written, program_of
from tests.builders import days_ago, make_gate, start
from tests.gates.decisions.deciding import conditional, hold, promises


@pytest.fixture
def gate(pilot):
    return make_gate(pilot=pilot)


def test_a_go_enters_the_next_phase_and_keeps_what_was_seen(pilot, olga, ana):
    gate = start(pilot, by=olga)
    for assessment in gate.assessments.all():
        program_of(olga).patch(f"{BASE}assessments/{assessment.pk}/", {"state": "met"}, format="json")

    made = program_of(ana).post(
        f"{BASE}gates/{gate.pk}/decisions/",
        {"outcome": "go", "reason_code": "ready", "reason": "Ready."},
        format="json",
    )

    assert made.status_code == 201
    decision = made.json()
    assert (decision["seen"]["score"], decision["seen"]["passes"]) == (100, True)
    assert [row["state"] for row in decision["seen"]["criteria"]] == ["met"] * 3
    pilot.refresh_from_db()
    assert pilot.phase == "pilot"
    assert program_of(olga).get(f"{BASE}decisions/{decision['id']}/").json() == decision


def test_a_go_that_is_not_earned_is_a_conflict_with_every_reason(gate, ana):
    program = program_of(ana)
    with nothing_written():
        answer = program.post(
            f"{BASE}gates/{gate.pk}/decisions/",
            {"outcome": "go", "reason_code": "ready", "reason": "  x"},
            format="json",
        )
    assert answer.status_code == 409
    assert answer.json() == {"reasons": ["Go is not possible: 2 must-meets are still open."]}


def test_conditions_are_kept_with_their_owner(gate, ana, olga):
    body = {
        "outcome": "conditional_go",
        "reason_code": "small_gaps",
        "reason": "Nearly.",
        "scope_cap": "At most 200 users",
        "conditions": [
            {"text": "Rollback tried", "due_on": days_ago(-20).isoformat(), "closes": "V1"},
            {"text": "Runbook", "due_on": days_ago(-10).isoformat(), "owner": ana.pk, "closes": "T1"},
        ],
    }
    made = program_of(ana).post(f"{BASE}gates/{gate.pk}/decisions/", body, format="json").json()

    assert [(c["text"], c["owner"]["name"], c["closes"]) for c in made["conditions"]] == [
        ("Runbook", "Ana Anders", "T1"),
        ("Rollback tried", "Olga Owner", "V1"),  # the pilot's owner, where nobody is named
    ]
    assert made["scope_cap"] == "At most 200 users"


def test_the_owner_of_a_condition_meets_it_by_the_api_and_nobody_else(gate, ana, olga, erik):
    condition = conditional(gate, ana, *promises(gate, due=days_ago(-9), owner=erik)).conditions.first()
    address = f"{BASE}conditions/{condition.pk}/met/"

    assert program_of(ana).post(address, {"note": "Done."}, format="json").status_code == 403
    assert program_of(erik).post(address, {"note": ""}, format="json").json() == {
        "note": ["This field may not be blank."]
    }
    made = program_of(erik).post(address, {"note": "Tried on 3 May."}, format="json")

    assert (made.status_code, made.json()["met_note"]) == (200, "Tried on 3 May.")
    assert made.json()["met_at"]


def test_a_correction_by_the_api_takes_the_place_of_the_decision(gate, ana, olga):
    decision = hold(gate, ana, review_on=days_ago(-9))
    address = f"{BASE}decisions/{decision.pk}/corrections/"
    body = {"correction_reason": "Wrong week.", "review_on": days_ago(-16).isoformat()}

    assert program_of(olga).post(address, body, format="json").status_code == 403
    made = program_of(ana).post(address, body, format="json")

    assert made.status_code == 201
    assert (made.json()["supersedes"], made.json()["review_on"]) == (decision.pk, body["review_on"])
    assert (
        program_of(olga).get(f"{BASE}decisions/{decision.pk}/").json()["superseded_by"] == made.json()["id"]
    )
    again = program_of(ana).post(address, body, format="json")
    assert again.json() == {"reasons": ["This decision has been corrected already. Correct the correction."]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"outcome": "maybe"}, "outcome"),
        ({"outcome": None}, "outcome"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 5_001}, "reason"),
        ({"review_on": "soon"}, "review_on"),
        ({"recycle_to": "nowhere"}, "recycle_to"),
        ({"recycle_to": {"key": "pilot"}}, "recycle_to"),
        ({"reason_code": "bored"}, "reason_code"),
        ({"freed_amount": -1}, "freed_amount"),
        ({"freed_amount": "1e30"}, "freed_amount"),
        ({"freed_amount": "NaN"}, "freed_amount"),
        ({"reason_code": ""}, "reason_code"),
        ({"conditions": [{"text": "Runbook", "due_on": "2027-01-01", "closes": "Z9"}]}, "conditions"),
        ({"conditions": "all"}, "conditions"),
        ({"conditions": [{"text": "Runbook"}]}, "conditions"),
        ({"conditions": [{"text": "Runbook", "due_on": "2027-01-01", "by": 1}]}, "conditions"),
        ({"conditions": [{"text": "Runbook", "due_on": "2027-01-01"}] * 21}, "conditions"),
        ({"conditions": [{"text": "Runbook", "due_on": "2027-01-01", "owner": 987_654}]}, "conditions"),
    ],
)
def test_a_decision_that_cannot_be_is_named_by_its_field(body, field, gate, ana):
    program = program_of(ana)
    with nothing_written():
        answer = program.post(
            f"{BASE}gates/{gate.pk}/decisions/",
            {"outcome": "hold", "reason_code": "dependency", "reason": "Wait."} | body,
            format="json",
        )
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_decisions_are_narrowed_and_never_changed(gate, ana, olga):
    body = {"outcome": "hold", "reason_code": "dependency", "reason": "Wait."}
    body["review_on"] = days_ago(-9).isoformat()
    program = program_of(ana)
    made = program.post(f"{BASE}gates/{gate.pk}/decisions/", body, format="json").json()
    address = f"{BASE}decisions/{made['id']}/"

    assert program.get(f"{BASE}decisions/?outcome=hold&gate={gate.pk}").json()["count"] == 1
    assert program.get(f"{BASE}decisions/?outcome=go").json()["count"] == 0
    narrowed = "reason_code=dependency&override=false&superseded=false"
    assert program.get(f"{BASE}decisions/?{narrowed}").json()["count"] == 1
    for none in ("reason_code=risk", "override=true", "superseded=true"):
        assert program.get(f"{BASE}decisions/?{none}").json()["count"] == 0
    for method in ("put", "patch", "delete"):
        assert getattr(program, method)(address, {}, format="json").status_code == 405
    assert Decision.objects.count() == 1
