"""The pages on which readings are recorded and corrected."""

import pytest
from django.urls import reverse

from metrics.models import Measurement
from tests.builders import days_ago, make_kpi, measure

pytestmark = pytest.mark.django_db


@pytest.fixture
def kpi(pilot):
    return make_kpi(pilot)


def address(name: str, reading: Measurement) -> str:
    return reverse(f"metrics:{name}", args=[reading.kpi.pilot.key, reading.kpi_id, reading.pk])


def test_a_corrected_reading_is_struck_through_with_who_and_why(kpi, olga, client_of):
    wrong = measure(kpi, 21, on=days_ago(3), by=olga)
    client = client_of(olga)
    sent = {"value": "12", "measured_at": days_ago(3).isoformat(), "reason": "Digits <swapped>."}

    answer = client.post(address("correct", wrong), sent, follow=True)

    text = " ".join(answer.content.decode().split())
    assert "<del>21 per hour</del>" in text
    assert "Superseded by 12 per hour" in text
    assert "by Olga Owner: Digits &lt;swapped&gt;." in text


def test_the_very_time_stays_when_the_day_does(kpi, olga, client_of):
    wrong = measure(kpi, 21, by=olga)
    sent = {"value": "12", "measured_at": days_ago(0).isoformat(), "reason": "Swapped."}

    client_of(olga).post(address("correct", wrong), sent)

    assert Measurement.objects.counting().get().measured_at == wrong.measured_at


def test_without_a_reason_nothing_is_corrected_and_what_was_typed_stays(kpi, olga, client_of):
    wrong = measure(kpi, 21, on=days_ago(3), by=olga)
    client = client_of(olga)

    answer = client.post(address("correct", wrong), {"value": "12.75", "measured_at": "2026-01-01"})
    back = client.post(address("take_back", wrong), {"reason": ""})

    assert answer.status_code == back.status_code == 422
    assert "Say why the reading was wrong." in answer.content.decode()
    assert 'value="12.75"' in answer.content.decode()
    assert "Say why the reading was wrong." in back.content.decode()
    assert Measurement.objects.counting().get() == wrong


def test_what_was_corrected_is_not_corrected_again(kpi, olga, client_of):
    wrong = measure(kpi, 21, by=olga)
    client = client_of(olga)
    client.post(address("take_back", wrong), {"reason": "Of another team."})

    answer = client.post(address("take_back", wrong), {"reason": "Of another team."})

    assert answer.status_code == 422
    assert "has been corrected before" in answer.content.decode()
