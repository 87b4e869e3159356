"""A number from a query that a Prometheus answers: the real program, and its recorded answers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from metrics.sources.choices import FailureKind
from metrics.sources.collecting import collect
from metrics.sources.failures import NotCollected
from metrics.sources.fetching import Answer
from metrics.sources.prometheus_api import PrometheusQuery
from metrics.sources.prometheus_text import PrometheusMetric
from tests.metrics.sources import prometheus

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)  # after the answers were recorded


needs_the_program = [
    pytest.mark.prometheus,
    pytest.mark.skipif(not prometheus.PROGRAM, reason="the program prometheus is not installed"),
]


@pytest.fixture(scope="module")
def real_server(tmp_path_factory):
    with prometheus.real(tmp_path_factory.mktemp("prometheus")) as running:
        yield running


@pytest.fixture(scope="module")
def recorded_server():
    with prometheus.recorded() as running:
        yield running


@pytest.fixture(params=["recorded_server", pytest.param("real_server", marks=needs_the_program)])
def server(request):
    return request.getfixturevalue(request.param)


def ask(server, query):
    now = max(NOW, datetime.now(UTC))
    return collect(server.url(), PrometheusQuery(query), now=now, zone=UTC, limits=server.limits(seconds=20))


def refusal(*arguments):
    with pytest.raises(NotCollected) as refused:
        ask(*arguments)
    return refused.value


@pytest.mark.parametrize(
    ("query", "value"),
    [("tickets_open", "42.5"), ("sum(requests_total)", "1030"), ("scalar(tickets_open)", "42.5")],
)
def test_a_query_with_one_answer_is_a_reading_of_its_time(server, query, value):
    reading = ask(server, query)

    assert (reading.value, reading.dated) == (Decimal(value), True)
    assert reading.measured_at.year >= 2026
    assert reading.excerpt == f"{value} for {query}"


@pytest.mark.parametrize(
    ("query", "kind", "sentence"),
    [
        (
            "requests_total",
            FailureKind.SEVERAL,
            "The query finds 2 series. Make one number of them, such as with sum(…) or avg(…).",
        ),
        ("nothing_here", FailureKind.NOT_FOUND, "The query finds no series."),
        ("undefined_share", FailureKind.NOT_A_NUMBER, "The source says NaN, which is not"),
        ("without_end", FailureKind.NOT_A_NUMBER, "The source says +Inf, which is not"),
        ("-without_end", FailureKind.NOT_A_NUMBER, "The source says -Inf, which is not"),
        ("tickets_open[5m]", FailureKind.QUERY, "The query answers with a matrix; it must answer with one"),
        ('"words"', FailureKind.QUERY, "The query answers with a string; it must answer with one"),
        ("sum(", FailureKind.QUERY, 'Prometheus says: invalid parameter "query": 1:5: parse error'),
        (
            "rate(tickets_open)",
            FailureKind.QUERY,
            'Prometheus says: invalid parameter "query": 1:6: parse error',
        ),
        (
            "tickets_open * on() group_left() requests_total",
            FailureKind.QUERY,
            "Prometheus says: found duplicate series for the match group",
        ),
    ],
)
def test_a_query_without_one_number_is_told_in_words(server, query, kind, sentence):
    failure = refusal(server, query)

    assert failure.kind == kind
    assert str(failure).startswith(sentence)
    assert not failure.worth_retrying


def test_several_series_are_named(server):
    assert 'requests_total{code="200", instance=' in refusal(server, "requests_total").excerpt


@pytest.mark.parametrize("real", [pytest.param("real_server", marks=needs_the_program)])
def test_the_metrics_page_of_prometheus_itself_can_be_read(real, request):
    server = request.getfixturevalue(real)
    recipe = PrometheusMetric("prometheus_build_info")
    limits = server.limits(seconds=20)
    reading = collect(server.url("/metrics"), recipe, now=NOW, zone=UTC, limits=limits)

    assert (reading.value, reading.measured_at, reading.dated) == (1, NOW, False)


# --- Answers that a healthy server does not give at will ----------------------------------------
def answer(body, status=200):
    return PrometheusQuery("up").read(Answer(status, "application/json", body.encode()), now=NOW, zone=UTC)


@pytest.mark.parametrize(
    ("body", "status", "kind", "sentence", "again"),
    [
        (
            '{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}',
            503,
            FailureKind.QUERY,
            "Prometheus says: query timed out in expression evaluation",
            True,
        ),
        (
            '{"status":"error","errorType":"internal"}',
            500,
            FailureKind.QUERY,
            "Prometheus says: internal",
            True,
        ),
        ("Service Unavailable", 503, FailureKind.STATUS, "The server answered 503.", True),
        ("Unauthorized", 401, FailureKind.SIGN_IN, "The server answered 401: the sign-in is missing", False),
        ('{"status":"success"}', 200, FailureKind.UNREADABLE, "The answer is not one of Prometheus.", False),
        ('{"value":1}', 200, FailureKind.UNREADABLE, "The answer is not one of Prometheus.", False),
        ("[]", 200, FailureKind.UNREADABLE, "The answer is not one of Prometheus.", False),
        ("<html>Sign in</html>", 200, FailureKind.UNREADABLE, "The server answered with a web page", False),
        (
            '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1]}]}}',
            200,
            FailureKind.UNREADABLE,
            "The answer is not one of Prometheus.",
            False,
        ),
        (
            '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[1,{}]}]}}',
            200,
            FailureKind.QUERY,
            "The query answers with a histogram; take a number out of it.",
            False,
        ),
    ],
)
def test_other_answers_are_told_in_words(body, status, kind, sentence, again):
    with pytest.raises(NotCollected) as refused:
        answer(body, status)

    assert refused.value.kind == kind
    assert str(refused.value).startswith(sentence)
    assert refused.value.worth_retrying == again


def test_the_time_is_the_one_of_the_evaluation():
    at = NOW - timedelta(hours=1)
    body = f'{{"status":"success","data":{{"resultType":"scalar","result":[{at.timestamp()},"7"]}}}}'

    assert answer(body).measured_at == at


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://p.example", "https://p.example/api/v1/query?query=sum%28a%2Bb%29"),
        ("https://p.example/", "https://p.example/api/v1/query?query=sum%28a%2Bb%29"),
        ("https://p.example/prometheus/#x", "https://p.example/prometheus/api/v1/query?query=sum%28a%2Bb%29"),
        ("https://p.example/api/v1/query", "https://p.example/api/v1/query?query=sum%28a%2Bb%29"),
        ("https://p.example/?dedup=true", "https://p.example/api/v1/query?dedup=true&query=sum%28a%2Bb%29"),
    ],
)
def test_the_query_goes_to_the_api_below_the_address(url, address):
    assert PrometheusQuery("sum(a+b)").address(url) == address


def test_a_query_must_be_given():
    assert PrometheusQuery("up").problems() == {}
    assert set(PrometheusQuery(" ").problems()) == {"query"}
    assert set(PrometheusQuery("a" * 1_001).problems()) == {"query"}
