"""Asking for a waiver, deciding on it, taking it back. A waived criterion never counts as met."""

from datetime import date
from typing import Any

from django.db import transaction

from gates import events
from gates.choices import AskStatus, AssessmentState
from gates.evidence.queries import dates_behind
from gates.evidence.rules import stale_from
from gates.journey.overtaken import put_away_lapsed
from gates.journey.readiness import refresh_gates, refresh_one
from gates.models import Assessment, Gate, Waiver
from gates.waivers import rules
from gates.waivers.queries import (
    decided_words,
    decision_blockers_of,
    standing_blockers_of,
    standing_of,
    subject_blockers_of,
)
from pilots import clock
from pilots.events import Changes, record
from pilots.models import User
from pilots.rules import SENT_AGAIN, RuleViolation


@transaction.atomic
def ask_waiver(*, assessment: Assessment, reason: str, expires_on: date, by: User) -> Waiver:
    """Ask that a criterion may stay unmet until a day. Raises RuleViolation.

    The same question sent again within seconds is the one that is there.
    """
    assessment, gate = _lock(assessment.pk)
    now, today = clock.now(), clock.today()
    same = {"reason": reason, "expires_on": expires_on, "asked_by": by, "asked_at__gt": now - SENT_AGAIN}
    known = assessment.waivers.filter(status=AskStatus.ASKED, **same).first()
    if known is not None:
        return known
    standing = assessment.waivers.standing().first()
    _refuse(
        *subject_blockers_of(assessment, gate, today),
        *standing_blockers_of(standing, today),
        *rules.ask_blockers(reason=reason, expires_on=expires_on, today=today),
    )
    if standing is not None:  # it has lapsed: the criterion stays as it is until this one is decided
        put_away_lapsed([assessment.pk])
    waiver = Waiver.objects.create(
        assessment=assessment, reason=reason, expires_on=expires_on, asked_by=by, asked_at=now
    )
    changes: Changes = {"status": [None, AskStatus.ASKED]}
    _record(events.WAIVER_ASKED, waiver, gate, by, changes, reason=reason)
    return waiver


@transaction.atomic
def approve_waiver(*, waiver: Waiver, note: str = "", by: User) -> Waiver:
    """Let the criterion be waived until the day asked for; the gate is scored anew. Raises RuleViolation.

    Of two people deciding at once one wins; the other is told who it was. Sent again within seconds by
    the same person it changes nothing.
    """
    waiver, assessment, gate = _lock_waiver(waiver)
    if _said_before(waiver, AskStatus.APPROVED, by):
        return waiver
    today = clock.today()
    _refuse(*decision_blockers_of(waiver, assessment, gate, by))
    if assessment.check_name:  # what the check says today, not last night
        refresh_gates(Gate.objects.filter(pk=gate.pk), today=today)
        assessment, gate = _lock(assessment.pk)
    _refuse(
        *subject_blockers_of(assessment, gate, today),
        *rules.expiry_blockers(expires_on=waiver.expires_on, today=today),
    )
    waiver.state_before, waiver.stale_on_before = _before(assessment)
    _decide(waiver, AskStatus.APPROVED, note, by)
    changes = _put(assessment, AssessmentState.WAIVED, waiver.expires_on)
    changes |= {"status": [AskStatus.ASKED, AskStatus.APPROVED]}
    _record(events.WAIVER_APPROVED, waiver, gate, by, changes, reason=waiver.reason, note=note)
    refresh_one(gate, today=today)
    return waiver


@transaction.atomic
def refuse_waiver(*, waiver: Waiver, note: str, by: User) -> Waiver:
    """Say no, and why; the criterion stays as it is. Raises RuleViolation."""
    waiver, assessment, gate = _lock_waiver(waiver)
    if _said_before(waiver, AskStatus.REFUSED, by):
        return waiver
    _refuse(
        *decision_blockers_of(waiver, assessment, gate, by),
        *rules.refusal_blockers(note=note),
    )
    _decide(waiver, AskStatus.REFUSED, note, by)
    changes: Changes = {"status": [AskStatus.ASKED, AskStatus.REFUSED]}
    _record(events.WAIVER_REFUSED, waiver, gate, by, changes, reason=note)
    return waiver


@transaction.atomic
def withdraw_waiver(*, waiver: Waiver, by: User) -> Waiver:
    """The asker takes the question back. Doing it twice changes nothing. Raises RuleViolation."""
    waiver, _, gate = _lock_waiver(waiver)
    is_asker = waiver.asked_by_id == by.pk
    if is_asker and waiver.status == AskStatus.WITHDRAWN:
        return waiver
    _refuse(
        *rules.withdrawal_blockers(status=waiver.status, decided=decided_words(waiver), is_asker=is_asker)
    )
    waiver.status = AskStatus.WITHDRAWN
    waiver.save(update_fields=["status"])
    changes: Changes = {"status": [AskStatus.ASKED, AskStatus.WITHDRAWN]}
    _record(events.WAIVER_WITHDRAWN, waiver, gate, by, changes)
    return waiver


