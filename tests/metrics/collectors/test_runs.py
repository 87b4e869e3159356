"""What is due is asked, once each, against real servers; what came is written down, and what failed is tried again."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from metrics.choices import Source
from metrics.collectors import asking
from metrics.collectors.actions import runs
from metrics.collectors.actions.collectors import edit_collector, pause_collector, remove_collector
from metrics.collectors.actions.hosts import allow_host
from metrics.collectors.actions.runs import KEPT, LEASE, claim_due, collect_due, finish
from metrics.collectors.asking import Answered
from metrics.collectors.tasks import collect_due as beat
from metrics.kpis.actions import archive_kpi, edit_kpi
from metrics.models import AllowedHost, Collector, CollectorRun, Kpi, Measurement
from metrics.readings.actions import supersede_measurement
from metrics.sources.choices import FailureKind
from metrics.sources.failures import NotCollected
from metrics.sources.rules import LONGEST_FAILING
from metrics.sources.values import Reading
from pilots.actions.pilots import archive_pilot
from pilots.models import Event
from tests.builders import make_collector, make_kpi, make_pilot, measure
from tests.metrics.sources.servers import Page, serving

pytestmark = pytest.mark.django_db
SECRET = "letmein-5f3a"
DAY = timedelta(days=1)


@pytest.fixture
def server(ida):
    def repeat(request):
        Page(f'{{"said": "{request.headers["Authorization"]}"}}')(request)

    pages = {
        "/kpi.json": Page('{"cost": 9.5}'),
        "/dated.json": Page('{"cost": 9.5, "at": "2026-11-01"}'),
        "/repeat": repeat,
        "/busy": Page("Later.", status=503),
    }
    with serving(pages) as running:
        running.pages = pages
        allow_host(entry=running.entry, reason="Of the test.", by=ida)
        yield running


@pytest.fixture
def kpi(pilot):
    return make_kpi(pilot, unit="€")


@pytest.fixture
def set_up(kpi, olga, server):
    return lambda path="/kpi.json", **facts: make_collector(kpi, server.url(path), by=olga, **facts)


def run_of(collector) -> CollectorRun:
    return collector.runs.latest("pk")


def as_now(collector) -> Collector:
    return Collector.objects.get(pk=collector.pk)


def later(**by):
    return time_machine.travel(timezone.now() + timedelta(**by), tick=False)


def answered(value="9.5", **facts) -> Answered:
    now = timezone.now()
    return Answered(12, Reading(Decimal(value), facts.get("at", now), "9.5", dated="at" in facts, size=13))


def failed(kind=FailureKind.TIMEOUT, *, may_pass=True) -> Answered:
    return Answered(10, failure=NotCollected(kind, "No answer.", worth_retrying=may_pass))


def ask_and_finish(collector, what: Answered) -> Collector:
    """The collector is due, asked, and this came."""
    Collector.objects.filter(pk=collector.pk).update(due_at=timezone.now())
    (claim,) = claim_due(now=timezone.now())
    assert finish(claim=claim, answered=what)
    return as_now(collector)


def test_what_is_due_is_asked_and_recorded(set_up, server, kpi):
    collector = set_up()

    assert beat() == 1

    reading = kpi.measurements.get()
    assert (reading.value, reading.source, reading.recorded_by) == (Decimal("9.5"), Source.COLLECTOR, None)
    assert Kpi.objects.get(pk=kpi.pk).latest_value == Decimal("9.5")
    event = Event.objects.get(type="metrics.measurement_recorded")
    assert (event.actor, event.changes) == (None, {"value": [None, "9.500000"]})
    run, kept = run_of(collector), as_now(collector)
    assert (run.failure, run.value, run.readings, run.size) == ("", Decimal("9.5"), 1, 13)
    assert (kept.last_success, kept.last_failure, kept.leased_until, kept.failures) == (run, None, None, 0)
    assert kept.due_at == run.at + DAY
    assert server.asked[0][1]["Authorization"] == f"Bearer {SECRET}"


def test_run_twice_it_asks_once(set_up, server):
    set_up()

    assert [beat(), beat()] == [1, 0]
    assert len(server.asked) == 1


def test_a_reading_that_is_there_is_not_recorded_again(set_up, kpi):
    collector = set_up("/dated.json", recipe={"path": "cost", "time_path": "at"})
    collect_due()
    with later(days=1, minutes=1):
        assert collect_due() == 1

    assert kpi.measurements.count() == 1
    assert list(collector.runs.order_by("pk").values_list("readings", flat=True)) == [1, 0]


def test_another_value_for_the_same_time_is_told_and_not_recorded(set_up, server, kpi):
    collector = set_up("/dated.json", recipe={"path": "cost", "time_path": "at"})
    collect_due()
    server.pages["/dated.json"] = Page('{"cost": 12, "at": "2026-11-01"}')
    with later(days=1, minutes=1):
        collect_due()

    run = run_of(collector)
    assert run.failure == FailureKind.REFUSED
    assert run.sentence.startswith("Another value is already recorded for this time. The source says 12")
    assert kpi.measurements.get().value == Decimal("9.5")


def test_what_a_person_corrected_does_not_come_back(set_up, kpi, olga):
    set_up("/dated.json", recipe={"path": "cost", "time_path": "at"})
    collect_due()
    supersede_measurement(reading=kpi.measurements.get(), value=Decimal(8), reason="Wrong.", by=olga)
    with later(days=1, minutes=1):
        collect_due()

    assert [one.value for one in kpi.measurements.counting()] == [Decimal(8)]
    assert run_of(kpi.collector).readings == 0


def test_nothing_is_asked_that_is_paused_ended_or_not_due(olga, ida, programme, server):
    def one(title):
        return make_collector(
            make_kpi(make_pilot(programme, owner=olga, title=title)), server.url("/"), by=olga
        )

    pause_collector(collector=one("Paused"), by=olga)
    archive_kpi(kpi=one("Left").kpi, by=olga)
    archive_pilot(pilot=one("Archived").kpi.pilot, by=ida)
    stopped = one("Stopped").kpi.pilot
    type(stopped).objects.filter(pk=stopped.pk).update(state="stopped")
    Collector.objects.filter(pk=one("Later").pk).update(due_at=timezone.now() + DAY)

    assert collect_due() == 0
    assert server.asked == []


def test_nothing_is_asked_inside_a_transaction(set_up, monkeypatch):
    """The test's own transaction does not count: only what the actions open."""
    set_up()
    open_now = len(connection.savepoint_ids)
    open_then = []

    def ask_all(claims):
        open_then.append(len(connection.savepoint_ids))
        return [answered() for _ in claims]

    monkeypatch.setattr(runs, "_ask_all", ask_all)
    collect_due()

    assert open_then == [open_now]


