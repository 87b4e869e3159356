"""The federal inventory of 2024, imported once, as a person finds it."""

import csv
import time
from types import SimpleNamespace

import openpyxl
import pytest
from django.db.models import Count

from gates.checks import CHECKS
from gates.choices import CURRENT
from gates.models import Gate, PhaseEntry
from gates.playbooks.files import load, shipped
from pilots.choices import Role
from pilots.models import Pilot, Programme, SourceRecord
from tests.builders import join, make_user
from tests.gates.imports.conftest import counts
from tests.gates.inventory.exporting import exported
from tests.made_once import made_once

pytestmark = [pytest.mark.shared_data, pytest.mark.django_db]


@pytest.fixture(scope="module")
def inventory(shared_data, django_db_setup, django_db_blocker):
    """Its file, what the import of it said, and the seconds that it took."""
    file = shared_data / "us-fed-2024/v2.csv"
    with made_once(django_db_blocker):
        load(shipped(), known_checks=frozenset(CHECKS), by=None)
        started = time.process_time()
        found = counts(file)
        yield SimpleNamespace(file=file, counts=found, seconds=time.process_time() - started)


def record(number: int) -> SourceRecord:
    return SourceRecord.objects.select_related("pilot").get(record_number=number)


def problem(number: int, field: str) -> dict:
    return next(problem for problem in record(number).problems if problem["field"] == field)


def test_the_inventory_of_2024_is_imported_whole_in_seconds(inventory):
    assert inventory.counts == (2133, 0, 0, 0)
    assert inventory.seconds < 12  # about 3 on an idle machine

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


def test_the_tricky_records_are_in_the_database_as_a_person_would_read_them(inventory):

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


def test_the_inventory_as_a_workbook_is_the_same_pilots(inventory, tmp_path):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Inventory")
    with inventory.file.open(encoding="cp1252", newline="") as stream:
        for cells in csv.reader(stream):
            sheet.append(cells)
    book.save(tmp_path / "v2.xlsx")

    assert counts(tmp_path / "v2.xlsx") == (0, 0, 2133, 0)


def test_the_page_of_a_source_row_says_what_was_left_out_and_why(inventory, client_of):
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


def test_the_whole_inventory_of_2024_comes_back_unchanged(inventory, client_of, tmp_path):
    mia = join(make_user("Mia Manager"), Programme.objects.get(), Role.PROGRAMME_MANAGER)
    written = tmp_path / "again.csv"
    written.write_bytes(exported(client_of(mia)))

    assert counts(written) == (0, 0, 2133, 0)
