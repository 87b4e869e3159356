"""Rows in our words: values, problems, warnings, identity; nothing lost, nothing invented."""

import pytest

from pilots.imports.reading import read_file
from pilots.imports.table import UnreadableFile
from tests.pilots.imports.conftest import TODAY

FEDERAL = (
    "2_use_case_name",
    "3_agency",
    "16_dev_stage",
    "17_impact_type",
    "18_date_initiated",
    "19_date_acq_dev_began",
    "20_date_implemented",
    "21_date_retired",
    "22_dev_method",
)


@pytest.fixture
def federal(reading_of):
    """The one row of a federal file with these cells."""

    def read(stage="Initiated", impact="Neither", dates=("", "", "", ""), method=""):
        return reading_of(FEDERAL, ["A case", "An agency", stage, impact, *dates, method]).rows[0]

    return read


def problem(row, field):
    return next((problem for problem in row.problems if problem.field == field), None)


STAGES = [
    ("Planned", "intake", ""),
    ("Ideation", "intake", ""),
    ("Initiated", "intake", ""),
    ("Acquisition and/or Development", "active", "proof_of_concept"),
    ("Implementation and Assessment", "active", "pilot"),
    ("operation  and MAINTENANCE ", "active", "production_deployment"),
    ("In production", "active", "production_deployment"),
    ("In mission", "active", "production_deployment"),
    ("4. Operation and Maintenance", "active", "production_deployment"),
    ("Retired", "retired", ""),
]


@pytest.mark.parametrize(("stage", "state", "phase"), STAGES)
def test_a_stage_means_a_state_and_a_phase(federal, stage, state, phase):
    row = federal(stage)

    assert (row.values["state"], row.values["phase"]) == (state, phase)
    assert problem(row, "stage") is None


@pytest.mark.parametrize(
    ("stage", "kind"),
    [("", "ask"), ("Research or  Administrative Action Complete", "ask"), ("Hibernating", "not_understood")],
)
def test_a_stage_that_names_no_phase_is_active_with_the_question_kept(federal, stage, kind):
    row = federal(stage)

    assert (row.values["state"], row.values["phase"]) == ("active", "")
    assert (problem(row, "stage").raw, problem(row, "stage").kind) == (stage, kind)


@pytest.mark.parametrize(
    ("impact", "tier"),
    [
        ("Both", "high"),
        ("Rights-Impacting\n", "high"),
        ("Safety-impacting", "high"),
        ("Neither", "minimal"),
        ("Case-by-case assessment", ""),
        ("No, use case is too new to fully assess impacts; will be reassessed.", ""),
        ("", ""),
    ],
)
def test_the_risk_tier_quotes_its_source_or_stays_empty_with_a_reason(federal, impact, tier):
    row = federal(impact=impact)

    assert row.values["risk_tier"] == tier
    assert (impact.strip() in row.values["risk_rationale"]) == bool(tier) or not impact
    assert bool(problem(row, "risk_tier")) == bool(impact and not tier)


@pytest.mark.parametrize(
    ("method", "approach"),
    [
        ("Developed in-house.", "custom"),
        ("Developed with both contracting and in-house resources.", "hybrid"),
        ("Developed with contracting resources.", ""),
        ("By magic", ""),
    ],
)
def test_the_approach_is_taken_only_where_it_is_plain(federal, method, approach):
    row = federal(method=method)

    assert row.values["approach"] == approach
    assert bool(problem(row, "approach")) != bool(approach)


def test_dates_are_entries_into_phases_and_none_is_made_up(federal):
    row = federal("Operation and Maintenance", dates=("1/5/2023", "2/6/2023", "3/7/2024", ""))

    assert row.values["intake_on"] == "2023-01-05"
    assert row.values["phase_dates"] == {
        "proof_of_concept": "2023-02-06",
        "production_deployment": "2024-03-07",
    }
    assert row.warnings == []


def test_a_year_does_not_become_its_first_of_january(federal):
    row = federal(dates=("7/7/1905", "", "", ""))

    assert row.values["intake_on"] is None
    assert row.values["partial_dates"]["intake_on"]["from"] == "2015-01-01"
    assert row.values["partial_dates"]["intake_on"]["precision"] == "year"
    assert problem(row, "intake_on").kind == "partial" and "2015" in problem(row, "intake_on").reason


