"""Adding evidence, replacing and removing it, and the criteria that it serves. No revision is ever edited."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from gates import events
from gates.choices import AssessmentState, EvidenceKind, GateStatus
from gates.evidence.queries import bytes_held, dates_behind
from gates.evidence.rules import (
    change_blockers,
    evidence_blockers,
    fingerprint,
    link_blockers,
    reading_blockers,
    removal_blockers,
    room_problem,
    stale_from,
    unlink_blockers,
    validity_problem,
)
from gates.journey.asking import ask_seats
from gates.journey.readiness import refresh_one
from gates.models import Assessment, Evidence, EvidenceOfReading, EvidenceRevision, Gate
from metrics.models import Measurement
from pilots import clock
from pilots.events import record
from pilots.models import Pilot, User
from pilots.rules import SENT_AGAIN, RuleViolation


@dataclass(frozen=True)
class Content:
    """What a person gives as evidence: of kind note, link or file."""

    kind: str
    note: str = ""
    link: str = ""
    file: UploadedFile | None = None
    valid_until: date | None = None


@transaction.atomic
def add_evidence(
    *,
    assessment: Assessment,
    kind: str,
    title: str = "",
    note: str = "",
    link: str = "",
    file: UploadedFile | None = None,
    valid_until: date | None = None,
    by: User,
) -> Evidence:
    """Attach a note, a link or a file to a criterion. Its SHA-256 is kept. Raises RuleViolation.

    `valid_until` is the day from which on it no longer counts. The same evidence sent again within
    seconds is the one that is there.
    """
    gate = _lock_gate(assessment)
    content = Content(kind, note, link if kind == EvidenceKind.LINK else "", file, valid_until)
    revision = _revision(content, by)
    known = assessment.evidence.in_force().filter(current__in=_just_sent(revision)).first()
    if known is not None:
        return known
    _refuse(evidence_blockers(gate_status=gate.status) + _content_blockers(revision, gate.pilot))
    evidence = _create(gate.pilot, title, revision, by)
    evidence.assessments.add(assessment)
    _count_anew(gate, [assessment.pk])
    facts = {"kind": kind, "sha256": revision.sha256, "valid_until": str(valid_until or "")}
    _record_use(events.EVIDENCE_ADDED, evidence, assessment, gate, by, **facts)
    return evidence


@transaction.atomic
def add_to_reading(
    *,
    reading: Measurement,
    kind: str,
    title: str = "",
    note: str = "",
    link: str = "",
    file: UploadedFile | None = None,
    valid_until: date | None = None,
    by: User,
) -> Evidence:
    """Keep a note, a link or a file that shows a reading of a KPI; otherwise as `add_evidence`."""
    reading = _lock_reading(reading)
    revision = _revision(Content(kind, note, link, file, valid_until), by)
    there = Evidence.objects.in_force().filter(readings__measurement=reading)
    known = there.filter(current__in=_just_sent(revision)).first()
    if known is not None:
        return known
    _refuse(reading_blockers(**_standing(reading)) + _content_blockers(revision, reading.kpi.pilot))
    evidence = _create(reading.kpi.pilot, title, revision, by)
    facts = {"kind": kind, "sha256": revision.sha256, "valid_until": str(valid_until or "")}
    _show(events.EVIDENCE_ADDED, evidence, reading, by, **facts)
    return evidence


@transaction.atomic
def link_to_reading(*, evidence: Evidence, reading: Measurement, by: User) -> Evidence:
    """Let a piece that is there show a reading too. Doing it twice changes nothing. Raises RuleViolation."""
    reading = _lock_reading(reading)
    evidence = Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
    same, removed = evidence.pilot_id == reading.kpi.pilot_id, evidence.removed_at is not None
    _refuse(reading_blockers(**_standing(reading), same_pilot=same, removed=removed))
    if not evidence.readings.filter(measurement=reading).exists():
        _show(events.EVIDENCE_LINKED, evidence, reading, by)
    return evidence


@transaction.atomic
def revise_evidence(
    *,
    evidence: Evidence,
    kind: str,
    note: str = "",
    link: str = "",
    file: UploadedFile | None = None,
    valid_until: date | None = None,
    comment: str = "",
    by: User,
) -> EvidenceRevision:
    """Put a new revision in the place of the current one, for every criterion that it serves.

    Criteria of the open gate count on the new one at once; what was decided before stays as it was.
    `comment` says what changed. Sent again within seconds it is the one that is there. Raises RuleViolation.
    """
    evidence, gate = _lock_evidence(evidence)
    revision = _revision(Content(kind, note, link, file, valid_until), by, comment)
    before = evidence.current
    assert before is not None
    if before.number > 1 and _just_sent(revision).filter(pk=before.pk).exists():
        return before
    _refuse(change_blockers(removed=evidence.removed_at is not None, under_way=gate is not None))
    _refuse(_content_blockers(revision, evidence.pilot))
    revision.number = before.number + 1
    _write(evidence, revision)
    _count_anew(gate, _serves_at(evidence, gate))
    _record_revision(revision, before, by)
    return revision


def _record_revision(revision: EvidenceRevision, before: EvidenceRevision, by: User) -> None:
    evidence = revision.evidence
    words = {"number": "revision", "kind": "kind", "sha256": "sha256", "valid_until": "valid_until"}
    record(
        events.EVIDENCE_REVISED,
        subject=evidence,
        pilot=evidence.pilot,
        actor=by,
        changes={
            word: [_said(before, name), _said(revision, name)]
            for name, word in words.items()
            if _said(before, name) != _said(revision, name)
        },
        title=evidence.title,
        comment=revision.comment,
    )


@transaction.atomic
def link_evidence(*, evidence: Evidence, assessment: Assessment, by: User) -> Evidence:
    """Let a piece that is there serve one more criterion. Doing it twice changes nothing. Raises RuleViolation."""
    gate = _lock_gate(assessment)
    evidence = Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
    is_removed = evidence.removed_at is not None
    same_pilot = evidence.pilot_id == gate.pilot_id
    _refuse(link_blockers(gate_status=gate.status, same_pilot=same_pilot, removed=is_removed))
    if not evidence.assessments.filter(pk=assessment.pk).exists():
        evidence.assessments.add(assessment)
        _count_anew(gate, [assessment.pk])
        _record_use(events.EVIDENCE_LINKED, evidence, assessment, gate, by)
    return evidence


@transaction.atomic
def unlink_evidence(*, evidence: Evidence, assessment: Assessment, reason: str, by: User) -> Evidence:
    """Take a piece away from one criterion of the open gate. Doing it twice changes nothing. Raises RuleViolation."""
    gate = _lock_gate(assessment)
    evidence = Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
    _refuse(unlink_blockers(gate_status=gate.status, reason=reason))
    if evidence.assessments.filter(pk=assessment.pk).exists():
        evidence.assessments.remove(assessment)
        _count_anew(gate, [assessment.pk], taken_away=True)
        _record_use(events.EVIDENCE_UNLINKED, evidence, assessment, gate, by, reason=reason)
    return evidence


@transaction.atomic
def remove_evidence(*, evidence: Evidence, reason: str, by: User) -> Evidence:
    """Remove a piece: from now on it serves no criterion. Its revisions stay readable. Raises RuleViolation.

    Gates decided before keep showing it. Sent again within seconds by the same person nothing changes.
    """
    evidence, gate = _lock_evidence(evidence)
    is_removed = evidence.removed_at is not None
    if is_removed and _removed_just_now(evidence, by):
        return evidence
    _refuse(removal_blockers(removed=is_removed, under_way=gate is not None, reason=reason))
    evidence.removed_at, evidence.removed_by, evidence.removal_reason = clock.now(), by, reason
    evidence.save(update_fields=["removed_at", "removed_by", "removal_reason"])
    _count_anew(gate, _serves_at(evidence, gate), taken_away=True)
    record(
        events.EVIDENCE_REMOVED,
        subject=evidence,
        pilot=evidence.pilot,
        actor=by,
        changes={"removed": [False, True]},
        title=evidence.title,
        reason=reason,
    )
    return evidence


def _removed_just_now(evidence: Evidence, by: User) -> bool:
    moment = evidence.removed_at
    return evidence.removed_by_id == by.pk and moment is not None and moment > clock.now() - SENT_AGAIN


def _refuse(reasons: list[str]) -> None:
    if reasons:
        raise RuleViolation(*reasons)


def _lock_gate(assessment: Assessment) -> Gate:
    """Its gate locked, as it is now."""
    gates = Gate.objects.select_for_update(of=("self",)).select_related("pilot", "definition")
    return gates.get(pk=assessment.gate_id)


def _lock_evidence(evidence: Evidence) -> tuple[Evidence, Gate | None]:
    """The open gate of its pilot locked first, if there is one, then the piece; both as they are now."""
    gates = Gate.objects.current().select_for_update(of=("self",)).select_related("pilot", "definition")
    gate = gates.filter(pilot=evidence.pilot_id).first()
    pieces = Evidence.objects.select_for_update(of=("self",)).select_related("pilot", "current")
    return pieces.get(pk=evidence.pk), gate


def _lock_reading(reading: Measurement) -> Measurement:
    """It and the open gate of its pilot locked, as they are now; so files of a pilot come one after the other."""
    Gate.objects.current().select_for_update(of=("self",)).filter(pilot=reading.kpi.pilot_id).first()
    readings = Measurement.objects.select_for_update(of=("self",)).select_related("kpi__pilot")
    return readings.get(pk=reading.pk)


def _standing(reading: Measurement) -> dict[str, bool]:
    return {"counts": reading.corrected_at is None, "followed": reading.kpi.archived_at is None}


def _show(type_: str, evidence: Evidence, reading: Measurement, by: User, **data: Any) -> None:
    kpi = reading.kpi
    EvidenceOfReading.objects.create(
        evidence=evidence, measurement=reading, added_by=by, added_at=clock.now()
    )
    data |= {"kpi": kpi.name, "unit": kpi.unit, "measured_at": reading.measured_at.isoformat()}
    changes = {"shows": [None, str(reading.value)]}
    record(type_, subject=evidence, pilot=kpi.pilot, actor=by, changes=changes, title=evidence.title, **data)


def _create(pilot: Pilot, title: str, revision: EvidenceRevision, by: User) -> Evidence:
    title = (title or revision.file_name or revision.link or revision.note)[:200]
    evidence = Evidence.objects.create(pilot=pilot, title=title, added_by=by, added_at=revision.at)
    _write(evidence, revision)
    return evidence


def _revision(content: Content, by: User, comment: str = "") -> EvidenceRevision:
    """A first revision, not yet written."""
    revision = EvidenceRevision(
        number=1,
        kind=content.kind,
        note=content.note,
        link=content.link if content.kind == EvidenceKind.LINK else "",
        valid_until=content.valid_until,
        comment=comment,
        author=by,
        at=clock.now(),
    )
    if content.kind == EvidenceKind.FILE and content.file is not None:
        _attach(revision, content.file)
    elif content.kind != EvidenceKind.FILE:
        revision.sha256 = fingerprint(kind=content.kind, link=revision.link, note=revision.note)
    return revision


def _attach(revision: EvidenceRevision, file: UploadedFile) -> None:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    revision.sha256, revision.size = digest.hexdigest(), file.size
    revision.file_name = (file.name or "")[:200]
    revision.file = file


def _just_sent(revision: EvidenceRevision):
    """Revisions that say the same and that the same person sent within the last seconds."""
    names = ("kind", "note", "link", "sha256", "valid_until", "author")
    same = {name: getattr(revision, name) for name in names if name != "valid_until"}
    if revision.valid_until is None:
        same["valid_until__isnull"] = True
    else:
        same["valid_until"] = revision.valid_until
    return EvidenceRevision.objects.filter(**same, at__gt=revision.at - SENT_AGAIN)


def _content_blockers(revision: EvidenceRevision, pilot: Pilot) -> list[str]:
    held = bytes_held(pilot) if revision.size else 0
    limit = settings.EVIDENCE_PILOT_MAX_BYTES
    problems = (
        validity_problem(valid_until=revision.valid_until, today=clock.today()),
        room_problem(held=held, size=revision.size or 0, limit=limit) if revision.size else "",
    )
    return [problem for problem in problems if problem]


def _write(evidence: Evidence, revision: EvidenceRevision) -> None:
    revision.evidence = evidence
    revision.save()
    evidence.current = revision
    evidence.save(update_fields=["current"])


def _serves_at(evidence: Evidence, gate: Gate | None) -> list[int]:
    """The criteria of this gate that it serves."""
    return list(evidence.assessments.filter(gate=gate).values_list("pk", flat=True)) if gate else []


def _count_anew(gate: Gate | None, assessments: Collection[int], *, taken_away: bool = False) -> None:
    """Work out anew until when these criteria of a locked gate count, and score it. What was said stays.

    In review whoever answers for them may have to sign again.
    """
    if gate is None or not gate.is_current:
        return
    met = gate.assessments.filter(pk__in=assessments, state=AssessmentState.MET, check_name="")
    dates, changed = dates_behind(assessments), []
    for row in met:
        known = row.stale_on if taken_away else None
        on = stale_from(lapses_on=row.lapses_on, valid_until=dates.get(row.pk, ()), at_latest=known)
        if on != row.stale_on:
            row.stale_on = on
            changed.append(row)
    if changed:
        Assessment.objects.bulk_update(changed, ["stale_on"])
        refresh_one(gate, today=clock.today())
    elif gate.status == GateStatus.SUBMITTED:
        ask_seats([gate.pk], today=clock.today())


def _record_use(
    type_: str, evidence: Evidence, assessment: Assessment, gate: Gate, by: User, **data: Any
) -> None:
    key = assessment.criterion.key
    record(
        type_,
        subject=evidence,
        pilot=gate.pilot,
        actor=by,
        changes={"serves": [key, None] if type_ == events.EVIDENCE_UNLINKED else [None, key]},
        criterion=str(assessment.criterion),
        gate=gate.definition.key,
        title=evidence.title,
        **data,
    )


def _said(revision: EvidenceRevision, name: str) -> Any:
    value = getattr(revision, name)
    return value if isinstance(value, (int, str)) else str(value or "")
