"""Recording a reading where a gate waits for it."""

import pytest
from django.urls import reverse

from gates.choices import AssessmentState
from metrics.models import Kpi, Measurement
from pilots.models import Event
from tests.builders import criterion, days_ago, make_gate, make_kpi, measure

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
CRITERIA = [
    criterion("V1", check_name="business_kpis_measured", state=AssessmentState.NOT_MET, note="Not measured."),
    criterion("V2", check_name="business_kpis_at_target", state=AssessmentState.NOT_MET, note="Not proven."),
    criterion("O1", check_name="sponsor_named", state=AssessmentState.MET),
]


@pytest.fixture
def gate(pilot):
    return make_gate(CRITERIA, pilot=pilot)


@pytest.fixture
def kpi(pilot):
    return make_kpi(pilot, "Handling time", unit="min")


def address(gate, key="V1") -> str:
    return reverse("gates:record", args=[gate.pilot.key, gate.definition.key, key])


def body(kpi, value="12", **more) -> dict:
    return {"kpi": kpi.pk, "value": value, "measured_at": days_ago(0).isoformat()} | more


def page_of(client, gate) -> str:
    return client.get(reverse("gates:gate", args=[gate.pilot.key, gate.definition.key])).content.decode()


def test_a_reading_updates_readiness_and_what_blocks_at_once(gate, kpi, olga, client_of):
    client = client_of(olga)
    assert address(gate) in page_of(client, gate)

    answer = client.post(address(gate), body(kpi), **HTMX)

    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'href="{address(gate)}"' not in text, "V1 waits no more"
    assert f'href="{address(gate, "V2")}"' not in text, (
        "12 is off target: another reading alone does not help"
    )
    assert 'id="readiness"' in text
    assert "Recorded for Handling time." in text
    gate.refresh_from_db()
    states = dict(gate.assessments.values_list("criterion__key", "state"))
    assert (states["V1"], states["V2"]) == (AssessmentState.MET, AssessmentState.NOT_MET)
    assert Event.objects.filter(type="metrics.measurement_recorded").count() == 1


def test_too_few_readings_wait_for_more(gate, kpi, olga, client_of):
    measure(kpi, 25, on=days_ago(9), by=olga)
    assert address(gate, "V2") in page_of(client_of(olga), gate)


def test_without_script_it_is_a_page_and_leads_back(gate, kpi, olga, client_of):
    client = client_of(olga)
    assert "Handling time" in client.get(address(gate)).content.decode()

    answer = client.post(address(gate), body(kpi))

    assert answer.url == reverse("gates:gate", args=[gate.pilot.key, gate.definition.key]) + "#blockers"
    assert Measurement.objects.get().value == 12


@pytest.mark.parametrize("how", [{}, HTMX])
def test_what_cannot_be_is_said_and_kept(how, gate, kpi, olga, client_of):
    answer = client_of(olga).post(address(gate), body(kpi, "NaN", note="From the log"), **how)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Enter a number" in text
    assert 'value="From the log"' in text
    assert not Measurement.objects.exists()


def test_only_kpis_that_wait_can_be_chosen(gate, kpi, pilot, olga, client_of):
    other = make_kpi(pilot, "Fresh", unit="min")
    measure(other, 12, on=days_ago(1), by=olga)
    make_kpi(pilot, "Silent", unit="min")

    answer = client_of(olga).post(address(gate), body(other), **HTMX)

    assert answer.status_code == 422
    assert "Choose one of these KPIs." in answer.content.decode()
    assert "Silent, min" in answer.content.decode()


def test_where_none_waits_it_leads_back(gate, kpi, olga, client_of):
    measure(kpi, 12, by=olga)
    assert client_of(olga).get(address(gate)).status_code == 302


def test_a_criterion_that_no_reading_decides_takes_none(gate, kpi, olga, client_of):
    assert client_of(olga).get(address(gate, "O1")).status_code == 404


def test_a_row_and_a_card_of_a_list_are_drawn_anew(kpi, gate, olga, client_of):
    client, kpi = client_of(olga), Kpi.objects.get()
    url = reverse("metrics:record", args=[kpi.pilot.key, kpi.pk])
    for place in ("kpi-row", "kpi-card"):
        how = HTMX | {"HTTP_HX_TARGET": f"{place}-{kpi.pk}"}
        opened = client.get(url, **how).content.decode()
        assert f'id="{place}-{kpi.pk}"' in opened
        assert f'id="kpi_{kpi.pk}_value"' in opened
        refused = client.post(url, {"value": "x", "measured_at": "2026-01-01"}, **how)
        assert (refused.status_code, f'id="{place}-{kpi.pk}"' in refused.content.decode()) == (422, True)
        value = "12.5" if place == "kpi-row" else "13.5"
        day = days_ago(1 if place == "kpi-row" else 0).isoformat()
        saved = client.post(url, {"value": value, "measured_at": day}, **how).content.decode()
        assert f"{value} min" in saved
        assert "Recorded for Handling time. Off target." in saved
