"""Who is told of a meeting by mail, of what, and when."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from icalendar import Calendar

from gates import events
from gates.choices import DeliveryStatus, MeetingState
from gates.meetings.actions import agenda, calling, telling
from gates.meetings.tasks import tell
from gates.models import Delivery, GateReview, Letter
from gates.reminders.tasks import remind_overdue_gates, send_waiting_mail
from pilots import clock
from pilots.models import Event
from pilots.rules import RuleViolation
from tests.builders import make_pilot, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(programme, olga, sven, petra, ana, erik) -> GateReview:
    gates = [start(make_pilot(programme, owner=olga, sponsor=sven, title=title)) for title in ("A", "B")]
    soon = timezone.now() + timedelta(days=7)
    return calling.call_meeting(
        programme=programme, title="Board", starts_at=soon, place="Room 4", gates=gates, by=petra
    )


def posted(type: str) -> list:
    """What goes out because of the latest event of this kind."""
    mail.outbox.clear()
    tell(Event.objects.filter(type=type).latest("pk").pk)
    send_waiting_mail()
    return mail.outbox


def calendar_in(message):
    """The part that calendars take, and its method."""
    (part,) = [one for one in message.message().walk() if one.get_param("method")]
    return Calendar.from_ical(part.get_payload(decode=True)), part.get_param("method")


def event_in(message):
    (event,) = calendar_in(message)[0].walk("VEVENT")
    return event


def test_calling_a_meeting_tells_nobody_and_inviting_tells_everybody_by_name(review, petra):
    assert posted(events.MEETING_CALLED) == []

    telling.invite(review=review, by=petra)
    sent = posted(events.MEETING_INVITED)

    assert sorted(message.to[0].split("@")[0] for message in sent) == ["ana", "erik", "sven"]
    told = Event.objects.get(type=events.MEETING_INVITED).data["told"]
    assert sorted(one["name"] for one in told) == ["Ana Anders", "Erik Exec", "Sven Sponsor"]
    message = sent[0]
    assert message.subject.startswith("Invitation: Board, ")
    for text in (message.body, message.alternatives[0].content):
        assert "Petra Plan invites you" in text and "1. A: G1" in text and "Room 4" in text
        assert f"http://127.0.0.1:8000/meetings/{review.pk}/" in text
        assert "because you are invited to this gate meeting" in text


def test_the_invitation_comes_with_its_calendar_file_twice(review, petra):
    telling.invite(review=review, by=petra)
    message = posted(events.MEETING_INVITED)[0]

    calendar, method = calendar_in(message)
    assert method == str(calendar["method"]) == "REQUEST"
    assert [name for name, _, kind in message.attachments if kind == "text/calendar"] == ["invitation.ics"]


def test_each_letter_goes_to_each_person_once(review, petra):
    telling.invite(review=review, by=petra)

    assert len(posted(events.MEETING_INVITED)) == 3
    assert posted(events.MEETING_INVITED) == []
    remind_overdue_gates()
    assert mail.outbox == []
    assert Letter.objects.count() == 1
    assert {one.status for one in Delivery.objects.all()} == {DeliveryStatus.SENT}


def test_the_same_invitation_goes_out_once(review, petra):
    telling.invite(review=review, by=petra)

    with pytest.raises(RuleViolation, match="This invitation went out already."):
        telling.invite(review=review, by=petra)


def test_a_meeting_that_is_moved_sends_the_next_version_of_the_same_event(review, petra):
    telling.invite(review=review, by=petra)
    first = event_in(posted(events.MEETING_INVITED)[0])

    calling.change_meeting(review=review, starts_at=review.starts_at + timedelta(days=1), by=petra)
    message = posted(events.MEETING_CHANGED)[0]

    second = event_in(message)
    assert message.subject.startswith("Changed: Board")
    assert str(second["uid"]) == str(first["uid"])
    assert int(second["sequence"]) == int(first["sequence"]) + 1
    assert second.decoded("dtstart") == first.decoded("dtstart") + timedelta(days=1)


def test_a_change_before_anybody_was_invited_tells_nobody(review, petra):
    calling.change_meeting(review=review, place="Room 5", by=petra)

    assert posted(events.MEETING_CHANGED) == []


def test_a_longer_agenda_waits_for_somebody_to_send_it(review, petra, programme, olga):
    telling.invite(review=review, by=petra)
    first = event_in(posted(events.MEETING_INVITED)[0])
    assert not review.has_changed_since

    agenda.add_to_agenda(review=review, gates=[start(make_pilot(programme, owner=olga))], by=petra)
    review.refresh_from_db()
    assert review.has_changed_since
    telling.invite(review=review, by=petra)
    message = posted(events.MEETING_INVITED)[0]

    second = event_in(message)
    assert message.subject.startswith("Changed: Board")
    assert int(second["sequence"]) > int(first["sequence"])
    assert second.decoded("dtend") - first.decoded("dtend") == timedelta(minutes=15)


def test_a_cancelled_meeting_sends_its_cancellation_to_who_was_invited(review, petra):
    telling.invite(review=review, by=petra)
    first = event_in(posted(events.MEETING_INVITED)[0])

    calling.cancel_meeting(review=review, by=petra)
    sent = posted(events.MEETING_CANCELLED)

    assert len(sent) == 3
    calendar, method = calendar_in(sent[0])
    cancelled = event_in(sent[0])
    assert method == str(calendar["method"]) == "CANCEL"
    assert sent[0].subject.startswith("Cancelled: Board")
    assert (str(cancelled["status"]), str(cancelled["uid"])) == ("CANCELLED", str(first["uid"]))
    assert int(cancelled["sequence"]) > int(first["sequence"])


def test_a_cancellation_goes_to_nobody_who_knows_of_nothing(review, petra):
    calling.cancel_meeting(review=review, by=petra)

    assert posted(events.MEETING_CANCELLED) == []


def test_who_left_or_has_no_address_is_not_among_those_told(review, petra, ana, erik):
    type(ana).objects.filter(pk=ana.pk).update(is_active=False)
    type(erik).objects.filter(pk=erik.pk).update(email="")

    telling.invite(review=review, by=petra)

    assert [message.to for message in posted(events.MEETING_INVITED)] == [["sven@example.com"]]


def test_nobody_is_told_today_of_what_is_long_past(review, petra):
    with clock.at(timezone.now() - timedelta(days=30)):
        telling.invite(review=review, by=petra)

    assert Event.objects.get(type=events.MEETING_INVITED).dispatched_at is not None


def test_nobody_is_invited_to_what_is_over_or_empty(review, petra):
    for item in review.items.all():
        agenda.remove_from_agenda(item=item, by=petra)
    with pytest.raises(RuleViolation, match="There is nothing on the agenda yet."):
        telling.invite(review=review, by=petra)

    calling.cancel_meeting(review=review, by=petra)
    assert GateReview.objects.get().state == MeetingState.CANCELLED
    with pytest.raises(RuleViolation, match="Only who comes to a planned meeting is invited."):
        telling.invite(review=review, by=petra)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "https://pilotage.example.org"])
def test_calendars_know_a_meeting_by_the_same_name_wherever_it_is_reached(review, settings, address):
    before = review.uid
    settings.BASE_URL = address

    assert GateReview.objects.get().uid == before
