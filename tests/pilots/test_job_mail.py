"""Who gets a mail when long work has ended, and that nobody gets it twice."""

from datetime import timedelta

import pytest
from celery.exceptions import Retry
from django.core import mail
from django.utils import timezone

from pilots import events
from pilots.actions.jobs import begin, cancel_job, fail, finish, retry_job, sweep_jobs
from pilots.choices import JobState
from pilots.models import Event, Job
from pilots.rules import SILENCE
from pilots.tasks import tell_of_job
from tests.builders import make_job

pytestmark = pytest.mark.django_db
MINUTE = timedelta(seconds=60)


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    monkeypatch.setattr("pilots.actions.jobs._send", lambda job: None)


@pytest.fixture
def do(django_capture_on_commit_callbacks):
    """`do(cancel_job, job=…)`, with all that it starts after its commit."""

    def call(action, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            return action(*args, **kwargs)

    return call


@pytest.fixture
def running(petra) -> Job:
    """Begun a minute ago."""
    found = begin(make_job(petra, JobState.WAITING, result={"sentences": ["1 moved to Standard v3."]}).pk)
    Job.objects.update(begun_at=timezone.now() - MINUTE)
    return found


def test_what_took_a_minute_is_told_with_what_came_of_it(running, do):
    do(finish, running)

    (sent,) = mail.outbox
    assert (sent.subject, sent.to) == ("Done: Move 3 pilots", ["petra@example.com"])
    assert "1 of 3 pilots were done, in 1 min." in sent.body
    assert "1 moved to Standard v3." in sent.body
    assert f"/jobs/{running.pk}/" in sent.body
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert "1 moved to Standard v3." in sent.alternatives[0].content


def test_what_took_a_moment_was_watched(running, do):
    Job.objects.update(begun_at=timezone.now())

    do(finish, running)

    assert mail.outbox == []


def test_a_failure_says_why_and_that_the_rest_can_be_done(running, do):
    do(fail, running, "It broke.")

    (sent,) = mail.outbox
    assert sent.subject == "Failed: Move 3 pilots"
    assert "It broke." in sent.body and "and do the rest" in sent.body


def test_a_dead_worker_is_told_of(running, do):
    Job.objects.update(beat_at=timezone.now() - SILENCE - MINUTE)

    do(sweep_jobs)
    do(sweep_jobs)

    assert [sent.subject for sent in mail.outbox] == ["Failed: Move 3 pilots"]


def test_who_cancels_knows_it_and_whoever_started_it_is_told(running, petra, ida, do):
    do(cancel_job, job=running, by=petra)
    assert mail.outbox == []
    do(retry_job, job=running, by=petra)

    do(cancel_job, job=running, by=ida)

    (sent,) = mail.outbox
    assert "Ida Admin cancelled “Move 3 pilots”, which you had started." in sent.body
    assert "What has been moved stays so." in sent.body


def test_a_task_that_comes_twice_sends_once(running, do):
    do(finish, running)

    tell_of_job(Event.objects.get(type=events.JOB_FINISHED).pk)

    assert len(mail.outbox) == 1


def test_each_end_is_told_of(running, petra, do):
    do(fail, running, "It broke.")
    do(retry_job, job=running, by=petra)
    again = begin(running.pk)
    Job.objects.update(begun_at=timezone.now() - MINUTE)
    do(finish, again)

    assert [sent.subject for sent in mail.outbox] == ["Failed: Move 3 pilots", "Done: Move 3 pilots"]


def test_what_has_been_taken_up_again_before_the_mail_went_out_is_not_told_of(running, petra):
    fail(running, "It broke.")
    retry_job(job=running, by=petra)

    tell_of_job(Event.objects.get(type=events.JOB_FAILED).pk)

    assert mail.outbox == []


def test_whoever_has_left_gets_no_mail(running, petra, do):
    petra.is_active = False
    petra.save()

    do(finish, running)

    assert mail.outbox == []


def test_a_mail_server_that_is_away_is_asked_again(running, monkeypatch):
    finish(running)
    event = Event.objects.get(type=events.JOB_FINISHED)

    def nobody_there(self):
        raise ConnectionRefusedError

    with monkeypatch.context() as away:
        away.setattr("django.core.mail.EmailMultiAlternatives.send", nobody_there)
        away.setattr(tell_of_job, "retry", lambda **kwargs: Retry())
        with pytest.raises(Retry):
            tell_of_job(event.pk)
    assert mail.outbox == []

    tell_of_job(event.pk)
    assert len(mail.outbox) == 1
