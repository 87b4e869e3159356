"""A number on a metrics page."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from metrics.sources.choices import FailureKind
from metrics.sources.failures import NotCollected
from metrics.sources.fetching import Answer
from metrics.sources.prometheus_text import METRIC_HELP, PrometheusMetric
from tests.metrics.sources.prometheus import PAGE

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def read(metric, page=PAGE, status=200):
    body = page if isinstance(page, bytes) else page.encode()
    return PrometheusMetric(metric).read(Answer(status, "text/plain", body), now=NOW, zone=UTC)


def refusal(*arguments):
    with pytest.raises(NotCollected) as refused:
        read(*arguments)
    return refused.value


@pytest.mark.parametrize(
    ("metric", "value", "excerpt"),
    [
        ("tickets_open", "42.5", "tickets_open 42.5"),
        ('requests_total{code="500"}', "3", 'requests_total{code="500", path="/"} 3'),
        (' requests_total { path="/", code="200", } ', "1027", 'requests_total{code="200", path="/"} 1027'),
    ],
)
def test_the_one_series_with_these_labels(metric, value, excerpt):
    reading = read(metric)

    assert (reading.value, reading.excerpt) == (Decimal(value), excerpt)
    assert (reading.measured_at, reading.dated) == (NOW, False)


def test_the_time_comes_from_the_page_where_it_says_it():
    reading = read("tickets_open", "tickets_open 7 1772445600000\n")

    assert (reading.measured_at, reading.dated) == (datetime(2026, 3, 2, 10, tzinfo=UTC), True)


@pytest.mark.parametrize(
    "page", ["# TYPE done counter\ndone 5\n", "# TYPE done_total counter\ndone_total 5\n"]
)
def test_a_counter_keeps_the_name_it_has_on_the_page(page):
    name = page.split()[2]

    assert read(name, page).value == 5


def test_a_page_of_the_official_library_can_be_read():
    registry = CollectorRegistry()
    Gauge("open", "Open.", ["team"], registry=registry).labels('a "b" \\ {c}').set(3)
    Counter("closed", "Closed.", registry=registry).inc(2)
    Histogram("seconds", "Took.", registry=registry, buckets=[1, 5]).observe(3)
    page = generate_latest(registry)

    assert read("open", page).value == 3
    assert read('open{team="a \\"b\\" \\\\ {c}"}', page).value == 3
    assert read("closed_total", page).value == 2
    assert read("seconds_sum", page).value == 3
    assert read('seconds_bucket{le="5.0"}', page).value == 1


def test_lines_about_other_metrics_need_not_be_understood():
    assert (
        read(
            "open", "what is this?\nopen 3\n# open 4\nopened{ 5\n\nopen_ 6\n".replace("opened{", "closed{")
        ).value
        == 3
    )


@pytest.mark.parametrize(
    ("metric", "page", "kind", "sentence"),
    [
        ("nothing", PAGE, FailureKind.NOT_FOUND, "There is no nothing in the answer."),
        (
            'tickets_open{team="a"}',
            PAGE,
            FailureKind.NOT_FOUND,
            'There is no tickets_open{team="a"} in the answer.',
        ),
        ("requests", PAGE, FailureKind.NOT_FOUND, "There is no requests in the answer."),
        ("requests_total", PAGE, FailureKind.SEVERAL, "2 series fit. Name more labels, so that one is left."),
        ("undefined_share", PAGE, FailureKind.NOT_A_NUMBER, "The source says nan, which is not a number"),
        ("without_end", PAGE, FailureKind.NOT_A_NUMBER, "The source says inf, which is not a number"),
        (
            "open",
            "open{a=b} 3\n",
            FailureKind.UNREADABLE,
            "This line of the answer is no metric: open{a=b} 3",
        ),
        ("open", "open three\n", FailureKind.UNREADABLE, "This line of the answer is no metric: open three"),
        (
            "open",
            f'open{{a="{"b" * 10_000}"}} 3\n',
            FailureKind.UNREADABLE,
            "The answer has a line of more than",
        ),
        ("open", b"open \xff\n", FailureKind.UNREADABLE, "The answer is not text in UTF-8."),
        ("open", "<html>Sign in</html>", FailureKind.UNREADABLE, "The server answered with a web page"),
        ("open", "", FailureKind.NOT_FOUND, "There is no open in the answer."),
        ("open{", PAGE, FailureKind.QUERY, METRIC_HELP),
    ],
)
def test_what_is_not_there_is_told(metric, page, kind, sentence):
    failure = refusal(metric, page)

    assert failure.kind == kind
    assert str(failure).startswith(sentence)
    assert not failure.worth_retrying


def test_several_series_are_named():
    assert refusal("requests_total").excerpt == (
        'requests_total{code="200", path="/"}; requests_total{code="500", path="/"}'
    )


def test_an_error_of_the_server_is_not_read():
    assert str(refusal("tickets_open", PAGE, 503)) == "The server answered 503."


@pytest.mark.parametrize("metric", ["a", "a_total", 'a{b="c"}', 'a:b{c="d",e="f"}', 'a{b="\\""}'])
def test_a_metric_as_it_stands_on_a_page(metric):
    assert PrometheusMetric(metric).problems() == {}


@pytest.mark.parametrize(
    "metric", ["", " ", "1a", "a b", "a{", "a{b}", 'a{b="c"', "a{b=c}", "# a", "a\nb", "sum(a)", "a" * 1_001]
)
def test_what_is_no_metric_is_told_at_its_field(metric):
    assert PrometheusMetric(metric).problems() == {"metric": METRIC_HELP}


@given(st.text('a{}=",\\ #\n1.e+-_', max_size=60), st.text('ab{}=",\\ #\n1.e+-N', max_size=300))
def test_any_metric_on_any_page_gives_a_number_or_a_sentence(metric, page):
    try:
        assert read(metric, page).value.is_finite()
    except NotCollected as failure:
        assert str(failure)
