"""One of each thing that can happen at a gate is in the demo, so that whoever looks for it finds it."""

from collections import defaultdict
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from gates.amendments.queries import amendments_of, moved_of
from gates.choices import (
    AskStatus,
    Direction,
    FeedbackLevel,
    GateStatus,
    MeetingState,
    Outcome,
    ReviewStep,
    SeatState,
    VersionStatus,
    WaitingOn,
)
from gates.decisions.footing import DEEP
from gates.meetings.actions.calling import start_meeting
from gates.models import (
    Amendment,
    Condition,
    Decision,
    DecisionPack,
    Delegation,
    EvidenceRevision,
    Feedback,
    Gate,
    Gatekeeper,
    GateReview,
    PlaybookVersion,
    ReviewTurn,
    SignOff,
    Waiver,
)
from gates.playbooks.differences import sentences
from gates.playbooks.queries import meaning_of
from gates.signoffs.queries import quorum_of, stale_seats
from gates.waivers.queries import standing_of
from gates.waivers.rules import LAPSED, VALID
from metrics.models import Outlook
from metrics.value.queries import money_of
from pilots.choices import PilotState, Role
from pilots.models import Pilot, Programme, User
from pilots.sealing import seal_waiting
from pilots.verifying import verify

pytestmark = pytest.mark.either(together="demo")  # which takes long to make


def in_review():
    return Gate.objects.filter(status=GateStatus.SUBMITTED).select_related(
        "pilot__owner", "pilot__sponsor", DEEP
    )


# --- Who signs -------------------------------------------------------------------------------------
def test_every_gatekeeper_role_of_every_programme_has_somebody_who_can_sign(demo):
    for programme in Programme.objects.all():
        held = Gatekeeper.objects.filter(programme=programme, person__is_active=True)
        roles = set(held.values_list("role", flat=True))
        assert roles == {"Process owner", "IT operations", "Risk", "Security", "Finance"}


def test_what_went_on_was_signed_by_several_people(demo):
    went_on = Decision.objects.filter(outcome__in=(Outcome.GO, Outcome.CONDITIONAL_GO))
    signers = defaultdict(set)
    for gate, person in SignOff.objects.values_list("gate", "person"):
        signers[gate].add(person)

    assert went_on
    assert all(decision.quorum_reached for decision in went_on)
    several = [decision for decision in went_on if len(signers[decision.gate_id]) > 1]
    assert len(several) > len(went_on) / 2
    assert any(len(signers[decision.gate_id]) >= 4 for decision in went_on)


def test_somebody_stands_in_today_and_has_signed_for_another(demo):
    running = Delegation.objects.running(demo).get()
    assert SignOff.objects.filter(person=running.receiver, on_behalf_of=running.giver).exists()


def test_somebody_left_who_holds_a_role_and_signed_before(demo):
    left = User.objects.get(is_active=False)
    assert left.gatekeeper_roles.exists()
    assert left.sign_offs.exists()


def test_a_sign_off_is_stale_and_says_what_is_different(demo):
    stale = [seat for gate in in_review() for seat in stale_seats(quorum_of(gate, today=demo))]

    assert [seat.state for seat in stale] == [SeatState.STALE]
    assert any("was added or replaced" in sentence for sentence in stale[0].difference)


def test_the_gatekeeper_who_signs_in_has_a_seat_to_sign(demo):
    ruth = User.objects.get(memberships__role=Role.GATEKEEPER, memberships__programme=None)
    waiting = [
        role.label
        for gate in in_review()
        for role in quorum_of(gate, today=demo).roles
        for seat in role.seats
        if seat.state == SeatState.WAITING and ruth in seat.delegates
    ]
    assert waiting == ["IT operations"]


# --- Exceptions ------------------------------------------------------------------------------------
def test_one_waiver_runs_one_waits_and_one_has_lapsed_and_blocks_again(demo):
    found = {standing_of(waiver, today=demo): waiver for waiver in Waiver.objects.all()}

    assert set(found) == {VALID, AskStatus.ASKED, LAPSED}
    assert blocks(found[LAPSED], demo)
    assert not blocks(found[VALID], demo)


