"""A number in a JSON answer."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.sources.choices import FailureKind
from metrics.sources.failures import NotCollected
from metrics.sources.fetching import Answer
from metrics.sources.json_answers import JsonPath, path_problem

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
VIENNA = ZoneInfo("Europe/Vienna")
CONTENT = {
    "kpi": {"value": 12.5, "text": "12.50", "at": "2026-03-01T10:00:00Z", "ok": True, "none": None},
    "rows": [
        {"name": "cost", "value": 3, "day": "2026-02-27", "ms": 1_772_445_600_000},
        {"name": "time", "value": 5, "day": "2026-02-28", "ms": 1_772_359_200_000},
    ],
    "by-region": {"north": 1, "south": 2},
    "empty": [],
    "words": "many",
    "future": "2027-01-01",
}


def answer_of(content, **others) -> Answer:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Answer(**{"status": 200, "content_type": "application/json", "body": body, **others})


def read(path, content=CONTENT, time_path=""):
    return JsonPath(path, time_path).read(answer_of(content), now=NOW, zone=VIENNA)


def refusal(*arguments, **options):
    with pytest.raises(NotCollected) as refused:
        read(*arguments, **options)
    return refused.value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("kpi.value", "12.5"),
        ("kpi.text", "12.50"),
        ("rows[0].value", "3"),
        ("rows[-1].value", "5"),
        ("rows[?name=='cost'].value", "3"),  # a list of one
        ("rows[?name=='cost'] | [0].value", "3"),
        ("sum(rows[].value)", "8"),
        ("avg(rows[*].value)", "4.0"),
        ("max_by(rows, &day).value", "5"),
        ("sort_by(rows, &ms)[0].value", "5"),
        ("length(rows)", "2"),
        ('"by-region".north', "1"),
        ('sum(values("by-region"))', "3"),
        ("to_number(kpi.text)", "12.5"),
        ("not_null(kpi.none, kpi.value)", "12.5"),
    ],
)
def test_the_number_at_the_path(path, value):
    assert path_problem(path) == ""
    reading = read(path)

    assert reading.value == Decimal(value)
    assert (reading.measured_at, reading.dated) == (NOW, False)


def test_a_list_or_a_number_alone_is_json_too():
    assert read("[1]", [1, 2]).value == 2
    assert read("@", 42).value == 42
    assert read("@", "42".encode("utf-16")).value == 42


def test_every_digit_of_a_text_is_kept():
    assert str(read("@", b'"0.1234567890123456789"').value) == "0.1234567890123456789"


@pytest.mark.parametrize(
    ("time_path", "moment"),
    [
        ("kpi.at", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("rows[0].ms", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("rows[0].day", datetime(2026, 2, 26, 23, tzinfo=UTC)),
    ],
)
def test_the_time_comes_from_the_answer_where_it_says_it(time_path, moment):
    reading = read("kpi.value", time_path=time_path)

    assert (reading.measured_at, reading.dated) == (moment, True)
    assert reading.excerpt.startswith("12.5 at ")


@pytest.mark.parametrize(
    ("path", "time_path", "kind", "sentence"),
    [
        ("kpi.cost", "", FailureKind.NOT_FOUND, "The path kpi.cost finds nothing in the answer."),
        ("kpi.none", "", FailureKind.NOT_FOUND, "The path kpi.none finds nothing in the answer."),
        ("empty", "", FailureKind.NOT_FOUND, "The path empty finds nothing in the answer."),
        ("kpi", "", FailureKind.NOT_FOUND, "The path kpi finds an object, not a value."),
        ("sum(words)", "", FailureKind.NOT_FOUND, "The path sum(words) does not fit the answer."),
        (
            "rows[].value",
            "",
            FailureKind.SEVERAL,
            "The path rows[].value finds 2 values. Choose one, such as with [0], or sum them up.",
        ),
        ("words", "", FailureKind.NOT_A_NUMBER, "“many” is not a number."),
        ("kpi.ok", "", FailureKind.NOT_A_NUMBER, "“True” is not a number."),
        ("kpi.value", "words", FailureKind.TIME, "“many” is not a time."),
        ("kpi.value", "kpi.ok", FailureKind.TIME, "“True” is not a time."),
        ("kpi.value", "kpi.none", FailureKind.NOT_FOUND, "The path kpi.none finds nothing in the answer."),
        (
            "kpi.value",
            "future",
            FailureKind.TIME,
            "The reading is of 2027-01-01 00:00, which lies in the future.",
        ),
    ],
)
def test_what_the_path_does_not_find_is_told(path, time_path, kind, sentence):
    failure = refusal(path, time_path=time_path)

    assert (failure.kind, str(failure), failure.worth_retrying) == (kind, sentence, False)


def test_the_excerpt_shows_what_there_is_instead():
    assert '"value": 12.5' in refusal("kpi.cost").excerpt
    assert refusal("rows[].value").excerpt == "[3, 5]"


@pytest.mark.parametrize(
    ("body", "kind", "sentence"),
    [
        (b"", FailureKind.UNREADABLE, "The answer is not JSON."),
        (b"value=12", FailureKind.UNREADABLE, "The answer is not JSON."),
        (b'{"value": 12', FailureKind.UNREADABLE, "The answer is not JSON."),
        (b"\xff\xfe\x00", FailureKind.UNREADABLE, "The answer is not JSON."),
        (b"[" * 200_000, FailureKind.UNREADABLE, "The answer is not JSON."),
        (b"9" * 100_000, FailureKind.UNREADABLE, "The answer is not JSON."),
        (
            b"\n<!DOCTYPE html><title>Sign in</title>",
            FailureKind.UNREADABLE,
            "The server answered with a web page, not with JSON. Does it want a sign-in?",
        ),
        (b"NaN", FailureKind.NOT_A_NUMBER, "The source says nan, which is not a number that can be kept."),
        (b"1e999", FailureKind.NOT_A_NUMBER, "The source says inf, which is not a number that can be kept."),
    ],
)
def test_what_is_no_json_is_told_whatever_its_content_type(body, kind, sentence):
    failure = refusal("@", body)

    assert (failure.kind, str(failure)) == (kind, sentence)


def test_an_error_of_the_server_is_not_read():
    with pytest.raises(NotCollected, match="^The server answered 500.$"):
        JsonPath("@").read(answer_of(b"42", status=500), now=NOW, zone=UTC)


# --- Paths -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("a..b", "The path cannot be understood at character 3."),
        ("a[", "The path cannot be understood"),
        ("$.a", "The path cannot be understood"),
        ("a" * 301, "The path has more than 300 characters."),
        ("!" * 100 + "a", "The path has too many parts."),
        ("[@, @]", "The path makes a new list or object; it must choose from the answer."),
        ("{a: @}", "The path makes a new list or object; it must choose from the answer."),
        ("a || `[1, 2]`", "The path makes a new list or object; it must choose from the answer."),
        ("a[?b == `{}`]", "The path makes a new list or object; it must choose from the answer."),
        ("map(&b, @)", "The function map cannot be used"),
        ("join(',', a)", "The function join cannot be used; use abs, avg"),
        ("merge(@, @)", "The function merge cannot be used"),
        ("nonsense(a)", "The function nonsense cannot be used"),
    ],
)
def test_a_path_that_cannot_be_used_is_told_before_anything_is_asked(path, problem):
    assert path_problem(path).startswith(problem)
    assert set(JsonPath(path).problems()) == {"path"}
    assert set(JsonPath("a", path).problems()) == {"time_path"}


def test_a_path_must_be_given_and_a_path_to_the_time_need_not():
    assert JsonPath("").problems() == {"path": "Give the path to the number."}
    assert JsonPath("a").problems() == {}


HEAVY = [
    "[]" * 25,
    "*." * 40 + "a",
    "[?@]" * 40,
    "reverse(" * 30 + "@" + ")" * 30,
    "sort_by(@, &[0])[?[0] != `1`]",
]


@pytest.mark.parametrize("path", HEAVY)
def test_the_heaviest_path_finds_no_more_than_is_in_the_answer(path):
    """Ends at all: one that could double what it has at each step would fill the memory."""
    assert path_problem(path) == ""
    try:
        read(path, [[number] for number in range(30_000)])
    except NotCollected as failure:
        assert failure.kind in (FailureKind.SEVERAL, FailureKind.NOT_FOUND)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=10,
)
paths = st.text("ab.[]*?@0`'=&|(), <") | st.sampled_from(["a", "[0]", "sum(@)", "a.b[*].c", "@"])


@pytest.mark.filterwarnings("ignore:deprecated string literal syntax:PendingDeprecationWarning")
@given(json_values, paths, paths)
def test_any_path_over_any_answer_gives_a_number_or_a_sentence(content, path, time_path):
    recipe = JsonPath(path, time_path)
    try:
        reading = recipe.read(answer_of(content), now=NOW, zone=UTC)
    except NotCollected as failure:
        assert str(failure)
    else:
        assert reading.value.is_finite()
        assert reading.measured_at <= NOW
