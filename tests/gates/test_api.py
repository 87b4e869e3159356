"""Gates, checklists, evidence and decisions through the API's door."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gates.choices import AssessmentState, CriterionKind, GateStatus
from gates.models import Assessment, Decision, Evidence, Gate
from pilots.models import Event
from tests.api.world import BASE, nothing_written, program_of
from tests.builders import CRITERIA, criterion, days_ago, make_gate, make_pilot, start
from tests.gates.decisions.deciding import conditional, hold, promises

MET, FIRED = AssessmentState.MET, {"kind": CriterionKind.KILL, "state": AssessmentState.MET}


@pytest.fixture(autouse=True)
def files_aside(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def gate(pilot):
    gate = make_gate(pilot=pilot, planned_on=days_ago(-30))
    gate.pilot = pilot
    return gate


@pytest.fixture
def row(gate):
    return gate.assessments.get(criterion__key="V1")


@pytest.fixture
def program(olga, gate):
    return program_of(olga)


# --- Gates -------------------------------------------------------------------------------------


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


# --- Assessments -------------------------------------------------------------------------------


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


# --- Evidence ----------------------------------------------------------------------------------


def test_a_file_is_kept_with_its_digest_and_comes_back_as_a_download(program, row):
    content = b"%PDF-1.7 load test"
    file = SimpleUploadedFile("../Load test.PDF", content, "text/html")
    made = program.post(f"{BASE}evidence/", {"assessment": row.pk, "file": file}, format="multipart").json()

    got = program.get(made["download"])

    assert made["sha256"] == hashlib.sha256(content).hexdigest()
    assert (made["kind"], made["file_name"], made["size"]) == ("file", "Load test.PDF", len(content))
    assert b"".join(got.streaming_content) == content
    assert got["Content-Type"] == "application/octet-stream"
    assert got["Content-Disposition"] == 'attachment; filename="Load test.PDF"'
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "note"}, "note"),
        ({"kind": "link"}, "link"),
        ({"kind": "link", "link": "javascript:alert(1)"}, "link"),
        ({"kind": "link", "link": "ftp://files.example.com/x"}, "link"),
        ({"kind": "link", "link": "https://x.example/" + "x" * 500}, "link"),
        ({"kind": "file"}, "kind"),
        ({"note": "Seen."}, "kind"),
        ({"kind": "note", "note": "x" * 5_001}, "note"),
        ({"kind": "note", "note": "Seen.", "title": "x" * 201}, "title"),
        ({"kind": "note", "note": "Seen.", "assessment": 987_654}, "assessment"),
        ({"kind": "note", "note": "Seen.", "assessment": 10**30}, "assessment"),
        ({"kind": "note", "note": "Seen.", "assessment": True}, "assessment"),
        ({"kind": "note", "note": "Seen.", "assessment": 1.5}, "assessment"),
        ({"kind": "note", "note": "Seen.", "assessment": "x"}, "assessment"),
    ],
)
def test_evidence_that_cannot_be_is_named_by_its_field(body, field, program, row):
    with nothing_written():
        answer = program.post(f"{BASE}evidence/", {"assessment": row.pk} | body, format="json")
    assert (answer.status_code, list(answer.json())) == (400, [field])


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("page.html", b"<script>", "not accepted"),
        ("no-ending", b"x", "not accepted"),
        ("empty.pdf", b"", "empty"),
        ("large.pdf", b"x" * 2_000, "limit"),
    ],
)
def test_a_file_that_cannot_be_evidence_is_refused(name, content, says, program, row, settings):
    settings.EVIDENCE_MAX_BYTES = 1_000
    body = {"assessment": row.pk, "file": SimpleUploadedFile(name, content)}
    with nothing_written():
        answer = program.post(f"{BASE}evidence/", body, format="multipart")

    assert answer.status_code == 400
    assert says in answer.json()["file"][0]


def test_a_file_that_is_only_text_in_json_is_refused(program, row):
    body = {"assessment": row.pk, "kind": "note", "note": "Seen.", "file": "plan.pdf"}
    with nothing_written():
        answer = program.post(f"{BASE}evidence/", body, format="json")
    assert answer.json() == {"file": ["There is no such field here."]}


def test_a_torn_upload_is_a_400(program):
    with nothing_written():
        answer = program.generic("POST", f"{BASE}evidence/", b"torn", "multipart/form-data; boundary=x")
    assert answer.status_code == 400
    without = program.generic("POST", f"{BASE}evidence/", b"torn", "multipart/form-data")
    assert without.status_code == 400


def test_no_evidence_at_a_gate_that_is_decided(program, gate, row, ana):
    program_of(ana).post(
        f"{BASE}gates/{gate.pk}/decisions/",
        {"outcome": "stop", "reason": "No effect.", "reason_code": "no_value", "lesson": "Measure."},
        format="json",
    )
    body = {"assessment": row.pk, "kind": "note", "note": "Seen."}
    with nothing_written():
        answer = program.post(f"{BASE}evidence/", body, format="json")
    assert answer.json() == {"reasons": ["This gate is not open, so no evidence can be added."]}


def test_evidence_is_found_by_gate_criterion_and_pilot(program, gate, row, olga):
    for note in ("One", "Two"):
        program.post(f"{BASE}evidence/", {"assessment": row.pk, "kind": "note", "note": note}, format="json")
    other = gate.assessments.get(criterion__key="T1")

    def titles(query):
        return [found["title"] for found in program.get(f"{BASE}evidence/?{query}").json()["results"]]

    assert titles(f"gate={gate.pk}") == titles(f"pilot={gate.pilot.key}") == ["Two", "One"]
    assert titles(f"assessment={row.pk}&sort=title") == ["One", "Two"]
    assert titles(f"assessment={other.pk}") == titles("kind=file") == []
    assert program.get(f"{BASE}assessments/{row.pk}/").json()["evidence_count"] == 2


def test_a_note_has_nothing_to_download(program, row):
    made = program.post(
        f"{BASE}evidence/", {"assessment": row.pk, "kind": "note", "note": "Seen."}, format="json"
    ).json()
    assert made["download"] == ""
    assert program.get(f"{BASE}evidence/{made['id']}/file/").status_code == 404
    assert Evidence.objects.get().current.note == "Seen."


# --- Decisions ---------------------------------------------------------------------------------


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
