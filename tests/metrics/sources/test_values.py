"""Numbers and times as other systems write them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.sources.choices import DecimalMark, FailureKind
from metrics.sources.failures import NotCollected
from metrics.sources.values import excerpt_of, measured_at, moment_of, number_of

VIENNA = ZoneInfo("Europe/Vienna")
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
POINT, COMMA = DecimalMark.POINT, DecimalMark.COMMA


@pytest.mark.parametrize(
    ("raw", "mark", "value"),
    [
        (12, POINT, "12"),
        (12.1, POINT, "12.1"),
        (1e22, POINT, "1E+22"),
        ("12.50", POINT, "12.50"),
        (" -3 ", POINT, "-3"),
        ("\u22123", POINT, "-3"),
        ("+.5", POINT, "0.5"),
        ("1e-3", POINT, "0.001"),
        ("1,234.5", POINT, "1234.5"),
        ("1,234,567", POINT, "1234567"),
        ("1 234.5", POINT, "1234.5"),
        ("1'234.5", POINT, "1234.5"),
        ("12,5", COMMA, "12.5"),
        ("1.234,5", COMMA, "1234.5"),
        ("1\u202f234,5", COMMA, "1234.5"),
    ],
)
def test_a_number_is_read_exactly(raw, mark, value):
    assert number_of(raw, mark) == Decimal(value)


@pytest.mark.parametrize(
    ("raw", "mark", "sentence"),
    [
        ("", POINT, "The value is empty."),
        ("n/a", POINT, "“n/a” is not a number."),
        ("12,5", POINT, "“12,5” is not a number."),  # twelve and a half, or 125?
        ("1.5", COMMA, "“1.5” is not a number."),
        ("1,23,4", POINT, "“1,23,4” is not a number."),
        ("12 %", POINT, "“12 %” is not a number."),
        ("1_000", POINT, "“1_000” is not a number."),
        ("٣", POINT, "“٣” is not a number."),
        ("0x10", POINT, "“0x10” is not a number."),
        ("1e9999", POINT, "“1e9999” is not a number."),
        ("4" * 61, POINT, f"“{'4' * 60}” is not a number."),
        (True, POINT, "“True” is not a number."),
        (None, POINT, "“None” is not a number."),
        ([1], POINT, "“[1]” is not a number."),
        ("NaN", POINT, "The source says NaN, which is not a number that can be kept."),
        ("+Inf", POINT, "The source says +Inf, which is not a number that can be kept."),
        (float("nan"), POINT, "The source says nan, which is not a number that can be kept."),
        (float("-inf"), POINT, "The source says -inf, which is not a number that can be kept."),
    ],
)
def test_what_is_no_number_is_quoted(raw, mark, sentence):
    with pytest.raises(NotCollected) as refused:
        number_of(raw, mark)

    assert (refused.value.kind, str(refused.value)) == (FailureKind.NOT_A_NUMBER, sentence)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_a_number_is_the_same_in_every_way_of_writing(number):
    assert number_of(f"{number:f}") == number
    assert number_of(f"{number:,f}") == number
    assert number_of(f"{number:,f}".translate(str.maketrans(",.", ".,")), COMMA) == number


@given(st.one_of(st.floats(), st.text(), st.integers(), st.none(), st.booleans(), st.binary()))
def test_anything_is_a_finite_number_or_refused(raw):
    try:
        assert number_of(raw).is_finite()
    except NotCollected as refused:
        assert refused.kind == FailureKind.NOT_A_NUMBER


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("2026-03-02T10:00:00Z", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("2026-03-02T11:00:00.5+01:00", datetime(2026, 3, 2, 10, 0, 0, 500_000, UTC)),
        ("2026-03-02 11:00", datetime(2026, 3, 2, 10, tzinfo=UTC)),  # where the organisation is
        ("2026-03-02", datetime(2026, 3, 1, 23, tzinfo=UTC)),
        (1_772_445_600, datetime(2026, 3, 2, 10, tzinfo=UTC)),
        (1_772_445_600.25, datetime(2026, 3, 2, 10, 0, 0, 250_000, UTC)),
        (1_772_445_600_000, datetime(2026, 3, 2, 10, tzinfo=UTC)),
        (1_772_445_600_000_000, datetime(2026, 3, 2, 10, tzinfo=UTC)),
        (1_772_445_600_000_000_000, datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("1772445600", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("1772445600000", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("yesterday", None),
        ("02.03.2026", None),
        ("", None),
        (None, None),
        (True, None),
        (float("nan"), None),
        (1e300, None),
        ([1], None),
    ],
)
def test_a_time_is_read_in_the_ways_programs_write_it(raw, moment):
    assert moment_of(raw, VIENNA) == moment


@given(st.one_of(st.floats(), st.text(), st.integers(), st.none()))
def test_anything_is_a_time_with_a_zone_or_none(raw):
    moment = moment_of(raw, VIENNA)

    assert moment is None or moment.utcoffset() is not None


@given(st.datetimes(timezones=st.timezones()))
def test_any_time_is_kept_or_refused(moment):
    try:
        assert measured_at(moment, NOW) <= NOW
    except NotCollected as refused:
        assert refused.kind == FailureKind.TIME


def test_a_reading_of_the_future_or_of_long_ago_is_refused():
    assert measured_at(NOW - timedelta(days=400), NOW) == NOW - timedelta(days=400)
    assert measured_at(NOW + timedelta(minutes=4), NOW) == NOW  # their clock is ahead of ours
    with pytest.raises(NotCollected, match="2026-03-02 12:06, which lies in the future"):
        measured_at(NOW + timedelta(minutes=6), NOW)
    with pytest.raises(NotCollected, match="the year 1949, which cannot be right"):
        measured_at(datetime(1949, 12, 31, tzinfo=UTC), NOW)


def test_an_excerpt_is_one_short_line():
    assert excerpt_of(" a\n b\t c ") == "a b c"
    assert excerpt_of("a" * 10_000) == "a" * 299 + "…"
