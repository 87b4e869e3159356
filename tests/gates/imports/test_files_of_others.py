"""Spreadsheets as other organisations keep them, through the command."""

from datetime import date, datetime

import openpyxl
import pytest

from pilots.models import Pilot, SourceRecord
from tests.gates.imports.conftest import counts, import_pilots

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("playbooks")]


@pytest.fixture
def book(tmp_path):
    """`book([row, row], Hidden=[row])` writes a workbook; the first sheet is the table."""

    def write(rows, **hidden):
        found = openpyxl.Workbook()
        for name, cells in hidden.items():
            sheet = found.create_sheet(name, 0)
            sheet.sheet_state = "hidden"
            for row in cells:
                sheet.append(row)
        found.active = found.worksheets.index(found["Sheet"])
        for row in rows:
            found["Sheet"].append(row)
        found.save(tmp_path / "book.xlsx")
        return tmp_path / "book.xlsx"

    return write


def test_titles_and_names_of_column_groups_above_the_header_are_skipped_and_named(book):
    file = book(
        [
            ["AI portfolio 2025"],
            ["As of 31 March 2025"],
            [],
            ["General", None, None, "Where it stands"],
            ["ID", "Project name", "Department", "Phase", "RAG", "Go-live"],
            [1, "Chat assistant", "HR", "Pilot", "Green", datetime(2030, 5, 1)],
            [2, "Forecasting", "Operations", "Live", "Amber", datetime(2024, 5, 1)],
            [3, "Reading forms", "Finance", "Concept", "Red", None],
            ["Total", 3],
        ]
    )
    said = import_pilots(file, "--format", "json").json

    assert (said["created"], said["rejected"]) == (3, 1)
    assert "a sum or a note" in said["rejections"][0]["reason"]
    assert any("“General | Where it stands”" in note for note in said["notes"])
    live = Pilot.objects.get(title="Forecasting")
    assert (live.unit, live.phase, live.reached_production_on) == (
        "Operations",
        "production_deployment",
        date(2024, 5, 1),
    )
    assert ["RAG", "Amber"] in live.source.raw


def test_sums_and_notes_below_a_table_are_rejected_with_a_reason(table):
    header = ["Initiative", "Stage", "Budget"]
    file = table(header, ["A", "Pilot", "1"], ["Total", "", "1"], [], ["Source: PMO", "", ""])
    said = import_pilots(file, "--format", "json").json

    assert said["created"] == 1
    assert [rejection["row"] for rejection in said["rejections"]] == [2, 4]


def test_a_pilot_that_is_called_like_a_sum_is_a_pilot(table):
    file = table(["Title", "Stage"], ["Total", "Pilot"], ["Source code review: first look", "Pilot"])

    assert counts(file) == (2, 0, 0, 0)


def test_a_formula_that_failed_is_no_title(book):
    file = book([["Title", "Stage"], ["#REF!", "Pilot"], ["Search", "#N/A"]])
    said = import_pilots(file, "--format", "json").json

    assert "error of a formula (#REF!)" in said["rejections"][0]["reason"]
    assert Pilot.objects.get().phase_is_unknown


def test_hidden_sheets_are_not_read_and_day_numbers_are_days(book):
    lookup = [["Stage", "Title"], ["Pilot", "1"]]
    import_pilots(book([["Use case", "Stage", "Start date"], ["Search", "Pilot", 45352]], Lookup=lookup))

    pilot = Pilot.objects.get()
    assert (pilot.title, pilot.intake_on) == ("Search", date(2024, 3, 1))


def test_colours_of_a_traffic_light_and_numbered_stages(table):
    header = ["Status", "Comments", "Stage", "Project", "Priority", "Go-live", "Lead"]
    file = table(
        header,
        ["G", "fine", "2. Pilot", "Alpha", "P1", "Q3 2030", "Ann <ann@example.com>"],
        ["R", "late", "4 - Production", "Beta", "Medium", "03/04/2024", "Bob"],
        ["Amber", "", "Something else", "Gamma", "low", "13/04/2024", ""],
    )
    import_pilots(file)

    found = {pilot.title: (pilot.phase, pilot.priority) for pilot in Pilot.objects.all()}
    assert found == {"Alpha": ("pilot", 1), "Beta": ("production_deployment", 3), "Gamma": ("", 4)}
    assert Pilot.objects.get(title="Beta").reached_production_on == date(2024, 4, 3)  # 13/04 says day first
    assert "“R” is not among the states" in str(SourceRecord.objects.get(pilot__title="Beta").problems)


def test_a_table_that_repeats_its_header_and_has_empty_columns(table):
    file = table(
        ["Title", "Stage", "", ""], ["A", "Pilot", "", ""], ["Title", "Stage", "", ""], ["B", "Live"]
    )
    said = import_pilots(file, "--format", "json").json

    assert "repeats the header" in said["rejections"][0]["reason"]
    assert said["created"] + said["rejected"] == said["rows"] == 3


def test_german_dates_and_decimals_with_a_mapping_of_their_own(tmp_path):
    file, mapping = tmp_path / "liste.csv", tmp_path / "liste.yaml"
    file.write_text("Projekt;Beginn;Budget\nPrüfung;15.03.2024;12.500,50\n", encoding="cp1252")
    mapping.write_text('delimiter: ";"\ncolumns: {title: Projekt, intake_on: Beginn}\n')

    assert counts(file, "--mapping", mapping) == (1, 0, 0, 0)
    assert Pilot.objects.get().intake_on == date(2024, 3, 15)
    assert ["Budget", "12.500,50"] in SourceRecord.objects.get().raw


def test_text_that_looks_like_a_formula_is_only_text(table):
    import_pilots(table(["Title", "Problem"], ["=cmd|' /C calc'!A0", "<script>alert(1)</script>"]))

    assert Pilot.objects.get().title == "=cmd|' /C calc'!A0"


def test_a_single_row_is_a_portfolio_too(table):
    assert counts(table(["name", "stage"], ["Only one", "pilot"])) == (1, 0, 0, 0)
