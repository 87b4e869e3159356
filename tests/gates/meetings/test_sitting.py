"""While a meeting is held: what is shown, who is there, votes, remarks, parking, deciding."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gates import events
from gates.choices import GateStatus, Outcome, ReasonCode
from gates.meetings.actions import calling, sitting
from gates.meetings.queries import agenda_of, standing_of
from pilots.models import Event
from pilots.rules import RuleViolation
from tests.builders import make_pilot, make_user, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(programme, olga, sven, petra, ana, erik):
    gates = [start(make_pilot(programme, owner=olga, sponsor=sven, title=title)) for title in ("A", "B")]
    called = calling.call_meeting(
        programme=programme,
        title="Board",
        starts_at=timezone.now() + timedelta(days=1),
        gates=gates,
        by=petra,
    )
    return calling.start_meeting(review=called, by=petra)


@pytest.fixture
def items(review):
    return agenda_of(review)


def hold(item, by):
    later = timezone.localdate() + timedelta(days=30)
    return sitting.decide_item(
        item=item,
        outcome=Outcome.HOLD,
        reason="Wait.",
        reason_code=ReasonCode.DEPENDENCY,
        review_on=later,
        by=by,
    )


def shown(review) -> str:
    review.refresh_from_db()
    return str(review.current.gate.pilot.title)


def test_the_first_item_is_shown_and_then_the_one_turned_to(review, items, petra):
    assert shown(review) == "A"

    sitting.show_item(item=items[1], by=petra)

    assert shown(review) == "B"


def test_one_person_presents_and_another_has_to_take_over_first(review, items, petra, ana):
    with pytest.raises(RuleViolation, match="Petra Plan presents. Take over first."):
        sitting.show_item(item=items[1], by=ana)
    assert shown(review) == "A"

    sitting.present(review=review, by=ana)
    sitting.present(review=review, by=ana)
    sitting.show_item(item=items[1], by=ana)

    assert shown(review) == "B"
    assert Event.objects.get(type=events.MEETING_CHANGED).changes == {"presenter": [petra.name, ana.name]}


def test_what_is_done_takes_everybody_to_the_next_item_that_is_open(review, items, petra, ana):
    sitting.park(item=items[0], by=petra)
    assert shown(review) == "B"

    sitting.show_item(item=items[0], by=petra)
    hold(items[0], ana)
    assert shown(review) == "B"


def test_deciding_ahead_takes_nobody_along(review, items, ana):
    hold(items[1], ana)

    assert shown(review) == "A"


def test_a_vote_can_change_until_the_item_is_decided(items, ana, erik):
    sitting.cast_vote(item=items[0], outcome=Outcome.GO, by=ana)
    sitting.cast_vote(item=items[0], outcome=Outcome.HOLD, comment="Not yet", by=ana)
    sitting.cast_vote(item=items[0], outcome=Outcome.HOLD, by=erik)

    standing = standing_of(agenda_of(items[0].review)[0])
    assert standing.words == "Hold 2"
    assert [one.changes["outcome"] for one in Event.objects.filter(type=events.VOTE_CAST).order_by("pk")] == [
        ["", "go"],
        ["go", "hold"],
        ["", "hold"],
    ]
    hold(items[0], ana)
    with pytest.raises(RuleViolation, match="decided"):
        sitting.cast_vote(item=items[0], outcome=Outcome.GO, by=ana)


def test_who_votes_is_present(review, items, ana):
    sitting.cast_vote(item=items[0], outcome=Outcome.GO, by=ana)

    assert [one.person for one in review.attendees.filter(was_present=True)] == [ana]


def test_an_owner_and_who_is_not_invited_do_not_vote(review, items, olga):
    review.attendees.create(person=olga)

    with pytest.raises(RuleViolation, match="Owners do not vote"):
        sitting.cast_vote(item=items[0], outcome=Outcome.GO, by=olga)
    with pytest.raises(RuleViolation, match="Only who is invited"):
        sitting.cast_vote(item=items[0], outcome=Outcome.GO, by=make_user("Guest"))


def test_attendance_is_written_down_with_before_and_after(review, ana, erik, petra):
    sitting.take_attendance(review=review, present=[ana.pk, petra.pk], by=petra)

    assert [one.person for one in review.attendees.filter(was_present=True)] == [ana]  # Petra is not invited
    assert Event.objects.get(type=events.MEETING_CHANGED).changes == {"present": [[], [ana.pk]]}


def test_a_decision_in_the_meeting_is_the_gates_decision(items, ana):
    recorded = hold(items[0], ana)

    item = agenda_of(items[0].review)[0]
    assert item.decision == recorded == item.gate.decisions.get()


def test_a_decision_refused_leaves_the_item_open(items, ana):
    with pytest.raises(RuleViolation):
        sitting.decide_item(item=items[0], outcome=Outcome.GO, reason="Let us go.", by=ana)

    items[0].refresh_from_db()
    assert items[0].decision is None
    assert items[0].gate.status == GateStatus.OPEN


def test_an_item_is_decided_once(items, ana, erik):
    hold(items[0], ana)

    with pytest.raises(RuleViolation, match="decided"):
        hold(items[0], erik)

    assert items[0].gate.decisions.count() == 1


def test_a_parked_item_can_be_taken_up_again(items, petra, ana):
    sitting.park(item=items[0], by=petra)
    sitting.park(item=items[0], by=petra)
    assert Event.objects.filter(type=events.ITEM_PARKED).count() == 1

    hold(items[0], ana)

    items[0].refresh_from_db()
    assert items[0].parked_at is None and items[0].decision is not None


def test_a_remark_is_kept_for_the_minutes(items, petra):
    sitting.remark(item=items[0], text="Ask legal.", by=petra)

    items[0].refresh_from_db()
    assert items[0].remark == "Ask legal."
    assert Event.objects.get(type=events.ITEM_REMARKED).changes == {"remark": ["", "Ask legal."]}


def test_nothing_is_said_once_the_meeting_is_closed(review, items, petra, ana):
    for item in items:
        sitting.park(item=item, by=petra)
    calling.close_meeting(review=review, by=petra)

    for attempt in (
        lambda: sitting.cast_vote(item=items[0], outcome=Outcome.GO, by=ana),
        lambda: sitting.remark(item=items[0], text="Late", by=petra),
        lambda: sitting.show_item(item=items[0], by=petra),
        lambda: sitting.present(review=review, by=ana),
        lambda: hold(items[0], ana),
    ):
        with pytest.raises(RuleViolation):
            attempt()
    assert not items[0].gate.decisions.exists()
