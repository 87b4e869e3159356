"""The life of a waiver: asked, decided by somebody else, lapsed, revoked, overtaken. Never counted as met."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from gates import events
from gates.checklist.actions import assess_criterion
from gates.choices import AskStatus, GateStatus, WaiverEnd
from gates.evidence.actions import add_evidence
from gates.journey.readiness import refresh_gates
from gates.models import Gate, Waiver
from gates.waivers.actions import (
    approve_waiver,
    refuse_waiver,
    revoke_waiver,
    withdraw_waiver,
)
from pilots.models import Event, Pilot
from pilots.rules import RuleViolation
from tests.builders import days_ago
from tests.gates.waivers.waiving import RATED, S, ask, fresh, row, waive

pytestmark = pytest.mark.django_db


# --- Asking ------------------------------------------------------------------------------------
def test_asking_changes_nothing_but_that_it_is_asked(gate, olga):
    waiver = ask(gate, olga)

    assert (waiver.status, waiver.asked_by, waiver.expires_on) == (AskStatus.ASKED, olga, days_ago(-35))
    assert (row(gate).state, fresh(gate).blocker_count) == (S.UNKNOWN, 2)
    told = Event.objects.get(type=events.WAIVER_ASKED)
    assert (told.actor, told.pilot, told.changes) == (olga, gate.pilot, {"status": [None, "asked"]})
    assert told.data["reason"] == "The test comes in May."
    assert told.data["criterion"].startswith("V1 ")


def test_the_same_question_sent_twice_is_one(gate, olga):
    assert ask(gate, olga) == ask(gate, olga)
    assert Waiver.objects.count() == 1


def test_while_one_waits_or_is_in_force_no_other_can_be_asked_for(gate, olga, ana):
    waiver = ask(gate, olga)
    with pytest.raises(RuleViolation, match="has already been asked for"):
        ask(gate, olga, days=20)

    approve_waiver(waiver=waiver, by=ana)
    with pytest.raises(RuleViolation, match="is already waived until"):
        ask(gate, olga, days=20)


def test_the_database_keeps_one_standing_waiver_per_criterion(gate, olga):
    waiver = ask(gate, olga)
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.create(
            assessment=waiver.assessment,
            reason="x",
            asked_by=olga,
            asked_at=timezone.now(),
            expires_on=days_ago(-1),
        )


@pytest.mark.parametrize("days", [0, -1, 366])
def test_a_waiver_ends_tomorrow_at_the_earliest_and_in_a_year_at_the_latest(gate, olga, days):
    with pytest.raises(RuleViolation, match="must expire tomorrow or later|at most 365 days"):
        ask(gate, olga, days=days)
    assert not Waiver.objects.exists()


@pytest.mark.parametrize("days", [1, 365])
def test_the_first_and_the_last_day_are_allowed(gate, olga, days):
    assert ask(gate, olga, days=days).expires_on == days_ago(-days)


@pytest.mark.parametrize(
    ("key", "why"), [("K1", "A kill criterion cannot be waived"), ("O1", "This criterion is met")]
)
def test_a_kill_criterion_and_what_is_met_cannot_be_waived(gate, olga, key, why):
    with pytest.raises(RuleViolation, match=why):
        ask(gate, olga, key)


def test_what_does_not_apply_cannot_be_waived(gate, olga):
    gate.assessments.filter(criterion__key="V1").update(state=S.NOT_APPLICABLE)
    with pytest.raises(RuleViolation, match="does not apply"):
        ask(gate, olga)


def test_what_was_met_but_has_expired_can_be_waived_and_revoking_does_not_make_it_met(gate, olga, ana):
    gate.assessments.filter(criterion__key="V1").update(state=S.MET, stale_on=days_ago(3))
    waiver = waive(gate, olga, ana)
    assert row(gate).state == S.WAIVED

    revoke_waiver(waiver=waiver, reason="No longer.", by=ana)

    assert (row(gate).state, row(gate).stale_on) == (S.MET, days_ago(3))
    assert fresh(gate).must_met == 0


def test_at_a_gate_that_is_not_open_nothing_can_be_asked_approved_or_revoked(gate, olga, ana):
    waiver, other = waive(gate, olga, ana), ask(gate, olga, "R1")
    Gate.objects.filter(pk=gate.pk).update(status=GateStatus.DECIDED, decided_at=timezone.now())

    with pytest.raises(RuleViolation, match="not open"):
        ask(gate, olga, "V1")
    with pytest.raises(RuleViolation, match="not open"):
        approve_waiver(waiver=other, by=ana)
    with pytest.raises(RuleViolation, match="history"):
        revoke_waiver(waiver=waiver, reason="Too late.", by=ana)
    assert refuse_waiver(waiver=other, note="The gate is decided.", by=ana).status == AskStatus.REFUSED


# --- Deciding ----------------------------------------------------------------------------------
def test_approval_lets_the_gate_pass_and_earns_nothing(gate, olga, ana):
    Pilot.objects.filter(pk=gate.pilot_id).update(**RATED)
    score = fresh(gate).score
    waiver = waive(gate, olga, ana)
    refresh_gates(Gate.objects.filter(pk=gate.pk), today=timezone.localdate())

    gate = fresh(gate)
    assert (gate.blocker_count, gate.must_met, gate.must_total) == (0, 1, 2)  # only R1 counts as met
    assert score < gate.score < 100  # R1, not V1
    assert (row(gate).state, row(gate).stale_on) == (S.WAIVED, waiver.expires_on)
    assert (waiver.state_before, waiver.decided_by, waiver.decision_note) == (S.UNKNOWN, ana, "Until then.")
    told = Event.objects.get(type=events.WAIVER_APPROVED)
    assert told.changes == {
        "state": ["unknown", "waived"],
        "stale_on": [None, str(waiver.expires_on)],
        "status": ["asked", "approved"],
    }
    assert (told.actor, told.data["note"]) == (ana, "Until then.")


def test_a_criterion_met_meanwhile_cannot_be_approved(gate, olga, ana):
    waiver = ask(gate, olga)
    assess_criterion(assessment=row(gate), state=S.MET, by=olga)

    for act in (approve_waiver, refuse_waiver):
        with pytest.raises(RuleViolation, match=r"^This waiver has ended by itself\.$"):
            act(waiver=waiver, note="Yes.", by=ana)


def test_a_check_that_has_come_true_since_last_night_is_seen_when_approving(gate, olga, ana):
    waiver = ask(gate, olga, "R1")
    Pilot.objects.filter(pk=gate.pilot_id).update(**RATED)

    with pytest.raises(RuleViolation, match="is met"):
        approve_waiver(waiver=waiver, by=ana)


def test_nobody_decides_on_what_they_asked_for_own_or_have_to_show(gate, olga, ana, sven, erik):
    waiver = ask(gate, ana)
    gate.assessments.update(responsible=sven)

    for person, why in (
        (ana, "Whoever asked for a waiver does not decide on it."),
        (olga, "Owners do not decide on waivers for their own pilots."),
        (sven, "Whoever has to show a criterion does not decide on its waiver."),
    ):
        for act in (approve_waiver, refuse_waiver):
            with pytest.raises(RuleViolation, match=why):
                act(waiver=waiver, note="x", by=person)
    assert approve_waiver(waiver=waiver, by=erik).status == AskStatus.APPROVED


def test_who_comes_second_is_told_who_decided(gate, olga, ana, sven):
    waiver = ask(gate, olga)
    refuse_waiver(waiver=waiver, note="No.", by=ana)

    with pytest.raises(RuleViolation, match="has already been refused by Ana Anders on "):
        approve_waiver(waiver=waiver, by=sven)


def test_the_same_approval_sent_twice_is_one(gate, olga, ana):
    waiver = ask(gate, olga)
    first = approve_waiver(waiver=waiver, by=ana)

    assert approve_waiver(waiver=waiver, by=ana).decided_at == first.decided_at
    assert Event.objects.filter(type=events.WAIVER_APPROVED).count() == 1


def test_a_refusal_needs_words_and_leaves_the_criterion_alone(gate, olga, ana):
    waiver = ask(gate, olga)
    with pytest.raises(RuleViolation, match="Say why the waiver is refused."):
        refuse_waiver(waiver=waiver, note=" ", by=ana)

    refuse_waiver(waiver=waiver, note="Run the test.", by=ana)

    assert (fresh(waiver).status, fresh(waiver).decision_note) == (AskStatus.REFUSED, "Run the test.")
    assert row(gate).state == S.UNKNOWN
    assert ask(gate, olga, days=20).status == AskStatus.ASKED  # and can be asked for in other words


def test_only_the_asker_withdraws_and_only_while_it_waits(gate, olga, ana):
    waiver = ask(gate, olga)
    with pytest.raises(RuleViolation, match="Only the person who asked"):
        withdraw_waiver(waiver=waiver, by=ana)

    withdraw_waiver(waiver=waiver, by=olga)
    withdraw_waiver(waiver=waiver, by=olga)

    assert fresh(waiver).status == AskStatus.WITHDRAWN
    assert Event.objects.filter(type=events.WAIVER_WITHDRAWN).count() == 1
    with pytest.raises(RuleViolation, match="already been approved"):
        withdraw_waiver(waiver=waive(gate, olga, ana), by=olga)


# --- Revoking ----------------------------------------------------------------------------------
def test_revoking_puts_the_criterion_back_and_says_why(gate, olga, ana, sven):
    assess_criterion(assessment=row(gate), state=S.NOT_MET, note="It broke.", by=olga)
    waiver = waive(gate, olga, ana)
    with pytest.raises(RuleViolation, match="Say why the waiver is revoked."):
        revoke_waiver(waiver=waiver, reason="", by=sven)

    revoke_waiver(waiver=waiver, reason="Two complaints.", by=sven)

    assert (row(gate).state, row(gate).stale_on, row(gate).note) == (S.NOT_MET, None, "It broke.")
    assert fresh(gate).blocker_count == 2
    told = Event.objects.get(type=events.WAIVER_REVOKED)
    assert (told.actor, told.data["reason"]) == (sven, "Two complaints.")
    assert told.changes["state"] == ["waived", "not_met"]


def test_revoking_counts_the_evidence_that_came_meanwhile(gate, olga, ana):
    gate.assessments.filter(criterion__key="V1").update(state=S.MET, stale_on=days_ago(3))
    waiver = waive(gate, olga, ana)
    renewed = days_ago(-90)
    add_evidence(assessment=row(gate), kind="note", note="Tried again.", valid_until=renewed, by=olga)

    revoke_waiver(waiver=waiver, reason="No longer needed.", by=ana)

    assert (row(gate).state, row(gate).stale_on) == (S.MET, renewed)
    assert fresh(gate).must_met == 1


def test_revoking_gives_a_checks_criterion_back_to_the_check(gate, olga, ana):
    waiver = waive(gate, olga, ana, "R1")
    revoke_waiver(waiver=waiver, reason="Rate it.", by=ana)

    assert (row(gate, "R1").state, row(gate, "R1").stale_on) == (S.NOT_MET, None)
    assert row(gate, "R1").note  # what the check says
    assert fresh(gate).blocker_count == 2


def test_what_is_not_in_force_cannot_be_revoked(gate, olga, ana, on):
    waiver = ask(gate, olga)
    with pytest.raises(RuleViolation, match="Only a waiver that is in force"):
        revoke_waiver(waiver=waiver, reason="x", by=ana)
    approve_waiver(waiver=waiver, by=ana)
    with on(waiver.expires_on), pytest.raises(RuleViolation, match="Only a waiver that is in force"):
        revoke_waiver(waiver=waiver, reason="x", by=ana)


# --- The checklist beside it --------------------------------------------------------------------
def test_meeting_a_waived_criterion_ends_the_waiver_and_keeps_its_record(gate, olga, ana):
    waiver = waive(gate, olga, ana)
    assess_criterion(assessment=row(gate), state=S.MET, by=olga)

    waiver = fresh(waiver)
    assert (row(gate).state, row(gate).stale_on) == (S.MET, None)
    assert (waiver.status, waiver.ended_because) == (AskStatus.ENDED, WaiverEnd.MET)
    assert (waiver.decided_by, waiver.reason) == (ana, "The test comes in May.")
    with pytest.raises(RuleViolation, match="Only a waiver that is in force"):
        revoke_waiver(waiver=waiver, reason="x", by=ana)


@pytest.mark.parametrize("state", [S.UNKNOWN, S.IN_PROGRESS, S.NOT_MET])
def test_a_waiver_in_force_is_not_lost_by_the_way(gate, olga, ana, state):
    waive(gate, olga, ana)
    with pytest.raises(RuleViolation, match="is waived until"):
        assess_criterion(assessment=row(gate), state=state, note="Hm.", by=olga)
    assert row(gate).state == S.WAIVED


def test_a_waived_criterion_can_be_handed_on_and_noted_upon(gate, olga, ana, sven):
    waiver = waive(gate, olga, ana)
    assess_criterion(assessment=row(gate), state=S.WAIVED, note="Booked.", responsible=sven, by=olga)

    kept = row(gate)
    assert (kept.state, kept.note, kept.responsible) == (S.WAIVED, "Booked.", sven)
    assert (kept.stale_on, fresh(waiver).ended_at) == (waiver.expires_on, None)


def test_nobody_waives_on_the_checklist(gate, olga):
    with pytest.raises(RuleViolation, match="cannot be waived or set aside on the checklist"):
        assess_criterion(assessment=row(gate), state=S.WAIVED, by=olga)


def test_a_waived_criterion_of_a_check_cannot_be_noted_upon(gate, olga, ana):
    waive(gate, olga, ana, "R1")
    with pytest.raises(RuleViolation, match="Pilotage decides this criterion itself"):
        assess_criterion(assessment=row(gate, "R1"), state=S.WAIVED, note="Mine.", by=olga)
