"""What the mails say, and who hears of what happens at a gate."""

from datetime import date

import pytest
from django.core import mail

from config.reactions import REACTIONS
from gates import events
from gates.choices import AssessmentState
from gates.decisions.actions import decide
from gates.journey.actions import request_review
from gates.models import Decision, Delivery, Gate
from gates.reminders.tasks import notify
from metrics import events as metric_events
from pilots import events as pilot_events
from pilots.events import record
from pilots.models import Event, Pilot
from tests.gates.reminders.builders import make_gate, make_must_meet

PLANNED = date(2026, 3, 2)


@pytest.fixture
def gate(pilot):
    titles = ["Every KPI has a baseline", "Tried on edge cases", "Sponsor confirms", "Results shown"]
    return make_gate(pilot, PLANNED, open_musts=titles)


def html_of(message):
    return message.alternatives[0].content


def test_a_reminder_says_which_gate_since_when_what_blocks_it_where_to_go_and_why(gate, on):
    on("2026-03-03")
    message = mail.outbox[0]

    assert message.subject == "Overdue by 1 day: G2 Value proven, Claims triage (PIL-014)"
    for text in (message.body, html_of(message)):
        assert "Hello Olga" in text
        assert "Claims triage" in text and "PIL-014" in text
        assert "planned for 2 March 2026" in text
        assert "overdue since 3 March 2026" in text
        assert "Every KPI has a baseline" in text and "Sponsor confirms" in text
        assert "Results shown" not in text and "and 1 more" in text
        assert "http://127.0.0.1:8000/pilots/PIL-014/gates/G2/" in text
        assert "because you own this pilot" in text


def test_the_manager_is_told_that_the_reason_is_the_programme(gate, on):
    on("2026-03-09")
    to_petra = next(message for message in mail.outbox if message.to == ["petra@example.com"])

    assert to_petra.subject.startswith("Overdue by 7 days:")
    assert "because you manage its programme" in to_petra.body


def test_a_met_must_meet_does_not_block(pilot, on):
    gate = make_gate(pilot, PLANNED)
    make_must_meet(gate, 1, "Sponsor confirms", AssessmentState.MET)
    on("2026-03-03")

    assert "Sponsor confirms" not in mail.outbox[0].body
    assert "No must-meet criterion is open." in mail.outbox[0].body


def test_a_title_can_smuggle_in_neither_a_header_nor_markup(gate, on):
    Pilot.objects.update(title="A <b>&\r\nBcc: eve@example.com")
    on("2026-03-03")
    message = mail.outbox[0]

    assert message.subject.endswith("A <b>& Bcc: eve@example.com (PIL-014)")
    assert message.recipients() == ["olga@example.com"]
    assert "A &lt;b&gt;&amp;" in html_of(message) and "<b>" not in html_of(message)
    assert "A <b>&" in message.body


def test_the_address_in_a_mail_has_one_slash_after_the_host(gate, on, settings):
    settings.BASE_URL = "https://pilotage.example.org/"
    on("2026-03-03")

    assert "https://pilotage.example.org/pilots/PIL-014/gates/G2/" in mail.outbox[0].body


def test_a_request_for_review_reaches_the_gatekeepers(gate, olga, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        request_review(gate=gate, by=olga)

    (message,) = mail.outbox
    assert message.to == ["gina@example.com"]
    assert message.subject == "Please decide: G2 Value proven, Claims triage (PIL-014)"
    assert "Olga asks for a decision" in message.body
    assert "Every KPI has a baseline" in message.body


def test_a_decision_reaches_owner_and_sponsor(gate, gina, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        decide(
            gate=gate,
            outcome="hold",
            reason_code="dependency",
            reason="Wait for the data.",
            review_on=date(2099, 1, 1),
            by=gina,
        )

    assert sorted(message.to[0] for message in mail.outbox) == ["olga@example.com", "sven@example.com"]
    assert mail.outbox[0].subject == "Hold: G2 Value proven, Claims triage (PIL-014)"
    assert "Gina decided" in mail.outbox[0].body
    assert "Wait for the data." in mail.outbox[0].body
    assert Delivery.objects.filter(gate=Decision.objects.get().gate).count() == 2


def test_a_gate_that_became_ready_reaches_the_owner(gate, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        record(events.GATE_BECAME_READY, subject=gate, pilot=gate.pilot, actor=None, score=92)

    (message,) = mail.outbox
    assert message.to == ["olga@example.com"]
    assert message.subject == "Ready: G2 Value proven, Claims triage (PIL-014)"
    assert "92 %" in message.body


def test_news_are_told_once_however_often_the_task_runs(gate, olga, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        request_review(gate=gate, by=olga)
    event = Event.objects.get(type=events.REVIEW_REQUESTED)
    with django_capture_on_commit_callbacks(execute=True):
        notify(event.pk)
        notify(event.pk)

    assert len(mail.outbox) == 1
    assert Delivery.objects.get().obligation == f"event:{event.pk}"


def test_news_that_could_not_be_sent_go_with_the_next_round_of_reminders(gate, olga, on, settings):
    request_review(gate=gate, by=olga)
    notify(Event.objects.get(type=events.REVIEW_REQUESTED).pk)
    Gate.objects.update(planned_on=date(2099, 1, 1))

    assert on("2026-03-03") == ["gina@example.com"]


def test_news_are_not_sent_to_someone_who_has_left_since(gate, olga, gina, on):
    request_review(gate=gate, by=olga)
    notify(Event.objects.get(type=events.REVIEW_REQUESTED).pk)
    Gate.objects.update(planned_on=date(2099, 1, 1))
    gina.is_active = False
    gina.save()

    assert on("2026-03-03") == []


def test_every_event_has_its_line_in_the_table_of_reactions():
    announced = {
        value
        for module in (pilot_events, metric_events, events)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    }

    assert set(REACTIONS) == announced
