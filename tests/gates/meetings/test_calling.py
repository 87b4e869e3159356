"""Calling a meeting, its agenda, its beginning and end."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gates import events
from gates.choices import MeetingState, Outcome, ReasonCode, WaitingOn
from gates.decisions.actions import decide
from gates.journey.actions import request_review
from gates.journey.readiness import refresh_gates
from gates.meetings.actions import agenda, calling, sitting
from gates.meetings.queries import agenda_of, candidates, decided_elsewhere
from gates.models import DecisionPack, Gate, GateReview
from gates.rules import freeze_moment
from pilots import clock
from pilots.models import Event
from pilots.rules import RuleViolation
from tests.builders import make_pilot, make_programme, make_user, start

pytestmark = pytest.mark.django_db


def in_days(days: int):
    return timezone.now() + timedelta(days=days)


@pytest.fixture
def gates(programme, olga, sven):
    return [
        start(make_pilot(programme, owner=olga, sponsor=sven, title=title))
        for title in ("Contracts", "Invoices", "Welding")
    ]


@pytest.fixture
def called(programme, gates, petra, ana, erik):
    return calling.call_meeting(
        programme=programme, title="Board", starts_at=in_days(7), place="Room 4", gates=gates, by=petra
    )


def titles(review: GateReview) -> list[str]:
    return [item.title for item in agenda_of(review)]


def test_a_called_meeting_has_its_agenda_and_invites_who_decides(called, ana, erik, sven, petra, olga):
    assert titles(called) == ["Contracts", "Invoices", "Welding"]
    assert {one.person for one in called.attendees.all()} == {ana, erik, sven}
    assert Event.objects.get(type=events.MEETING_CALLED).data["meeting"] == "Board"


def test_the_pilots_activity_names_the_meeting(called, gates):
    told = Event.objects.filter(type=events.AGENDA_CHANGED, pilot=gates[0].pilot).get()

    assert told.changes == {"meeting": [None, "Board"]}


def test_the_same_call_sent_twice_is_one_meeting(called, programme, petra):
    again = calling.call_meeting(programme=programme, title="Board", starts_at=called.starts_at, by=petra)

    assert again == called
    assert GateReview.objects.count() == 1


def test_a_gate_of_another_programme_is_refused_and_nothing_is_written(programme, petra):
    elsewhere = start(make_pilot(make_programme(), owner=make_user()))

    with pytest.raises(RuleViolation, match="belongs to another programme"):
        calling.call_meeting(
            programme=programme, title="B", starts_at=in_days(1), gates=[elsewhere], by=petra
        )

    assert not GateReview.objects.exists()


def test_a_gate_comes_on_an_agenda_once(called, gates, petra, programme, olga):
    fourth = start(make_pilot(programme, owner=olga, title="Zinc"))

    assert agenda.add_to_agenda(review=called, gates=[gates[1], fourth], by=petra) == 1
    assert titles(called) == ["Contracts", "Invoices", "Welding", "Zinc"]


def test_the_sponsor_of_a_gate_added_later_is_invited_too(called, petra, programme, olga):
    newcomer = make_user("Nora New")
    gate = start(make_pilot(programme, owner=olga, sponsor=newcomer, title="Zinc"))

    agenda.add_to_agenda(review=called, gates=[gate], by=petra)

    assert called.attendees.filter(person=newcomer).exists()


def test_items_move_and_leave_and_are_numbered_without_gaps(called, petra):
    first, _, third = called.items.all()

    agenda.move_item(item=third, by_places=-1, by=petra)
    assert titles(called) == ["Contracts", "Welding", "Invoices"]
    agenda.move_item(item=first, by_places=-1, by=petra)
    assert titles(called) == ["Contracts", "Welding", "Invoices"]
    agenda.remove_from_agenda(item=first, by=petra)
    assert titles(called) == ["Welding", "Invoices"]
    assert [item.position for item in called.items.all()] == [1, 2]


def test_a_topic_stands_behind_the_gates_and_is_only_talked_about(called, petra, ana):
    assert agenda.add_to_agenda(review=called, topic="Any other business", by=petra) == 1
    assert agenda.add_to_agenda(review=called, topic="Any other business", by=petra) == 0
    assert titles(called) == ["Contracts", "Invoices", "Welding", "Any other business"]
    calling.start_meeting(review=called, by=petra)
    *gates, topic = agenda_of(called)
    for item in gates:
        sitting.park(item=item, by=petra)

    called.refresh_from_db()
    assert called.current == topic
    with pytest.raises(RuleViolation, match="This is a topic"):
        sitting.cast_vote(item=topic, outcome=Outcome.GO, by=ana)
    sitting.remark(item=topic, text="Next board in January.", by=petra)
    assert calling.close_meeting(review=called, by=petra).state == MeetingState.HELD
    told = Event.objects.get(type=events.ITEM_REMARKED)
    assert (told.pilot, told.programme_id, told.data["topic"]) == (None, called.programme_id, topic.topic)


def test_a_topic_comes_off_the_agenda(called, petra):
    agenda.add_to_agenda(review=called, topic="Any other", by=petra)
    agenda.remove_from_agenda(item=agenda_of(called)[-1], by=petra)

    assert titles(called) == ["Contracts", "Invoices", "Welding"]
    changes = [told.changes for told in Event.objects.filter(pilot=None, type=events.AGENDA_CHANGED)]
    assert {"topic": ["Any other", None]} in changes


def test_a_longer_or_shorter_agenda_renews_the_invitation(called, petra):
    agenda.add_to_agenda(review=called, topic="Any other", by=petra)
    agenda.remove_from_agenda(item=agenda_of(called)[0], by=petra)

    called.refresh_from_db()
    assert called.revision == 2


def test_every_gate_on_the_agenda_gets_its_pack_at_the_freeze_once(called, gates, petra):
    freeze_on = timezone.localdate() + timedelta(days=5)
    calling.change_meeting(review=called, freeze_on=freeze_on, by=petra)
    eve = freeze_moment(freeze_on, timezone.get_current_timezone())

    assert agenda.freeze_for_meetings(now=eve - timedelta(minutes=1)) == 0
    with clock.at(eve):
        assert agenda.freeze_for_meetings(now=eve) == 3
        assert agenda.freeze_for_meetings(now=eve) == 0
    assert {pack.frozen_by for pack in DecisionPack.objects.all()} == {petra}
    fourth = start(make_pilot(called.programme, title="Zinc"))
    agenda.add_to_agenda(review=called, gates=[fourth], by=petra)
    with clock.at(eve):
        assert agenda.freeze_for_meetings(now=eve) == 1


def test_the_evidence_freezes_before_the_meeting(called, petra):
    with pytest.raises(RuleViolation, match="on the day of the meeting or before"):
        calling.change_meeting(review=called, freeze_on=in_days(8).date(), by=petra)


def test_another_moment_renews_the_invitation(called, petra):
    review = calling.change_meeting(review=called, starts_at=in_days(9), place="Room 5", by=petra)

    assert (review.revision, review.place) == (1, "Room 5")
    assert Event.objects.get(type=events.MEETING_CHANGED).changes["place"] == ["Room 4", "Room 5"]


def test_saying_nothing_new_changes_nothing(called, petra):
    facts = {name: getattr(called, name) for name in ("title", "starts_at", "place", "item_minutes")}

    assert calling.change_meeting(review=called, by=petra, **facts).revision == 0
    assert not Event.objects.filter(type=events.MEETING_CHANGED).exists()


def test_a_cancelled_meeting_takes_no_more_items(called, gates, petra):
    calling.cancel_meeting(review=called, by=petra)

    with pytest.raises(RuleViolation, match="over"):
        agenda.add_to_agenda(review=called, gates=gates, by=petra)


def test_a_meeting_closes_when_nothing_is_left_open(called, petra, ana):
    calling.start_meeting(review=called, by=petra)
    first, second, third = agenda_of(called)
    sitting.park(item=second, by=petra)
    with pytest.raises(RuleViolation, match="Contracts, Welding"):
        calling.close_meeting(review=called, by=petra)

    sitting.decide_item(
        item=first,
        outcome=Outcome.HOLD,
        reason="Wait.",
        reason_code=ReasonCode.DEPENDENCY,
        review_on=in_days(30).date(),
        by=ana,
    )
    decide(
        gate=third.gate,
        outcome=Outcome.STOP,
        reason="No.",
        by=ana,
        reason_code=ReasonCode.COST,
        lesson="Ask first.",
    )
    review = calling.close_meeting(review=called, by=petra)

    assert (review.state, review.current) == (MeetingState.HELD, None)
    assert decided_elsewhere(agenda_of(review)) == {third.pk}


def test_candidates_are_the_open_gates_of_the_filter(programme, gates, petra, olga):
    make_pilot(programme, owner=olga, title="Not started")
    start(make_pilot(make_programme(), owner=olga, title="Elsewhere"))
    today = timezone.localdate()

    everything = candidates(petra, programme, {}, today=today)
    some = candidates(petra, programme, {"q": "weld"}, today=today)
    nonsense = candidates(petra, programme, {"health": "purple"}, today=today)

    assert [gate.pilot.title for gate in everything.gates] == ["Contracts", "Invoices", "Welding"]
    assert [gate.pilot.title for gate in some.gates] == ["Welding"]
    assert nonsense.gates == []


@pytest.mark.parametrize("many", [1, 3])
def test_the_agenda_is_read_in_two_queries_however_long(
    many, programme, gates, petra, django_assert_num_queries
):
    review = calling.call_meeting(
        programme=programme, title="B", starts_at=in_days(1), gates=gates[:many], by=petra
    )

    with django_assert_num_queries(2):
        items = agenda_of(review)
        assert [str(item.gate.pilot.owner) for item in items] and [list(item.votes.all()) for item in items]


# --- Whom the gates wait on --------------------------------------------------------------------
def party(gate) -> str:
    gate.refresh_from_db()
    return gate.waiting_on


def test_a_gate_in_review_waits_on_the_meeting_that_will_decide_it(programme, gates, petra, olga):
    first, second, _ = gates
    request_review(gate=first, by=olga)
    review = calling.call_meeting(
        programme=programme, title="Board", starts_at=in_days(7), gates=[first, second], by=petra
    )

    assert (party(first), party(second)) == (WaitingOn.MEETING, WaitingOn.OWNER)

    request_review(gate=second, by=olga)
    assert (party(first), party(second)) == (WaitingOn.MEETING, WaitingOn.MEETING)
    refresh_gates(Gate.objects.all(), today=timezone.localdate())
    assert (party(first), party(second)) == (WaitingOn.MEETING, WaitingOn.MEETING)

    agenda.remove_from_agenda(item=review.items.get(gate=first), by=petra)
    assert (party(first), party(second)) == (WaitingOn.GATEKEEPERS, WaitingOn.MEETING)

    calling.cancel_meeting(review=review, by=petra)
    assert party(second) == WaitingOn.GATEKEEPERS


def test_what_is_parked_waits_on_its_gatekeepers_again(programme, gates, petra, olga):
    request_review(gate=gates[0], by=olga)
    review = calling.call_meeting(programme=programme, title="B", starts_at=in_days(7), gates=gates, by=petra)
    calling.start_meeting(review=review, by=petra)

    sitting.park(item=review.items.get(gate=gates[0]), by=petra)

    assert party(gates[0]) == WaitingOn.GATEKEEPERS
