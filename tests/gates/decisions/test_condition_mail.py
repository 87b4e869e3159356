"""Warnings before a condition is due, and who hears that one lapsed: each once, through the ledger."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from gates import events
from gates.choices import Standing
from gates.decisions.conditions import meet_condition, step_down_lapsed
from gates.models import Condition, Delivery
from gates.reminders.obligations import ConditionFacts, People, Person, warnings
from gates.reminders.tasks import remind_overdue_gates
from pilots.models import Event
from tests.gates.decisions.deciding import Promise, conditional, met

DUE = date(2026, 3, 20)
OLGA, SVEN = Person(1, "olga@example.com"), Person(2, "sven@example.com")


@pytest.mark.parametrize(
    ("day", "steps"),
    [
        (DUE - timedelta(8), set()),
        (DUE - timedelta(7), {"condition_due_7"}),
        (DUE - timedelta(2), {"condition_due_7"}),
        (DUE - timedelta(1), {"condition_due_1"}),
        (DUE, {"condition_due_1"}),
        (DUE + timedelta(1), set()),
    ],
)
def test_which_warning_is_owed(day, steps):
    facts = ConditionFacts(
        7, gate=1, pilot=1, due_on=DUE, people=People(owner=OLGA, condition_owners=(SVEN,))
    )
    owed = list(warnings([facts], today=day))

    assert {due.step for due in owed} == steps
    assert {(due.recipient, due.standing) for due in owed} == (
        {(2, Standing.CONDITION_OWNER), (1, Standing.OWNER)} if steps else set()
    )


def test_who_owes_it_and_owns_the_pilot_hears_once():
    facts = ConditionFacts(
        7, gate=1, pilot=1, due_on=DUE, people=People(owner=OLGA, condition_owners=(OLGA,))
    )

    assert [due.standing for due in warnings([facts], today=DUE)] == [Standing.CONDITION_OWNER]


@pytest.fixture
def promised(gate, ana, adam, monkeypatch):
    """A condition that Adam owes, due on the 20th."""
    # PostgreSQL's clock does not travel with the test's.
    monkeypatch.setattr("gates.reminders.actions.shared_now", timezone.now)
    conditional(met(gate), ana, Promise("Train the team", DUE, adam))
    return Condition.objects.get()


def run(on, day: date) -> list[str]:
    with on(day):
        mail.outbox.clear()
        remind_overdue_gates()
        return sorted(
            f"{message.to[0]} {message.subject}" for message in mail.outbox if "Train" in message.subject
        )


def test_each_warning_goes_once_to_who_owes_it_and_to_the_owner(promised, olga, on):
    subject = f"Due 20 March 2026: Train the team, Invoice reading ({promised.decision.gate.pilot.key})"
    both = sorted([f"adam@example.com {subject}", f"{olga.email} {subject}"])

    assert run(on, DUE - timedelta(8)) == []
    assert run(on, DUE - timedelta(7)) == both
    assert run(on, DUE - timedelta(5)) == []
    assert run(on, DUE - timedelta(1)) == both
    assert run(on, DUE) == []
    assert Event.objects.filter(type=events.CONDITION_WARNED).count() == 4


def test_a_worker_that_was_down_sends_only_the_latest_warning(promised, on):
    assert len(run(on, DUE - timedelta(1))) == 2
    assert set(
        Delivery.objects.filter(obligation__startswith="condition:").values_list("step", flat=True)
    ) == {"condition_due_1"}


def test_what_is_met_is_not_warned_of(promised, olga, on):
    with on(DUE - timedelta(9)):
        meet_condition(condition=promised, note="Done.", by=olga)

    assert run(on, DUE - timedelta(7)) == []


def test_a_lapse_is_told_to_who_owes_it_the_owner_and_the_sponsor(
    promised, olga, on, django_capture_on_commit_callbacks
):
    late = DUE + timedelta(1)
    with on(late), django_capture_on_commit_callbacks(execute=True):
        step_down_lapsed(today=late)

    told = [message for message in mail.outbox if "not met in time" in message.subject]
    assert {message.to[0] for message in told} == {"adam@example.com", olga.email, "sven@example.com"}
    assert "Train the team (due 20 Mar 2026)." in told[0].body
    assert f"/pilots/{promised.decision.gate.pilot.key}/decisions/" in told[0].body
