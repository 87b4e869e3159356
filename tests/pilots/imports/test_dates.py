"""Every spelling of a date: a value with its precision, or a reason."""

from datetime import date

import pytest

from pilots.imports.date_spellings import DAY_FIRST, MONTH_FIRST, DateRules
from pilots.imports.dates import read_date

FEDERAL = DateRules(order=MONTH_FIRST, number_beside_month="year", fiscal_year_starts=10)
NOTHING_SAID = DateRules()

# Spelling, first day, precision, approximate: each class that the federal inventory has, then others.
VALUES = [
    ("7/1/2023", "2023-07-01", "day", False),
    ("12/13/2023", "2023-12-13", "day", False),
    ("2022-11-16 (first formal action related to this project)", "2022-11-16", "day", False),
    ("2022-09-13 Technical kickoff (no new acquisition - supported by contract)", "2022-09-13", "day", False),
    ("2024-10-16 (pilot licenses assigned)", "2024-10-16", "day", False),
    ("2022-08 (estimated)", "2022-08-01", "month", True),
    ("22-Jul", "2022-07-01", "month", False),
    ("15-Apr", "2015-04-01", "month", False),
    ("Q4FY25", "2025-07-01", "quarter", False),
    ("7/7/1905", "2015-01-01", "year", False),
    ("7/14/1905", "2022-01-01", "year", False),
    ("7/16/1905", "2024-01-01", "year", False),
    # others
    ("2023-07-01", "2023-07-01", "day", False),
    ("2023/7/1", "2023-07-01", "day", False),
    ("20230701", "2023-07-01", "day", False),
    ("2023-07-01 00:00:00", "2023-07-01", "day", False),
    ("2023-07-01T00:00:00Z", "2023-07-01", "day", False),
    ("7/1/2023 12:00:00 AM", "2023-07-01", "day", False),
    ("7/1/23", "2023-07-01", "day", False),
    ("31.12.2023", "2023-12-31", "day", False),
    ("25/12/2024", "2024-12-25", "day", False),
    ("July 4, 2023", "2023-07-04", "day", False),
    ("4th of July 2023", "2023-07-04", "day", False),
    ("Tuesday, July 4, 2023", "2023-07-04", "day", False),
    ("04-Jul-23", "2023-07-04", "day", False),
    ("1 Sept. 2023", "2023-09-01", "day", False),
    ("45123", "2023-07-16", "day", False),
    ("as of 1/1/2024", "2024-01-01", "day", False),
    (" 1/2/２０２４\u00a0", "2024-01-02", "day", False),
    ("July 2023", "2023-07-01", "month", False),
    ("Jul '23", "2023-07-01", "month", False),
    ("07/2023", "2023-07-01", "month", False),
    ("2023-07", "2023-07-01", "month", False),
    ("Q1 2024", "2024-01-01", "quarter", False),
    ("1st quarter of 2024", "2024-01-01", "quarter", False),
    ("FY25 Q1", "2024-10-01", "quarter", False),
    ("H2 2024", "2024-07-01", "half", False),
    ("2022", "2022-01-01", "year", False),
    ("FY2025", "2024-10-01", "year", False),
    ("calendar 2025", "2025-01-01", "year", False),
    ("circa 2019", "2019-01-01", "year", True),
    ("mid-2023", "2023-01-01", "year", True),
    ("2022?", "2022-01-01", "year", True),
]

# Spelling, a part of the reason, whether the file itself says that there is no date.
REASONS = [
    ("10/12023", "a slip", False),
    ("Pre-2021", "before or after", False),
    ("2015-2022", "a range", False),
    ("Current model: 2019-2023", "a range", False),
    ("2024-02-15 (contract kick-off); 2024-08-23 (signed Acquisition Plan)", "names 2 dates", False),
    ("Ongoing", "goes on", False),
    ("On-going development", "goes on", False),
    ("Scheduled for FY2025", "planned", False),
    ("To Be Determined (calendar 2025)", "not decided", True),
    ("TBD", "not decided", True),
    ("TODO", "not decided", True),
    ("Unknown", "not known", True),
    ("N/A", "no date applies", True),
    ("NA", "no date applies", True),
    ("N/A -Consolidated into another use case.", "no date applies", True),
    ("N/A - This use case was never initiated and never formally retired.", "no date applies", True),
    # others
    ("-", "no date applies", True),
    ("31.02.2026", "not a day in the calendar", False),
    ("2019-02-29", "not a day in the calendar", False),
    ("2023-13-01", "not a day in the calendar", False),
    ("9999-12-31", "the year 9999", False),
    ("1/1/1900", "the year 1900", False),
    ("1/0/1900", "not a day in the calendar", False),
    ("13/2023", "the month 13", False),
    ("May", "no year", False),
    ("Summer 2023", "not clear", False),
    ("2000 users", "not clear", False),
    ("phase 3/2022", "not clear", False),
    ("Launched 2023-05-01", "not clear", False),
    ("not started 2023-01-01", "did not happen", False),
    ("by Q3 2025", "before or after", False),
    ("Jan 2022 to Mar 2023", "a range", False),
    ("123456", "a slip", False),
    ("soon", "not a date", False),
    ("x" * 400, "prose", False),
]


@pytest.mark.parametrize(("text", "first", "precision", "approximate"), VALUES)
def test_a_spelling_that_is_understood(text, first, precision, approximate):
    reading = read_date(text, FEDERAL)

    assert reading.value == date.fromisoformat(first)
    assert (reading.period.precision, reading.period.approximate) == (precision, approximate)
    assert reading.reason == ""
    assert bool(reading.note) or (precision == "day" and not approximate)


@pytest.mark.parametrize(("text", "said", "says_none"), REASONS)
def test_a_spelling_that_stays_as_it_is(text, said, says_none):
    reading = read_date(text, FEDERAL)

    assert reading.value is None
    assert said in reading.reason and reading.reason.endswith(".")
    assert reading.says_none == says_none


@pytest.mark.parametrize("text", ["3/4/2024", "03-04-2024", "22-Jul", "Jul-22", "FY2025", "Q4FY25"])
def test_what_only_the_mapping_can_tell_is_never_guessed(text):
    assert read_date(text, NOTHING_SAID).value is None
    assert "mapping" in read_date(text, NOTHING_SAID).reason


@pytest.mark.parametrize(("order", "expected"), [(MONTH_FIRST, (3, 4)), (DAY_FIRST, (4, 3))])
def test_the_order_comes_from_the_mapping(order, expected):
    value = read_date("3/4/2024", DateRules(order=order)).value

    assert (value.month, value.day) == expected


def test_a_date_that_fits_only_the_other_order_is_read_so_and_said():
    assert "day first" in read_date("25/12/2024", FEDERAL).note


def test_a_number_beside_a_month_may_be_a_day_without_a_year():
    assert "no year" in read_date("22-Jul", DateRules(number_beside_month="day")).reason


@pytest.mark.parametrize("cell", ["", " ", "\u00a0\n"])
def test_a_blank_cell_says_nothing(cell):
    assert read_date(cell, FEDERAL) is None


def test_a_year_in_a_date_cell_of_a_workbook_is_that_year():
    reading = read_date(date(1905, 7, 7), FEDERAL)

    assert (reading.value, reading.period.precision) == (date(2015, 1, 1), "year")
    assert reading.period.last == date(2015, 12, 31)


def test_a_plan_is_a_value_where_the_field_holds_plans():
    assert read_date("Scheduled for May 2025", FEDERAL, plans=True).value == date(2025, 5, 1)
    assert read_date("Scheduled for May 2025", FEDERAL).value is None
