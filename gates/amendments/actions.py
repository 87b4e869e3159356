"""Amending what was frozen when a phase was entered. Nothing moves before somebody else has approved it."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from gates import events
from gates.amendments.queries import frozen_value, words_of
from gates.amendments.rules import (
    Value,
    amendment_blockers,
    approval_blockers,
    direction_of_change,
    refusal_blockers,
    value_problem,
    way_of,
    withdrawal_blockers,
)
from gates.checks import evaluate
from gates.choices import KPI_TERMS, AmendedField, AskStatus, AssessmentState, Direction
from gates.evidence.queries import dates_behind
from gates.evidence.rules import stale_from
from gates.journey.proof import ask_proof
from gates.journey.readiness import refresh_gates, refresh_one, verdict_of
from gates.models import Amendment, Assessment, Gate
from metrics.kpis.actions import amend_kpi, lock_kpi
from metrics.kpis.queries import amending_blockers, which_way
from metrics.kpis.rules import read, whole_term
from metrics.models import Kpi
from pilots import clock
from pilots.events import changed_fields, record
from pilots.models import Pilot, User
from pilots.rules import SENT_AGAIN, RuleViolation


@transaction.atomic
def ask_amendment(
    *,
    gate: Gate,
    assessment: Assessment | None = None,
    kpi: Kpi | None = None,
    field: str,
    after: Value,
    reason: str,
    by: User,
) -> Amendment:
    """Ask that this gate be judged on another term: a threshold, or one of a criterion's or of a KPI's.

    Of a KPI, `after` are the fields that change, as metrics.kpis.rules reads them. The same request sent
    again within seconds is the one that is there. Raises RuleViolation.
    """
    gate, assessment, kpi = _lock(gate, assessment, kpi)
    before = frozen_value(gate, assessment, field, kpi)
    if kpi is not None:
        after = whole_term(KPI_TERMS[field], before, after)
    waiting = Amendment.objects.filter(gate=gate, assessment=assessment, kpi=kpi, field=field).asked().first()
    if waiting is not None and _is_sent_again(waiting, after, reason, by):
        return waiting
    blockers = amendment_blockers(
        gate_status=gate.status,
        field=field,
        before=before,
        after=after,
        reason=reason,
        applies=assessment is None or assessment.state != AssessmentState.NOT_APPLICABLE,
        asked_already=waiting is not None,
        hindrances=_hindrances(kpi, field, after),
    )
    if blockers:
        raise RuleViolation(*blockers)
    amendment = Amendment.objects.create(
        gate=gate,
        assessment=assessment,
        kpi=kpi,
        field=field,
        before=before,
        after=after,
        direction=_direction(kpi, field, before, after),
        reason=reason,
        asked_by=by,
        asked_at=clock.now(),
    )
    _record(events.AMENDMENT_ASKED, amendment, by, reason=reason)
    return amendment


def _hindrances(kpi: Kpi | None, field: str, after: Value) -> list[str]:
    if kpi is None or value_problem(field, after):
        return []
    term = KPI_TERMS[field]
    return amending_blockers(kpi, term, read(term, after), today=clock.today())


def _direction(kpi: Kpi | None, field: str, before: Value, after: Value) -> Direction:
    if kpi is None:
        return direction_of_change(field, before, after)
    term = KPI_TERMS[field]
    easier, harder = which_way(kpi, term, read(term, after))
    return way_of(easier=easier, harder=harder)


def _is_sent_again(waiting: Amendment, after: Value, reason: str, by: User) -> bool:
    said = (waiting.after, waiting.reason, waiting.asked_by_id)
    return said == (after, reason, by.pk) and waiting.asked_at > clock.now() - SENT_AGAIN


@transaction.atomic
def approve_amendment(*, amendment: Amendment, note: str = "", by: User) -> Amendment:
    """Let an amendment take effect: the frozen term has its new value, and readiness follows.

    Raises RuleViolation, also when the term has moved since this was asked for.
    """
    amendment = _locked(amendment)
    gate, assessment = amendment.gate, amendment.assessment
    now_is = frozen_value(gate, assessment, amendment.field, amendment.kpi)
    blockers = approval_blockers(
        status=amendment.status,
        gate_status=gate.status,
        asked_it=amendment.asked_by_id == by.pk,
        owns_pilot=gate.pilot.owner_id == by.pk,
        moved=now_is != amendment.before,
    )
    if blockers:
        raise RuleViolation(*blockers)
    _settle(amendment, AskStatus.APPROVED, note, by)
    changes = {amendment.field: [amendment.before, amendment.after]}
    if amendment.kpi is not None:
        _move_kpi(amendment.kpi, amendment, by)
    elif assessment is None:
        _move_threshold(gate, amendment)
    else:
        stood = {name: getattr(assessment, name) for name in FOLLOWING}
        move_term(assessment, gate.pilot, amendment.field, amendment.after)
        changes |= {name: pair[::-1] for name, pair in changed_fields(assessment, stood).items()}
    _record(events.AMENDMENT_APPROVED, amendment, by, changes=changes, reason=amendment.reason, note=note)
    refresh_one(gate, today=clock.today())
    if amendment.field == AmendedField.APPLIES and ask_proof([gate]):
        refresh_gates(Gate.objects.filter(pk=gate.pk), today=clock.today())
    return amendment


def _move_kpi(kpi: Kpi, amendment: Amendment, by: User) -> None:
    term, reason = KPI_TERMS[amendment.field], amendment.reason
    amend_kpi(kpi=kpi, term=term, facts=read(term, amendment.after), by=by, reason=reason)


def _move_threshold(gate: Gate, amendment: Amendment) -> None:
    setattr(gate, amendment.field, amendment.after)
    gate.save(update_fields=[amendment.field])


FOLLOWING = ["state", "note", "stale_on"]  # of a criterion, when another term moves
MOVABLE = ["kind", "weight", "validity_days", *FOLLOWING, "state_since", "lapses_on"]


def move_term(assessment: Assessment, pilot: Pilot, field: str, value: Value) -> None:
    """Give a criterion of a locked gate another term, with what follows from it for its state. Saved."""
    if field == AmendedField.APPLIES:
        _set_aside(assessment) if not value else _bring_back(assessment, pilot)
    elif field == AmendedField.VALIDITY:
        _revalidate(assessment, value)
    else:
        setattr(assessment, field, value)
    assessment.save(update_fields=MOVABLE)


def _set_aside(assessment: Assessment) -> None:
    """What was said of it stays; it only no longer counts."""
    assessment.state = AssessmentState.NOT_APPLICABLE
    assessment.lapses_on = assessment.stale_on = None
    assessment.state_since = clock.now()


def _bring_back(assessment: Assessment, pilot: Pilot) -> None:
    """To be shown anew, or as the check that decides it finds it today."""
    assessment.state, assessment.state_since = AssessmentState.UNKNOWN, clock.now()
    name = assessment.check_name
    if name:
        failures = evaluate([name], Pilot.objects.filter(pk=pilot.pk), today=clock.today())
        assessment.state, assessment.note = verdict_of(failures[name].get(pilot.pk))


def _revalidate(assessment: Assessment, days: Any) -> None:
    """What is met lapses so many days after it was met, counted as before; its evidence may end earlier."""
    before, ended = assessment.validity_days, assessment.lapses_on
    assessment.validity_days = None if days is None else int(days)
    if assessment.state != AssessmentState.MET:
        return
    since = assessment.state_since
    met_on = timezone.localdate(since) if since else clock.today()
    if ended is not None and before is not None:
        met_on = ended - timedelta(days=before)
    assessment.lapses_on = None if days is None else met_on + timedelta(days=int(days))
    behind = dates_behind([assessment.pk]).get(assessment.pk, ())
    assessment.stale_on = stale_from(lapses_on=assessment.lapses_on, valid_until=behind)


@transaction.atomic
def refuse_amendment(*, amendment: Amendment, note: str, by: User) -> Amendment:
    """Answer no, with the reason; the term stays as it was. Raises RuleViolation."""
    amendment = _locked(amendment)
    blockers = refusal_blockers(
        status=amendment.status,
        asked_it=amendment.asked_by_id == by.pk,
        owns_pilot=amendment.gate.pilot.owner_id == by.pk,
        note=note,
    )
    if blockers:
        raise RuleViolation(*blockers)
    _settle(amendment, AskStatus.REFUSED, note, by)
    _record(events.AMENDMENT_REFUSED, amendment, by, note=note)
    return amendment


@transaction.atomic
def withdraw_amendment(*, amendment: Amendment, by: User) -> Amendment:
    """Take back what one has asked for. Raises RuleViolation."""
    amendment = _locked(amendment)
    blockers = withdrawal_blockers(status=amendment.status, asked_it=amendment.asked_by_id == by.pk)
    if blockers:
        raise RuleViolation(*blockers)
    _settle(amendment, AskStatus.WITHDRAWN, "", by)
    _record(events.AMENDMENT_WITHDRAWN, amendment, by)
    return amendment


def _lock(
    gate: Gate, assessment: Assessment | None, kpi: Kpi | None
) -> tuple[Gate, Assessment | None, Kpi | None]:
    """The gate locked first, then the KPI; they and the criterion as they are now."""
    gate = Gate.objects.select_for_update(of=("self",)).select_related("pilot", "definition").get(pk=gate.pk)
    if assessment is not None:
        assessment = gate.assessments.select_related("criterion").get(pk=assessment.pk)
    return gate, assessment, None if kpi is None else lock_kpi(kpi)


def _locked(amendment: Amendment) -> Amendment:
    gate, assessment, kpi = _lock(amendment.gate, amendment.assessment, amendment.kpi)
    fresh = Amendment.objects.get(pk=amendment.pk)
    fresh.gate, fresh.assessment, fresh.kpi = gate, assessment, kpi
    return fresh


def _settle(amendment: Amendment, status: AskStatus, note: str, by: User) -> None:
    amendment.status, amendment.note = status, note
    amendment.decided_by, amendment.decided_at = by, clock.now()
    amendment.save(update_fields=["status", "note", "decided_by", "decided_at"])


def _record(type_: str, amendment: Amendment, by: User, *, changes=None, **data) -> None:
    gate = amendment.gate
    status = [None if type_ == events.AMENDMENT_ASKED else AskStatus.ASKED, amendment.status]
    record(
        type_,
        subject=amendment,
        pilot=gate.pilot,
        actor=by,
        changes={"status": status} | (changes or {}),
        gate=f"{gate.definition.key} {gate.definition.name}",
        what=words_of(amendment),
        direction=amendment.direction,
        **data,
    )
