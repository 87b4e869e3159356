"""What a table of readings says, row by row."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.uploads.rows import Fault, read_rows
from pilots.imports.table import Record, Table, UnreadableFile

ZONE = ZoneInfo("Europe/Berlin")
NEEDED = ("measured_at", "value")


def read(*rows, header=("Date", "Value"), order="", is_sheet=False, header_row=1):
    records = [Record(number, row) for number, row in enumerate(rows, start=1)]
    table = Table(header, records, header_row=header_row)
    return read_rows(table, zone=ZONE, needed=NEEDED, order=order, is_sheet=is_sheet)


def values(*texts, **how):
    """The values read from a column of these, None where there is a fault."""
    found = read(*(("2026-03-01", text) for text in texts), **how)
    by_row = {row.number: row.value for row in found.rows}
    return [by_row.get(number) for number in range(2, len(texts) + 2)]


def fault(*row, header=("Date", "Value"), **how) -> Fault:
    found = read(row, header=header, **how)
    assert not found.rows
    [only] = found.faults
    return only


# --- Numbers -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["9.85"], ["9.85"]),
        (["9,85"], ["9.85"]),
        (["1.234,5", "12"], ["1234.5", "12"]),
        (["1,234.5"], ["1234.5"]),
        (["1,5", "1,234"], ["1.5", "1.234"]),  # a comma proven by the other row
        (["1.5", "1,234"], ["1.5", "1234"]),
        (["1,5", "1.234"], ["1.5", "1234"]),
        (["1.234"], ["1.234"]),
        (["1,234"], [None]),
        (["1.5", "1,5", "1,234", "1.234"], ["1.5", "1.5", None, None]),
        (["0,125", "-3"], ["0.125", "-3"]),
        (["1,234,567"], ["1234567"]),
        (["1 234,5", "1\u00a0234,5", "1'234,5"], ["1234.5"] * 3),
        (["\u22123.5", "+4", "1e-05"], ["-3.5", "4", "0.00001"]),
    ],
)
def test_a_number_is_read_as_its_column_proves_or_not_at_all(texts, numbers):
    assert values(*texts) == [None if number is None else Decimal(number) for number in numbers]


@pytest.mark.parametrize(("text", "number"), [("1.234", "1.234"), ("9,85", "9.85"), ("1,234", None)])
def test_a_point_in_a_sheet_is_always_a_decimal_point(text, number):
    assert values("1,5", text, is_sheet=True)[1] == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Enter the value."),
        ("much", "“much” is not a number."),
        ("NaN", "“NaN” is not a number."),
        ("inf", "“inf” is not a number."),
        ("-Infinity", "“-Infinity” is not a number."),
        ("=A1*2", "“=A1*2” is a formula. Save the file with its values."),
        ("#DIV/0!", "“#DIV/0!” is the error of a formula, not a value."),
        ("1,234", "“1,234” can be decimals or thousands. Write thousands without a mark."),
        (date(2026, 3, 1), "“2026-03-01” is a date, not a number. Format the cell as a number."),
    ],
)
def test_what_is_no_number_is_told_by_name(text, sentence):
    assert fault("2026-03-01", text) == Fault(2, "Value", sentence)


def test_a_unit_may_stand_behind_the_number_or_in_a_column():
    header = ("Date", "Value", "Unit")
    found = read(("2026-03-01", "95 %", ""), ("2026-03-02", "95", " % "), header=header)
    assert [(row.value, row.unit) for row in found.rows] == [(95, "%"), (95, "%")]
    assert fault("2026-03-01", "95 h", "%", header=header).column == "Unit"


# --- Times ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-03-04", datetime(2026, 3, 4, 12)),
        (date(2026, 3, 4), datetime(2026, 3, 4, 12)),
        ("4 Mar 2026", datetime(2026, 3, 4, 12)),
        ("13/3/2026", datetime(2026, 3, 13, 12)),
        ("04.03.2026", datetime(2026, 3, 4, 12)),
        ("04.03.2026 18:30", datetime(2026, 3, 4, 18, 30)),
        ("2026-03-04 18:30:15", datetime(2026, 3, 4, 18, 30, 15)),
        ("2026-03-04T18:30Z", datetime(2026, 3, 4, 19, 30)),
        ("13/3/2026 6:30 PM", datetime(2026, 3, 13, 18, 30)),
    ],
)
def test_a_time_is_read_in_the_organisations_zone_and_a_day_is_its_noon(cell, moment):
    [row] = read((cell, "1")).rows
    assert row.measured_at == moment.replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("", "Enter when it was measured."),
        ("March 2026", "“March 2026” names no day. A reading needs the day it was measured."),
        (
            "3/4/2026",
            "“3/4/2026” can be read with the day or the month first. Say which above the file, or write 2026-03-04.",
        ),
        ("1900-01-01 12:00", "This lies too far in the past."),
    ],
)
def test_what_is_no_day_is_told_by_name(cell, sentence):
    assert fault(cell, "1") == Fault(2, "Date", sentence)


def test_the_order_of_day_and_month_is_said_or_proven_by_the_file():
    assert read(("3/4/2026", "1"), order="day_first").rows[0].measured_at.month == 4
    assert read(("3/4/2026", "1"), order="month_first").rows[0].measured_at.month == 3
    assert read(("3/4/2026", "1"), ("25/4/2026", "1")).rows[0].measured_at.month == 4


# --- The rest ------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["0", "-3", "2.5", "many", "99999999999"])
def test_a_sample_is_a_whole_number_of_cases(text):
    assert fault("2026-03-01", "1", text, header=("Date", "Value", "Sample size")).column == "Sample size"


def test_rows_count_as_a_spreadsheet_does_and_keep_their_place_below_a_title():
    found = read(("2026-03-01", "x"), header_row=4)
    assert found.faults[0].row == 5


def test_blank_rows_are_left_out_and_said():
    found = read(("", ""), ("2026-03-01", "1"))
    assert (len(found.rows), found.faults) == (1, [])
    assert found.notes == ["1 row has neither time nor value and was left out."]


def test_columns_are_known_by_several_names_and_others_are_said():
    found = read(("1", "2026-03-01", "x"), header=("Reading", "Timestamp", "Colour"))
    assert found.rows[0].value == 1
    assert found.notes == ["Not read, because they are no part of a reading: “Colour”."]


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (("Date", "Colour"), "The file has no column “Value”. It has “Date”, “Colour”."),
        (
            ("Date", "Value", "Day"),
            "More than one column can be “Measured”: “Date”, “Day”. Rename all but one.",
        ),
    ],
)
def test_a_file_without_what_is_needed_says_what_it_has(header, sentence):
    with pytest.raises(UnreadableFile) as refused:
        read(("a", "b", "c"), header=header)
    assert str(refused.value) == sentence


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=5))
def test_whatever_a_file_says_each_row_is_read_or_told(rows):
    found = read(*rows)
    told = {row.number for row in found.rows} | {fault.row for fault in found.faults}
    assert len(told) <= len(rows)
    assert all(row.value is not None and row.measured_at is not None for row in found.rows)


@given(st.decimals(-(10**9), 10**9, places=2, allow_nan=False, allow_infinity=False))
def test_a_number_with_two_decimals_is_the_same_with_either_mark(number):
    assert values(f"{number:,.2f}", f"{number:.2f}".replace(".", ",")) == [number, number]
