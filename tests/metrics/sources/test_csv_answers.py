"""A number in a CSV answer."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from metrics.sources.choices import DecimalMark, FailureKind, RowChoice
from metrics.sources.csv_answers import CsvCell
from metrics.sources.failures import NotCollected
from metrics.sources.fetching import Answer
from pilots.imports.date_spellings import DAY_FIRST, MONTH_FIRST

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
VIENNA = ZoneInfo("Europe/Vienna")
ENGLISH = """Day,Region,Cost per case,Cases
2026-03-03,North,9.5,120
2026-03-01,South,11,80
2026-03-02,North,10.25,130
2026-04-01,North,,
"""
GERMAN = "sep=;\r\nDatum;Wert\r\n01.03.2026;1.234,5\r\n02.03.2026;2.000,25\r\n"


def read(text, *arguments, status=200, zone=UTC, **options):
    body = text if isinstance(text, bytes) else text.encode()
    return CsvCell(*arguments, **options).read(Answer(status, "text/csv", body), now=NOW, zone=zone)


def refusal(*arguments, **options):
    with pytest.raises(NotCollected) as refused:
        read(*arguments, **options)
    return refused.value


def test_the_last_row_with_a_value_counts():
    reading = read(ENGLISH, "Cost per case")

    assert (reading.value, reading.measured_at, reading.dated) == (Decimal("10.25"), NOW, False)
    assert reading.excerpt == "2026-03-02 · North · 10.25 · 130"


def test_the_latest_row_is_the_one_with_the_latest_time():
    reading = read(ENGLISH, "cost-per-case", row=RowChoice.LATEST, time_column="day", zone=VIENNA)

    assert reading.value == Decimal("9.5")
    assert (reading.measured_at, reading.dated) == (datetime(2026, 3, 2, 23, tzinfo=UTC), True)


def test_of_rows_of_one_time_the_last_counts():
    text = "day,value\n2026-03-01,1\n2026-03-01,2\n"

    assert read(text, "value", row=RowChoice.LATEST, time_column="day").value == 2


def test_only_rows_that_say_what_they_must_count():
    assert read(ENGLISH, "Cases", where_column="region", where_value=" south ").value == 80
    only = {"where_column": "Region", "row": RowChoice.ONLY}
    assert read(ENGLISH, "Cases", where_value="South", **only).value == 80
    failure = refusal(ENGLISH, "Cases", where_value="North", **only)

    assert (failure.kind, str(failure)) == (FailureKind.SEVERAL, "2 rows fit; there should be one.")


def test_the_delimiter_and_the_decimal_mark_of_other_countries():
    reading = read(GERMAN, "Wert", time_column="Datum", decimal_mark=DecimalMark.COMMA)

    assert reading.value == Decimal("2000.25")
    assert reading.measured_at == datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"a;b\n1;2\n", 2),
        (b"a\tb\n1\t2\n", 2),
        (b"a|b\n1|2\n", 2),
        ("a,b\nä,2\n".encode("cp1252"), 2),
        ("a,b\n1,2\n".encode("utf-16"), 2),
        ("\ufeffb\n2\n".encode(), 2),
        (b"Report of March\n\na,b\n1,2\n3,4\n", 4),
    ],
)
def test_files_as_they_come(body, value):
    assert read(body, "b").value == value


def test_a_delimiter_that_is_given_is_not_found_out():
    assert read("a,b;c\n1,2;3\n", "c", delimiter=";").value == 3


@pytest.mark.parametrize(
    ("written", "options", "moment"),
    [
        ("2026-03-01T10:00:00Z", {}, datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("1772359200", {}, datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("1 March 2026", {}, datetime(2026, 3, 1, tzinfo=UTC)),
        ("February 2026", {}, datetime(2026, 2, 28, tzinfo=UTC)),
        ("2026-02", {}, datetime(2026, 2, 28, tzinfo=UTC)),
        ("Q4 2025", {}, datetime(2025, 12, 31, tzinfo=UTC)),
        ("2/3/2026", {"date_order": DAY_FIRST}, datetime(2026, 3, 2, tzinfo=UTC)),
        ("2/3/2026", {"date_order": MONTH_FIRST}, datetime(2026, 2, 3, tzinfo=UTC)),
        ("46082", {}, datetime(2026, 3, 1, tzinfo=UTC)),  # by which Excel counts days
    ],
)
def test_the_time_of_a_row_as_people_write_it(written, options, moment):
    assert read(f"when,value\n{written},1\n", "value", time_column="when", **options).measured_at == moment


@pytest.mark.parametrize(
    ("text", "options", "kind", "sentence"),
    [
        (
            ENGLISH,
            {"value_column": "Price"},
            FailureKind.NOT_FOUND,
            "There is no column “Price”. The file has “Day”, “Region”, “Cost per case”, “Cases”.",
        ),
        (
            "a,A\n1,2\n",
            {"value_column": "a"},
            FailureKind.SEVERAL,
            "2 columns are called “a”. The file has “a”, “A”.",
        ),
        (
            ENGLISH,
            {"value_column": "Cases", "where_column": "Region", "where_value": "East"},
            FailureKind.NOT_FOUND,
            "No row in which “Region” is “East” has a value in “Cases”.",
        ),
        ("a,b\n1,\n2,\n", {"value_column": "b"}, FailureKind.NOT_FOUND, "No row has a value in “b”."),
        ("a,b\n1,two\n", {"value_column": "b"}, FailureKind.NOT_A_NUMBER, "“two” is not a number."),
        ("a,b\n1,#DIV/0!\n", {"value_column": "b"}, FailureKind.NOT_A_NUMBER, "“#DIV/0!” is not a number."),
        (
            "a,b\n2/3/2026,1\n",
            {"value_column": "b", "time_column": "a"},
            FailureKind.TIME,
            "Row 1: “2/3/2026” in “a” is not a time that can be told for sure.",
        ),
        (
            "a,b\n2026-03-01,1\n,2\n",
            {"value_column": "b", "time_column": "a", "row": RowChoice.LATEST},
            FailureKind.TIME,
            "Row 2: “” in “a” is not a time that can be told for sure.",
        ),
        (
            "a,b\n2026-12-31,1\n",
            {"value_column": "b", "time_column": "a"},
            FailureKind.TIME,
            "The reading is of 2026-12-31 00:00, which lies in the future.",
        ),
        (
            "a,b\n1,2\n3,4,5\n",
            {"value_column": "b"},
            FailureKind.UNREADABLE,
            "Row 2: This row has 3 cells where the header has 2.",
        ),
        ("", {"value_column": "b"}, FailureKind.UNREADABLE, "The file is empty: it holds no text at all."),
        (
            "a,b\n",
            {"value_column": "b"},
            FailureKind.UNREADABLE,
            "The file has a header (“a”, “b”) but no rows below it.",
        ),
        (b"\x00\x01\x02", {"value_column": "b"}, FailureKind.UNREADABLE, "The file is not text"),
        (
            "<html><body>Sign in</body></html>",
            {"value_column": "b"},
            FailureKind.UNREADABLE,
            "The server answered with a web page, not with a CSV file. Does it want a sign-in?",
        ),
    ],
)
def test_what_is_not_there_is_told(text, options, kind, sentence):
    failure = refusal(text, **options)

    assert failure.kind == kind
    assert str(failure).startswith(sentence)
    assert not failure.worth_retrying


def test_an_error_of_the_server_is_not_read():
    assert (
        str(refusal(ENGLISH, "Cases", status=404))
        == "The server answered 404: there is nothing at this address."
    )


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({"value_column": "b"}, set()),
        ({"value_column": " "}, {"value_column"}),
        ({"value_column": "b", "row": RowChoice.LATEST}, {"time_column"}),
        ({"value_column": "b", "where_value": "x"}, {"where_column"}),
        ({"value_column": "b", "where_column": "x"}, set()),  # rows in which it is empty
    ],
)
def test_what_is_missing_is_told_at_its_field(options, fields):
    assert set(CsvCell(**options).problems()) == fields
