"""Who signed what has changed since is told once, and no longer once it has changed back."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gates import events
from gates.checklist.actions import assess_criterion
from gates.choices import DeliveryStatus
from gates.models import Delivery
from gates.reminders.actions import send_waiting, write_news, write_reminders
from gates.signoffs.actions import give_delegation, sign_off
from pilots.models import Event
from tests.builders import make_pilot
from tests.gates.signoffs.conftest import DAY, in_review, lend, name

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(gate, programme, sven, rita):
    """Sponsor and Risk have signed."""
    name(rita, "Risk", programme)
    sign_off(gate=gate, role="Sponsor", by=sven)
    sign_off(gate=gate, role="Risk", by=rita)
    return gate


def change(gate, state: str, by) -> None:
    assessment = gate.assessments.get(criterion__key="T1")
    assess_criterion(assessment=assessment, state=state, note="Found out.", by=by)


def run() -> list[str]:
    """Who gets mail in one round of reminders."""
    before = len(mail.outbox)
    write_reminders(today=DAY)
    send_waiting(today=DAY)
    return sorted(address for one in mail.outbox[before:] for address in one.to)


def test_only_the_signer_concerned_is_told_and_only_once(signed, olga, sven):
    assert run() == []

    change(signed, "not_met", olga)

    assert run() == ["sven@example.com"]  # Risk does not answer for T1
    assert run() == []
    text = mail.outbox[-1]
    assert text.subject.startswith("Please sign again: G1 ")
    assert f"/pilots/{signed.pilot.key}/gates/G1/sign/" in text.body
    assert "because you sign at this gate" in text.body


def test_changed_back_before_it_was_sent_nobody_is_told(signed, olga):
    change(signed, "not_met", olga)
    write_reminders(today=DAY)

    change(signed, "unknown", olga)

    assert run() == []
    assert Delivery.objects.get(step="sign_again").status == DeliveryStatus.WITHDRAWN


def test_signed_again_and_changed_again_is_told_again(signed, olga, sven):
    change(signed, "not_met", olga)
    assert run() == ["sven@example.com"]
    sign_off(gate=signed, role="Sponsor", by=sven)

    change(signed, "met", olga)

    assert run() == ["sven@example.com"]


def test_who_stood_in_is_told_while_they_still_do(gate, olga, sven, ben):
    give_delegation(receiver=ben, starts_on=DAY, ends_on=DAY, reason="Away", by=sven)
    sign_off(gate=gate, role="Sponsor", by=ben, holder=sven)

    change(gate, "not_met", olga)

    assert run() == ["ben@example.com"]


def test_whoever_signs_is_told_of_the_request(pilot, programme, ana, sven, rita, ben, erik):
    name(rita, "Risk", programme)
    give_delegation(receiver=ben, starts_on=DAY, ends_on=DAY, reason="Away", by=rita)
    in_review(pilot)

    write_news(event=Event.objects.get(type=events.REVIEW_REQUESTED))
    send_waiting(today=DAY)

    told = sorted(address for one in mail.outbox for address in one.to)
    assert told == ["ana@example.com", "ben@example.com", "rita@example.com", "sven@example.com"]


def test_many_gates_in_review_take_as_many_queries_as_few_and_each_signer_hears_once(
    programme, olga, sven, rita, ben, monkeypatch
):
    name(rita, "Risk", programme)
    lend(sven, ben)
    counts = []
    for more in (3, 27):  # 3 gates in review, then 30
        for number in range(more):
            gate = in_review(make_pilot(programme, owner=olga, sponsor=sven, title=f"Pilot {number}"))
            sign_off(gate=gate, role="Risk", by=rita)
            sign_off(gate=gate, role="Sponsor", by=ben, holder=sven)
            change(gate, "not_met", olga)
        with CaptureQueriesContext(connection) as captured:
            write_reminders(today=DAY)
        counts.append(len(captured))
    monkeypatch.setattr("gates.reminders.queries.SIGNED", 7)  # in parts it finds the same
    write_reminders(today=DAY)

    assert counts[0] == counts[1] <= 20
    told = Delivery.objects.filter(step="sign_again")
    assert told.count() == told.filter(recipient=ben, status=DeliveryStatus.WAITING).count() == 30
