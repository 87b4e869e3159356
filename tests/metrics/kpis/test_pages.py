"""Lists, pages, counts, API and checks tell the same of a KPI."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from gates.checks import CHECKS
from metrics.choices import KpiState
from metrics.kpis.queries import KPI_LISTS, KpiChoice, kpis_under_way
from metrics.models import Kpi
from metrics.queries import standing_of
from pilots.models import Pilot
from pilots.templatetags.ui import status
from tests.api.world import BASE, program_of
from tests.builders import days_ago, make_kpi, measure, start

pytestmark = pytest.mark.django_db

OK_MARK = str(status("ok", "X")).split("X")[0]


@pytest.fixture
def running(pilot):
    start(pilot)
    return pilot


def proven(pilot, name="Speed", *, weeks=10, until=1, **facts) -> Kpi:
    kpi = make_kpi(pilot, name, **facts)
    for week in range(weeks):
        measure(kpi, 30 + week % 3, on=days_ago(7 * week + until))
    return kpi


def content(client, url: str) -> str:
    page = client.get(url).content.decode()
    return re.sub(r"<select.*?</select>", "", page, flags=re.DOTALL)


def test_stale_is_never_green_on_any_page(running, olga, client_of):
    kpi = proven(running)
    Kpi.objects.update(fresh_until=days_ago(1))
    kpi.refresh_from_db()
    assert kpi.at_target_since is not None
    client = client_of(olga)

    for url in (
        reverse("metrics:all_kpis"),
        reverse("metrics:kpis", args=[running.key]),
        reverse("metrics:kpi", args=[running.key, kpi.pk]),
        reverse("metrics:record", args=[running.key, kpi.pk]),
        reverse("gates:overview", args=[running.key]),
    ):
        text = content(client, url)
        assert str(status("none", "Stale")) in text, url
        assert "On target" not in text, url
        assert f"{OK_MARK}{KpiState.STALE.label}" not in text, url
    shown = program_of(olga).get(f"{BASE}kpis/{kpi.pk}/").json()
    assert shown["state"] == "stale"
    assert CHECKS["business_kpis_at_target"](Pilot.objects.all(), timezone.localdate())
    assert not Kpi.objects.at_target(timezone.localdate()).exists()


def test_one_good_reading_counts_nowhere_as_on_target(running, olga, client_of):
    kpi = make_kpi(running, "Speed")
    measure(kpi, 25, on=days_ago(1))

    text = content(client_of(olga), reverse("metrics:kpi", args=[running.key, kpi.pk]))

    assert str(status("none", "Not proven yet")) in text
    assert CHECKS["business_kpis_at_target"](Pilot.objects.all(), timezone.localdate())
    assert not content(client_of(olga), f"{reverse('metrics:all_kpis')}?state=at_target").count(kpi.name)


def test_every_list_holds_those_of_its_word(running, olga):
    today = timezone.localdate()
    kpis = [
        proven(running, "Proven"),
        proven(running, "Old", until=90),
        make_kpi(running, "Silent"),
        make_kpi(running, "Once"),
        make_kpi(running, "Low"),
        make_kpi(running, "Aimless", target=None, target_on=None),
        make_kpi(running, "Wild", highest=26),
        make_kpi(running, "Falling"),
    ]
    for kpi, value in zip(kpis[3:7], (25, 12, 12, 27), strict=True):
        measure(kpi, value, on=days_ago(1))
    for week, value in enumerate((25, 29, 33, 38, 41, 45, 48, 52, 55, 60)):
        measure(kpis[7], value, on=days_ago(7 * week + 1))
    wanted = {kpi.pk: standing_of(Kpi.objects.get(pk=kpi.pk), today=today).state for kpi in kpis}
    assert set(wanted.values()) == set(KpiState), "one of each"

    program = program_of(olga)
    for state in KpiState:
        here = {pk for pk, one in wanted.items() if one == state}
        listed = kpis_under_way(olga, KpiChoice(state=state.value), today=today)
        assert {kpi.pk for kpi in listed} == here
        told = program.get(f"{BASE}kpis/", {"state": state.value}).json()["results"]
        assert {(one["id"], one["state"]) for one in told} == {(pk, state.value) for pk in here}
    at_target = {kpi.pk for kpi in kpis_under_way(olga, KpiChoice(state="at_target"), today=today)}
    assert at_target == {kpis[0].pk}
    for said, found in (("true", at_target), ("false", set(wanted) - at_target)):
        told = program.get(f"{BASE}kpis/", {"at_target": said}).json()["results"]
        assert {one["id"] for one in told} == found
    assert set(KpiState.values) <= set(KPI_LISTS)


def test_a_kpi_goes_stale_by_itself_the_day_after(running, olga):
    kpi = proven(running)
    today = timezone.localdate()
    kpi.refresh_from_db()

    for day, state in (
        (kpi.fresh_until, KpiState.ON_TARGET),
        (kpi.fresh_until + timedelta(1), KpiState.STALE),
    ):
        assert standing_of(kpi, today=day).state == state
        assert set(Kpi.objects.in_state(state, day)) == {kpi}
    assert today <= kpi.fresh_until
