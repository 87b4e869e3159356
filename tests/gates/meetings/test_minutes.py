"""After the meeting: minutes are sent, and changed only by additions that everybody sees."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from gates import events
from gates.choices import Outcome, ReasonCode
from gates.decisions.actions import Promise
from gates.decisions.corrections import correct_decision
from gates.decisions.queries import what_can_be_closed
from gates.meetings.actions import agenda, calling, minutes, sitting
from gates.meetings.queries import agenda_of
from gates.meetings.tasks import tell
from gates.models import Addition, GateReview
from gates.reminders.tasks import send_waiting_mail
from pilots import clock
from pilots.models import Event
from pilots.rules import RuleViolation
from tests.builders import make_pilot, make_user, sign_all, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def debtor(programme):
    return make_user("Dora Debt", "dora@example.com")


@pytest.fixture
def review(programme, olga, sven, petra, ana, erik, debtor) -> GateReview:
    """Held: a conditional go with a condition, a hold, something parked, a topic."""
    gates = [start(make_pilot(programme, owner=olga, sponsor=sven, title=title)) for title in "ABC"]
    sign_all(gates[0])
    soon = timezone.now() + timedelta(days=7)
    called = calling.call_meeting(programme=programme, title="Board", starts_at=soon, gates=gates, by=petra)
    agenda.add_to_agenda(review=called, topic="Any other business", by=petra)
    calling.start_meeting(review=called, by=petra)
    first, second, third, topic = agenda_of(called)
    sitting.cast_vote(item=first, outcome=Outcome.GO, comment="Well done.", by=erik)
    day = timezone.localdate() + timedelta(days=30)
    sitting.decide_item(
        item=first,
        outcome=Outcome.CONDITIONAL_GO,
        reason="Nearly there.",
        reason_code=ReasonCode.SMALL_GAPS,
        scope_cap="Two plants",
        conditions=[
            Promise("Buy the licence", day, debtor, criterion) for criterion in what_can_be_closed(gates[0])
        ],
        by=ana,
    )
    sitting.decide_item(
        item=second,
        outcome=Outcome.HOLD,
        reason="Wait for legal.",
        reason_code=ReasonCode.DEPENDENCY,
        review_on=day,
        by=ana,
    )
    sitting.park(item=third, by=petra)
    sitting.remark(item=topic, text="Next board in January.", by=petra)
    return calling.close_meeting(review=called, by=petra)


def posted() -> list:
    mail.outbox.clear()
    tell(Event.objects.filter(type=events.MINUTES_SENT).latest("pk").pk)
    send_waiting_mail()
    return mail.outbox


EVERYTHING = (
    "Conditional go",
    "Nearly there.",
    "Two plants",
    "Buy the licence",
    "Dora Debt",
    "Erik Exec: Go",
    "Well done.",
    "Hold",
    "Wait for legal.",
    "Parked",
    "Any other business",
    "Next board in January.",
    "Present: Erik Exec.",
)


def test_minutes_hold_every_decision_vote_condition_owner_and_day(review, client_of, petra):
    page = client_of(petra).get(reverse("gates:meeting", args=[review.pk])).content.decode()

    day = timezone.localdate() + timedelta(days=30)
    for said in (*EVERYTHING, f"{day.day} {day:%b %Y}", "Who does what by when", "Led by Petra Plan"):
        assert said in page, said


def test_minutes_go_to_the_invited_the_owners_and_who_owes_a_condition(review, petra):
    minutes.send_minutes(review=review, by=petra)
    sent = posted()

    assert sorted(message.to[0].split("@")[0] for message in sent) == ["ana", "dora", "erik", "olga", "sven"]
    day = timezone.localdate() + timedelta(days=30)
    for message in sent:
        for text in (message.body, message.alternatives[0].content):
            for said in (*EVERYTHING, f"{day.day} {day:%B %Y}"):
                assert said in text, said
    why = {message.to[0].split("@")[0]: message.body.split("because you ")[1] for message in sent}
    assert why["olga"].startswith("own a pilot on the agenda")
    assert why["dora"].startswith("owe a condition")


def test_minutes_are_sent_once_and_again_when_something_was_added(review, petra):
    minutes.send_minutes(review=review, by=petra)
    with pytest.raises(RuleViolation, match="nothing has been added since"):
        minutes.send_minutes(review=review, by=petra)

    with clock.at(timezone.now() + timedelta(minutes=1)):
        minutes.add_to_minutes(review=review, text="Dora was on the phone.", by=petra)
    with clock.at(timezone.now() + timedelta(minutes=2)):
        again = minutes.send_minutes(review=review, by=petra)

    assert again.minutes_sent_by == petra
    message = posted()[0]
    assert message.subject.startswith("Minutes with additions: Board")
    assert "Added by Petra Plan on" in message.body and "Dora was on the phone." in message.body


def test_minutes_of_a_meeting_that_is_not_over_are_neither_sent_nor_added_to(programme, petra):
    soon = timezone.now() + timedelta(days=1)
    planned = calling.call_meeting(programme=programme, title="Next", starts_at=soon, by=petra)

    with pytest.raises(RuleViolation, match="once the meeting is closed"):
        minutes.send_minutes(review=planned, by=petra)
    with pytest.raises(RuleViolation, match="once the meeting is closed"):
        minutes.add_to_minutes(review=planned, text="Early", by=petra)


def test_an_addition_shows_by_whom_and_when_and_is_never_changed(review, client_of, petra, ana):
    item = review.items.first()
    page = client_of(petra)
    address = reverse("gates:minutes_add", args=[review.pk])

    wrong = page.post(address, {"item": str(item.pk), "text": " "})
    page.post(address, {"item": str(item.pk), "text": "The licence costs 900 euros."})
    page.post(address, {"item": str(item.pk), "text": "The licence costs 900 euros."})
    page.post(address, {"item": "", "text": "Dora was on the phone."})

    assert wrong.status_code == 422 and "Say what is to be added." in wrong.content.decode()
    shown = client_of(ana).get(reverse("gates:meeting", args=[review.pk])).content.decode()
    assert "Added by Petra Plan on" in shown and "The licence costs 900 euros." in shown
    assert "Dora was on the phone." in shown
    first, second = Addition.objects.all()
    assert (first.item, second.item) == (item, None)
    with pytest.raises(TypeError):
        first.save()
    with pytest.raises(TypeError):
        Addition.objects.all().delete()
    told = Event.objects.filter(type=events.MINUTES_AMENDED).earliest("pk")
    assert told.changes == {"addition": [None, "The licence costs 900 euros."]}


def test_a_decision_corrected_later_stands_in_the_minutes_as_it_was_made(review, client_of, petra, ana):
    decision = review.items.get(position=2).decision
    correct_decision(
        decision=decision,
        reason="Wait for the works council.",
        reason_code=ReasonCode.DEPENDENCY,
        review_on=decision.review_on,
        correction_reason="It was not legal.",
        by=ana,
    )

    page = client_of(petra).get(reverse("gates:meeting", args=[review.pk])).content.decode()

    assert "Wait for legal." in page and "Superseded by" in page and "It was not legal." in page


def test_sending_says_first_whom_it_tells(review, client_of, petra):
    page = client_of(petra)
    before = page.get(reverse("gates:meeting", args=[review.pk])).content.decode()
    asked = page.get(reverse("gates:minutes_send", args=[review.pk])).content.decode()
    sent = page.post(reverse("gates:minutes_send", args=[review.pk]), follow=True).content.decode()

    assert "These minutes have not been sent yet." in before
    assert "Send to 5 people" in asked and "Dora Debt" in asked
    assert "The minutes go to 5 people." in sent and "Sent by Petra Plan on" in sent


@pytest.mark.parametrize("many", [1, 3])
def test_minutes_are_read_in_as_many_queries_however_long(
    many, programme, olga, petra, client_of, django_assert_num_queries
):
    soon = timezone.now() + timedelta(days=1)
    gates = [start(make_pilot(programme, owner=olga, title=title)) for title in "ABC"[:many]]
    held = calling.call_meeting(programme=programme, title="B", starts_at=soon, gates=gates, by=petra)
    calling.start_meeting(review=held, by=petra)
    for item in held.items.all():
        sitting.park(item=item, by=petra)
    calling.close_meeting(review=held, by=petra)
    page = client_of(petra)
    address = reverse("gates:meeting", args=[held.pk])
    page.get(address)

    with django_assert_num_queries(8):
        page.get(address)
