"""The outbox: what is recorded starts its reactions once, after the commit, whatever the broker does."""

import json
import logging
import os
import uuid

import pytest
import redis
from celery import shared_task
from django.db import transaction
from django.utils import timezone

from config import celery_app
from pilots import events
from pilots.actions.pilots import create_pilot, edit_pilot
from pilots.events import build, changed_fields, dispatch_waiting, record, record_many
from pilots.models import Event
from pilots.sealing import AfterCommit
from pilots.tasks import sweep_events
from tests.builders import make_pilot, make_programme

pytestmark = pytest.mark.django_db
heard: list[int] = []


@shared_task
def hear(event_id: int):
    heard.append(event_id)


@shared_task
def stumble(event_id: int):
    raise RuntimeError("This reaction fails.")


REACTIONS = {
    events.PILOT_CREATED: [hear],
    events.PILOT_EDITED: [],
    events.PILOT_ARCHIVED: [hear, hear],
    events.PILOT_RESTORED: [stumble],
}


@pytest.fixture(autouse=True)
def reactions(settings):
    heard.clear()
    settings.EVENT_REACTIONS = "tests.pilots.test_events.REACTIONS"


@pytest.fixture
def broker_down():
    """Tasks go to the real client, at whose address nobody listens."""
    celery_app.conf.task_always_eager = False
    yield
    celery_app.conf.task_always_eager = True


def announce(type_: str = events.PILOT_CREATED, **data) -> Event:
    pilot = make_pilot()
    return record(type_, subject=pilot, pilot=pilot, actor=None, **data)


def starting(callbacks) -> list:
    """What starts reactions, of all that runs after a commit: every event is sealed then besides."""
    return [callback for callback in callbacks if not isinstance(callback, AfterCommit)]


# --- One event ---------------------------------------------------------------------------------
def test_reactions_start_after_the_commit_and_not_before(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        event = announce()
        assert heard == []

    event.refresh_from_db()
    assert heard == [event.pk]
    assert event.dispatched_at is not None


def test_an_event_is_dispatched_once(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        event = announce()

    sweep_events()
    dispatch_waiting()

    assert heard == [event.pk]


def test_every_reaction_of_an_event_starts(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        event = announce(events.PILOT_ARCHIVED)

    assert heard == [event.pk, event.pk]


def test_an_event_without_reactions_waits_for_nothing(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        event = announce(events.PILOT_EDITED)

    assert starting(callbacks) == []
    assert event.dispatched_at is not None


def test_a_change_taken_back_takes_its_event_back(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError):  # noqa: SIM117
        with transaction.atomic():
            announce()
            raise ZeroDivisionError

    assert heard == []
    assert not Event.objects.exists()


def test_an_event_nobody_declared_is_refused():
    with pytest.raises(KeyError, match="made_up"):
        announce("pilots.made_up")


def test_an_event_says_who_what_where_and_when(programme, olga, on):
    with on("2026-03-02"):
        pilot = create_pilot(programme=programme, by=olga, title="Invoice reading")

    event = Event.objects.get()
    assert (event.type, event.actor, event.pilot) == (events.PILOT_CREATED, olga, pilot)
    assert (event.programme, event.subject) == (programme, f"pilots.Pilot:{pilot.pk}")
    assert (event.data, event.changes) == ({"title": "Invoice reading"}, {"priority": [None, 3]})
    assert event.at.date().isoformat() == "2026-03-02"


def test_an_event_of_a_programme_belongs_to_it_without_a_pilot():
    programme = make_programme()
    event = record(events.PILOT_EDITED, subject=programme, programme=programme, actor=None)

    assert (event.programme, event.pilot) == (programme, None)


# --- The broker is down ------------------------------------------------------------------------
def test_a_dead_broker_does_not_break_the_change(broker_down, caplog, django_capture_on_commit_callbacks):
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        event = announce()

    event.refresh_from_db()
    assert event.dispatched_at is None
    assert "events wait for the next sweep" in caplog.text


def test_the_sweep_finds_what_a_dead_broker_lost(broker_down, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        event = announce()
    celery_app.conf.task_always_eager = True

    sweep_events()

    event.refresh_from_db()
    assert heard == [event.pk]
    assert event.dispatched_at is not None


def test_a_broker_that_dies_during_the_sweep_leaves_the_events_waiting(broker_down):
    event = announce()

    with pytest.raises(Exception, match=r"(?i)connect|no such file"):
        dispatch_waiting()

    event.refresh_from_db()
    assert event.dispatched_at is None


def test_the_sweep_goes_on_until_nothing_waits():
    pilot = make_pilot()
    record_many(build(events.PILOT_CREATED, subject=pilot, pilot=pilot, actor=None) for _ in range(7))

    assert [dispatch_waiting(limit=3) for _ in range(4)] == [3, 3, 1, 0]
    assert len(set(heard)) == 7


# --- Many events -------------------------------------------------------------------------------
def test_many_events_are_written_in_one_query_and_started_together(
    django_assert_num_queries, django_capture_on_commit_callbacks
):
    pilots = [make_pilot() for _ in range(20)]
    built = [build(events.PILOT_CREATED, subject=pilot, pilot=pilot, actor=None) for pilot in pilots]

    with django_capture_on_commit_callbacks() as callbacks, django_assert_num_queries(1):
        record_many(built)
    for callback in callbacks:
        callback()

    assert len(starting(callbacks)) == 1
    assert len(heard) == 20
    assert set(heard) == set(Event.objects.values_list("pk", flat=True))


def test_many_events_nobody_reacts_to_start_nothing(django_capture_on_commit_callbacks):
    pilot = make_pilot()
    with django_capture_on_commit_callbacks() as callbacks:
        record_many([build(events.PILOT_EDITED, subject=pilot, pilot=pilot, actor=None)])

    assert starting(callbacks) == []


def test_no_events_are_no_work(django_assert_num_queries):
    with django_assert_num_queries(0):
        record_many([])


# --- Before and after --------------------------------------------------------------------------
def test_changed_fields_are_told_in_plain_values(programme, olga, sven):
    pilot = make_pilot(programme, owner=olga, priority=3, intake_on=timezone.now().date())

    changes = changed_fields(
        pilot, {"owner": sven, "priority": 1, "title": pilot.title, "intake_on": None, "unit": ""}
    )

    assert changes == {
        "owner": ["Olga Owner", "Sven Sponsor"],
        "priority": [3, 1],
        "intake_on": [str(pilot.intake_on), None],
    }


def test_an_edit_is_recorded_with_before_and_after(pilot, olga):
    edit_pilot(pilot=pilot, by=olga, title="Invoices")

    assert Event.objects.get(type=events.PILOT_EDITED).changes == {"title": ["Invoice reading", "Invoices"]}


# --- The broker is up ----------------------------------------------------------------------------
@pytest.mark.redis
def test_a_sweep_that_is_asked_for_waits_on_the_real_queue(broker_down):
    """Through the real client and Redis: the message is there for a worker, under our own prefix."""
    url = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
    server = redis.Redis.from_url(url)
    try:
        server.ping()
    except redis.ConnectionError:
        pytest.skip("needs a Redis server at REDIS_URL")
    queue = f"test-{uuid.uuid4().hex}"

    with celery_app.connection_for_write(url) as broker:
        sweep_events.apply_async(connection=broker, queue=queue)

    assert server.llen(f"pilotage:{queue}") == 1
    message = json.loads(server.lpop(f"pilotage:{queue}"))
    server.delete(*server.keys(f"pilotage:_kombu.binding*{queue}"))
    assert message["headers"]["task"] == "pilots.tasks.sweep_events"
