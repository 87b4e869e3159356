"""The rules of gate meetings."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gates.choices import GateStatus, MeetingState
from gates.meetings import rules

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PLANNED, RUNNING, HELD, CANCELLED = (
    MeetingState.PLANNED,
    MeetingState.RUNNING,
    MeetingState.HELD,
    MeetingState.CANCELLED,
)


def calling(**other):
    return rules.calling_blockers(
        **{"title": "Board", "starts_at": NOW + timedelta(hours=1), "now": NOW, "items": 3} | other
    )


def test_a_meeting_needs_a_title_a_moment_to_come_and_a_bounded_agenda():
    assert calling() == []
    assert calling(title=" ") == ["Give the meeting a title."]
    assert calling(starts_at=NOW) == ["A meeting is called for a moment in the future."]
    assert calling(starts_at=NOW + timedelta(days=800)) == ["A meeting is called at most two years ahead."]
    assert calling(items=41) == ["An agenda has at most 40 items; this would make 41. Call two meetings."]


def test_evidence_freezes_from_today_to_the_day_of_the_meeting():
    def freezing(freeze_on):
        return rules.freezing_blockers(
            freeze_on=freeze_on, meets_on=date(2026, 11, 26), today=date(2026, 11, 20)
        )

    for fine in (None, date(2026, 11, 20), date(2026, 11, 26)):
        assert freezing(fine) == []
    assert freezing(date(2026, 11, 19)) == ["The evidence freezes today or later."]
    assert freezing(date(2026, 11, 27)) == ["The evidence freezes on the day of the meeting or before."]


def test_only_who_presents_turns_the_screens():
    assert rules.showing_blockers(state=RUNNING, presents=True, presenter="Petra") == []
    assert rules.showing_blockers(state=RUNNING, presents=False, presenter="Petra") == [
        "Petra presents. Take over first."
    ]
    assert rules.showing_blockers(state=HELD, presents=True, presenter="Petra") == [
        "This meeting is not being held now."
    ]


def test_only_open_gates_of_listed_pilots_come_on_an_agenda():
    assert rules.gate_blockers(gate_status=GateStatus.SUBMITTED, archived=False, name="X") == []
    assert rules.gate_blockers(gate_status=GateStatus.DECIDED, archived=False, name="X")
    assert rules.gate_blockers(gate_status=GateStatus.OPEN, archived=True, name="X") == ["X is archived."]


def test_a_meeting_begins_once_and_with_something_to_decide():
    assert rules.start_blockers(state=PLANNED, items=1) == []
    assert rules.start_blockers(state=PLANNED, items=0) == ["There is nothing on the agenda."]
    assert rules.start_blockers(state=RUNNING, items=1) == ["This meeting has begun already."]
    assert rules.start_blockers(state=CANCELLED, items=1) == ["This meeting is over."]


def test_only_the_invited_vote_while_it_is_held_and_never_on_their_own_pilot():
    fine = {"state": RUNNING, "decided": False, "invited": True, "owns_pilot": False}

    assert rules.vote_blockers(**fine) == []
    for wrong in ({"state": PLANNED}, {"decided": True}, {"invited": False}, {"owns_pilot": True}):
        assert len(rules.vote_blockers(**fine | wrong)) == 1


def test_a_meeting_is_closed_when_every_item_is_decided_or_parked():
    assert rules.closing_blockers(state=RUNNING, open_items=[]) == []
    assert rules.closing_blockers(state=RUNNING, open_items=["A", "B"]) == ["Decide or park first: A, B."]
    assert rules.closing_blockers(state=HELD, open_items=[]) == ["This meeting is not being held now."]


def test_minutes_go_out_once_and_again_after_an_addition():
    fine = {"state": HELD, "people": 3, "sent_at": None, "added_at": None}
    later = NOW + timedelta(minutes=1)

    assert rules.sending_blockers(**fine) == []
    assert rules.sending_blockers(**fine | {"sent_at": NOW, "added_at": later}) == []
    for wrong in (
        {"state": RUNNING},
        {"state": CANCELLED},
        {"people": 0},
        {"sent_at": NOW},
        {"sent_at": later, "added_at": NOW},
    ):
        assert len(rules.sending_blockers(**fine | wrong)) == 1
    assert rules.addition_blockers(state=HELD, text="More.") == []
    assert rules.addition_blockers(state=HELD, text=" ") == ["Say what is to be added."]
    assert rules.addition_blockers(state=RUNNING, text="More.")


def test_an_invitation_goes_out_once_for_each_revision():
    fine = {"state": PLANNED, "people": 3, "items": 2, "revision": 1, "sent": None}

    assert rules.invite_blockers(**fine) == rules.invite_blockers(**fine | {"sent": 0}) == []
    for wrong in ({"state": RUNNING}, {"people": 0}, {"items": 0}, {"sent": 1}):
        assert len(rules.invite_blockers(**fine | wrong)) == 1


def test_a_running_meeting_is_closed_and_not_cancelled():
    assert rules.cancel_blockers(state=PLANNED) == []
    assert rules.cancel_blockers(state=RUNNING) and rules.cancel_blockers(state=HELD)


@given(st.lists(st.integers(), unique=True, min_size=1), st.data(), st.sampled_from([-1, 1]))
def test_moving_keeps_every_item_and_goes_one_place(order, data, by):
    item = data.draw(st.sampled_from(order))
    after = rules.moved(order, item, by)
    wanted = min(max(order.index(item) + by, 0), len(order) - 1)

    assert sorted(after) == sorted(order)
    assert after.index(item) == wanted
    assert [one for one in after if one != item] == [one for one in order if one != item]
