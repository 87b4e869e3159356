"""Filling in a gate's checklist."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from gates import events
from gates.choices import AssessmentState
from gates.evidence.queries import dates_behind
from gates.evidence.rules import expired_blockers, stale_from
from gates.journey.overtaken import put_away_lapsed
from gates.journey.readiness import refresh_gates, refresh_one, waits_for
from gates.models import Assessment, Gate
from gates.rules import assessment_blockers, checklist_blockers
from gates.waivers.rules import judgement_blockers
from metrics.models import Kpi, Measurement
from metrics.readings.actions import record_measurement
from pilots import clock
from pilots.events import Changes, changed_fields, record
from pilots.models import User
from pilots.rules import RuleViolation

WRITTEN = ["state", "note", "responsible", "state_since", "lapses_on", "stale_on", "updated_by"]


def record_reading(*, gate: Gate, kpi: Kpi, by: User, **facts: Any) -> Measurement:
    """Record a reading and judge the gate by it at once, for who looks at the gate. Raises RuleViolation.

    `facts` are those of `record_measurement`. Two transactions, so that no gate is held while a KPI is: what the
    second one would miss, the event of the first one brings.
    """
    reading = record_measurement(kpi=kpi, by=by, **facts)
    refresh_gates(Gate.objects.filter(pk=gate.pk), today=clock.today())
    return reading


@dataclass(frozen=True)
class Filled:
    """What changed on the checklist: the criterion, and its gate with all assessments as they are now."""

    assessment: Assessment
    gate: Gate
    assessments: list[Assessment]


@transaction.atomic
def assess_criterion(
    *, assessment: Assessment, state: str, note: str = "", responsible: User | None = None, by: User
) -> Filled:
    """Say where a criterion stands, with a note and who is on it. Raises RuleViolation."""
    assessment, gate = _lock(assessment)
    was_waived = assessment.state == AssessmentState.WAIVED
    changes = changed_fields(assessment, {"state": state, "note": note})
    if not changes and not was_waived and _has_expired(assessment):
        changes |= _shown_anew(assessment)
    # And not only handed to somebody. What is waived is not judged by a note about it.
    stays_waived = was_waived and state == AssessmentState.WAIVED and not assessment.check_name
    is_judged = bool(changes) and not stays_waived
    if assessment.responsible_id != (responsible.pk if responsible else None):
        changes["responsible"] = [str(assessment.responsible or ""), str(responsible or "")]
    if not changes:
        if _has_expired(assessment) and not was_waived:
            raise RuleViolation(*expired_blockers(stale_on=assessment.stale_on))
        return _filled(assessment, gate, list(gate.assessments.select_related("criterion")))
    _check(assessment, gate, state, note, is_judged)
    if is_judged:
        _judge(assessment, state, note)
    if is_judged and was_waived and state != AssessmentState.MET:  # else it ends by itself below
        put_away_lapsed([assessment.pk])
    assessment.note = note
    assessment.responsible, assessment.updated_by = responsible, by
    assessment.save(update_fields=WRITTEN)
    record(
        events.CRITERION_ASSESSED,
        subject=assessment,
        pilot=gate.pilot,
        actor=by,
        changes=changes,
        criterion=str(assessment.criterion),
        gate=gate.definition.key,
    )
    return _filled(assessment, gate, refresh_one(gate, today=clock.today()))


def _check(assessment: Assessment, gate: Gate, state: str, note: str, is_judged: bool) -> None:
    if is_judged:
        blockers = assessment_blockers(
            gate_status=gate.status,
            state=state,
            note=note,
            check_name=assessment.check_name,
            applies=assessment.state != AssessmentState.NOT_APPLICABLE,
            waits_for=_waits_for(assessment) if state == AssessmentState.MET else (),
        )
        if assessment.state == AssessmentState.WAIVED:
            blockers += judgement_blockers(waived_until=assessment.stale_on, state=state, today=clock.today())
    else:
        blockers = checklist_blockers(gate_status=gate.status)
    if blockers:
        raise RuleViolation(*blockers)


def _waits_for(assessment: Assessment) -> list[str]:
    if not assessment.criterion.depends_on:
        return []
    beside = list(Assessment.objects.filter(gate=assessment.gate_id).select_related("criterion"))
    return waits_for(beside, today=clock.today())[assessment.pk]


def _has_expired(assessment: Assessment) -> bool:
    return assessment.stale_on is not None and assessment.stale_on <= clock.today()


def _judge(assessment: Assessment, state: str, note: str) -> None:
    now = clock.now()
    if assessment.state != state:
        assessment.state_since = now
    assessment.state, assessment.note = state, note
    assessment.lapses_on, assessment.stale_on = _ends(assessment, clock.today())


def _shown_anew(assessment: Assessment) -> Changes:
    """What saying once more that it is met changes: nothing while the evidence behind it has expired."""
    _, stale_on = _ends(assessment, clock.today())
    if stale_on == assessment.stale_on:
        return {}
    return {"shown anew": [str(assessment.stale_on), str(stale_on or "")]}


def _ends(assessment: Assessment, today: date) -> tuple[date | None, date | None]:
    """From when a criterion met today no longer counts: by the gate's terms alone, and with its evidence."""
    if assessment.state != AssessmentState.MET:
        return None, None
    validity = assessment.validity_days
    lapses_on = today + timedelta(days=validity) if validity is not None else None
    dates = dates_behind([assessment.pk])
    return lapses_on, stale_from(lapses_on=lapses_on, valid_until=dates.get(assessment.pk, ()))


def _lock(assessment: Assessment) -> tuple[Assessment, Gate]:
    """The gate locked first, then the criterion, both as they are now."""
    gate = (
        Gate.objects.select_for_update(of=("self",))
        .select_related("pilot", "definition")
        .get(pk=assessment.gate_id)
    )
    fresh = Assessment.objects.select_related("criterion", "responsible").get(pk=assessment.pk)
    return fresh, gate


def _filled(assessment: Assessment, gate: Gate, assessments: list[Assessment]) -> Filled:
    return Filled(assessment, gate, assessments)
