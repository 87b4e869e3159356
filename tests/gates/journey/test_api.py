"""Gates over the API: readiness, filters, dates, asking for a review."""

import pytest

from gates.choices import AssessmentState, CriterionKind, GateStatus
from gates.models import Gate
from pilots.models import Event
from tests.api.world import BASE, nothing_written, program_of
from tests.builders import CRITERIA, criterion, days_ago, make_gate, make_pilot

MET, FIRED = AssessmentState.MET, {"kind": CriterionKind.KILL, "state": AssessmentState.MET}


@pytest.fixture
def gate(pilot):
    gate = make_gate(pilot=pilot, planned_on=days_ago(-30))
    gate.pilot = pilot
    return gate


@pytest.fixture
def program(olga, gate):
    return program_of(olga)


def test_a_gate_explains_its_readiness_down_to_the_missing_points(pilot, olga):
    criteria = (CRITERIA[0] | {"state": MET}, *CRITERIA[1:], criterion("K1", title="Data withdrawn", **FIRED))
    gate = make_gate(criteria, pilot=pilot)

    readiness = program_of(olga).get(f"{BASE}gates/{gate.pk}/").json()["readiness"]

    assert (readiness["score"], readiness["floor"], readiness["floor_area"]) == (50, 0, "organisational")
    assert (readiness["unknown"], readiness["passes"]) == (50, False)
    assert [row["title"] for row in readiness["blockers"]] == ["Tried at production volume"]
    assert [row["title"] for row in readiness["fired"]] == ["Data withdrawn"]
    assert {row["key"]: row["points"] for row in readiness["gaps"]} == {"T1": 33.3333, "O1": 16.6667}


def test_a_blocker_names_the_assessment_at_which_it_is_met(program, gate):
    blocker = program.get(f"{BASE}gates/{gate.pk}/").json()["readiness"]["blockers"][0]
    program.patch(f"{BASE}assessments/{blocker['assessment']}/", {"state": "met"}, format="json")

    left = program.get(f"{BASE}gates/{gate.pk}/").json()["readiness"]["blockers"]
    assert blocker["key"] not in [row["key"] for row in left]


def test_a_decided_gate_is_shown_as_it_stood_on_its_day(pilot, olga, ana, on):
    with on("2026-03-02"):
        gate = make_gate([criterion("V1", state=MET, stale_on="2026-04-01")], pilot=pilot)
        program_of(ana).post(
            f"{BASE}gates/{gate.pk}/decisions/",
            {"outcome": "go", "reason_code": "ready", "reason": "Ready."},
            format="json",
        )
    with on("2026-06-01"):
        shown = program_of(olga).get(f"{BASE}gates/{gate.pk}/").json()

    assert (shown["status"], shown["readiness"]["score"], shown["readiness"]["passes"]) == (
        "decided",
        100,
        True,
    )


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("overdue=true", ["late"]),
        ("overdue=false", ["fine"]),
        ("status=submitted", ["fine"]),
        ("status=open&status=submitted", ["fine", "late"]),
        ("sort=planned_on", ["late", "fine"]),
        ("sort=-planned_on", ["fine", "late"]),
        ("passes=true", []),
        ("pilot=PIL-999", []),
        ("programme=customer-service", ["fine", "late"]),
    ],
)
def test_gates_are_narrowed_and_sorted(query, keys, programme, olga):
    fine, late = (make_pilot(programme, owner=olga, title=title) for title in ("fine", "late"))
    make_gate(pilot=fine, planned_on=days_ago(-9), status=GateStatus.SUBMITTED)
    make_gate(pilot=late, planned_on=days_ago(9))
    names = {fine.key: "fine", late.key: "late"}

    rows = program_of(olga).get(f"{BASE}gates/?{query}").json()["results"]

    assert [names[row["pilot"]] for row in rows] == keys
    assert all(row["overdue"] == (names[row["pilot"]] == "late") for row in rows)


@pytest.mark.parametrize("query", ["status=shut", "overdue=1", "passes=maybe", "sort=mood", "pilot=%00"])
def test_a_gate_filter_nobody_knows_is_refused_by_name(query, program):
    answer = program.get(f"{BASE}gates/?{query}")
    assert (answer.status_code, list(answer.json())) == (400, [query.split("=")[0]])


def test_a_plan_once_made_moves_only_with_a_reason(program, gate):
    address = f"{BASE}gates/{gate.pk}/"
    with nothing_written():
        refused = program.patch(address, {"planned_on": "2027-03-01"}, format="json")
    moved = program.patch(address, {"planned_on": "2027-03-01", "reason": "Vendor is late."}, format="json")

    assert refused.json() == {"reasons": ["Say why the planned date moves."]}
    assert moved.json()["planned_on"] == "2027-03-01"
    event = Event.objects.get(type="gates.gate_planned")
    assert event.data["reason"] == "Vendor is late."


def test_only_the_dates_sent_are_changed(program, gate):
    program.patch(f"{BASE}gates/{gate.pk}/", {"forecast_on": "2027-03-01"}, format="json")

    kept = Gate.objects.get(pk=gate.pk)
    assert (str(kept.forecast_on), kept.planned_on) == ("2027-03-01", days_ago(-30))


@pytest.mark.parametrize("body", [{"planned_on": "soon"}, {"planned_on": "0001-01-01"}, {"forecast_on": 5}])
def test_a_date_that_cannot_be_is_named_by_its_field(body, program, gate):
    with nothing_written():
        answer = program.patch(f"{BASE}gates/{gate.pk}/", body, format="json")
    assert (answer.status_code, list(answer.json())) == (400, list(body))


def test_a_review_is_asked_for_once(program, gate):
    address = f"{BASE}gates/{gate.pk}/review/"
    assert program.post(address).json()["status"] == "submitted"
    with nothing_written():
        again = program.post(address)
    assert again.json() == {"reasons": ["A review has already been requested."]}


def test_a_gate_says_that_its_reviewers_wait_for_an_answer(program, gate, ana):
    def said(answer) -> tuple[str, bool]:
        return answer.json()["waiting_on"], answer.json()["sent_back"]

    address = f"{BASE}gates/{gate.pk}/"
    assert said(program.post(f"{address}review/", {}, format="json")) == ("gatekeepers", False)
    reason = {"reason": "Measure longer."}
    assert said(program_of(ana).post(f"{address}send-back/", reason, format="json")) == ("owner", True)
    listed = program.get(f"{BASE}gates/?pilot={gate.pilot.key}").json()["results"]
    assert [row["sent_back"] for row in listed] == [True]
    assert said(program.post(f"{address}review/", {}, format="json")) == ("gatekeepers", False)
