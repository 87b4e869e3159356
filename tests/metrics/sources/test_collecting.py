"""One collection from end to end, against real servers."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from metrics.sources.choices import FailureKind, SignInKind
from metrics.sources.collecting import collect
from metrics.sources.csv_answers import CsvCell
from metrics.sources.failures import NotCollected
from metrics.sources.fetching import Limits
from metrics.sources.json_answers import JsonPath
from metrics.sources.prometheus_api import PrometheusQuery
from metrics.sources.prometheus_text import PrometheusMetric
from metrics.sources.sign_in import SignIn
from metrics.sources.values import Reading
from tests.metrics.sources.prometheus import PAGE, RECORDED
from tests.metrics.sources.servers import Page, serving

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
SECRET = "letmein-5f3a"
PAGES = {
    "/kpi.json": Page('{"cost": 9.5}', type="application/json"),
    "/kpi.csv": Page("day,cost\n2026-11-01,9.5\n", type="text/csv"),
    "/metrics": Page(PAGE),
    "/api/v1/query": Page(RECORDED["tickets_open"]["body"], type="application/json"),
    "/login": Page("<!doctype html><h1>Sign in</h1>", type="text/html"),
    "/": Page(status=302, Location="/login"),
}


@pytest.fixture(scope="module")
def server():
    with serving(PAGES) as running:
        yield running


def ask(server, path, recipe, **options):
    options = {"limits": server.limits(), "now": NOW, "zone": UTC, **options}
    return collect(server.url(path), recipe, **options)


@pytest.mark.parametrize(
    ("path", "recipe", "value", "accept"),
    [
        ("/kpi.json", JsonPath("cost"), "9.5", "application/json"),
        ("/kpi.csv", CsvCell("cost"), "9.5", "text/csv, text/plain;q=0.9, */*;q=0.5"),
        ("/metrics", PrometheusMetric("tickets_open"), "42.5", "text/plain;version=0.0.4"),
        ("/", PrometheusQuery("tickets_open"), "42.5", "application/json"),
    ],
)
def test_each_kind_of_source_gives_a_reading(server, path, recipe, value, accept):
    reading = ask(server, path, recipe)

    assert reading.value == Decimal(value)
    assert server.asked[-1][1]["Accept"] == accept


@pytest.mark.parametrize("type", ["text/plain", "text/html", "application/octet-stream", ""])
def test_what_can_be_read_is_read_whatever_its_type_is_called(type):
    with serving({"/": Page('{"cost": 9.5}', type=type), "/csv": Page("cost\n9.5\n", type=type)}) as server:
        assert ask(server, "/", JsonPath("cost")).value == Decimal("9.5")
        assert ask(server, "/csv", CsvCell("cost")).value == Decimal("9.5")


@pytest.mark.parametrize("recipe", [JsonPath("cost"), CsvCell("cost"), PrometheusMetric("cost")])
def test_a_picture_is_not_read_whatever_it_is_called(recipe):
    picture = Page(b"\x89PNG\r\n\x1a\n\0\0cost", type="application/json")
    with serving({"/": picture}) as server, pytest.raises(NotCollected) as refused:
        ask(server, "/", recipe)

    assert refused.value.kind == FailureKind.UNREADABLE


@pytest.mark.parametrize("recipe", [JsonPath("cost"), CsvCell("cost"), PrometheusMetric("cost")])
def test_a_page_to_sign_in_at_is_recognised_behind_a_redirect(server, recipe):
    with pytest.raises(NotCollected, match="answered with a web page, .* Does it want a sign-in?"):
        ask(server, "/", recipe)


@pytest.mark.parametrize("recipe", [JsonPath(""), CsvCell(""), PrometheusMetric(""), PrometheusQuery("")])
def test_nothing_is_asked_for_a_recipe_that_cannot_work(server, recipe):
    before = len(server.asked)
    with pytest.raises(NotCollected) as refused:
        ask(server, "/", recipe)

    assert refused.value.kind == FailureKind.QUERY
    assert len(server.asked) == before


def test_nothing_is_asked_where_nobody_allowed_it(server):
    before = len(server.asked)
    with pytest.raises(NotCollected, match="The address 127.0.0.1 is private"):
        ask(server, "/kpi.json", JsonPath("cost"), limits=Limits())

    assert len(server.asked) == before


def test_a_server_that_repeats_the_secret_does_not_give_it_away():
    def repeat(request):
        Page(f'{{"said": "{request.headers["Authorization"]}", "value": 1}}')(request)

    sign_in = SignIn(SignInKind.BEARER, secret=SECRET)
    with serving({"/": repeat}) as server:
        with pytest.raises(NotCollected) as refused:
            ask(server, "/", JsonPath("said"), sign_in=sign_in)
        with pytest.raises(NotCollected) as missing:
            ask(server, "/", JsonPath("cost"), sign_in=sign_in)

    assert str(refused.value) == "“Bearer •••” is not a number."
    assert missing.value.excerpt == '{"said": "Bearer •••", "value": 1}'
    for failure in (refused.value, missing.value):
        assert SECRET not in repr(failure)


def test_a_reading_does_not_hold_the_secret_either():
    sign_in = SignIn(SignInKind.HEADER, "X-Key", "2026")
    with serving({"/": Page('{"value": 2026, "at": "2026-11-01"}')}) as server:
        reading = ask(server, "/", JsonPath("value", "at"), sign_in=sign_in)

    assert reading == Reading(Decimal(2026), datetime(2026, 11, 1, tzinfo=UTC), '••• at "•••-11-01"', True)
