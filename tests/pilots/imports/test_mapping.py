"""Mapping files: what they may say, and how their mistakes are told."""

import pytest

from pilots.imports.mapping import parse_mapping, read_mapping
from pilots.imports.recognising import (
    built_in_names,
    column_positions,
    detected_mapping,
    named_mapping,
)
from pilots.imports.table import Record, Table, UnreadableFile
from pilots.imports.yaml_pieces import MappingError

GOOD = """
name: ours
programme: Our pilots
delimiter: ";"
dates: {order: day_first}
columns:
  title: [Vorhaben, Titel]
  problem: {column: Bemerkung, occurrence: 2}
stages:
  - says: [Probe]
    state: active
    phase: pilot
"""


def table(*header):
    return Table(header, [Record(1, tuple("x" for _ in header))])


def mistakes_in(text):
    with pytest.raises(MappingError) as caught:
        parse_mapping(text, "ours.yaml")
    return caught.value.reasons


def test_a_mapping_says_what_it_says():
    mapping = parse_mapping(GOOD, "ours.yaml")

    assert (mapping.name, mapping.programme, mapping.delimiter) == ("ours", "Our pilots", ";")
    assert mapping.dates.order == "day_first"
    assert mapping.words["stages"].meaning_of(" PROBE ").phase == "pilot"


def test_columns_are_found_by_alias_and_occurrence():
    positions = column_positions(table("Bemerkung", "titel:", "Bemerkung"), parse_mapping(GOOD, "ours.yaml"))

    assert positions == {"title": [1], "problem": [2]}


MISTAKES = {
    "columns:\n  title: [Name]\n  tilte: [Nam]\n": ("line 3, columns.tilte", "did you mean “title”"),
    "columns:\n  title: [Name]\nstages:\n  - says: [Pilot]\n    state: aktive\n": (
        "line 5, stages.state",
        "“aktive” is not known",
    ),
    "columns:\n  title: [Name]\nstages:\n  - says: [A]\n    state: active\n    phase: pilots\n": (
        "line 6, stages.phase",
        "“pilots”",
    ),
    "columns:\n  title: [Name]\nstages:\n  - says: [A]\n    state: intake\n    phase: pilot\n": (
        "line 4",
        "not in a phase yet",
    ),
    "columns:\n  title: [Name]\nstages:\n  - state: active\n": ("line 4, stages", "says"),
    "columns:\n  title: [Name]\nstages:\n  - {says: [A], state: active}\n  - {says: [a], state: retired}\n": (
        "line 5",
        "already has another meaning",
    ),
    "columns:\n  title: [Name]\nrisk_tiers:\n  - says: [A]\n    means: severe\n": ("line 5", "“severe”"),
    "columns:\n  title: [Name]\ndates:\n  order: american\n": ("line 4, dates.order", "“american”"),
    "columns:\n  title: [Name]\ndelimiter: ab\n": ("line 3, delimiter", "one character"),
    "columns:\n  title: [Name]\nidentity: [agency]\n": ("line 3, identity", "“agency” is not a field"),
    "columns:\n  title: [{column: Name, occurrence: x}]\n": ("line 2, columns.title", "occurrence"),
    "columns:\n  unit: [Name]\n": ("line 1", "title"),
    "columns:\n  title: [Name]\n  title: [Nom]\n": ("line 3, columns.title", "twice"),
    "columns: [Name]\n": ("line 1, columns", "named entries"),
    "columns:\n  title: [Name\n": ("line 3", "not readable"),
    "columns: &a\n  title: [Name]\nplanned: *a\n": ("ours.yaml", "references"),
    "": ("ours.yaml", "empty"),
    "just text": ("line 1", "named entries"),
    "[" * 5_000: ("ours.yaml", "not"),
    "a" * 600_000: ("ours.yaml", "too long"),
}


@pytest.mark.parametrize("text", MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_told_with_its_line_and_field(text):
    reasons = " ".join(mistakes_in(text))

    assert all(part in reasons for part in MISTAKES[text]), reasons


def test_all_mistakes_are_told_at_once():
    assert len(mistakes_in("colums: {}\ndelimiter: ab\ncolumns:\n  title: [A]\n  unti: [B]\n")) == 3


def test_words_are_not_taken_for_yaml_values():
    mapping = parse_mapping("columns: {title: [No, 2024]}\n", "ours.yaml")

    assert [column.name for column in mapping.columns["title"]] == ["No", "2024"]


def test_a_phase_may_be_one_of_another_playbook():
    text = "columns: {title: [A]}\nstages: [{says: [B], state: active, phase: rollout}]\n"

    assert (
        parse_mapping(text, "ours.yaml", phases=["rollout"]).words["stages"].meaning_of("b").phase
        == "rollout"
    )


def test_every_built_in_mapping_is_without_mistakes():
    assert built_in_names() == ["standard", "us-federal-2023", "us-federal-2024"]
    for name in built_in_names():
        assert named_mapping(name).name == name


def test_only_our_own_name_of_it_means_scaled_adoption():
    meaning = {name: named_mapping(name).words["stages"] for name in built_in_names()}
    scaled = [
        (name, word)
        for name, words in meaning.items()
        for word, m in words.exact.items()
        if m.phase == "scaled_adoption"
    ]

    assert scaled == [("standard", "scaled adoption")]


def test_an_unknown_mapping_is_told_with_the_known_ones(tmp_path):
    with pytest.raises(MappingError, match="us-federal-2024"):
        named_mapping("us-federal-2025")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MappingError, match="cannot be read"):
        read_mapping(tmp_path / "binary.yaml")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (["Use Case Name", "Agency", "Stage of Development", "Date Initiated"], "standard"),
        (
            ["2_use_case_name", "3_agency", "16_dev_stage", "17_impact_type", "18_date_initiated"],
            "us-federal-2024",
        ),
        (["Use_Case_ID", "Title", "Development_Stage"], "us-federal-2023"),
        (["PROJECT NAME", "owner e mail"], "standard"),
        (["1. Use case", "2. Phase (current)"], "standard"),
    ],
)
def test_the_mapping_is_found_by_the_header(header, expected):
    assert detected_mapping(table(*header)).name == expected


def test_a_file_without_a_title_is_refused_with_its_columns():
    with pytest.raises(UnreadableFile, match=r"title.*“week”, “tickets”"):
        detected_mapping(table("week", "tickets"))
