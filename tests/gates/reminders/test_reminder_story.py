"""What people get, day by day, through the door that the clock uses."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gates.choices import DeliveryStatus, GateStatus
from gates.models import Delivery, Gate
from gates.reminders.tasks import remind_overdue_gates
from pilots.choices import PilotState, Role
from pilots.models import Event, Membership, Pilot
from tests.gates.reminders.builders import make_gate, make_pilot, make_programme, make_user

PLANNED = date(2026, 3, 2)  # a Monday
OLGA, SVEN, PETRA, GINA = (f"{name}@example.com" for name in ("olga", "sven", "petra", "gina"))


def test_the_owner_is_reminded_once_then_others_hear(pilot, on):
    make_gate(pilot, PLANNED)

    assert on("2026-03-02") == []
    assert on("2026-03-03") == [OLGA]
    assert on("2026-03-03") == []
    assert on("2026-03-04") == [OLGA, SVEN]
    assert on("2026-03-05") == []
    assert on("2026-03-09") == [OLGA, PETRA, SVEN]
    assert on("2026-03-10") == []
    assert on("2026-03-16") == [OLGA, PETRA, SVEN]
    assert on("2026-03-23") == [OLGA, PETRA, SVEN]


def test_after_an_outage_only_the_latest_step_is_sent(pilot, on):
    make_gate(pilot, PLANNED)

    assert on("2026-03-13") == [OLGA, PETRA, SVEN]
    assert set(Delivery.objects.values_list("step", flat=True)) == {"overdue_5"}
    assert on("2026-03-13") == []


def test_a_step_the_mail_server_missed_is_not_sent_after_a_later_one(pilot, on, settings):
    make_gate(pilot, PLANNED)
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.gates.reminders.servers.Silent"
    assert on("2026-03-03") == []

    settings.EMAIL_BACKEND = working
    assert on("2026-03-04") == [OLGA, SVEN]
    assert Delivery.objects.get(step="overdue").status == DeliveryStatus.WITHDRAWN
    assert on("2026-03-05") == []


def test_a_decided_gate_is_quiet_again(pilot, on):
    gate = make_gate(pilot, PLANNED)
    assert on("2026-03-03") == [OLGA]

    Gate.objects.filter(pk=gate.pk).update(
        status=GateStatus.DECIDED, decided_at=datetime(2026, 3, 3, tzinfo=UTC)
    )
    assert on("2026-03-09") == []


def test_a_moved_gate_is_reminded_anew_from_its_new_day(pilot, on):
    gate = make_gate(pilot, PLANNED)
    assert on("2026-03-03") == [OLGA]

    Gate.objects.filter(pk=gate.pk).update(planned_on=date(2026, 3, 4))
    assert on("2026-03-04") == []
    assert on("2026-03-05") == [OLGA]


def test_a_withdrawn_mail_comes_back_when_it_is_owed_again(pilot, on, settings):
    gate = make_gate(pilot, PLANNED)
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.gates.reminders.servers.Silent"
    on("2026-03-03")
    Gate.objects.filter(pk=gate.pk).update(planned_on=date(2026, 4, 1))
    on("2026-03-03")
    assert Delivery.objects.get().status == DeliveryStatus.WITHDRAWN

    settings.EMAIL_BACKEND = working
    Gate.objects.filter(pk=gate.pk).update(planned_on=PLANNED)
    assert on("2026-03-03") == [OLGA]


def test_a_gate_in_review_reminds_the_gatekeepers_instead_of_the_owner(pilot, on):
    gate = make_gate(pilot, PLANNED)
    assert on("2026-03-03") == [OLGA]

    asked = datetime(2026, 3, 3, 9, tzinfo=UTC)
    Gate.objects.filter(pk=gate.pk).update(status=GateStatus.SUBMITTED, submitted_at=asked)
    assert on("2026-03-03") == []
    assert on("2026-03-04") == [GINA]
    assert on("2026-03-05") == [GINA, SVEN]


def test_a_paused_pilot_is_reminded_of_its_review_date(pilot, on):
    Pilot.objects.update(state=PilotState.ON_HOLD)
    make_gate(pilot, PLANNED)

    assert on("2026-03-03") == [OLGA]
    assert "on hold" in mail.outbox[0].body


@pytest.mark.parametrize(
    "ended",
    [
        {"state": PilotState.STOPPED},
        {"state": PilotState.RETIRED},
        {"archived_at": datetime(2026, 3, 1, tzinfo=UTC)},
    ],
    ids=["stopped", "retired", "archived"],
)
def test_an_ended_or_archived_pilot_is_quiet(pilot, on, ended):
    make_gate(pilot, PLANNED)
    Pilot.objects.update(**ended)

    assert on("2026-03-09") == []


def test_a_gate_without_a_planned_day_is_quiet(pilot, on):
    make_gate(pilot, None)

    assert on("2026-03-09") == []


def test_an_owner_who_left_is_not_written_to_and_the_manager_is(pilot, olga, on):
    olga.is_active = False
    olga.save()
    make_gate(pilot, PLANNED)

    assert on("2026-03-03") == [PETRA]


def test_managers_of_another_programme_do_not_hear(pilot, on):
    make_programme("Other", programme_manager=make_user("Otto"))
    make_gate(pilot, PLANNED)

    assert on("2026-03-09") == [OLGA, PETRA, SVEN]


def test_a_manager_of_every_programme_hears_like_one_of_this(pilot, on):
    Membership.objects.create(user=make_user("Mara"), role=Role.PROGRAMME_MANAGER)
    make_gate(pilot, PLANNED)

    assert on("2026-03-09") == ["mara@example.com", OLGA, PETRA, SVEN]


def test_each_reminder_is_in_the_pilots_activity(pilot, on):
    gate = make_gate(pilot, PLANNED)
    on("2026-03-03")

    event = Event.objects.get(type="gates.gate_reminded")
    assert event.pilot == pilot
    assert event.subject == f"gates.Gate:{gate.pk}"
    assert event.data["step"] == "overdue"
    assert event.data["recipient"] == "Olga"
    assert event.data["overdue_days"] == 1


@pytest.mark.parametrize(
    ("zone", "planned", "too_early", "first"),
    [
        # The clocks go forward in Berlin on 29 March 2026 and back on 25 October.
        ("Europe/Berlin", date(2026, 3, 28), "2026-03-28 23:59", "2026-03-29 00:00"),
        ("Europe/Berlin", date(2026, 10, 24), "2026-10-24 23:59", "2026-10-25 00:00"),
        ("Europe/Berlin", date(2026, 10, 25), "2026-10-25 23:59", "2026-10-26 00:00"),
        ("America/New_York", date(2026, 3, 7), "2026-03-07 23:59", "2026-03-08 00:00"),
        # Here midnight itself does not exist on the day the clocks go forward.
        ("America/Santiago", date(2026, 9, 5), "2026-09-05 23:59", "2026-09-06 01:00"),
        ("Pacific/Kiritimati", PLANNED, "2026-03-02 23:59", "2026-03-03 00:00"),
        ("Pacific/Pago_Pago", PLANNED, "2026-03-02 23:59", "2026-03-03 00:00"),
    ],
)
def test_a_gate_is_late_from_the_organisations_own_midnight(
    pilot, at, settings, zone, planned, too_early, first
):
    settings.TIME_ZONE = zone
    make_gate(pilot, planned)

    assert at(too_early) == []
    assert at(first) == [OLGA]
    assert at(first) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    runs=st.lists(st.tuples(st.integers(0, 24 * 12), st.booleans()), min_size=1, max_size=12),
)
def test_any_sequence_of_runs_sends_each_step_once_and_never_skips_the_latest(db, runs):
    """Each run comes some hours after the one before, and finds the mail server up or down."""
    with transaction.atomic():
        pilot = make_pilot(make_programme(programme_manager=make_user("Petra")), owner=make_user("Olga"))
        make_gate(pilot, PLANNED)
        _run_all(runs)
        transaction.set_rollback(True)


def _run_all(runs):
    moment, sent = datetime(2026, 3, 2, 7, tzinfo=UTC), []
    for hours, server_is_up in runs:
        moment += timedelta(hours=hours)
        mail.outbox.clear()
        with time_machine.travel(moment, tick=False), pytest.MonkeyPatch.context() as patch:
            if not server_is_up:
                patch.setattr("django.core.mail.backends.locmem.EmailBackend.open", _refuse, raising=False)
            remind_overdue_gates()
        sent += [message.extra_headers["Message-ID"] for message in mail.outbox]
        assert len(sent) == len(set(sent))
        if server_is_up:
            assert not Delivery.objects.waiting().exists()
            assert (moment.date() > PLANNED) == Delivery.objects.filter(status=DeliveryStatus.SENT).exists()
    steps = Delivery.objects.filter(status=DeliveryStatus.SENT).values_list("message_id", flat=True)
    assert sorted(steps) == sorted(sent)


def _refuse(self):
    raise ConnectionRefusedError("refused")
