"""The receiver gets one mail, and of the reminders only what falls due afterwards. With real runs of the reminders."""

from datetime import date

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from gates.choices import DeliveryStatus, Standing
from gates.handover.actions import undo_handover
from gates.handover.tasks import tell_of_handover
from gates.models import Condition, Delivery, Gate
from gates.reminders.tasks import remind_overdue_gates
from pilots.choices import Role
from pilots.events import dispatch_waiting
from pilots.models import Event, Membership
from tests.gates.handover.handing import give

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def one_clock(monkeypatch):
    """PostgreSQL's clock does not travel with the test's."""
    monkeypatch.setattr("gates.reminders.actions.shared_now", timezone.now)


@pytest.fixture
def late(gate):
    """Planned for Monday 2 March 2026."""
    Gate.objects.filter(pk=gate.pk).update(planned_on=date(2026, 3, 2))
    gate.refresh_from_db()
    return gate


def sent_to(*people) -> list[str]:
    return [one.subject for one in mail.outbox if one.to[0] in {person.email for person in people}]


def remind(on, day: str) -> None:
    mail.outbox.clear()
    with on(day):
        remind_overdue_gates()


def hand(on, day: str, *how, **more):
    """Hand over on this day; what reacts to it has run."""
    mail.outbox.clear()
    with on(day):
        done = give(*how, **more)
        dispatch_waiting()
    return done


def test_without_a_handover_the_owner_is_reminded(late, on, olga):
    remind(on, "2026-03-03")
    assert len(sent_to(olga)) == 1


@pytest.mark.parametrize("heard", [True, False], ids=["olga had heard", "nobody had heard yet"])
def test_what_was_late_before_comes_in_the_one_mail_and_in_no_reminder(late, on, olga, otto, ida, heard):
    if heard:
        remind(on, "2026-03-03")
    hand(on, "2026-03-03", olga, otto, by=ida, note="She moves to Logistics.")

    (one,) = [message for message in mail.outbox if message.to == [otto.email]]
    assert one.subject == "You take over work of Olga Owner: 2 things"
    for words in (
        "She moves to Logistics.",
        "2 March 2026 (late already): Invoice reading",
        "V1 Criterion V1",
    ):
        assert words in one.body
    assert "because you take over this work" in one.body
    remind(on, "2026-03-03")
    assert sent_to(olga, otto) == []
    spared = Delivery.objects.get(status=DeliveryStatus.SPARED)
    assert (spared.recipient, spared.step, spared.standing) == (otto, "overdue", Standing.OWNER)


def test_the_next_step_comes_to_who_has_it_now(late, on, olga, otto, ida):
    hand(on, "2026-03-03", olga, otto, by=ida)

    remind(on, "2026-03-04")  # two working days late
    assert (len(sent_to(otto)), sent_to(olga)) == (1, [])


def test_weeks_late_the_next_week_comes_and_none_of_those_before(late, on, olga, otto, ida):
    hand(on, "2026-04-01", olga, otto, by=ida)

    for day in ("2026-04-01", "2026-04-02", "2026-04-03"):
        remind(on, day)
        assert sent_to(otto) == [], day
    remind(on, "2026-04-07")
    assert len(sent_to(otto)) == 1


def test_whoever_was_reminded_anyway_is_so_still(late, pilot, on, olga, otto, ida):
    pilot.sponsor = otto
    pilot.save()
    hand(on, "2026-03-04", olga, otto, by=ida)

    remind(on, "2026-03-04")
    assert len(sent_to(otto)) == 1


def test_another_day_is_another_reminder(late, on, olga, otto, ida):
    hand(on, "2026-03-03", olga, otto, by=ida)
    Gate.objects.filter(pk=late.pk).update(planned_on=date(2026, 3, 9))

    remind(on, "2026-03-10")
    assert len(sent_to(otto)) == 1


def test_of_a_condition_too_only_the_next_warning_comes(condition, on, olga, otto, ida):
    Condition.objects.filter(pk=condition.pk).update(due_on=date(2026, 3, 20))
    hand(on, "2026-03-16", olga, otto, by=ida)

    remind(on, "2026-03-16")
    assert sent_to(otto) == []
    remind(on, "2026-03-19")
    assert len(sent_to(otto)) == 1


def test_who_becomes_the_manager_is_spared_the_escalations_of_before(late, programme, on, petra, erik, ida):
    hand(on, "2026-03-11", petra, erik, by=ida, kinds=["role"])

    assert Membership.objects.get(user=erik, role=Role.PROGRAMME_MANAGER)
    remind(on, "2026-03-11")
    assert sent_to(erik, petra) == []


def test_undone_the_first_holder_is_spared_likewise_and_both_are_told(late, on, olga, otto, ida):
    done = hand(on, "2026-03-03", olga, otto, by=ida)
    mail.outbox.clear()
    with on("2026-03-04"):
        undo_handover(handover=done, by=ida)
        dispatch_waiting()

    assert sent_to(olga) == sent_to(otto) == ["Back with Olga Owner: 2 things"]
    remind(on, "2026-03-04")
    assert sent_to(olga, otto) == []
    remind(on, "2026-03-09")
    assert len(sent_to(olga)) == 1


def test_nobody_is_told_what_they_did_themselves(late, on, olga, petra):
    hand(on, "2026-03-03", olga, petra, by=petra)
    assert sent_to(petra) == []


def test_told_twice_one_mail_is_sent(late, on, olga, otto, ida):
    hand(on, "2026-03-03", olga, otto, by=ida)
    with time_machine.travel("2026-03-03T12:00Z", tick=False):
        tell_of_handover(Event.objects.get(type="gates.work_handed_over").pk)
    assert len(sent_to(otto)) == 1
