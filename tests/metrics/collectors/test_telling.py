"""Who gets a mail when a collector fails, and that nobody gets it twice."""

from datetime import timedelta

import pytest
from celery.exceptions import Retry
from django.core import mail
from django.utils import timezone

from metrics.collectors.actions.collectors import pause_collector, remove_collector
from metrics.collectors.actions.runs import claim_due, finish
from metrics.collectors.tasks import tell_of_collector
from metrics.models import Collector, Kpi
from metrics.sources.rules import LONGEST_FAILING, TOLD_AFTER
from pilots.models import Event
from tests.builders import make_collector, make_kpi
from tests.metrics.collectors.test_runs import answered, failed

pytestmark = pytest.mark.django_db
GONE = {"may_pass": False}


@pytest.fixture
def collector(pilot, olga):
    return make_collector(make_kpi(pilot), by=olga)


@pytest.fixture
def comes(collector, django_capture_on_commit_callbacks):
    """`comes(answered)`: the collector is asked, this comes, and all that it starts is done."""

    def ask(what):
        Collector.objects.update(due_at=timezone.now())
        (claim,) = claim_due(now=timezone.now())
        with django_capture_on_commit_callbacks(execute=True):
            return finish(claim=claim, answered=what)

    return ask


def test_the_owner_hears_once_when_it_begins_to_fail_and_again_after_it_worked(comes, collector):
    comes(failed("not_found", **GONE))
    comes(failed("not_found", **GONE))

    (sent,) = mail.outbox
    assert sent.subject == "Not collected: Invoices per hour, Invoice reading"
    assert sent.to == ["olga@example.com"]
    assert "What it says: No answer." in sent.body
    assert f"/kpis/{collector.kpi_id}/collector/" in sent.body
    assert "because you own the pilot" in sent.body
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert "No answer." in sent.alternatives[0].content
    comes(answered())
    comes(failed("not_found", **GONE))
    assert len(mail.outbox) == 2


def test_what_may_pass_by_itself_is_told_after_a_while(comes):
    for _ in range(TOLD_AFTER - 1):
        comes(failed())
    assert mail.outbox == []

    comes(failed())

    assert len(mail.outbox) == 1


def test_a_pause_is_told_besides(comes):
    comes(failed("not_found", **GONE))
    Collector.objects.update(failures=20, failing_since=timezone.now() - LONGEST_FAILING)
    comes(failed("not_found", **GONE))

    assert [sent.subject.split(":")[0] for sent in mail.outbox] == ["Not collected", "Paused"]
    assert "21 tries in a row have failed" in mail.outbox[1].body


def test_the_owner_of_the_kpi_comes_before_that_of_the_pilot(comes, collector, petra):
    Kpi.objects.update(owner=petra)
    comes(failed("not_found", **GONE))

    assert mail.outbox[0].to == ["petra@example.com"]
    assert "because you own the KPI" in mail.outbox[0].body


def test_nobody_is_told_of_what_a_person_did_or_where_nobody_is(comes, collector, olga, pilot):
    pause_collector(collector=collector, by=olga)
    tell_of_collector(Event.objects.latest("pk").pk)
    Collector.objects.update(paused_at=None, paused_by=None)
    type(olga).objects.filter(pk=olga.pk).update(is_active=False)
    comes(failed("not_found", **GONE))

    assert mail.outbox == []


def test_a_mail_server_that_is_away_is_asked_again_and_sent_once(comes, collector, monkeypatch):
    def away(self, *args, **kwargs):
        raise OSError("no route")

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMultiAlternatives.send", away)
        with pytest.raises((OSError, Retry)):
            comes(failed("not_found", **GONE))
    event = Event.objects.get(type="metrics.collector_failed")
    assert Collector.objects.get().told_of is None

    for _ in range(2):
        tell_of_collector(event.pk)

    assert len(mail.outbox) == 1


def test_one_that_was_removed_since_tells_nobody(comes, collector, olga, monkeypatch):
    comes(failed("not_found", **GONE))
    event = Event.objects.get(type="metrics.collector_failed")
    remove_collector(collector=collector, by=olga)
    mail.outbox.clear()

    tell_of_collector(event.pk)

    assert mail.outbox == []


def test_failing_since_is_the_first_of_the_row(comes, collector):
    comes(failed())
    first = Collector.objects.get().failing_since
    comes(failed())

    assert Collector.objects.get().failing_since == first <= timezone.now() + timedelta(0)
