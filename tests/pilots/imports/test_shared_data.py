"""The real files, record by record where they are tricky."""

import csv
from collections import Counter
from datetime import datetime

import openpyxl
import pytest

from pilots.imports.matching import Imported, Outcome, plan_import
from pilots.imports.reading import read_file
from pilots.imports.table import UnreadableFile
from tests.pilots.imports.conftest import TODAY


@pytest.fixture(scope="module")
def v2(shared_data):
    return read_file(shared_data / "us-fed-2024/v2.csv", today=TODAY)


def imported(reading):
    return [Imported(n, row.identity, row.fingerprint, row.values) for n, row in enumerate(reading.accepted)]


def counts(planned):
    return {outcome.value: planned.count(outcome) for outcome in Outcome if planned.count(outcome)}


def test_the_inventory_of_2024_is_read_whole(shared_data):
    reading = read_file(shared_data / "us-fed-2024/v2.csv", today=TODAY)

    assert (reading.mapping, len(reading.rows), reading.rejected) == ("us-federal-2024", 2133, [])


def test_stages_and_risk_add_up_to_what_the_source_counts(v2):
    assert Counter((row.values["state"], row.values["phase"]) for row in v2.rows) == {
        ("intake", ""): 370 + 20 + 9,
        ("active", "proof_of_concept"): 404,
        ("active", "pilot"): 287,
        ("active", "production_deployment"): 874 + 14 + 4,
        ("retired", ""): 142,
        ("active", ""): 5 + 4,
    }
    assert Counter(row.values["risk_tier"] for row in v2.rows) == {"minimal": 1722, "high": 351, "": 60}


def test_every_filled_date_cell_is_a_value_or_has_its_reason(v2):
    columns = {
        "Date Initiated": "intake_on",
        "Date when Acquisition and/or Development began": "entered_proof_of_concept",
        "Date Implemented": "entered_production_deployment",
        "Date Retired": "ended_on",
    }
    for row in v2.rows:
        told = {problem.field for problem in row.problems} | {
            *(f"entered_{phase}" for phase in row.values["phase_dates"]),
            *(name for name in columns.values() if row.values.get(name)),
        }
        assert {columns[name] for name, _ in row.raw if name in columns} <= told, row.number


def test_every_clean_date_is_taken_as_it_stands(shared_data, v2):
    clean = {row.number: as_excel_would(dict(row.raw).get("Date Initiated", "")) for row in v2.rows}
    clean = {
        n: f"{day:%Y-%m-%d}" for n, day in clean.items() if isinstance(day, datetime) and day.year > 1905
    }

    assert len(clean) > 1_150
    assert {row.number: row.values["intake_on"] for row in v2.rows if row.number in clean} == clean


TRICKY = {  # record → field → what its problem or warning says
    237: ("entered_proof_of_concept", "names 2 dates"),
    217: ("intake_on", "Only the year is given: 2015"),
    1448: ("intake_on", "Only the month is given: July 2022"),
    185: ("intake_on", "a slip"),
    603: ("intake_on", "July 2025 to September 2025"),
    32: ("ended_on", "Consolidated into another use case"),
    70: ("ended_on", "Consolidated into another use case"),
    41: ("ended_on", "Deconsolidation"),
    1726: ("ended_on", "the stage says that it has not ended"),
}


@pytest.mark.parametrize("number", TRICKY)
def test_a_tricky_record_says_what_is_wrong_with_it(v2, number):
    field, said = TRICKY[number]
    row = v2.rows[number - 1]

    assert row.number == number
    assert any(said in problem.reason for problem in row.problems if problem.field == field)
    assert row.values.get(field) is None or number == 1448


def test_the_other_tricky_records(v2):
    rows = {row.number: row for row in v2.rows}

    assert "is before the proposal" in rows[39].warnings[0]
    assert rows[106].values["title"] == "Machine Translation (Previously Language Translator)"
    assert rows[1448].values["intake_on"] == "2022-07-01"
    assert rows[41].values["ended_reason"] == "N/A - Deconsolidation of several use cases"
    assert sum(row.values["title"] == "Generative AI Usage" for row in v2.rows) == 51
    assert sum("exact copy" in warning for row in v2.rows for warning in row.warnings) == 3


def test_nothing_of_a_row_is_lost(shared_data, v2):
    with (shared_data / "us-fed-2024/v2.csv").open(encoding="cp1252", newline="") as stream:
        header, *records = csv.reader(stream)
    header = [" ".join(name.split()) for name in header]

    for row, record in zip(v2.rows, records, strict=True):
        filled = [[name, cell] for name, cell in zip(header, record, strict=True) if cell.strip()]
        assert row.raw == filled


def test_the_corrected_file_creates_what_is_new_and_updates_exactly_what_was_edited(shared_data, v2):
    v1 = read_file(shared_data / "us-fed-2024/v1.csv", today=TODAY)
    planned = plan_import(imported(v1), v2)

    assert counts(planned) == {"created": 376, "updated": 25, "unchanged": 1732}
    assert planned.gone == []
    old = {row.number: Counter(cell for _, cell in row.raw) for row in v1.rows}
    by_id = {n: row.number for n, row in enumerate(v1.accepted)}
    for entry in planned.entries:
        if entry.imported:
            edited = old[by_id[entry.imported.id]] != Counter(cell for _, cell in entry.row.raw)
            assert edited == (entry.outcome is Outcome.UPDATED)


@pytest.mark.parametrize(
    "name", ["us-fed-2024/v2.csv", "us-fed-2023/2023.csv", "us-it-dashboard-projects/projects.csv"]
)
def test_the_same_file_again_changes_nothing(shared_data, name):
    reading = read_file(shared_data / name, today=TODAY)

    assert counts(plan_import(imported(reading), reading)) == {"unchanged": len(reading.rows)}


def test_the_same_rows_as_a_workbook_with_real_dates_are_the_same_pilots(shared_data, v2, tmp_path):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Inventory")
    with (shared_data / "us-fed-2024/v2.csv").open(encoding="cp1252", newline="") as stream:
        for cells in csv.reader(stream):
            sheet.append([as_excel_would(cell) for cell in cells])
    book.save(tmp_path / "v2.xlsx")

    again = read_file(tmp_path / "v2.xlsx", today=TODAY)
    assert counts(plan_import(imported(v2), again)) == {"unchanged": 2133}


def as_excel_would(cell):
    try:
        return datetime.strptime(cell, "%m/%d/%Y")
    except ValueError:
        return cell


def test_the_inventory_of_2023_has_identifiers_and_free_stages(shared_data):
    reading = read_file(shared_data / "us-fed-2023/2023.csv", today=TODAY)

    assert (reading.mapping, len(reading.rows), len(reading.rejected)) == ("us-federal-2023", 710, 0)
    unclear = [problem for row in reading.rows for problem in row.problems if problem.field == "stage"]
    assert len(unclear) == 321 + 2 + 4
    assert all("_x000D_" not in row.values["problem"] for row in reading.rows)


def test_projects_are_read_with_the_standard_mapping_and_say_that_no_phase_is_given(shared_data):
    reading = read_file(shared_data / "us-it-dashboard-projects/projects.csv", today=TODAY)

    assert (reading.mapping, len(reading.accepted)) == ("standard", 2467)
    assert {(row.values["state"], row.values["phase"]) for row in reading.rows} == {("active", "")}


def test_a_table_of_measurements_is_refused(shared_data):
    with pytest.raises(UnreadableFile, match=r"No column holds the title.*week_starting_monday"):
        read_file(shared_data / "kpi-weekly/helpdesk.csv", today=TODAY)
