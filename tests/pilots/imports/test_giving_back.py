"""The way back from an import: the same cells where nothing changed, the file's own words where something did."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilots.imports.giving_back import Said, giver_of, merged, spelled
from pilots.imports.mapping import WORDS
from pilots.imports.matching import Imported, Outcome, plan_import
from pilots.imports.reading import read_file
from pilots.imports.recognising import built_in_names, named_mapping
from pilots.imports.spelling import safe, unsafe
from tests.pilots.imports.conftest import TODAY

FEDERAL = "us-federal-2024"
RAW = [
    ["Use Case Name", "Route planning"],
    ["Agency", "Roads"],
    ["Stage of Development", "Acquisition and/or Development"],
    ["Date Initiated", "3/4/2024"],
]
THEN = {
    "title": "Route planning",
    "unit": "Roads",
    "state": "active",
    "phase": "proof_of_concept",
    "intake_on": "2024-03-04",
    "phase_dates": {},
}


def given_back(name: str, **changed) -> dict[str, str]:
    giver = giver_of(name, [RAW])
    row = giver.row(Said({**THEN, **changed}, RAW, THEN))
    return {head: cell for head, cell in zip(giver.header, row, strict=True) if cell}


def test_unchanged_it_goes_back_cell_by_cell():
    assert given_back(FEDERAL) == dict(RAW)


@pytest.mark.parametrize(
    "changed, column, cell",
    [
        ({"title": "Routes"}, "Use Case Name", "Routes"),
        ({"intake_on": "2024-05-01"}, "Date Initiated", "2024-05-01"),
        ({"phase": "pilot"}, "Stage of Development", "Implementation and Assessment"),
        ({"state": "retired", "phase": ""}, "Stage of Development", "Retired"),
        ({"state": "on_hold", "phase": "pilot"}, "Stage of Development", "Pilot, On hold"),
        (
            {"risk_tier": "high"},
            "Is the AI use case rights-impacting, safety-impacting, both, or neither?",
            "Both",
        ),
        (
            {"risk_tier": "limited"},
            "Is the AI use case rights-impacting, safety-impacting, both, or neither?",
            "Limited",
        ),
        ({"production_deployment": "2026-01-02"}, "Date Implemented", "2026-01-02"),
    ],
)
def test_what_changed_is_said_in_the_words_of_the_file(changed, column, cell):
    assert given_back(FEDERAL, **changed) == dict(RAW) | {column: cell}


def test_what_was_emptied_is_empty():
    assert given_back(FEDERAL, unit="") == {name: cell for name, cell in RAW if name != "Agency"}


def test_what_has_no_column_there_is_left_out():
    assert given_back(FEDERAL, vendor="Papierlos GmbH") == dict(RAW)


def test_a_pilot_of_ours_fills_what_is_known():
    giver = giver_of(FEDERAL, [])
    row = giver.row(Said({"title": "Ours", "state": "intake", "phase": ""}))

    assert [cell for cell in row if cell] == ["Ours", "Planned"]
    assert giver.header[0] == "Use Case Name"


@pytest.mark.parametrize("state", ["active", "on_hold", "stopped", "retired"])
@pytest.mark.parametrize("phase", ["", "pilot", "scaled_adoption"])
def test_in_our_own_columns_phase_and_state_are_read_as_they_were(state, phase, tmp_path):
    giver, file = giver_of("standard", []), tmp_path / "ours.csv"
    row = giver.row(Said({"title": "Ours", "state": state, "phase": phase}))
    file.write_text("\n".join(",".join(cells) for cells in (giver.header, row)), encoding="utf-8")
    (read,) = read_file(file, today=TODAY).accepted

    assert (read.values["state"], read.values["phase"]) == (state, phase)


def test_what_a_row_said_of_state_and_phase_is_replaced_in_both_columns():
    raw = [["Title", "T"], ["Phase", "PoC"], ["State", "On hold"]]
    then = {"title": "T", "state": "on_hold", "phase": "proof_of_concept"}
    giver = giver_of("standard", [raw])

    for state, phase, cells in (
        ("active", "pilot", ["Pilot", "Active"]),
        ("stopped", "pilot", ["Pilot", "Stopped"]),
        ("intake", "", ["Intake", ""]),
    ):
        assert giver.row(Said({"title": "T", "state": state, "phase": phase}, raw, then))[1:3] == cells


def test_columns_stand_in_the_order_of_the_rows_though_each_leaves_some_out():
    rows = [[[name, "x"] for name in names] for names in ("AD", "ABD", "ACD", "BC", "CDE")]

    assert "".join(name for name, _ in merged(rows)) == "ABCDE"


def test_two_columns_of_one_name_stay_two():
    raw = [["Notes", "one"], ["Notes", "two"], ["Title", "T"]]
    giver = giver_of("standard", [raw])

    then = {"title": "T", "state": "active", "phase": ""}
    assert giver.row(Said(then, raw, then))[:3] == ["one", "two", "T"]


def test_files_that_contradict_each_other_about_the_order_are_written_all_the_same():
    rows = [[[name, "x"] for name in names] for names in ("AD", "DA", "ABD")]

    assert [name for name, _ in merged(rows)] == ["A", "B", "D"]


@pytest.mark.parametrize("name", built_in_names())
def test_every_word_that_is_written_is_read_as_what_it_was(name):
    mapping = named_mapping(name)

    for (one, other), word in spelled(name).items():
        meaning = mapping.words[one if one in WORDS else "stages"].meaning_of(word)
        assert (meaning.word == other) if one in WORDS else (meaning.state, meaning.phase) == (one, other)


@given(st.text(max_size=8))
def test_what_is_kept_from_a_spreadsheet_comes_back(text):
    if not text.startswith("'"):
        assert unsafe(safe(text)) == text


def rewritten(reading, name: str) -> bytes:
    giver = giver_of(name, [row.raw for row in reading.accepted])
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([safe(cell) for cell in giver.header])
    for row in reading.accepted:
        now = row.values | {"production_deployment": row.values["phase_dates"].get("production_deployment")}
        writer.writerow([safe(cell) for cell in giver.row(Said(now, row.raw, row.values))])
    return file.getvalue().encode("utf-8-sig")


@pytest.mark.shared_data
@pytest.mark.parametrize("path", ["us-fed-2024/v1.csv", "us-fed-2024/v2.csv", "us-fed-2023/2023.csv"])
def test_a_whole_inventory_read_from_what_was_written_is_unchanged(shared_data, tmp_path, path):
    reading = read_file(shared_data / path, today=TODAY)
    written = tmp_path / "again.csv"
    written.write_bytes(rewritten(reading, reading.mapping))
    again = read_file(written, today=TODAY)

    earlier = [
        Imported(n, row.identity, row.fingerprint, row.values) for n, row in enumerate(reading.accepted)
    ]
    plan = plan_import(earlier, again)
    assert again.mapping == reading.mapping
    assert plan.count(Outcome.UNCHANGED) == len(reading.accepted) == len(again.rows)
