"""What holds for every file, whatever is in it."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pilots.imports.date_spellings import DateRules
from pilots.imports.dates import read_date
from pilots.imports.files import read_table
from pilots.imports.mapping import parse_mapping
from pilots.imports.matching import Imported, Outcome, plan_import
from pilots.imports.merging import merge
from pilots.imports.reading import read_file
from pilots.imports.table import UnreadableFile
from pilots.imports.yaml_pieces import MappingError
from tests.pilots.imports.conftest import TODAY, csv_text

ONE_FILE = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
CELLS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", "N/A", "Pilot", "Retired", "7/7/1905", "3/4/2024", "31/12/2024", "22-Jul", "Same name"]
    ),
)
ROWS = st.lists(st.lists(CELLS, min_size=4, max_size=5), min_size=1, max_size=12)
HEADER = ["Title", "Phase", "Start date", "Other"]
RULES = DateRules("month_first", "year", 10)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "file.csv"


@ONE_FILE
@given(
    start=st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf", b"Title,Unit\n"]),
    data=st.binary(),
)
@example(start=b"", data=b'Title\n"')
@example(start=b"", data=b"Title\r\r\n\ra")
def test_bytes_are_a_table_or_refused_with_a_sentence(path, start, data):
    path.write_bytes(start + data)
    try:
        table = read_table(path)
    except UnreadableFile as refused:
        assert str(refused).endswith((".", "?", '"'))
    else:
        assert table.records


def read(path, rows):
    path.write_bytes(csv_text([HEADER, *rows]).encode("utf-8", "replace"))
    try:
        return read_file(path, today=TODAY)
    except UnreadableFile:
        return None


def plan_after(first, second):
    earlier = [Imported(row.number, row.identity, row.fingerprint, row.values) for row in first.accepted]
    return plan_import(earlier, second)


@ONE_FILE
@given(rows=ROWS)
def test_every_row_is_accounted_for_and_a_second_import_changes_nothing(path, rows):
    reading = read(path, rows)
    if reading is None:
        return
    first, second = plan_after(reading, reading), plan_import([], reading)

    assert len(first.entries) == len(reading.rows) == sum(first.count(outcome) for outcome in Outcome)
    assert {entry.outcome for entry in first.entries} <= {Outcome.UNCHANGED, Outcome.REJECTED}
    assert {entry.outcome for entry in second.entries} <= {Outcome.CREATED, Outcome.REJECTED}
    assert all(row.rejected or row.values["title"] for row in reading.rows)


@ONE_FILE
@given(rows=ROWS, data=st.data())
def test_rows_in_another_order_are_the_same_pilots(path, rows, data):
    first, second = read(path, rows), read(path, data.draw(st.permutations(rows)))
    if first is None or second is None:
        return

    planned = plan_after(first, second)
    assert planned.count(Outcome.CREATED) == planned.count(Outcome.UPDATED) == len(planned.gone) == 0


@settings(max_examples=500, deadline=None)
@given(text=st.text(max_size=40))
def test_a_date_cell_is_blank_a_value_or_a_reason(text):
    reading = read_date(text, RULES)

    assert reading is None or (reading.period is None) == bool(reading.reason)


@settings(max_examples=500, deadline=None)
@given(text=st.text(alphabet="abcdefgjmnopqrstuvyJFMASOND -/.,()'", max_size=40))
def test_words_without_a_number_are_never_a_date(text):
    reading = read_date(text, RULES)

    assert reading is None or reading.value is None


@settings(max_examples=300, deadline=None)
@given(
    day=st.dates(date(1950, 1, 1), date(2100, 12, 31)),
    style=st.sampled_from(["%Y-%m-%d", "%m/%d/%Y", "%d %B %Y"]),
)
def test_a_written_date_is_read_back(day, style):
    assert read_date(day.strftime(style), RULES).value == day


@settings(max_examples=150, deadline=None)
@given(text=st.text())
def test_a_mapping_is_read_or_refused_with_reasons(text):
    try:
        parse_mapping(text, "ours.yaml")
    except MappingError as refused:
        assert refused.reasons


@given(
    *(
        st.fixed_dictionaries({"a": st.sampled_from(["", "x", "y", None]), "b": st.booleans()})
        for _ in range(3)
    )
)
def test_a_merge_writes_only_what_the_file_changed_and_nobody_edited(last, new, current):
    merged = merge(last=last, new=new, current=current)

    assert not merged.take.keys() & merged.kept.keys()
    assert all(
        new[name] != last[name] and (current[name] or None) == (last[name] or None) for name in merged.take
    )