def test_a_worker_that_dies_leaves_it_to_the_next_when_its_lease_ends(set_up, kpi):
    set_up()
    (lost,) = claim_due(now=timezone.now())

    assert claim_due(now=timezone.now()) == []
    with later(seconds=LEASE.total_seconds() + 1):
        (claim,) = claim_due(now=timezone.now())
        assert finish(claim=lost, answered=answered("1")) is None  # it comes back too late
        assert finish(claim=claim, answered=answered("2"))
        assert finish(claim=claim, answered=answered("3")) is None

    assert [one.value for one in kpi.measurements.all()] == [Decimal(2)]


@pytest.mark.parametrize("act", [pause_collector, remove_collector, edit_collector])
def test_what_comes_after_it_was_changed_is_thrown_away(set_up, olga, kpi, act):
    collector = set_up()
    (claim,) = claim_due(now=timezone.now())
    act(collector=collector, by=olga, **({"every_hours": 1} if act is edit_collector else {}))

    assert finish(claim=claim, answered=answered()) is None
    assert not Measurement.objects.exists() and not CollectorRun.objects.exists()


def test_failures_back_off_and_one_success_ends_them(set_up):
    collector = set_up("/busy", every_hours=24)
    waits = []
    for _ in range(4):
        collect_due()
        kept = as_now(collector)
        waits.append((kept.due_at - run_of(collector).at).total_seconds())
        Collector.objects.update(due_at=timezone.now())

    assert all(48 <= one <= 60 for one in waits[:1]) and waits == sorted(waits) and waits[3] <= 480
    assert run_of(collector).sentence == "The server answered 503."
    assert (kept.failures, kept.failing_since) == (4, collector.runs.earliest("pk").at)
    kept = ask_and_finish(collector, answered())
    assert (kept.failures, kept.failing_since, kept.is_told) == (0, None, False)
    assert kept.last_failure is not None


def test_what_does_not_pass_by_itself_is_tried_at_the_regular_time(set_up):
    kept = ask_and_finish(set_up(), failed(FailureKind.NOT_FOUND, may_pass=False))

    assert kept.due_at == kept.last_failure.at + DAY