def test_a_month_is_its_first_day_and_says_that_it_is_a_month(federal):
    row = federal(dates=("22-Jul", "", "", ""))

    assert row.values["intake_on"] == "2022-07-01"
    assert row.values["partial_dates"]["intake_on"]["precision"] == "month"


CONTRADICTIONS = [
    ("Retired", ("10/1/2021", "", "10/1/2019", "11/30/2024"), "is before the proposal"),
    ("Operation and Maintenance", ("", "", "", "10/15/2021"), "has not ended"),
    ("Operation and Maintenance", ("", "", "10/1/2027", ""), "in the future"),
    ("Initiated", ("", "", "10/1/2024", ""), "not in a phase yet"),
    ("Acquisition and/or Development", ("", "", "10/1/2024", ""), "in the phase proof of concept"),
    ("Retired", ("5/1/2023", "", "", "4/1/2023"), "The end (1 April 2023) is before the proposal"),
]


@pytest.mark.parametrize(("stage", "dates", "said"), CONTRADICTIONS)
def test_what_contradicts_itself_is_warned_of(federal, stage, dates, said):
    row = federal(stage, dates=dates)

    assert len(row.warnings) == 1 and said in row.warnings[0]


@pytest.mark.parametrize("dates", [("7/1/2022", "7/14/1905", "", ""), ("22-Jul", "7/5/2022", "", "")])
def test_dates_contradict_only_as_exactly_as_they_are_known(federal, dates):
    assert federal("Acquisition and/or Development", dates=dates).warnings == []


def test_an_entry_into_a_phase_not_reached_is_set_aside(federal):
    row = federal("Implementation and Assessment", dates=("", "1/1/2023", "10/1/2024", ""))

    assert row.values["phase_dates"] == {"proof_of_concept": "2023-01-01"}
    assert row.values["unreached_dates"] == {"production_deployment": "2024-10-01"}


def test_a_retired_pilot_keeps_the_reason_given_instead_of_a_date(federal):
    row = federal("Retired", dates=("", "", "", "N/A -Consolidated into another use case."))

    assert row.values["ended_on"] is None
    assert row.values["ended_reason"] == "N/A -Consolidated into another use case."


def test_raw_cells_are_all_kept_although_columns_share_a_name(reading_of):
    row = reading_of(["Title", "Other", "Other", ""], ["a", "b", "c ", "d"]).rows[0]

    assert row.raw == [["Title", "a"], ["Other", "b"], ["Other", "c "], ["(column 4)", "d"]]


def test_a_long_title_is_cut_at_a_word_and_kept_in_full(reading_of):
    title = "word " * 60

    row = reading_of(["Title"], [title]).rows[0]
    assert len(row.values["title"]) <= 200 and row.values["title"].endswith("word…")
    assert problem(row, "title").kind == "shortened" and row.raw == [["Title", title]]


def test_a_title_over_lines_with_excel_marks_becomes_one_line(reading_of):
    assert (
        reading_of(["Title"], ["Machine\ntranslation_x000D_\n now"]).rows[0].values["title"]
        == "Machine translation now"
    )


@pytest.mark.parametrize("title", ["", " \u00a0", "N/A", "-"])
def test_a_row_without_a_title_is_rejected_with_a_reason(reading_of, title):
    row = reading_of(["Title", "Unit"], [title, "x"]).rows[0]

    assert row.rejected == "This row has no title." and row.raw[-1] == ["Unit", "x"]


def test_an_identifier_that_comes_twice_is_rejected_the_second_time(reading_of):
    rows = reading_of(["ID", "Title"], ["A-1", "a"], ["a-1 ", "b"], ["", "c"], ["", "d"]).rows

    assert [row.rejected for row in rows] == ["", "The identifier in “ID” is the same as in row 1.", "", ""]


def test_a_ragged_row_is_rejected_and_the_others_are_read(reading_of):
    reading = reading_of(["Title", "Unit"], ["a", "b"], ["c"], ["d", "e"])

    assert [row.values.get("title") for row in reading.rows] == ["a", None, "d"]
    assert "1 cell where" in reading.rows[1].rejected and reading.rows[1].raw == [["Title", "c"]]


def test_a_copy_is_its_own_row_with_a_warning(reading_of):
    rows = reading_of(["Title", "Unit"], ["a", "b"], ["x", "y"], ["a", "b"]).rows

    assert rows[2].warnings == ["This row is an exact copy of row 1."]
    assert rows[2].identity == rows[0].identity and not rows[2].rejected


