"""What an audit document says, to whom, at which cost; and that the PDF says the same."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from gates.audit_document.document import document_of
from gates.audit_document.pdf import FITS, pdf_of
from gates.choices import EvidenceKind
from gates.digest import digest_of
from gates.evidence.actions import add_evidence
from gates.models import Decision
from pilots.models import Event, Pilot
from pilots.registers.table import REGISTERS
from tests.api.world import BASE, program_of
from tests.builders import make_entry, make_kpi, make_pilot
from tests.flows.scene import make_scene, surroundings

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(db, settings, tmp_path):
    for name, value in surroundings(tmp_path).items():
        setattr(settings, name, value)
    return make_scene()


def whole(pilot: Pilot) -> Pilot:
    return Pilot.objects.select_related("programme", "owner", "sponsor").get(pk=pilot.pk)


def words_of(document) -> str:
    """Everything it says, in its order."""
    said = []
    for part in document.parts:
        said.append(part["title"])
        for block in part["blocks"]:
            said += [block.get("name", ""), block.get("says", ""), *block.get("head", [])]
            said += [cell for row in block.get("facts", []) + block.get("rows", []) for cell in row]
    return "\n".join(said)


def text_of(pdf: bytes) -> str:
    """The words of a PDF, with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


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


def test_a_bare_pilot_says_what_is_missing(programme):
    said = words_of(document_of(whole(make_pilot(programme))))

    for words in (
        "Not written down.",
        "Nothing has been decided yet.",
        "No KPI is followed.",
        "Nobody has signed.",
        "No gate that was entered has a criterion of risk.",
        "Nothing is written down.",
        "Not verified yet.",
    ):
        assert words in said, words


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


@pytest.mark.parametrize("length", [FITS - 1, FITS + 1, 20_000])
def test_a_text_of_any_length_fits(programme, olga, length):
    pilot = make_pilot(programme, owner=olga, problem="long " * (length // 5), title="Größe ≥ 5 → ok")
    make_entry(pilot, "risks", by=olga, mitigation="word " * (length // 5))
    text = text_of(pdf_of(document_of(whole(pilot))))

    assert text.count("word") == length // 5
    assert "Größe ≥ 5 → ok" in text


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


def test_it_costs_the_same_with_little_and_with_much(programme, olga):
    pilot = make_pilot(programme, owner=olga)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            document_of(whole(pilot))
        return len(captured)

    make_kpi(pilot)
    make_entry(pilot, "risks", by=olga, checkpoint="A person looks")
    few = cost()
    for number in range(12):
        make_kpi(pilot, f"KPI {number}")
        make_entry(pilot, "risks", by=olga, title=f"Risk {number}", checkpoint="A person looks")
    assert cost() == few
