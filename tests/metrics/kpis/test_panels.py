"""All KPIs as small charts beside each other."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from metrics.models import KpiDefinition
from tests.builders import days_ago, make_kpi, make_pilot, measure

pytestmark = pytest.mark.django_db

CHARTS = "?layout=charts"


def under_way(programme, number: int, *, readings: int = 2, **facts):
    pilot = make_pilot(programme, title=f"Pilot {number}", state="active")
    kpi = make_kpi(pilot, f"KPI {number}", **facts)
    for day in range(readings, 0, -1):
        measure(kpi, 18 + day, on=days_ago(day))
    return kpi


def shown(client, query: str = CHARTS) -> str:
    return " ".join(client.get(reverse("metrics:all_kpis") + query).content.decode().split())


def test_each_kpi_is_drawn_with_its_state_in_words(programme, olga, client_of):
    under_way(programme, 1)
    under_way(programme, 2, direction="lower")
    under_way(programme, 3, readings=0)

    text = shown(client_of(olga))

    assert text.count('<li class="panel">') == 3
    assert "KPI 2: from 20 per hour to 19 per hour" in text
    assert "KPI 3: no measurement yet; target at least 20 per hour" in text
    assert "No measurement yet" in text


def test_filters_hold_for_charts_and_for_the_way_back(programme, olga, client_of):
    under_way(programme, 1)
    under_way(programme, 2, readings=0)

    text = shown(client_of(olga), f"{CHARTS}&state=no_data")

    assert text.count('<li class="panel">') == 1 and "KPI 2" in text
    assert 'href="?state=no_data"' in text
    assert '<input type="hidden" name="layout" value="charts">' in text


def test_many_kpis_and_readings_cost_no_more_queries(programme, olga, client_of):
    client = client_of(olga)

    def queries() -> int:
        shown(client)
        with CaptureQueriesContext(connection) as captured:
            shown(client)
        return len(captured)

    under_way(programme, 1)
    few = queries()
    for number in range(2, 9):
        under_way(programme, number, readings=9)

    assert queries() == few


def test_pilots_that_measure_the_same_stand_side_by_side_on_one_scale(programme, olga, client_of):
    definition = KpiDefinition.objects.create(
        name="Handling time", kind="business", unit="per hour", direction="higher", method="The log."
    )
    client, address = client_of(olga), reverse("metrics:definition", args=[definition.pk])

    def queries() -> tuple[int, str]:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
        return len(captured), answer.content.decode()

    under_way(programme, 1, follows=definition)
    one, text = queries()
    assert "Side by side" not in text  # one alone stands in the table
    for number in (2, 3):
        under_way(programme, number, readings=9, follows=definition)
    three, text = queries()

    assert text.count('<li class="panel">') == 3
    assert three == one