@pytest.mark.parametrize(
    "other",
    [
        "  the “Big”\u00a0case – 2 ",
        'THE "BIG" CASE - 2',
        "The\n‘‘Big’’ case".replace("‘‘", '"').replace("’’", '"') + "\u200b — 2",
    ],
)
def test_the_same_name_in_another_spelling_is_the_same_pilot(reading_of, other):
    rows = reading_of(["Title", "Unit"], ['The "Big" case - 2', "U"], [other, " u "]).rows

    assert rows[0].identity == rows[1].identity


def test_the_fingerprint_ignores_headers_order_and_spelling_of_dates_but_no_cell(reading_of):
    one = reading_of(["Title", "Start date", "Extra"], ["a", "2024-03-01", "x"]).rows[0]
    same = reading_of(["More", "Project", "Start"], ["x", "a", "1 March 2024"]).rows[0]
    other = reading_of(["Title", "Start date", "Extra"], ["a", "2024-03-01", "y"]).rows[0]

    assert one.fingerprint == same.fingerprint != other.fingerprint


def test_a_person_is_found_by_an_e_mail_address_only(reading_of):
    rows = reading_of(
        ["Title", "Owner"],
        ["a", "Jane Doe <Jane.Doe@Example.org>"],
        ["b", "Jane Doe"],
        ["c", "a@example.org; b@example.org"],
    ).rows

    assert [row.values["owner_email"] for row in rows] == ["jane.doe@example.org", "", ""]
    assert "is not an e-mail address" in problem(rows[1], "owner_email").reason
    assert "several" in problem(rows[2], "owner_email").reason


def test_common_words_are_understood_and_others_are_told(reading_of):
    header = ["Project", "Department", "Status", "Stage", "Priority", "Risk", "Go-live"]
    rows = reading_of(
        header,
        ["a", "HR", "On hold", "PoC", "High", "Limited", "2026-01-05"],
        ["b", "HR", "Green", "Live", "P1", "Medium", "2024-01-05"],
        ["c", "#REF!", "Cancelled", "", "whatever", "", "N/A"],
    ).rows

    told = [
        (row.values["state"], row.values["phase"], row.values["priority"], row.values["risk_tier"])
        for row in rows
    ]
    assert told == [
        ("on_hold", "proof_of_concept", 2, "limited"),
        ("active", "production_deployment", 1, ""),
        ("stopped", "", None, ""),
    ]
    assert rows[0].values["planned_dates"] == {"production_deployment": "2026-01-05"}
    assert rows[1].values["phase_dates"] == {"production_deployment": "2024-01-05"}
    assert {problem.field for problem in rows[2].problems} == {
        "unit",
        "priority",
        "planned_production_deployment",
    }


@pytest.mark.parametrize(
    ("proof", "expected"), [("25/12/2024", "2024-04-03"), ("12/25/2024", "2024-03-04"), ("1/1/2024", None)]
)
def test_the_order_of_day_and_month_is_taken_from_dates_that_prove_it(reading_of, proof, expected):
    reading = reading_of(["Title", "Start date"], ["a", proof], ["b", "3/4/2024"])

    assert reading.rows[1].values["intake_on"] == expected
    assert any("month first" in note or "day first" in note for note in reading.notes) == bool(expected)


def test_dates_that_prove_both_orders_prove_none(reading_of):
    reading = reading_of(["Title", "Start date"], ["a", "25/12/2024"], ["b", "12/25/2024"], ["c", "3/4/2024"])

    assert [row.values["intake_on"] for row in reading.rows] == ["2024-12-25", "2024-12-25", None]


def test_a_mapping_that_names_absent_columns_says_so(reading_of):
    reading = reading_of(["Vorhaben"], ["a"], mapping="columns:\n  title: [Vorhaben]\n  unit: [Abteilung]\n")

    assert "“Abteilung”" in reading.notes[0]


def test_a_mapping_whose_title_is_not_in_the_file_refuses_it(reading_of):
    with pytest.raises(UnreadableFile, match="“Vorhaben”; the file has “Title”"):
        reading_of(["Title"], ["a"], mapping="columns:\n  title: [Vorhaben]\n")


def test_the_delimiter_of_the_mapping_is_used(file_of):
    path = file_of("Title;Unit\na;b\n")
    mapping = file_of('delimiter: ";"\ncolumns:\n  title: [Title]\n  unit: [Unit]\n', name="semi.yaml")

    assert read_file(path, today=TODAY, mapping=str(mapping)).rows[0].values["unit"] == "b"