def test_another_unit_stops_it_before_anything_is_asked(set_up, kpi, olga, server):
    collector = set_up()
    edit_kpi(kpi=kpi, by=olga, unit="$")
    collect_due()

    assert run_of(collector).sentence.startswith("The source counts in €, the KPI in $.")
    assert server.asked == []


def test_a_key_that_is_lost_is_said(set_up, settings):
    collector = set_up()
    settings.SECRETS_KEYS = ["another key of more than thirty-two characters"]
    collect_due()

    assert run_of(collector).failure == FailureKind.KEY
    assert "Put that key back into SECRETS_KEYS" in run_of(collector).sentence


def test_what_the_server_repeats_is_kept_without_the_secret(set_up):
    collector = set_up("/repeat", recipe={"path": "said"})
    collect_due()

    run = run_of(collector)
    assert run.sentence == "“Bearer •••” is not a number." and SECRET not in run.excerpt


def test_only_the_newest_runs_are_kept_and_the_last_success(set_up):
    collector = set_up()
    success = ask_and_finish(collector, answered()).last_success
    for _ in range(KEPT + 3):
        ask_and_finish(collector, failed())

    assert collector.runs.count() == KEPT + 1
    assert as_now(collector).last_success == success


def test_it_pauses_after_failing_for_days(set_up):
    collector = set_up()
    began = timezone.now()
    for number in range(13):
        with time_machine.travel(began + number * LONGEST_FAILING / 12, tick=False):
            kept = ask_and_finish(collector, failed())

    assert kept.paused_at is not None and kept.paused_by is None
    event = Event.objects.get(type="metrics.collector_paused")
    assert (event.actor, event.changes) == (None, {"paused": [False, True]})
    assert (event.data["failures"], event.data["reason"]) == (13, "No answer.")
    assert collect_due() == 0


def test_one_that_cannot_be_written_down_keeps_no_other_from_it(
    set_up, olga, pilot, server, monkeypatch, caplog
):
    set_up()
    make_collector(make_kpi(pilot, "Other"), server.url("/kpi.json"), by=olga)
    broken, real = Collector.objects.earliest("pk").pk, finish

    def breaking(*, claim, answered):
        if claim.pk == broken:
            raise RuntimeError("It broke.")
        return real(claim=claim, answered=answered)

    monkeypatch.setattr(runs, "finish", breaking)

    assert collect_due() == 2
    assert Measurement.objects.count() == 1
    assert f"What collector {broken} brought could not be written down." in caplog.text
    assert SECRET not in caplog.text


def test_one_that_breaks_on_its_answer_keeps_no_other_from_asking(
    set_up, olga, pilot, server, monkeypatch, caplog
):
    broken = set_up()
    make_collector(
        make_kpi(pilot, "Other"), server.url("/kpi.json"), by=olga, recipe={"path": "cost.x || cost"}
    )
    real_collect = asking.collect

    def breaking(url, recipe, **options):
        if recipe.path == "cost":
            raise IndexError(SECRET)
        return real_collect(url, recipe, **options)

    monkeypatch.setattr(asking, "collect", breaking)

    assert collect_due() == 2
    assert Measurement.objects.count() == 1
    assert (run_of(broken).failure, run_of(broken).sentence) == (FailureKind.UNREADABLE, asking.BROKEN)
    assert "A collector broke with IndexError" in caplog.text and SECRET not in caplog.text


def test_once_a_host_is_allowed_whoever_waited_for_it_is_asked(set_up, ida, server):
    AllowedHost.objects.all().delete()
    collector = set_up()
    assert [collect_due(), collect_due()] == [1, 0]
    assert run_of(collector).failure == FailureKind.NOT_ALLOWED

    allow_host(entry=server.entry, reason="Of the test.", by=ida)

    assert collect_due() == 1
    assert as_now(collector).failures == 0


def test_a_round_takes_as_many_queries_to_claim_however_many_are_due(
    olga, programme, server, django_assert_num_queries
):
    for number in range(4):
        pilot = make_pilot(programme, owner=olga, title=f"Pilot {number}")
        make_collector(make_kpi(pilot), server.url("/kpi.json"), by=olga)

    with django_assert_num_queries(4):  # two of them the savepoint of the test
        assert len(claim_due(now=timezone.now())) == 4


def test_a_reading_typed_for_the_same_moment_stands_beside(set_up, kpi, olga):
    measure(kpi, "7", by=olga)
    set_up()
    collect_due()

    assert kpi.measurements.count() == 2
