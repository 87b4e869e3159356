"""What an audit document says, to whom, at which cost; and that the PDF says the same."""

from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from gates.audit_document.document import document_of
from gates.audit_document.pdf import pdf_of
from gates.choices import EvidenceKind
from gates.digest import digest_of
from gates.evidence.actions import add_evidence
from gates.models import Decision
from metrics.readings.actions import record_measurement
from pilots import clock
from pilots.models import Event, Pilot
from pilots.registers.table import REGISTERS
from tests.api.world import BASE, program_of
from tests.builders import make_entry
from tests.gates.audit_document.reading import text_of, whole, words_of

pytestmark = pytest.mark.django_db


def test_every_part_tells_what_a_regulator_asks_for(scene):
    make_entry(scene.pilot, "risks", by=scene.people["owner"], checkpoint="A clerk books every invoice")
    said = words_of(document_of(whole(scene.pilot)))

    for words in (
        "Clerks type 4,000 invoices a month by hand.",
        "Papierlos GmbH",
        "Reads no data about health or credit.",
        scene.kpi.name,
        "A clerk books every invoice",
        "The figures come in May.",
    ):
        assert words in said, words
    assert [part["title"] for part in document_of(whole(scene.pilot)).parts] == [
        "What it does",
        "Risk tier",
        "Data provenance",
        "What is measured",
        "Decisions and their rationale",
        "Waivers and amendments",
        "Risks and mitigations",
        "Human checkpoints",
        "Controls",
        "How it is run and changed",
        "Changes",
    ]


def test_every_register_stands_in_it(scene):
    for key in REGISTERS:
        make_entry(scene.pilot, key, by=scene.people["owner"])
    said = words_of(document_of(whole(scene.pilot)))

    for register in REGISTERS.values():
        assert str(register.model.objects.get(pilot=scene.pilot)) in said, register.key


def test_a_decision_stands_with_its_reason_its_conditions_its_signers_and_what_it_was_made_on(scene):
    said = words_of(document_of(whole(scene.conditional)))
    decision = Decision.objects.get(gate__pilot=scene.conditional)

    assert "Conditional go at G1" in said
    assert "Everything is there but the licence." in said
    assert "Buy the licence (Olga Owner, due " in said and ", open)" in said
    assert f"SHA-256 {decision.digest}" in said
    assert "Signed, " in said and "Ana Anders" in said


def test_controls_stand_with_the_fingerprint_of_what_shows_them(scene):
    control = scene.gate.assessments.filter(area="risk").first()
    piece = add_evidence(
        assessment=control, kind=EvidenceKind.NOTE, note="Reviewed by legal.", by=scene.people["owner"]
    )
    said = words_of(document_of(whole(scene.pilot)))

    assert f"SHA-256 {piece.current.sha256}" in said


def test_controls_are_more_than_the_criteria_of_risk(scene):
    controls = next(part for part in document_of(whole(scene.pilot)).parts if part["title"] == "Controls")

    assert {row[2] for row in controls["blocks"][0]["rows"]} >= {"Risk", "Technical", "Operational"}
    shown = {row[1]: row[5] for row in controls["blocks"][0]["rows"]}
    assert {"Checked by Pilotage", "None"} <= set(shown.values())


def test_a_procedure_says_of_which_kind_it_is_and_its_words_once(scene):
    make_entry(scene.pilot, "procedures", by=scene.people["owner"], title="Looked at every morning")
    parts = document_of(whole(scene.pilot)).parts
    blocks = [block for part in parts for block in part["blocks"]]
    shown = next(block for block in blocks if block.get("name") == "Procedures")

    assert shown["head"][:2] == ["Kind", "What is done"]
    assert [cell for row in shown["rows"] for cell in row].count("Looked at every morning") == 1


def test_a_change_says_what_it_is_about_and_a_reading_is_none(scene):
    entry = make_entry(scene.pilot, "risks", by=scene.people["owner"], title="Wrong supplier is paid")
    record_measurement(kpi=scene.kpi, value=Decimal(7), measured_at=clock.now(), by=scene.people["owner"])
    facts, changes = document_of(whole(scene.pilot)).parts[-1]["blocks"]

    _, what, about = changes["rows"][0][:3]
    assert what == "Entry added"
    # PostgreSQL keeps facts in an order of its own.
    assert about == f"register: risks; title: {entry.title}"
    assert "Measurement recorded" not in {row[1] for row in changes["rows"]}
    said = dict(facts["facts"])
    assert int(said["Events in the log"]) == Event.objects.filter(pilot=scene.pilot).count()
    assert int(said["Of these, changes"].split(",")[0]) == len(changes["rows"])


def test_who_left_keeps_the_name(scene):
    owner = scene.people["owner"]
    owner.is_active = False
    owner.save()

    assert "Olga Owner (has left)" in words_of(document_of(whole(scene.pilot)))


def test_the_fingerprint_is_of_what_it_says(scene):
    first, second = document_of(whole(scene.pilot)), document_of(whole(scene.pilot))
    assert first.digest == second.digest
    assert first.digest == digest_of({"key": first.key, "title": first.title, "parts": first.parts})

    Pilot.objects.filter(pk=scene.pilot.pk).update(vendor="Another")
    assert document_of(whole(scene.pilot)).digest != first.digest


def test_the_pdf_says_every_word_of_it_on_sheets_of_a4(scene):
    document = document_of(whole(scene.pilot))
    pdf = pdf_of(document)
    reader, text = PdfReader(BytesIO(pdf)), text_of(pdf).replace(" ", "")

    # Rows that stand below themselves begin with their name, without the word above that column.
    first = {block["head"][0] for part in document.parts for block in part["blocks"] if "head" in block}
    lines = [line for line in words_of(document).splitlines() if line not in first]
    missing = [line for line in lines if line.replace(" ", "") not in text]
    # A long word or a table row may be cut at the end of a line or a sheet: then its pieces are there.
    lost = [line for line in missing if not all(word[:12] in text for word in line.split())]
    assert lost == []
    assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in reader.pages} == {(595, 842)}
    assert f"Page{len(reader.pages)}of{len(reader.pages)}" in text
    assert document.digest in text
    assert reader.metadata.title == "Audit document: Invoice reading"
    assert [one.title for one in reader.outline] == [part["title"] for part in document.parts]


def test_taking_it_out_as_pdf_leaves_a_line_in_the_log(scene, client_of):
    answer = client_of(scene.people["auditor"]).post(f"/pilots/{scene.pilot.key}/audit-document/pdf/")

    assert answer["Content-Type"] == "application/pdf"
    assert f'filename="{scene.pilot.key}-audit-document-' in answer["Content-Disposition"]
    event = Event.objects.get(type="gates.audit_document_produced")
    assert (event.actor, event.pilot) == (scene.people["auditor"], scene.pilot)
    assert event.data["sha256"] in text_of(answer.content).replace(" ", "")


def test_reading_the_page_writes_nothing_and_shows_the_same(scene, client_of):
    before = Event.objects.count()
    answer = client_of(scene.people["owner"]).get(f"/pilots/{scene.pilot.key}/audit-document/")

    assert Event.objects.count() == before
    assert document_of(whole(scene.pilot)).digest in answer.content.decode()


def test_a_program_gets_it_with_its_fingerprint(scene):
    program = program_of(scene.people["programme_manager"])
    shown = program.post(f"{BASE}pilots/{scene.pilot.key}/audit-document/", {}, format="json").json()

    told = {name: shown[name] for name in ("key", "title", "parts")}
    assert shown["digest"] == digest_of(told)
    assert Event.objects.get(type="gates.audit_document_produced").data["sha256"] == shown["digest"]