def blocks(waiver: Waiver, today) -> bool:
    stale_on = waiver.assessment.stale_on
    return waiver.assessment.gate.is_current and stale_on is not None and stale_on <= today


def test_one_amendment_loosened_a_gate_one_tightened_it_and_one_waits(demo):
    approved = Amendment.objects.in_effect()
    assert set(approved.values_list("direction", flat=True)) == {Direction.LOOSER, Direction.TIGHTER}
    gate = Gate.objects.distinct().get(amendments__in=approved)
    words = "Thresholds moved: 2, 1 looser, 1 tighter"

    assert moved_of(amendments_of(gate)).words == words
    assert gate.packs.latest("number").content["terms"]["words"] == words
    assert Amendment.objects.asked().count() == 1


# --- What reviewers said ---------------------------------------------------------------------------
def test_gatekeepers_saw_minor_and_major_issues_and_were_answered(demo):
    given = Feedback.objects.filter(answers=None)
    assert set(given.values_list("level", flat=True)) == set(FeedbackLevel.values)
    assert given.filter(level=FeedbackLevel.MAJOR, replies__isnull=False).exists()
    assert given.filter(gate__status=GateStatus.SUBMITTED, level=FeedbackLevel.MINOR).exists()


def test_a_gate_was_sent_back_with_its_reason_and_is_being_worked_on(demo):
    turn = ReviewTurn.objects.get(step=ReviewStep.SENT_BACK)
    assert turn.said
    assert turn.gate.status == GateStatus.OPEN


# --- Decisions -------------------------------------------------------------------------------------
def test_a_condition_is_due_soon_and_one_that_lapsed_put_its_pilot_on_hold(demo):
    due = Condition.objects.open().get(due_on__gt=demo)
    lapsed = Condition.objects.lapsed(demo).get()
    down = Decision.objects.get(steps_down=lapsed.decision)

    assert due.due_on <= demo + timedelta(days=7)
    assert lapsed.decision.gate.pilot.state == PilotState.ON_HOLD
    assert timezone.localdate(down.decided_at) == lapsed.due_on + timedelta(days=1)
    assert down.gate.waiting_on == WaitingOn.CONDITION


def test_one_go_was_an_override_with_its_reason(demo):
    override = Decision.objects.get(passed=False, outcome=Outcome.GO)
    assert override.is_override
    assert override.seen["blockers"]


def test_one_decision_was_corrected_and_both_can_be_read(demo):
    corrected = Decision.objects.exclude(correction_reason="").get()
    assert corrected.freed_amount < corrected.supersedes.freed_amount
    assert corrected.corrected_by != corrected.gate.pilot.owner


def test_a_hold_by_people_has_its_review_date_ahead_and_a_recycle_its_phase(demo):
    hold = Decision.objects.get(outcome=Outcome.HOLD, steps_down=None)
    assert hold.review_on > demo
    assert hold.gate.pilot.state == PilotState.ON_HOLD
    assert Decision.objects.get(outcome=Outcome.RECYCLE).recycle_to


def test_most_pilots_say_what_going_on_costs_and_brings_and_what_is_spent(demo):
    started = Pilot.objects.exclude(state=PilotState.INTAKE)
    said = Outlook.objects.filter(pilot__in=started, spent__isnull=False)
    assert started.count() / 2 < said.count() < started.count()
    gains = [money_of(outlook.pilot, today=demo).is_gain for outlook in said]
    assert {True, False} == set(gains)


