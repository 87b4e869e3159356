"""The real portfolios in the database, as a person finds them."""

import csv
import time

import openpyxl
import pytest
from django.db.models import Count

from gates.choices import CURRENT
from gates.models import Gate, PhaseEntry
from pilots.choices import Role
from pilots.models import Pilot, Programme, SourceRecord
from tests.builders import join, make_user
from tests.gates.imports.conftest import counts, everything, import_pilots

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.django_db,
    pytest.mark.usefixtures("playbooks"),
]
V1, V2 = "us-fed-2024/v1.csv", "us-fed-2024/v2.csv"


def record(number: int) -> SourceRecord:
    return SourceRecord.objects.select_related("pilot").get(record_number=number)


def problem(number: int, field: str) -> dict:
    return next(problem for problem in record(number).problems if problem["field"] == field)


def test_the_inventory_of_2024_is_imported_whole_in_seconds(shared_data):
    started = time.process_time()
    assert counts(shared_data / V2) == (2133, 0, 0, 0)
    assert time.process_time() - started < 12  # about 3 on an idle machine

    assert Programme.objects.get().name == "US federal AI use cases 2024"
    found = Pilot.objects.order_by().values_list("state", "phase").annotate(Count("pk"))
    assert {(state, phase): count for state, phase, count in found} == {
        ("intake", ""): 399,
        ("active", "proof_of_concept"): 404,
        ("active", "pilot"): 287,
        ("active", "production_deployment"): 892,
        ("active", ""): 9,
        ("retired", ""): 142,
    }
    gates = Gate.objects.filter(status__in=CURRENT)
    by_gate = dict(gates.order_by().values_list("definition__key").annotate(Count("pk")))
    assert by_gate == {"G1": 404, "G2": 287, "G4": 892}
    assert not gates.filter(must_total=0).exists() and not gates.filter(assessments=None).exists()
    assert PhaseEntry.objects.filter(is_current=True).count() == 404 + 287 + 892
    assert Pilot.objects.filter(in_production=True).count() == 892


@pytest.mark.either
def test_the_tricky_records_are_in_the_database_as_a_person_would_read_them(shared_data):
    import_pilots(shared_data / V2)

    assert Pilot.objects.filter(title="Generative AI Usage", unit="Department of Education").count() == 51
    assert SourceRecord.objects.filter(warnings__icontains="exact copy").count() == 3
    assert record(106).pilot.title == "Machine Translation (Previously Language Translator)"
    assert str(record(1448).pilot.intake_on) == "2022-07-01"
    assert problem(1448, "intake_on")["kind"] == "partial"
    for number, field, kind, said in [
        (237, "entered_proof_of_concept", "not_understood", "names 2 dates"),
        (217, "intake_on", "partial", "Only the year is given: 2015"),
        (185, "intake_on", "not_understood", "a slip"),
        (603, "intake_on", "partial", "July 2025 to September 2025"),
        (32, "ended_on", "not_given", "Consolidated into another use case"),
        (70, "ended_on", "not_given", "Consolidated into another use case"),
        (41, "ended_on", "not_given", "Deconsolidation"),
        (1726, "ended_on", "contradiction", "has not ended"),
    ]:
        told = problem(number, field)
        assert (told["kind"], said in told["reason"]) == (kind, True), number
        assert told["raw"] in [cell for _, cell in record(number).raw], number
    for number in (217, 185, 603):
        assert record(number).pilot.intake_on is None
    assert record(41).pilot.state == "retired" and record(41).pilot.ended_on is None
    operating = record(1726).pilot
    assert (operating.state, operating.phase, operating.ended_on) == ("active", "production_deployment", None)
    assert "is before the proposal" in record(39).warnings[0]
    explained = [
        sum(header == "If Other, please explain." for header, _ in raw)
        for raw in SourceRecord.objects.values_list("raw", flat=True)
    ]
    assert max(explained) > 1  # columns that share a header are all kept


def test_the_corrected_inventory_makes_what_is_new_and_no_duplicate(shared_data):
    counts(shared_data / V1)

    assert counts(shared_data / V2) == (376, 25, 1732, 0)
    assert Pilot.objects.count() == SourceRecord.objects.count() == 2133
    before = everything()
    assert counts(shared_data / V2) == (0, 0, 2133, 0)
    assert everything() == before


@pytest.mark.either
def test_a_dry_run_of_the_inventory_writes_nothing(shared_data):
    before = everything()

    assert counts(shared_data / V2, "--dry-run") == (2133, 0, 0, 0)
    assert everything() == before


@pytest.mark.either
def test_the_inventory_as_a_workbook_is_the_same_pilots(shared_data, tmp_path):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Inventory")
    with (shared_data / V2).open(encoding="cp1252", newline="") as stream:
        for cells in csv.reader(stream):
            sheet.append(cells)
    book.save(tmp_path / "v2.xlsx")
    counts(shared_data / V2)

    assert counts(tmp_path / "v2.xlsx") == (0, 0, 2133, 0)


@pytest.mark.parametrize(
    ("name", "rows"), [("us-fed-2023/2023.csv", 710), ("us-it-dashboard-projects/projects.csv", 2467)]
)
def test_other_files_are_imported_whole_and_once(shared_data, name, rows):
    assert counts(shared_data / name) == (rows, 0, 0, 0)
    assert counts(shared_data / name) == (0, 0, rows, 0)


@pytest.mark.either
def test_the_page_of_a_source_row_says_what_was_left_out_and_why(shared_data, client_of):
    import_pilots(shared_data / V2)
    browser = client_of(join(make_user(), None, Role.AUDITOR))
    for number, label, said in [
        (41, "Date retired or stopped", "Deconsolidation of several use cases"),
        (217, "Date proposed", "Only the year is given: 2015"),
        (237, "Date of entering proof of concept", "names 2 dates"),
        (1726, "Date retired or stopped", "the stage says that it has not ended"),
    ]:
        response = browser.get(f"/pilots/{record(number).pilot.key}/source/")
        page = response.content.decode()
        assert response.status_code == 200
        assert f">{label}</td>" in page and said in page, number
        assert "ended_on" not in page and "intake_on" not in page
