"""Asking for a review, taking the request back, sending the gate back."""

import pytest
from django.core import mail

from gates import events
from gates.choices import GateStatus, ReviewStep, WaitingOn
from gates.journey.actions import request_review
from gates.models import ReviewTurn
from gates.review.actions import send_back, withdraw_review
from pilots.models import Event
from pilots.rules import RuleViolation
from tests.builders import start

pytestmark = pytest.mark.django_db


@pytest.fixture
def gate(pilot, olga):
    return request_review(gate=start(pilot), message="The vendor is chosen.", by=olga)


def test_the_owners_message_is_kept_with_the_request(gate, olga):
    turn = ReviewTurn.objects.get()

    assert (turn.step, turn.said, turn.by, turn.at) == (
        ReviewStep.REQUESTED,
        "The vendor is chosen.",
        olga,
        gate.submitted_at,
    )
    assert Event.objects.get(type=events.REVIEW_REQUESTED).data["message"] == "The vendor is chosen."


def test_a_withdrawn_request_leaves_the_gate_open_with_its_owner(gate, olga):
    gate = withdraw_review(gate=gate, by=olga)

    gate.refresh_from_db()
    assert (gate.status, gate.waiting_on, gate.waiting_for) == (GateStatus.OPEN, WaitingOn.OWNER, olga)
    assert Event.objects.get(type=events.REVIEW_WITHDRAWN).changes == {"status": ["submitted", "open"]}
    with pytest.raises(RuleViolation, match=r"No review of this gate has been asked for."):
        withdraw_review(gate=gate, by=olga)


def test_a_gate_sent_back_waits_on_its_owner_who_is_told_why(
    gate, olga, ana, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        send_back(gate=gate, reason="Measure <a> month longer.", by=ana)

    gate.refresh_from_db()
    assert (gate.status, gate.waiting_on, gate.waiting_for) == (GateStatus.OPEN, WaitingOn.OWNER, olga)
    told = Event.objects.get(type=events.GATE_SENT_BACK)
    assert (told.actor, told.data["reason"]) == (ana, "Measure <a> month longer.")
    sent = [one for one in mail.outbox if "Sent back" in one.subject]
    assert [one.to for one in sent] == [["olga@example.com"]]
    assert "Measure <a> month longer." in sent[0].body
    assert "Measure &lt;a&gt; month longer." in sent[0].alternatives[0][0]


def test_a_gate_is_sent_back_only_in_review_by_others_than_its_owner_and_with_a_reason(gate, olga, ana):
    with pytest.raises(RuleViolation) as refused:
        send_back(gate=gate, reason=" ", by=olga)
    assert refused.value.reasons == [
        "Owners do not send back their own gates; they withdraw the request.",
        "Say what has to change.",
    ]
    send_back(gate=gate, reason="More.", by=ana)
    with pytest.raises(RuleViolation, match=r"No review of this gate has been asked for."):
        send_back(gate=gate, reason="More.", by=ana)
    assert ReviewTurn.objects.filter(step=ReviewStep.SENT_BACK).count() == 1


def test_after_it_was_sent_back_a_review_can_be_asked_for_again(gate, olga, ana):
    send_back(gate=gate, reason="More.", by=ana)

    again = request_review(gate=gate, by=olga)

    assert (again.status, again.waiting_on) == (GateStatus.SUBMITTED, WaitingOn.GATEKEEPERS)
    assert [turn.step for turn in ReviewTurn.objects.all()] == ["requested", "sent_back", "requested"]


def test_what_was_done_is_never_changed(gate):
    with pytest.raises(TypeError):
        ReviewTurn.objects.update(said="Nothing.")
    with pytest.raises(TypeError):
        ReviewTurn.objects.get().save()