@transaction.atomic
def revoke_waiver(*, waiver: Waiver, reason: str, by: User) -> Waiver:
    """End a waiver in force: the criterion is as it was before, or as its check says. Raises RuleViolation."""
    waiver, assessment, gate = _lock_waiver(waiver)
    today = clock.today()
    if waiver.status == AskStatus.REVOKED and waiver.revoked_by_id == by.pk:
        return waiver
    standing = standing_of(waiver, today=today)
    _refuse(*rules.revocation_blockers(gate_status=gate.status, standing=standing, reason=reason))
    waiver.status, waiver.revocation_reason = AskStatus.REVOKED, reason
    waiver.revoked_by, waiver.revoked_at = by, clock.now()
    waiver.save(update_fields=["status", "revocation_reason", "revoked_by", "revoked_at"])
    changes = _put(assessment, waiver.state_before, _stale_again(waiver, assessment))
    changes |= {"status": [AskStatus.APPROVED, AskStatus.REVOKED]}
    _record(events.WAIVER_REVOKED, waiver, gate, by, changes, reason=reason)
    if assessment.check_name:
        refresh_gates(Gate.objects.filter(pk=gate.pk), today=today)
    else:
        refresh_one(gate, today=today)
    return waiver


def _stale_again(waiver: Waiver, assessment: Assessment) -> date | None:
    """Until when what was met before counts, with the evidence that came while the waiver stood."""
    behind = dates_behind([assessment.pk]).get(assessment.pk)
    if waiver.state_before != AssessmentState.MET or not behind:
        return waiver.stale_on_before
    return stale_from(lapses_on=assessment.lapses_on, valid_until=behind)


def _lock(assessment_id: int) -> tuple[Assessment, Gate]:
    """The gate locked first, then the criterion, both as they are now."""
    gate = (
        Gate.objects.select_for_update(of=("self",))
        .select_related("pilot__owner", "definition")
        .get(assessments=assessment_id)
    )
    return Assessment.objects.select_related("criterion").get(pk=assessment_id), gate


def _lock_waiver(waiver: Waiver) -> tuple[Waiver, Assessment, Gate]:
    assessment, gate = _lock(waiver.assessment_id)
    fresh = Waiver.objects.select_related("asked_by", "decided_by", "revoked_by").get(pk=waiver.pk)
    fresh.assessment = assessment
    return fresh, assessment, gate


def _refuse(*reasons: str) -> None:
    if reasons:
        raise RuleViolation(*reasons)


def _said_before(waiver: Waiver, status: str, by: User) -> bool:
    """The same form sent twice is one form."""
    if waiver.status != status or waiver.decided_by_id != by.pk or waiver.decided_at is None:
        return False
    return waiver.decided_at > clock.now() - SENT_AGAIN


def _before(assessment: Assessment) -> tuple[str, date | None]:
    """What to put the criterion back to. One still waived stands as before the waiver that has lapsed."""
    if assessment.state != AssessmentState.WAIVED:
        return assessment.state, assessment.stale_on
    last = assessment.waivers.exclude(state_before="").order_by("-decided_at", "-pk").first()
    return (last.state_before, last.stale_on_before) if last else (AssessmentState.UNKNOWN, None)


def _decide(waiver: Waiver, status: str, note: str, by: User) -> None:
    waiver.status, waiver.decision_note = status, note
    waiver.decided_by, waiver.decided_at = by, clock.now()
    waiver.save(
        update_fields=[
            "status", "decision_note", "decided_by", "decided_at", "state_before", "stale_on_before",
        ]
    )  # fmt: skip


def _put(assessment: Assessment, state: str, stale_on: date | None) -> Changes:
    """Set the criterion's state. Returns what that changes."""
    changes: Changes = {"state": [assessment.state, state]}
    changes["stale_on"] = [_text(assessment.stale_on), _text(stale_on)]
    assessment.state, assessment.stale_on, assessment.state_since = state, stale_on, clock.now()
    assessment.save(update_fields=["state", "stale_on", "state_since"])
    return {name: change for name, change in changes.items() if change[0] != change[1]}


def _text(day: date | None) -> str | None:
    return str(day) if day else None


def _record(type: str, waiver: Waiver, gate: Gate, by: User, changes: Changes, **data: Any) -> None:
    record(
        type,
        subject=waiver,
        pilot=gate.pilot,
        actor=by,
        changes=changes,
        criterion=str(waiver.assessment.criterion),
        gate=gate.definition.key,
        expires_on=str(waiver.expires_on),
        **data,
    )
