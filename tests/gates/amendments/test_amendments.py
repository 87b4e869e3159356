"""Amending an open gate: what it does to the frozen terms, to readiness, to the record."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gates import events
from gates.amendments.actions import (
    approve_amendment,
    ask_amendment,
    refuse_amendment,
    withdraw_amendment,
)
from gates.amendments.queries import amended_at, amendments_of, moved_of, terms_of
from gates.checklist.actions import assess_criterion
from gates.choices import AmendedField, AskStatus, AssessmentState, CriterionKind, Direction, Outcome
from gates.decisions.actions import decide
from gates.models import Amendment, Gate
from gates.reminders.actions import send_waiting
from gates.reminders.tasks import notify
from pilots.models import Event, Pilot
from pilots.rules import SENT_AGAIN, RuleViolation
from tests.builders import criterion, make_gate

pytestmark = pytest.mark.django_db
F, S = AmendedField, AssessmentState
DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def today(on):
    with on(DAY):
        yield DAY


@pytest.fixture
def gate(pilot) -> Gate:
    """V1 (weight 3) is met, T1 (weight 2) open, both must-meets: 60 % of the 60 % needed."""
    gate = make_gate(
        [
            criterion("V1", weight=3, state=S.MET, validity_days=30, stale_on=DAY + timedelta(10)),
            criterion("T1", weight=2),
        ],
        pilot=pilot,
        today=DAY,
    )
    gate.assessments.filter(criterion__key="V1").update(lapses_on=DAY + timedelta(10))
    gate.pilot = pilot
    return gate


def row(gate: Gate, key: str):
    return gate.assessments.select_related("criterion").get(criterion__key=key)


def ask(gate, field, after, by, key=None, reason="The pilot is small."):
    assessment = row(gate, key) if key else None
    return ask_amendment(gate=gate, assessment=assessment, field=field, after=after, reason=reason, by=by)


def amend(gate, field, after, key=None, *, by, approver):
    return approve_amendment(amendment=ask(gate, field, after, by, key), by=approver)


# --- Asking ------------------------------------------------------------------------------------
def test_asking_changes_nothing_of_the_gate(gate, olga):
    before = Gate.objects.values().get(pk=gate.pk)

    amendment = ask(gate, F.SCORE_THRESHOLD, 55, olga)

    assert Gate.objects.values().get(pk=gate.pk) == before
    assert (amendment.before, amendment.after, amendment.direction) == (60, 55, Direction.LOOSER)
    assert (amendment.status, amendment.decided_by) == (AskStatus.ASKED, None)
    event = Event.objects.get(type=events.AMENDMENT_ASKED)
    assert event.data["what"] == "Score needed: 60% → 55%"
    assert event.changes == {"status": [None, "asked"]}
    assert (event.actor, event.pilot) == (olga, gate.pilot)


def test_one_change_of_a_term_waits_at_a_time(gate, olga, petra):
    ask(gate, F.SCORE_THRESHOLD, 55, olga)
    ask(gate, F.WEIGHT, 1, olga, "V1")
    ask(gate, F.WEIGHT, 1, olga, "T1")

    with pytest.raises(RuleViolation, match="A change of this term is already asked for."):
        ask(gate, F.SCORE_THRESHOLD, 50, petra)
    with pytest.raises(RuleViolation, match="A change of this term is already asked for."):
        ask(gate, F.WEIGHT, 2, petra, "V1")
    assert Amendment.objects.count() == 3


@pytest.mark.parametrize("key", [None, "V1"])
def test_the_database_too_holds_one_open_amendment_per_term(gate, olga, key):
    field = F.WEIGHT if key else F.SCORE_THRESHOLD
    amendment = ask(gate, field, 1, olga, key)
    amendment.pk = None
    amendment._state.adding = True

    with pytest.raises(IntegrityError), transaction.atomic():
        amendment.save()


def test_the_same_request_sent_twice_is_one(gate, olga, on):
    first = ask(gate, F.WEIGHT, 1, olga, "T1")
    assert ask(gate, F.WEIGHT, 1, olga, "T1") == first

    first.asked_at -= SENT_AGAIN + timedelta(seconds=1)
    first.save()
    with pytest.raises(RuleViolation):
        ask(gate, F.WEIGHT, 1, olga, "T1")


# --- Approving ---------------------------------------------------------------------------------
def test_approval_moves_a_threshold_and_readiness_follows(gate, olga, ana):
    assess_criterion(assessment=row(gate, "T1"), state=S.MET, by=olga)
    gate.refresh_from_db()
    assert gate.passes

    amend(gate, F.KIND, CriterionKind.KILL, "T1", by=olga, approver=ana)

    gate.refresh_from_db()
    assert not gate.passes  # a kill criterion that is met fires
    assert Event.objects.filter(type=events.GATE_LOST_READINESS).count() == 1


def test_a_lower_threshold_makes_a_gate_ready(gate, olga, ana):
    amend(gate, F.KIND, CriterionKind.SHOULD_MEET, "T1", by=olga, approver=ana)
    amend(gate, F.SCORE_THRESHOLD, 80, by=olga, approver=ana)
    gate.refresh_from_db()
    assert (gate.score, gate.passes, gate.blocker_count) == (60, False, 0)

    amend(gate, F.SCORE_THRESHOLD, 60, by=olga, approver=ana)

    gate.refresh_from_db()
    assert (gate.score_threshold, gate.passes) == (60, True)
    assert (
        terms_of(Gate.objects.annotate(amended=amended_at()).get(pk=gate.pk)).moved.words
        == "Thresholds moved: 3, 2 looser, 1 tighter"
    )


def test_the_record_says_what_was_and_what_is(gate, olga, ana):
    amendment = amend(gate, F.WEIGHT, 1, "T1", by=olga, approver=ana)

    event = Event.objects.get(type=events.AMENDMENT_APPROVED)
    assert event.changes == {"status": ["asked", "approved"], "weight": [2, 1]}
    assert (event.actor, event.data["direction"]) == (ana, "looser")
    assert (amendment.decided_by, amendment.asked_by) == (ana, olga)
    gate.refresh_from_db()
    assert gate.score == 75


def test_what_is_set_aside_no_longer_counts_and_keeps_what_was_said(gate, olga, ana):
    assess_criterion(assessment=row(gate, "T1"), state=S.NOT_MET, note="No live load.", by=olga)

    amend(gate, F.APPLIES, False, "T1", by=olga, approver=ana)

    assessment = row(gate, "T1")
    assert (assessment.state, assessment.note) == (S.NOT_APPLICABLE, "No live load.")
    event = Event.objects.get(type=events.AMENDMENT_APPROVED)
    assert event.changes["applies"] == [True, False]
    assert event.changes["state"] == ["not_met", "not_applicable"]
    gate.refresh_from_db()
    assert (gate.score, gate.passes) == (100, True)

    amend(gate, F.APPLIES, True, "T1", by=olga, approver=ana)
    assert row(gate, "T1").state == S.UNKNOWN
    gate.refresh_from_db()
    assert gate.blocker_count == 1


def test_a_criterion_brought_back_that_a_check_decides_stands_as_the_check_finds_it(pilot, olga, ana):
    gate = make_gate([criterion("O1", check_name="sponsor_named", state=S.NOT_APPLICABLE)], pilot=pilot)

    amend(gate, F.APPLIES, True, "O1", by=olga, approver=ana)

    assert row(gate, "O1").state == S.MET


@pytest.mark.parametrize(("days", "stale_on"), [(60, DAY + timedelta(40)), (None, None), (20, DAY)])
def test_another_validity_counts_from_when_it_was_met(gate, olga, ana, days, stale_on):
    amend(gate, F.VALIDITY, days, "V1", by=olga, approver=ana)

    assert (row(gate, "V1").validity_days, row(gate, "V1").stale_on) == (days, stale_on)


def test_a_criterion_met_later_has_the_amended_validity(gate, olga, ana):
    amend(gate, F.VALIDITY, 7, "T1", by=olga, approver=ana)

    assess_criterion(assessment=row(gate, "T1"), state=S.MET, by=olga)

    assert row(gate, "T1").stale_on == DAY + timedelta(7)


def test_nobody_approves_what_they_asked_for_nor_at_their_own_gate(gate, olga, petra, ana):
    by_ana = ask(gate, F.WEIGHT, 1, ana, "T1")
    with pytest.raises(RuleViolation, match="Who asked for an amendment does not answer it."):
        approve_amendment(amendment=by_ana, by=ana)
    with pytest.raises(RuleViolation, match="Owners do not amend their own gates."):
        approve_amendment(amendment=by_ana, by=olga)

    assert row(gate, "T1").weight == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Amendment.objects.update(status=AskStatus.APPROVED, decided_by=ana, decided_at=timezone.now())


def test_an_approval_that_comes_after_the_value_has_moved_is_refused(gate, olga, ana):
    amendment = ask(gate, F.SCORE_THRESHOLD, 55, olga)
    Gate.objects.filter(pk=gate.pk).update(score_threshold=70)

    with pytest.raises(RuleViolation, match="The value has moved since this was asked for."):
        approve_amendment(amendment=amendment, by=ana)
    assert Gate.objects.get().score_threshold == 70


def test_a_decided_gate_takes_no_amendment(gate, olga, ana):
    amendment = ask(gate, F.SCORE_THRESHOLD, 55, olga)
    stop = {"outcome": Outcome.STOP, "reason_code": "data", "lesson": "Ask first."}
    decide(gate=gate, reason="No data.", by=ana, **stop)

    with pytest.raises(RuleViolation, match="This gate is not open"):
        approve_amendment(amendment=amendment, by=ana)
    with pytest.raises(RuleViolation, match="This gate is not open"):
        ask(gate, F.WEIGHT, 1, olga, "T1")
    assert refuse_amendment(amendment=amendment, note="Too late.", by=ana).status == AskStatus.REFUSED


# --- Refusing, withdrawing ---------------------------------------------------------------------
def test_a_refusal_and_a_withdrawal_leave_the_gate_and_stay_on_record(gate, olga, ana):
    refused, withdrawn = ask(gate, F.SCORE_THRESHOLD, 55, olga), ask(gate, F.WEIGHT, 1, olga, "T1")

    refuse_amendment(amendment=refused, note="The case rests on it.", by=ana)
    withdraw_amendment(amendment=withdrawn, by=olga)

    assert (row(gate, "T1").weight, Gate.objects.get().score_threshold) == (2, 60)
    assert [a.status for a in amendments_of(gate)] == [AskStatus.WITHDRAWN, AskStatus.REFUSED]
    assert moved_of(amendments_of(gate)).count == 0
    with pytest.raises(RuleViolation, match="settled already"):
        approve_amendment(amendment=refused, by=ana)
    assert ask(gate, F.SCORE_THRESHOLD, 50, olga).status == AskStatus.ASKED


def test_only_who_asked_withdraws(gate, olga, petra):
    with pytest.raises(RuleViolation, match="Only who asked for it can withdraw it."):
        withdraw_amendment(amendment=ask(gate, F.WEIGHT, 1, olga, "T1"), by=petra)


# --- Who hears, what the pages show ------------------------------------------------------------
def mail_about(type_: str) -> list[tuple[str, str]]:
    """To whom what was sent about the one event of this type."""
    notify(Event.objects.get(type=type_).pk)
    send_waiting(today=DAY)
    sent = [(message.to[0], message.body) for message in mail.outbox]
    mail.outbox.clear()
    return sent


def test_gatekeepers_hear_when_it_is_asked_and_the_owner_when_it_is_answered(gate, olga, ana):
    amendment = ask(gate, F.WEIGHT, 1, olga, "T1")
    asked = mail_about(events.AMENDMENT_ASKED)
    approve_amendment(amendment=amendment, note="Agreed.", by=ana)
    answered = mail_about(events.AMENDMENT_APPROVED)
    assert {to for to, _ in asked} == {"ana@example.com", "sven@example.com"}
    assert all("Weight of T1 Criterion T1: 2 → 1" in body for _, body in asked + answered)
    assert [to for to, _ in answered] == ["olga@example.com"]  # once: she owns it and asked


@pytest.mark.parametrize(
    ("answer", "said"),
    [(approve_amendment, events.AMENDMENT_APPROVED), (refuse_amendment, events.AMENDMENT_REFUSED)],
)
def test_who_asked_hears_the_answer_beside_the_owner(gate, olga, petra, ana, answer, said):
    answer(amendment=ask(gate, F.WEIGHT, 1, petra, "T1"), note="Because.", by=ana)

    why = {to.split("@")[0]: body.strip().splitlines()[-1] for to, body in mail_about(said)}

    assert why == {
        "petra": "You get this mail because you asked for this amendment.",
        "olga": "You get this mail because you own this pilot.",
    }


def test_nobody_hears_of_the_own_answer_and_who_asked_is_not_asked_to_answer(gate, petra, sven):
    """Without an owner the programme manager hears, here the one who answers; Sven keeps the gate too."""
    Pilot.objects.filter(pk=gate.pilot_id).update(owner=None)
    amendment = ask(gate, F.WEIGHT, 1, sven, "T1")
    assert [to for to, _ in mail_about(events.AMENDMENT_ASKED)] == ["petra@example.com"]

    approve_amendment(amendment=amendment, by=petra)

    assert [to for to, _ in mail_about(events.AMENDMENT_APPROVED)] == ["sven@example.com"]


def test_the_gate_page_says_what_moved_and_leads_there(gate, olga, ana, client_of):
    page = f"/pilots/{gate.pilot.key}/gates/G1/"
    assert "Nothing has moved since." in client_of(olga).get(page).content.decode()

    amend(gate, F.WEIGHT, 1, "T1", by=olga, approver=ana)
    amend(gate, F.SCORE_THRESHOLD, 55, by=olga, approver=ana)
    ask(gate, F.FLOOR_THRESHOLD, 10, olga)

    shown = client_of(olga).get(page).content.decode()
    assert "Thresholds moved: 2, both looser" in shown
    assert "1 amendment waits for an answer." in shown
    listed = client_of(olga).get(f"{page}amendments/").content.decode()
    assert "60% → <b>55%</b>" in listed
    assert "Ana Anders" in listed


def test_who_may_not_approve_reads_why_and_sees_no_button(gate, petra, ana, client_of):
    amendment = ask(gate, F.WEIGHT, 1, ana, "T1")
    page = client_of(ana).get(f"/pilots/{gate.pilot.key}/gates/G1/amendments/").content.decode()

    assert "Who asked for an amendment does not answer it." in page
    assert f"amendments/{amendment.pk}/approve/" not in page


def test_the_list_takes_as_many_queries_however_many_there_are(gate, olga, ana, client_of):
    client, page, counts = client_of(olga), f"/pilots/{gate.pilot.key}/gates/G1/amendments/", set()
    for weight in (1, 2, 1, 2, 1):
        amend(gate, F.WEIGHT, weight, "T1", by=olga, approver=ana)
        with CaptureQueriesContext(connection) as asked:
            client.get(page)
        counts.add(len(asked))

    assert len(counts) == 1 and counts.pop() < 10
