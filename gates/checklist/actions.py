"""Filling in a gate's checklist."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from gates import events
from gates.choices import AssessmentState, EvidenceKind
from gates.journey.readiness import refresh_one, waits_for
from gates.models import Assessment, Evidence, Gate
from gates.rules import assessment_blockers, checklist_blockers, evidence_blockers
from pilots import clock
from pilots.events import changed_fields, record
from pilots.models import User
from pilots.rules import SENT_AGAIN, RuleViolation


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
    changes = changed_fields(assessment, {"state": state, "note": note})
    if not changes and _has_expired(assessment):
        changes["shown anew"] = [str(assessment.stale_on), str(_stale_on(assessment, clock.today()))]
    is_judged = bool(changes)  # and not only handed to somebody
    if assessment.responsible_id != (responsible.pk if responsible else None):
        changes["responsible"] = [str(assessment.responsible or ""), str(responsible or "")]
    if not changes:
        return _filled(assessment, gate, list(gate.assessments.select_related("criterion")))
    _check(assessment, gate, state, note, is_judged)
    if is_judged:
        _judge(assessment, state, note)
    assessment.responsible, assessment.updated_by = responsible, by
    assessment.save(update_fields=["state", "note", "responsible", "state_since", "stale_on", "updated_by"])
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
    assessment.stale_on = _stale_on(assessment, clock.today())


def _stale_on(assessment: Assessment, today: date) -> date | None:
    """From when a criterion met today no longer counts, where the gate's terms say that it goes stale."""
    if assessment.state != AssessmentState.MET or assessment.validity_days is None:
        return None
    return today + timedelta(days=assessment.validity_days)


@transaction.atomic
def add_evidence(
    *,
    assessment: Assessment,
    kind: str,
    title: str = "",
    note: str = "",
    link: str = "",
    file: UploadedFile | None = None,
    by: User,
) -> Evidence:
    """Attach a note, a link or a file to a criterion. The file's SHA-256 is kept. Raises RuleViolation.

    The same evidence sent again within seconds is the one that is there.
    """
    assessment, gate = _lock(assessment)
    blockers = evidence_blockers(gate_status=gate.status)
    if blockers:
        raise RuleViolation(*blockers)
    evidence = Evidence(pilot=gate.pilot, kind=kind, note=note, added_by=by, added_at=clock.now())
    if kind == EvidenceKind.LINK:
        evidence.link = link
    if kind == EvidenceKind.FILE and file is not None:
        _attach(evidence, file)
    known = _sent_before(assessment, evidence)
    if known is not None:
        return known
    evidence.title = (title or evidence.file_name or link or note)[:200]
    evidence.save()
    evidence.assessments.add(assessment)
    record(
        events.EVIDENCE_ADDED,
        subject=evidence,
        pilot=gate.pilot,
        actor=by,
        criterion=str(assessment.criterion),
        gate=gate.definition.key,
        title=evidence.title,
        kind=kind,
        sha256=evidence.sha256,
    )
    return evidence


def _sent_before(assessment: Assessment, evidence: Evidence) -> Evidence | None:
    same = {name: getattr(evidence, name) for name in ("kind", "note", "link", "sha256", "added_by")}
    return assessment.evidence.filter(**same, added_at__gt=evidence.added_at - SENT_AGAIN).first()


def _attach(evidence: Evidence, file: UploadedFile) -> None:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    evidence.sha256, evidence.size = digest.hexdigest(), file.size
    evidence.file_name = (file.name or "")[:200]
    evidence.file = file


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
