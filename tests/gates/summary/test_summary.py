"""The executive facts: what is counted, how programmes add up, and that every number has its list."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from gates.decisions.actions import decide
from gates.headline.rules import Share
from gates.models import Summary
from gates.summary.actions import refresh, refresh_stale
from gates.summary.counting import add_up, count_facts, median, read_headline
from gates.summary.queries import executive_summary, headline
from metrics.choices import KpiKind
from pilots.choices import Role
from pilots.models import Event, Programme
from tests.builders import (
    days_ago,
    join,
    make_kpi,
    make_pilot,
    make_playbook,
    make_programme,
    make_user,
    measure,
    start,
)
from tests.gates.decisions.deciding import stop

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def delivering(programme, olga):
    """In production, with a business KPI better than its baseline."""
    pilot = make_pilot(programme, owner=olga, title="Delivers")
    start(pilot, make_playbook(phases=["production_deployment"]))
    measure(make_kpi(pilot, baseline=100, target=120), 110)
    return pilot


def generated(pilots: int, *, programmes: int) -> None:
    arguments = {"pilots": pilots, "seed": 9, "programmes": programmes}
    call_command("generate_portfolio", **arguments, stdout=StringIO(), stderr=StringIO())


def headline_of(facts: dict) -> Share:
    return sum(read_headline(facts["headline"]).values(), Share())


# --- What counts as measured value ---------------------------------------------------------------
def test_in_production_with_a_business_kpi_better_than_before_delivers_value(programme, delivering, today):
    facts = count_facts(programme, today=today)
    value = facts["value"]

    assert headline_of(facts) == Share(started=1, in_production=1, delivering=1)
    assert (value["targets"], value["fresh"], value["at_target"]) == (1, 1, 0)


@pytest.mark.parametrize("facts", [{"kind": KpiKind.TECHNICAL}, {"baseline": None, "baseline_on": None}])
def test_a_technical_kpi_or_one_without_baseline_is_no_measured_value(programme, today, facts):
    pilot = make_pilot(programme)
    start(pilot, make_playbook(phases=["production_deployment"]))
    measure(make_kpi(pilot, **{"baseline": 100, "target": 120} | facts), 130)

    assert headline_of(count_facts(programme, today=today)).delivering == 0


def test_a_stale_reading_is_no_measured_value(programme, today):
    pilot = make_pilot(programme)
    start(pilot, make_playbook(phases=["production_deployment"]))
    measure(make_kpi(pilot, baseline=100, target=120, cadence_days=7), 130, on=days_ago(60))

    assert headline_of(count_facts(programme, today=today)).delivering == 0


def test_pilots_in_intake_have_not_started_and_archived_ones_have_if_they_ended(programme, today):
    make_pilot(programme)
    make_pilot(programme, archived_at=timezone.now())
    make_pilot(programme, archived_at=timezone.now(), state="stopped")

    facts = count_facts(programme, today=today)
    assert headline_of(facts).started == 1
    assert (facts["states"], facts["archived"]) == ({"intake": 1}, {"stopped": 1})


def test_a_day_of_entry_that_is_still_to_come_does_not_count(programme, today):
    pilot = make_pilot(programme)
    start(pilot)
    type(pilot).objects.filter(pk=pilot.pk).update(phase_entered_on=today + timedelta(30))

    assert count_facts(programme, today=today)["phases"][0]["days"] == {}


# --- Adding up -----------------------------------------------------------------------------------
@given(st.lists(st.integers(0, 40), min_size=1, max_size=60))
def test_the_median_of_a_histogram_is_that_of_its_numbers(numbers):
    days: dict[str, int] = {}
    for number in numbers:
        days[str(number)] = days.get(str(number), 0) + 1

    assert median(days) == sorted(numbers)[(len(numbers) - 1) // 2]


def test_programmes_add_up_to_what_counting_them_as_one_gives(today):
    call_command("load_playbooks", verbosity=0, stdout=StringIO())
    generated(60, programmes=3)
    whole = add_up([count_facts(programme, today=today) for programme in Programme.objects.all()])

    merged = Programme.objects.first()
    for other in Programme.objects.exclude(pk=merged.pk):
        other.pilots.update(programme=merged)
        QuerySet(Event).filter(programme=other).update(programme=merged)  # which the app itself refuses
    one = add_up([count_facts(merged, today=today)])
    for part in ("states", "health", "headline", "money", "value", "gates", "quarter", "stopped", "freed"):
        assert whole[part] == one[part], part
    assert [(column["key"], column["days"]) for column in whole["phases"]] == [
        (column["key"], column["days"]) for column in one["phases"]
    ]


# --- Every number has its list -------------------------------------------------------------------
LINK = re.compile(r'<a[^>]*href="(/(?:pilots|kpis|decisions)/\?[^"]+)"[^>]*>\s*(?:All )?([\d,]+)(?=[ <])')
COUNT = re.compile(r'class="count num"[^>]*>\s*([\d,]+)')


def test_each_number_on_the_page_is_the_length_of_the_list_behind_it(client, today):
    call_command("load_playbooks", verbosity=0, stdout=StringIO())
    generated(120, programmes=2)
    client.force_login(join(make_user("Erik Exec"), None, Role.EXECUTIVE))
    slug = Programme.objects.first().slug

    for address in ("/summary/", f"/summary/?programme={slug}"):
        links = LINK.findall(client.get(address).content.decode())
        assert len(links) >= 10
        for url, number in links:
            page = client.get(unescape(url)).content.decode()
            assert COUNT.search(page), url
            assert COUNT.search(page).group(1) == number, url


# --- Stored facts --------------------------------------------------------------------------------
def test_facts_are_counted_anew_only_where_something_happened(programme, olga, today):
    make_programme("Quiet")
    assert refresh_stale(today=today) == 2
    assert refresh_stale(today=today) == 0

    gate = start(make_pilot(programme, owner=olga))
    assert gate.pilot.events.exists()
    assert refresh_stale(today=today) == 1


def test_facts_of_yesterday_are_not_shown_as_todays(programme, erik, delivering, today):
    refresh(programme, today=today)
    yesterday = timezone.now() - timedelta(days=1)
    Summary.objects.update(computed_at=yesterday, facts={})

    page = executive_summary(erik, chosen="", today=today)

    assert page.share.delivering == 1
    assert Summary.objects.get().computed_at == yesterday  # reading never writes


def test_reading_stored_facts_takes_one_query_for_any_number_of_programmes(ida, today):
    for number in range(4):
        refresh(make_programme(f"Programme {number}"), today=today)
    assert ida.access.sees_all_programmes

    with CaptureQueriesContext(
        connection,
    ) as queries:
        executive_summary(ida, chosen="", today=today)

    assert len(queries) == 1


def test_a_programme_of_others_is_not_there(client, erik, nils):
    client.force_login(erik)

    assert client.get("/summary/?programme=logistics").status_code == 404
    assert "Logistics" not in client.get("/summary/").content.decode()


def test_what_was_decided_in_the_quarter_is_counted_by_outcome(programme, pilot, ana, today):
    gate = start(pilot)
    decide(
        gate=gate,
        outcome="hold",
        reason_code="dependency",
        reason="Wait.",
        by=ana,
        review_on=today + timedelta(30),
    )

    assert count_facts(programme, today=today)["decisions"]["quarter"] == {"hold": 1}


def test_a_stopped_pilot_that_is_archived_still_counts_as_stopped_and_started(
    programme, pilot, ana, olga, today
):
    start(pilot)
    before = headline_of(count_facts(programme, today=today)).started
    stop(pilot.gates.current().get(), ana, archive=True, freed_amount=1_000)

    facts = count_facts(programme, today=today)
    assert headline_of(facts).started == before == 1
    assert (facts["states"], facts["archived"]) == ({}, {"stopped": 1})
    assert (facts["decisions"]["stopped"], float(facts["decisions"]["freed"])) == (1, 1000)
    make_pilot(programme, owner=olga, title="Another")  # without any there is nothing to sum up
    page = executive_summary(ana, chosen="", today=today)
    assert (page.stopped, page.retired, page.archived) == (1, 0, 1)


# --- The headline --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("share", "gates", "said"),
    [
        (Share(), {}, "No pilot has started yet."),
        (
            Share(1, 1, 1),
            {"overdue": 1},
            "1 of 1 started pilot is in production with measured value. 1 gate decision is overdue.",
        ),
        (
            Share(1734, 20, 12),
            {"overdue": 0, "soon": 3, "current": 9},
            "12 of 1,734 started pilots are in production with measured value. "
            "3 gate decisions are due in the next 30 days.",
        ),
        (
            Share(5),
            {"overdue": 0, "soon": 0, "current": 2},
            "0 of 5 started pilots are in production with measured value. "
            "No gate decision is due in the next 30 days.",
        ),
    ],
)
def test_the_headline_says_value_first_then_what_must_be_decided(share, gates, said):
    assert headline(share, gates) == said


def test_the_day_on_which_facts_were_counted_is_the_organisations(programme, erik):
    summary = refresh(programme, today=timezone.localdate())

    assert executive_summary(erik, chosen="", today=date.today()).as_of == summary.computed_at
    assert summary.computed_at.tzinfo in (UTC, datetime.now(UTC).tzinfo)
