"""Gate meetings through their pages: from a filter of the portfolio to the minutes."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from gates.choices import MeetingState, Outcome, ReasonCode
from gates.meetings.actions import calling
from gates.models import GateReview
from tests.builders import make_pilot, start

# What these pages ask is asked of both databases in `tests/flows/test_every_page.py`.
pytestmark = [pytest.mark.django_db, pytest.mark.either]


@pytest.fixture
def gates(programme, olga, sven):
    return [
        start(make_pilot(programme, owner=olga, sponsor=sven, title=title))
        for title in ("Contracts", "Invoices", "Welding")
    ]


def called(programme, gates, by) -> GateReview:
    soon = timezone.now() + timedelta(days=7)
    return calling.call_meeting(programme=programme, title="Board", starts_at=soon, gates=gates, by=by)


def meeting_body(gates, **other):
    day = timezone.localdate() + timedelta(days=7)
    body = {"gates": [gate.pk for gate in gates], "into": "new", "title": "Board", "day": day.isoformat()}
    return body | {"time": "14:00", "place": "Room 4", "item_minutes": "15"} | other


def hold_body(**other):
    review_on = timezone.localdate() + timedelta(days=30)
    body = {"outcome": Outcome.HOLD, "reason": "Wait for legal.", "review_on": review_on.isoformat()}
    return body | {"code_hold": ReasonCode.DEPENDENCY, "rows": "1"} | other


def test_a_filter_becomes_an_agenda(client_of, petra, gates):
    page = client_of(petra)
    address = reverse("gates:meeting_call") + "?q=c"  # Contracts, Invoices

    listed = page.get(address).content.decode()
    answer = page.post(address, meeting_body(gates[:2]))

    assert "Contracts" in listed and "Welding" not in listed
    review = GateReview.objects.get()
    assert answer.url == reverse("gates:meeting", args=[review.pk])
    assert [item.gate for item in review.items.all()] == gates[:2]
    assert timezone.localtime(review.starts_at).hour == 14


def test_gates_go_on_a_meeting_that_is_planned(client_of, petra, programme, gates):
    review = called(programme, gates[:1], petra)

    client_of(petra).post(reverse("gates:meeting_call"), {"gates": [gates[2].pk], "into": review.pk})

    assert [item.gate for item in review.items.all()] == [gates[0], gates[2]]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"gates": []}, "Tick at least one gate."),
        ({"title": ""}, "Give the meeting a title."),
        ({"day": ""}, "Say on which day."),
        ({"day": "2020-01-01"}, "A meeting is called for a moment in the future."),
        ({"into": "999"}, "Choose one of these meetings."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client_of, petra, gates, wrong, said):
    body = meeting_body(gates[:1], place="The red room") | wrong

    answer = client_of(petra).post(reverse("gates:meeting_call"), body)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "The red room" in page or "into" in wrong
    assert not GateReview.objects.exists()


def test_the_list_is_one_of_gates_and_not_a_filter(client_of, petra, gates):
    """What is ticked goes on the agenda also when the filter no longer finds it."""
    address = reverse("gates:meeting_call") + "?overdue=true"

    client_of(petra).post(address, meeting_body(gates))

    assert GateReview.objects.get().items.count() == 3


def test_the_invitation_is_a_calendar_file(client_of, ana, petra, programme, gates):
    review = called(programme, gates, petra)

    answer = client_of(ana).get(reverse("gates:meeting_invitation", args=[review.pk]))

    calendar = Calendar.from_ical(answer.content)
    (event,) = calendar.walk("VEVENT")
    assert str(calendar["method"]) == "PUBLISH" and "method=PUBLISH" in answer["Content-Type"]
    assert answer["Content-Disposition"].endswith('.ics"')
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=45)
    assert "2. Invoices" in str(event["description"])


def test_inviting_and_cancelling_say_first_whom_they_tell(client_of, petra, ana, programme, gates):
    review = called(programme, gates, petra)
    page = client_of(petra)

    asked = page.get(reverse("gates:meeting_invite", args=[review.pk])).content.decode()
    sent = page.post(reverse("gates:meeting_invite", args=[review.pk]), follow=True).content.decode()
    moved = page.get(reverse("gates:meeting_edit", args=[review.pk])).content.decode()
    cancel = page.get(reverse("gates:meeting_cancel", args=[review.pk])).content.decode()
    gone = page.post(reverse("gates:meeting_cancel", args=[review.pk]), follow=True).content.decode()

    assert "Send to 2 people" in asked and "Ana Anders" in asked and "Sven Sponsor" in asked
    assert "The invitation goes to 2 people." in sent and "The invitation went out on" in sent
    assert "Saving sends the new invitation to 2 people: Ana Anders, Sven Sponsor." in moved
    assert "2 people are told by e-mail" in cancel and "Ana Anders" in cancel
    assert "The meeting is cancelled. 2 people are told by e-mail." in gone


def test_a_meeting_is_held_to_its_minutes(client_of, petra, ana, programme, gates):
    review = called(programme, gates[:2], petra)
    manager, board = client_of(petra), client_of(ana)

    manager.post(reverse("gates:meeting_start", args=[review.pk]))
    first, second = review.items.all()
    board.post(
        reverse("gates:agenda_vote", args=[review.pk, first.pk]), {"outcome": "hold", "comment": "Too early"}
    )
    asked = board.post(reverse("gates:meeting_run", args=[review.pk, 1]), hold_body())
    assert "Record and next" in asked.content.decode()
    assert not first.gate.decisions.exists()
    recorded = board.post(reverse("gates:meeting_run", args=[review.pk, 1]), hold_body(confirm="yes"))
    assert recorded.url == reverse("gates:meeting_run", args=[review.pk, 2])
    manager.post(reverse("gates:agenda_remark", args=[review.pk, second.pk]), {"text": "Ask the vendor."})
    manager.post(reverse("gates:agenda_park", args=[review.pk, second.pk]))
    manager.post(reverse("gates:meeting_close", args=[review.pk]))

    minutes = manager.get(reverse("gates:meeting", args=[review.pk])).content.decode()
    for said in (
        "Wait for legal.",
        "Ana Anders: Hold",
        "Too early",
        "Parked.",
        "Ask the vendor.",
        "Present: Ana Anders",
    ):
        assert said in minutes


def test_a_topic_has_its_page_and_its_words_in_the_minutes(client_of, petra, programme, gates):
    review = called(programme, gates[:1], petra)
    page = client_of(petra)
    empty = page.post(reverse("gates:agenda_topic", args=[review.pk]), {"topic": ""})
    page.post(reverse("gates:agenda_topic", args=[review.pk]), {"topic": "Any other business"})
    calling.start_meeting(review=review, by=petra)
    topic = review.items.last()

    page.post(reverse("gates:agenda_remark", args=[review.pk, topic.pk]), {"text": "Next one in January."})
    shown = page.get(reverse("gates:meeting_run", args=[review.pk, 2])).content.decode()
    decided = page.post(reverse("gates:meeting_run", args=[review.pk, 2]), hold_body())
    page.post(reverse("gates:agenda_park", args=[review.pk, review.items.first().pk]))
    page.post(reverse("gates:meeting_close", args=[review.pk]))

    assert empty.status_code == 422 and "Say what is to be talked about." in empty.content.decode()
    assert "Any other business</h1>" in shown and "Record and next" not in shown
    assert decided.status_code == 404
    minutes = page.get(reverse("gates:meeting", args=[review.pk])).content.decode()
    assert "Any other business" in minutes and "Next one in January." in minutes


def test_a_decision_that_is_refused_says_why_and_keeps_what_was_typed(
    client_of, petra, ana, programme, gates
):
    review = calling.start_meeting(review=called(programme, gates, petra), by=petra)
    body = hold_body(outcome=Outcome.GO, code_go=ReasonCode.READY, reason="It is good enough.")

    answer = client_of(ana).post(reverse("gates:meeting_run", args=[review.pk, 1]), body)

    assert answer.status_code == 422
    assert "must-meets are still open" in answer.content.decode()
    assert "It is good enough." in answer.content.decode()


def look(answer) -> str:
    return re.search(r"look=(\w+)", answer.content.decode())[1]


def test_who_follows_is_told_where_the_meeting_is_once_that_changes(client_of, petra, ana, programme, gates):
    review = calling.start_meeting(review=called(programme, gates, petra), by=petra)
    first, second, _ = review.items.all()
    page = client_of(ana)
    now = reverse("gates:meeting_now", args=[review.pk]) + f"?at={first.pk}&look="
    known = look(page.get(reverse("gates:meeting_run", args=[review.pk, 1])))

    assert page.get(now + known).status_code == 204
    client_of(petra).post(reverse("gates:agenda_show", args=[review.pk, second.pk]))
    after = page.get(now + known)

    assert "The meeting is at item 2." in after.content.decode()
    assert reverse("gates:meeting_run", args=[review.pk, 2]) in after.content.decode()
    assert page.get(now + look(after)).status_code == 204


def test_what_is_promised_and_decided_comes_with_the_next_question(client_of, petra, ana, programme, gates):
    review = calling.start_meeting(review=called(programme, gates, petra), by=petra)
    second = review.items.get(position=2)
    client_of(ana).post(reverse("gates:meeting_run", args=[review.pk, 1]), hold_body(confirm="yes"))

    said = client_of(petra).get(reverse("gates:meeting_now", args=[review.pk]) + f"?at={second.pk}")

    drawn = said.content.decode()
    assert 'id="sitting-agenda" hx-swap-oob="true"' in drawn and 'id="actions-so-far" hx-swap-oob' in drawn
    assert "Hold" in drawn and "Actions so far: 0" in drawn


def test_an_item_taken_off_the_agenda_is_shown_to_nobody(client_of, petra, ana, programme, gates):
    review = calling.start_meeting(review=called(programme, gates, petra), by=petra)
    first = review.items.first()
    client_of(petra).post(reverse("gates:agenda_remove", args=[review.pk, first.pk]))

    review.refresh_from_db()
    told = client_of(ana).get(reverse("gates:meeting_now", args=[review.pk]) + f"?at={first.pk}")

    assert str(review.current.gate.pilot.title) == "Invoices"
    assert "no longer on the agenda" in told.content.decode()


def test_a_vote_sent_in_the_background_leaves_the_page_as_it_is(client_of, petra, ana, programme, gates):
    review = calling.start_meeting(review=called(programme, gates, petra), by=petra)
    address = reverse("gates:agenda_vote", args=[review.pk, review.items.first().pk])
    htmx = {"HX-Request": "true"}

    fine = client_of(ana).post(address, {"outcome": "hold"}, headers=htmx)
    wrong = client_of(ana).post(address, {"outcome": ""}, headers=htmx)

    assert (fine.status_code, wrong.status_code) == (200, 422)
    assert "Your vote: <b>Hold</b>" in fine.content.decode() and "<h1" not in fine.content.decode()
    assert "Say what you are for." in wrong.content.decode()


def test_asking_where_the_meeting_is_ends_with_it(client_of, petra, programme, gates):
    review = calling.start_meeting(review=called(programme, gates[:1], petra), by=petra)
    page = client_of(petra)
    page.post(reverse("gates:agenda_park", args=[review.pk, review.items.get().pk]))
    page.post(reverse("gates:meeting_close", args=[review.pk]))

    assert page.get(reverse("gates:meeting_now", args=[review.pk])).status_code == 286
    assert GateReview.objects.get().state == MeetingState.HELD


def test_the_owner_sees_the_meeting_but_neither_votes_nor_decides_on_the_own_pilot(
    client_of, petra, olga, programme, gates
):
    review = calling.start_meeting(review=called(programme, gates, petra), by=petra)

    page = client_of(olga).get(reverse("gates:meeting_run", args=[review.pk, 1])).content.decode()

    assert "Your vote" not in page and "Continue" not in page and "Park this item" not in page


@pytest.mark.parametrize("many", [1, 3])
def test_an_item_is_read_in_as_many_queries_however_long_the_agenda(
    many, client_of, ana, petra, programme, gates, django_assert_num_queries
):
    review = calling.start_meeting(review=called(programme, gates[:many], petra), by=petra)
    page = client_of(ana)
    address = reverse("gates:meeting_run", args=[review.pk, 1])
    page.get(address)

    with django_assert_num_queries(24):
        page.get(address)
