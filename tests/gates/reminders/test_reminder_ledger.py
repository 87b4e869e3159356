"""What the ledger promises when servers fail, workers die and two of them run at once."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gates.choices import DeliveryStatus
from gates.models import Delivery, Gate
from gates.reminders import actions
from gates.reminders.queries import overdue_gates, shared_now
from gates.reminders.tasks import remind_overdue_gates
from pilots.models import Pilot
from tests.gates.reminders.builders import make_gate, make_pilot, make_programme, make_user
from tests.gates.reminders.servers import WorkerKilled

PLANNED = date(2026, 3, 2)
TUESDAY = datetime(2026, 3, 3, 7, tzinfo=UTC)
SERVERS = "tests.gates.reminders.servers"


@pytest.fixture
def run(settings):
    """Runs the reminders some minutes after Tuesday 07:00; returns the Message-IDs sent."""
    working = settings.EMAIL_BACKEND

    def run_at(minutes: int, server: str = "") -> list[str]:
        mail.outbox.clear()
        settings.EMAIL_BACKEND = f"{SERVERS}.{server}" if server else working
        with time_machine.travel(TUESDAY + timedelta(minutes=minutes), tick=False):
            remind_overdue_gates()
        return [message.extra_headers["Message-ID"] for message in mail.outbox]

    return run_at


def crash(run, minutes):
    with pytest.raises(WorkerKilled):
        run(minutes, "Killed")


def make_many(count: int, **people) -> None:
    programme = make_programme()
    Pilot.objects.bulk_create(
        Pilot(programme=programme, key=f"PIL-{n}", title=f"Pilot {n}", state="active", **people)
        for n in range(count)
    )
    first = make_gate(Pilot.objects.first(), PLANNED)
    Gate.objects.bulk_create(
        Gate(
            pilot=pilot,
            definition=first.definition,
            planned_on=PLANNED,
            status="open",
            score_threshold=80,
            floor_threshold=60,
        )
        for pilot in Pilot.objects.exclude(pk=first.pilot_id)
    )


def test_a_crash_while_sending_is_made_good_once_the_lease_ends_under_the_same_message_id(pilot, run):
    make_gate(pilot, PLANNED)
    crash(run, 0)
    promised = Delivery.objects.get().message_id

    assert run(4) == []  # the lease of the dead worker still holds
    assert run(6) == [promised]
    assert run(30) == []


def test_a_mail_interrupted_twice_is_given_up_visibly(pilot, run):
    """It may have arrived each time: a worker that always dies must not mail someone for ever."""
    make_gate(pilot, PLANNED)
    crash(run, 0)
    crash(run, 6)

    assert run(12) == []
    delivery = Delivery.objects.get()
    assert delivery.status == DeliveryStatus.FAILED
    assert delivery.failure == "Sending was interrupted, so it may have arrived."


def test_a_crash_before_any_mail_of_the_batch_was_begun_costs_no_attempt(db, run, monkeypatch):
    make_many(3, owner=make_user("Olga"))
    with monkeypatch.context() as patch:
        patch.setattr(actions, "blockers_of", lambda *args, **kwargs: (_ for _ in ()).throw(WorkerKilled))
        with pytest.raises(WorkerKilled):
            run(0)

    assert len(run(6)) == 3
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}


def test_a_crash_after_sending_leaves_the_others_of_the_batch_to_be_sent_once(db, run, monkeypatch):
    make_many(3, owner=make_user("Olga"))
    with monkeypatch.context() as patch:
        patch.setattr(actions, "_mark_sent", lambda *args: (_ for _ in ()).throw(WorkerKilled))
        with pytest.raises(WorkerKilled):
            run(0)
    sent_before = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert len(sent_before) == 1

    sent_after = run(6)
    assert len(sent_after) == len(set(sent_after)) == 3
    assert sent_before[0] in sent_after
    assert run(12) == []


def test_a_refused_mail_keeps_the_reason_rests_and_is_given_up_after_five_attempts(pilot, run):
    make_gate(pilot, PLANNED)
    delivery = Delivery.objects.all()

    run(0, "Refusing")
    for attempts, minutes in enumerate([5, 20, 80, 320], start=1):
        run(minutes - 1, "Refusing")
        assert delivery.get().attempts == attempts  # it rests
        assert "mailbox busy" in delivery.get().failure
        run(minutes, "Refusing")
    assert delivery.get().attempts == 5
    assert delivery.get().status == DeliveryStatus.FAILED
    assert run(600) == []


def test_a_refused_mail_arrives_at_a_later_attempt(pilot, run):
    make_gate(pilot, PLANNED)
    run(0, "Refusing")

    assert run(5) == [Delivery.objects.get().message_id]
    assert Delivery.objects.get().failure == ""


def test_one_refused_mail_does_not_keep_back_the_others(pilot, run):
    make_gate(pilot, PLANNED)
    another = make_pilot(pilot.programme, "PIL-015", owner=make_user("Omar"))
    make_gate(another, PLANNED)

    assert len(run(0, "Refusing")) == 1
    assert Delivery.objects.get(recipient__name="Omar").status == DeliveryStatus.SENT


def test_after_a_lost_connection_the_rest_of_the_batch_goes_over_a_new_one(pilot, run):
    make_gate(pilot, PLANNED)
    for number in (15, 16):
        owner = make_user(f"Owner{number}")
        make_gate(make_pilot(pilot.programme, f"PIL-0{number}", owner=owner), PLANNED)

    assert len(run(0, "HangingUp")) == 2
    assert len(run(5)) == 1


def test_while_the_mail_server_is_silent_mails_wait_with_the_reason_and_are_never_given_up(pilot, run):
    make_gate(pilot, PLANNED)
    for minutes in range(0, 120, 10):
        run(minutes, "Silent")

    waiting = Delivery.objects.get()
    assert (waiting.status, waiting.attempts) == (DeliveryStatus.WAITING, 0)
    assert "connection refused" in waiting.failure
    assert run(130) == [waiting.message_id]


def test_a_person_who_left_between_writing_and_sending_gets_nothing(pilot, olga, run):
    make_gate(pilot, PLANNED)
    run(0, "Silent")
    olga.is_active = False
    olga.save()

    run(10)
    assert [message.to for message in mail.outbox] == [["petra@example.com"]]


def test_a_mail_taken_over_by_another_worker_is_left_to_it(pilot, run, monkeypatch):
    make_gate(pilot, PLANNED)
    claim = actions._claim

    def claim_and_lose():
        batch = claim()
        Delivery.objects.update(lease_until=TUESDAY + timedelta(hours=1))
        return batch

    monkeypatch.setattr(actions, "_claim", claim_and_lose)
    assert run(0) == []
    assert Delivery.objects.get().lease_until == TUESDAY + timedelta(hours=1)


def test_a_run_out_of_time_gives_back_what_it_did_not_begin(db):
    make_many(3, owner=make_user("Olga"))
    with time_machine.travel(TUESDAY, tick=False):
        actions.write_reminders(today=date(2026, 3, 3))
        batch = actions._claim()
        actions._send_batch(batch, date(2026, 3, 3), ends=0)

    assert mail.outbox == []
    assert Delivery.objects.filter(lease_until__isnull=True, attempts=0).count() == 3


def test_message_ids_come_from_the_delivery(pilot, run, settings):
    settings.BASE_URL = "https://pilotage.example.org:8443/"
    gate = make_gate(pilot, PLANNED)

    person = pilot.owner_id
    assert run(0) == [f"<gate.{gate.pk}.2026-03-02.overdue.{person}@pilotage.example.org>"]


class Counting(EmailBackend):
    """Counts its connections, and refuses to be used inside a transaction."""

    opened = 0

    def open(self):
        Counting.opened += getattr(self, "closed", True)
        self.closed = False

    def close(self):
        self.closed = True

    def send_messages(self, messages):
        assert not connection.in_atomic_block
        return super().send_messages(messages)


@pytest.mark.django_db(transaction=True)
def test_a_batch_goes_over_one_connection_and_no_mail_is_sent_inside_a_transaction(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Counting"
    Counting.opened = 0
    make_many(actions.BATCH + 1, owner=make_user("Olga"))

    with time_machine.travel(TUESDAY, tick=False):
        remind_overdue_gates()
    assert len(mail.outbox) == actions.BATCH + 1
    assert Counting.opened == 2


def test_finding_a_thousand_overdue_gates_takes_as_many_queries_as_finding_ten(db):
    make_many(1000, owner=make_user("Olga"))
    every = list(Gate.objects.values_list("pk", flat=True))

    def queries_to_find(count: int) -> int:
        Gate.objects.filter(pk__in=every[:count]).update(planned_on=PLANNED)
        Gate.objects.filter(pk__in=every[count:]).update(planned_on=None)
        actions.write_reminders(today=date(2026, 3, 3))  # so that the run measured has nothing to write
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(overdue_gates(today=date(2026, 3, 3))) == count
            actions.write_reminders(today=date(2026, 3, 3))
        return len(queries)

    assert queries_to_find(10) == queries_to_find(1000) <= 12


def test_writing_twice_leaves_one_row_per_mail(db):
    make_many(30, owner=make_user("Olga"))
    for _ in range(2):
        actions.write_reminders(today=date(2026, 3, 3))

    assert Delivery.objects.count() == 30


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_mail_once(settings):
    make_many(3 * actions.BATCH, owner=make_user("Olga"))
    start, failed = Barrier(2), []

    def work():
        try:
            start.wait()
            with_today = date(2026, 3, 3)
            actions.write_reminders(today=with_today)
            actions.send_waiting(today=with_today)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert failed == []
    ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert len(ids) == len(set(ids)) == 3 * actions.BATCH
    assert Delivery.objects.filter(status=DeliveryStatus.SENT, attempts=1).count() == 3 * actions.BATCH


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_a_worker_with_a_fast_clock_does_not_end_the_lease_of_another(db):
    before = shared_now()
    with time_machine.travel(datetime(2040, 1, 1, tzinfo=UTC)):
        ahead = shared_now()

    assert ahead - before < timedelta(minutes=1)