# --- Meetings --------------------------------------------------------------------------------------
def test_a_meeting_was_held_with_votes_remarks_decisions_and_something_parked(demo):
    held = GateReview.objects.get(state=MeetingState.HELD)
    items = held.items.filter(gate__isnull=False)

    assert {item.decision.outcome for item in items if item.decision} == {
        Outcome.GO, Outcome.HOLD, Outcome.RECYCLE,
    }  # fmt: skip
    assert items.filter(parked_at__isnull=False).count() == 1
    assert all(item.remark for item in items)
    assert held.attendees.filter(was_present=True).count() > 3
    votes = [vote for item in items for vote in item.votes.select_related("item__decision")]
    assert any(vote.item.decision and vote.item.decision.outcome != vote.outcome for vote in votes)
    assert held.closed_at - held.started_at < timedelta(hours=2)
    assert held.items.exclude(topic="").count() == 1
    assert held.additions.count() == 1
    assert held.minutes_sent_at > held.closed_at


def test_a_meeting_of_a_working_day_to_come_has_an_agenda_and_can_begin(demo):
    planned = GateReview.objects.get(state=MeetingState.PLANNED)
    starts_on = timezone.localdate(planned.starts_at)

    assert demo < starts_on <= demo + timedelta(days=7)
    assert starts_on.weekday() < 5
    assert planned.invited_at
    assert planned.items.exclude(topic="").count() == 1
    waits = Gate.objects.get(status=GateStatus.SUBMITTED, agenda_items__review=planned)
    assert waits.waiting_on == WaitingOn.MEETING
    manager = User.objects.get(memberships__role=Role.PROGRAMME_MANAGER, memberships__programme=None)
    assert start_meeting(review=planned, by=manager).current.position == 1


# --- Packs, evidence, playbooks --------------------------------------------------------------------
def test_packs_can_be_compared_with_the_one_before(demo):
    newest = DecisionPack.objects.get(number=2)
    assert newest.gate.status == GateStatus.SUBMITTED
    changed = newest.content["changed"]
    assert changed["before"] == "pack v1"
    assert any("Benefit calculation" in sentence for sentence in changed["sentences"])


@pytest.mark.parametrize("status", [GateStatus.SUBMITTED, GateStatus.DECIDED, GateStatus.OPEN])
def test_there_are_packs_of_gates_in_review_decided_and_sent_back(demo, status):
    assert DecisionPack.objects.filter(gate__status=status).exists()


def test_evidence_was_revised_expires_soon_and_has_expired(demo):
    in_force = EvidenceRevision.objects.filter(evidence__current=F("pk"), evidence__removed_at=None)
    soon = in_force.get(valid_until__gt=demo)
    expired = in_force.get(valid_until__lte=demo)

    assert soon.valid_until <= demo + timedelta(days=30)
    assert expired.evidence.assessments.get().gate.is_current
    assert {row.kind for row in in_force.filter(number__gt=1)} == {"note", "link", "file"}


def test_a_piece_of_evidence_serves_two_criteria_of_one_gate(demo):
    serving = defaultdict(set)
    for row in EvidenceRevision.objects.values_list("evidence", "evidence__assessments"):
        serving[row[0]].add(row[1])
    assert max(len(found) for found in serving.values()) == 2


def test_a_draft_says_in_a_few_sentences_what_it_changes(demo):
    draft = PlaybookVersion.objects.get(status=VersionStatus.DRAFT)
    published = draft.playbook.versions.get(status=VersionStatus.PUBLISHED)

    assert draft.playbook.key == "standard"
    assert 5 <= len(sentences(meaning_of(published), meaning_of(draft))) <= 12


def test_pilots_can_be_moved_to_a_newer_version(demo):
    newer = PlaybookVersion.objects.get(status=VersionStatus.PUBLISHED, number__gt=1)
    behind = Gate.objects.current().filter(
        definition__phase__version__playbook=newer.playbook,
        definition__phase__version__number__lt=newer.number,
    )
    assert behind.count() == 2


# --- Trust -----------------------------------------------------------------------------------------
def test_the_audit_trail_verifies(demo):
    seal_waiting(after=0)
    found = verify()
    assert found.events > 1_000
    assert found.problems == []
