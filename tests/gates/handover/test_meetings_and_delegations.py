"""Meetings change hands with their invitations; delegations end, and both people hear of it."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gates.choices import MeetingState, Passing
from gates.delegations.tasks import end_delegations_of_person, tell_of_delegation
from gates.handover.actions import hand_over, undo_handover
from gates.handover.queries import work_left
from gates.models import AgendaItem, Attendee, Delegation
from gates.signoffs.actions import end_delegation
from pilots.actions.people import set_active
from pilots.choices import Role
from pilots.events import dispatch_waiting
from pilots.models import Event
from pilots.rules import RuleViolation
from tests.api.world import program_of
from tests.builders import criterion, join, make_gate, make_pilot, make_user
from tests.gates.handover.conftest import delegate, make_meeting
from tests.gates.handover.handing import give, held, prepare, what

pytestmark = pytest.mark.django_db


@pytest.fixture
def xenia(programme):
    """Decides in the programme, as gatekeepers do."""
    return join(make_user("Xenia Next", "xenia@example.com"), programme, Role.GATEKEEPER)


@pytest.fixture
def meeting(programme, olga):
    """Called by Olga, who comes; the invitation has gone out."""
    make_meeting(programme, olga, title="Called off", state=MeetingState.CANCELLED)  # shifts the ids
    review = make_meeting(programme, olga, invited_revision=0, invited_at=timezone.now())
    Attendee.objects.create(review=review, person=olga)
    return review


def invitations_to(person) -> list:
    return [one for one in mail.outbox if one.to == [person.email] and "meeting" in one.subject.lower()]


# --- Meetings ---------------------------------------------------------------------------------
def test_a_meeting_and_its_invitation_change_hands(meeting, olga, xenia, ida):
    give(olga, xenia, by=ida)

    meeting.refresh_from_db()
    assert meeting.called_by == xenia
    assert list(meeting.attendees.values_list("person", flat=True)) == [xenia.pk]


@pytest.mark.django_db(transaction=True)
def test_who_comes_instead_gets_the_calendar_file_and_nobody_else_does(meeting, olga, ana, xenia, ida):
    Attendee.objects.create(review=meeting, person=ana)
    give(olga, xenia, by=ida, kinds=["invitation"])
    dispatch_waiting()

    (one,) = invitations_to(xenia)
    assert "May meeting" in one.subject
    assert "BEGIN:VCALENDAR" in one.attachments[0][1] if one.attachments else one.message().as_string()
    assert invitations_to(ana) == invitations_to(olga) == []


@pytest.mark.django_db(transaction=True)
def test_before_the_invitation_has_gone_out_nobody_is_invited(programme, olga, xenia, ida):
    Attendee.objects.create(review=make_meeting(programme, olga), person=olga)
    give(olga, xenia, by=ida, kinds=["invitation"])
    dispatch_waiting()

    assert invitations_to(xenia) == []


def test_who_may_not_run_meetings_or_decide_gets_none(meeting, olga, otto, ida):
    with pytest.raises(RuleViolation) as refused:
        give(olga, otto, by=ida, kinds=["meeting", "invitation"])

    assert set(refused.value.reasons) == {
        "Nothing of this can be handed over.",
        "Otto Other may not prepare and run gate meetings in Customer service.",
        "Otto Other may not decide at a gate in Customer service.",
    }


def test_who_gets_the_role_with_it_may(meeting, olga, otto, ida):
    join(olga, meeting.programme, Role.EXECUTIVE)
    handover = give(olga, otto, by=ida, kinds=["meeting", "invitation", "role"])

    assert what(handover)["meeting"] == what(handover)["invitation"] == (Passing.MOVED, "")


def test_a_sponsor_comes_to_a_meeting_about_the_own_pilot(meeting, gate, pilot, olga, otto, ida):
    AgendaItem.objects.create(review=meeting, gate=gate, position=1)
    pilot.sponsor = otto
    pilot.save()

    assert what(give(olga, otto, by=ida, kinds=["invitation"]))["invitation"] == (Passing.MOVED, "")


def test_nobody_is_invited_twice(meeting, olga, xenia, ida):
    Attendee.objects.create(review=meeting, person=xenia)
    handover = give(olga, xenia, by=ida)

    assert what(handover)["invitation"] == (Passing.KEPT, "Xenia Next is invited already.")


def test_what_is_over_is_nobodys(meeting, olga, ida):
    meeting.state = MeetingState.CANCELLED
    meeting.save()

    assert not {"meeting", "invitation"} & held(olga, by=ida).keys()


def test_a_meeting_that_loses_who_called_it_is_counted_and_an_invitation_is_not(meeting, olga):
    assert work_left(olga) == 1


def test_undone_each_has_the_own_again_even_without_the_role_by_now(meeting, olga, xenia, ida):
    handover = undo_handover(handover=give(olga, xenia, by=ida), by=ida)

    assert {one for one, _ in what(handover).values()} == {Passing.RETURNED}
    assert held(olga, by=ida)["invitation"] == ["May meeting"]


def test_it_costs_the_same_for_one_meeting_and_for_ten(programme, olga, petra, xenia, ida):
    def cost(person, meetings: int) -> int:
        for number in range(meetings):
            review = make_meeting(programme, person, title=f"{person} {number}")
            Attendee.objects.create(review=review, person=person)
        handover = prepare(person, xenia, by=ida)
        with CaptureQueriesContext(connection) as captured:
            hand_over(handover=handover, by=ida)
        return len(captured)

    assert cost(olga, 1) == cost(join(make_user("Many"), programme, Role.EXECUTIVE), 10)


# --- Delegations ------------------------------------------------------------------------------
def test_what_stays_unticked_goes_on(pilot, olga, ana, otto, ida):
    lent = delegate(ana, olga, pilot.programme)
    give(olga, otto, by=ida)

    lent.refresh_from_db()
    assert lent.ended_at is None


def test_what_is_ticked_ends_and_is_taken_up_again(pilot, olga, ana, otto, ida):
    lent = delegate(ana, olga, pilot.programme)
    handover = give(olga, otto, by=ida, kinds=["stand_in"])
    lent.refresh_from_db()
    assert (lent.ended_by, lent.ended_at) == (ida, handover.done_at)
    assert handover.things.get().receiver is None

    undo_handover(handover=handover, by=ida)
    lent.refresh_from_db()
    assert (lent.ended_by, lent.ended_at) == (None, None)
    assert list(
        Event.objects.filter(data__handover=handover.pk).order_by("pk").values_list("type", flat=True)
    ) == [
        "gates.delegation_ended",
        "gates.delegation_given",
    ]


def test_what_somebody_ended_before_does_not_come_back(pilot, olga, ana, otto, ida):
    lent = delegate(ana, olga, pilot.programme)
    handover = give(olga, otto, by=ida, kinds=["stand_in", "owner"])
    Delegation.objects.filter(pk=lent.pk).update(ended_at=timezone.now(), ended_by=ana)

    undo_handover(handover=handover, by=ida)
    assert what(handover)["stand_in"] == (Passing.MOVED, "It has moved on meanwhile, or is over.")


def test_of_every_programme_the_person_and_administrators_end_it(olga, ana, petra, ida):
    delegate(ana, olga, None)

    assert "stand_in" in held(olga, by=olga) and "stand_in" in held(olga, by=ida)
    assert "stand_in" not in held(olga, by=petra)


@pytest.mark.django_db(transaction=True)
def test_both_are_told_save_who_did_it(pilot, olga, ana, otto, ida):
    lent = delegate(ana, olga, pilot.programme)
    give(olga, otto, by=ida, kinds=["stand_in"], note="She moves to Logistics.")
    dispatch_waiting()
    assert sorted(one.to[0] for one in mail.outbox) == sorted([ana.email, olga.email])
    assert {one.subject for one in mail.outbox} == {"Olga Owner no longer signs for Ana Anders"}
    assert "She moves to Logistics." in mail.outbox[0].body

    mail.outbox.clear()
    tell_of_delegation(Event.objects.get(type="gates.delegation_ended").pk)
    assert mail.outbox == []
    end_delegation(delegation=delegate(ana, olga, lent.programme), by=ana)
    dispatch_waiting()
    assert [one.to for one in mail.outbox] == [[olga.email]]


@pytest.mark.django_db(transaction=True)
def test_with_who_leaves_they_end_once(pilot, olga, ana, ida):
    given, had = delegate(olga, ana, pilot.programme), delegate(ana, olga, pilot.programme)
    before = timezone.localdate() - timedelta(days=1)
    over = delegate(ana, olga, pilot.programme, ends_on=before)
    set_active(person=olga, active=False, reason="Gone.", by=ida)
    dispatch_waiting()

    for one in (given, had, over):
        one.refresh_from_db()
    assert (given.ended_by, had.ended_by, over.ended_by) == (ida, ida, None)
    assert [one.to for one in mail.outbox] == [[ana.email], [ana.email]]
    assert "because Olga Owner has left" in mail.outbox[0].body
    left = Event.objects.get(type="pilots.person_deactivated")
    end_delegations_of_person(left.pk)
    assert Event.objects.filter(type="gates.delegation_ended").count() == 2


def test_who_is_back_before_the_task_runs_keeps_them(pilot, olga, ana, ida):
    lent = delegate(ana, olga, pilot.programme)
    set_active(person=olga, active=False, reason="Gone.", by=ida)
    set_active(person=olga, active=True, by=ida)
    end_delegations_of_person(Event.objects.get(type="pilots.person_deactivated").pk)

    lent.refresh_from_db()
    assert lent.ended_at is None


# --- What the page says -----------------------------------------------------------------------
def test_the_page_says_what_ends_and_which_programs_stop(everything, olga, ida, client_of):
    program_of(olga)
    shown = client_of(ida).get(f"/handover/{olga.pk}/").content.decode()

    lent = Delegation.objects.get(receiver=olga)
    assert f'id="thing-stand_in-{lent.pk}">' in shown, "not ticked"
    for words in (
        "nobody takes it over: what you tick ends",
        "Delegations from and to Olga Owner end",
        ": tests.",
    ):
        assert words in shown, words


def test_the_preview_says_that_it_ends(everything, olga, otto, ida, client_of):
    handover = prepare(olga, otto, by=ida, kinds=["stand_in"])
    assert "Nobody: it ends" in client_of(ida).get(f"/handovers/{handover.pk}/").content.decode()


def test_a_pilot_says_what_of_it_nobody_else_renews(gate, pilot, olga, otto, ida):
    gate.assessments.filter(responsible=None).update(stale_on=date(2026, 12, 3))
    gate.assessments.filter(responsible=olga).update(stale_on=date(2026, 11, 3))
    other = make_pilot(pilot.programme, owner=otto, sponsor=olga, title="Claims triage")
    make_gate([criterion("V1", stale_on=date(2026, 12, 1))], pilot=other)

    shown = held(olga, by=ida)
    assert shown["owner"] == ["Invoice reading, where a criterion counts until 3 Dec 2026"]
    assert shown["sponsor"] == ["Claims triage"], "who sponsors it renews nothing"


def test_a_criterion_says_until_when_it_counts(gate, olga, ida):
    gate.assessments.filter(responsible=olga).update(stale_on=date(2026, 12, 3))
    gate.planned_on = date(2027, 1, 15)
    gate.save()

    assert held(olga, by=ida)["criterion"] == ["V1 Criterion V1, counts until 3 Dec 2026"]
    assert prepare(olga, ida, by=olga, kinds=["criterion"]).things.get().due_on == date(2026, 12, 3)
