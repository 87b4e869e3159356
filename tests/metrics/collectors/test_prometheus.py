"""Readings from the real Prometheus: its query API, and the page of metrics that it reads itself."""

from decimal import Decimal

import pytest

from metrics.collectors.actions.hosts import allow_host
from metrics.collectors.actions.runs import collect_due
from metrics.models import CollectorRun
from metrics.sources.choices import FailureKind
from tests.builders import make_collector, make_kpi
from tests.metrics.sources.prometheus import PAGE, PROGRAM, real, recorded
from tests.metrics.sources.servers import Page, serving

pytestmark = pytest.mark.django_db
QUERY, METRIC = {"query": "tickets_open"}, {"metric": 'requests_total{code="500"}'}


@pytest.fixture
def collected(pilot, olga, ida):
    def collect(server, kind, recipe) -> CollectorRun:
        allow_host(entry=server.entry, reason="Of the test.", by=ida)
        kpi = make_kpi(pilot, f"By {kind}")
        collector = make_collector(kpi, server.url("/"), by=olga, kind=kind, recipe=recipe, sign_in="none")
        assert collect_due() == 1
        return collector.runs.get()

    return collect


@pytest.mark.prometheus
@pytest.mark.skipif(not PROGRAM, reason="needs the program prometheus")
def test_the_query_api_of_the_program(collected, tmp_path):
    with real(tmp_path) as server:
        run = collected(server, "prometheus", QUERY)

    assert (run.failure, run.value, run.readings) == ("", Decimal("42.5"), 1)


@pytest.mark.prometheus
@pytest.mark.skipif(not PROGRAM, reason="needs the program prometheus")
def test_a_query_that_the_program_refuses_is_told_in_its_words(collected, tmp_path):
    with real(tmp_path) as server:
        run = collected(server, "prometheus", {"query": "sum("})

    assert run.failure == FailureKind.QUERY and run.sentence.startswith("Prometheus says: ")


def test_the_query_api_as_recorded(collected):
    with recorded() as server:
        assert collected(server, "prometheus", QUERY).value == Decimal("42.5")


def test_a_page_of_metrics(collected):
    with serving({"/": Page(PAGE, type="text/plain; version=0.0.4")}) as server:
        assert collected(server, "metrics", METRIC).value == Decimal(3)
