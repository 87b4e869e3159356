"""Evidence over the API: notes, files, downloads."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gates.models import Evidence
from tests.api.world import BASE, nothing_written, program_of


@pytest.fixture
def row(gate):
    return gate.assessments.get(criterion__key="V1")


@pytest.fixture
def program(olga, gate):
    return program_of(olga)


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
