"""Publishing playbooks and retiring them. A published version is final, and no meaning is there twice."""

from django.db import transaction
from django.db.models import Max

from gates import events
from gates.choices import VersionStatus
from gates.models import Criterion, GateDefinition, Phase, Playbook, PlaybookVersion
from gates.playbooks.differences import changes
from gates.playbooks.drafting import EditedMeanwhile, lock_draft
from gates.playbooks.queries import meaning_of
from gates.playbooks.schema import GateSpec, PhaseSpec, PlaybookError, PlaybookFile, digest, parse
from pilots import clock
from pilots.events import record
from pilots.models import User
from pilots.rules import RuleViolation


@transaction.atomic
def publish(*, playbook_file: PlaybookFile, source: str, by: User | None) -> tuple[PlaybookVersion, bool]:
    """Publish a playbook as its next version and retire the one before, unless it says nothing new.

    `source` is the text as people wrote it. Returns the version that says this, published or long
    retired, and whether it is new.
    """
    playbook, _ = Playbook.objects.select_for_update().get_or_create(
        key=playbook_file.key,
        defaults={"name": playbook_file.name, "description": playbook_file.description},
    )
    known = _same_meaning(playbook, playbook_file)
    if known is not None:
        return known, False
    last = playbook.versions.aggregate(last=Max("number"))["last"] or 0
    version = PlaybookVersion(playbook=playbook, number=last + 1, source=source)
    _put_in_force(version, playbook_file, by)
    return version, True


@transaction.atomic
def publish_draft(
    *, draft: PlaybookVersion, seen: str, known_checks: frozenset[str], by: User
) -> PlaybookVersion:
    """Publish a draft; the version published before is retired. Returns the version now published.

    A draft that says what an earlier version said brings that one back instead of doubling it. `seen` is
    the digest of the draft that the person looked at. Raises EditedMeanwhile, RuleViolation.
    """
    draft = lock_draft(draft)
    if draft.digest != seen:
        raise EditedMeanwhile
    meaning = _finished(draft, known_checks)
    known = _same_meaning(draft.playbook, meaning)
    if known is not None and known.status == VersionStatus.PUBLISHED:
        raise RuleViolation(f"This draft says the same as v{known.number}, which is the published version.")
    if known is not None:
        draft.delete()
        _put_in_force(known, meaning, by)
        return known
    others = draft.playbook.versions.exclude(pk=draft.pk).aggregate(last=Max("number"))["last"] or 0
    draft.number = max(draft.number, others + 1)  # a file may have been loaded since
    _put_in_force(draft, meaning, by)
    return draft


@transaction.atomic
def retire_playbook(*, playbook: Playbook, by: User) -> PlaybookVersion:
    """Let no new pilot start on it. Pilots under way go on. Raises RuleViolation."""
    playbook = Playbook.objects.select_for_update().get(pk=playbook.pk)
    published = playbook.versions.filter(status=VersionStatus.PUBLISHED).first()
    if published is None:
        raise RuleViolation("No version of this playbook is published, so there is nothing to retire.")
    published.status = VersionStatus.RETIRED
    published.save(update_fields=["status"])
    record(
        events.PLAYBOOK_RETIRED,
        subject=published,
        actor=by,
        changes={"status": [VersionStatus.PUBLISHED.value, VersionStatus.RETIRED.value]},
        playbook=playbook.name,
        number=published.number,
    )
    return published


def _same_meaning(playbook: Playbook, meaning: PlaybookFile) -> PlaybookVersion | None:
    final = playbook.versions.exclude(status=VersionStatus.DRAFT)
    return final.filter(digest=digest(meaning)).select_related("playbook").first()


def _finished(draft: PlaybookVersion, known_checks: frozenset[str]) -> PlaybookFile:
    try:
        return parse(draft.source, known_checks=known_checks)
    except PlaybookError as error:
        raise RuleViolation(*(f"{message}." for message in error.messages)) from error


def _put_in_force(version: PlaybookVersion, meaning: PlaybookFile, by: User | None) -> None:
    """Make this the published version of its locked playbook, in place of the one before."""
    playbook, status_before = version.playbook, version.status if version.pk else None
    former = playbook.versions.filter(status=VersionStatus.PUBLISHED).first()
    before = meaning_of(former) if former else None
    playbook.versions.filter(status=VersionStatus.PUBLISHED).update(status=VersionStatus.RETIRED)
    version.status, version.digest = VersionStatus.PUBLISHED, digest(meaning)
    version.published_at, version.published_by = clock.now(), by
    version.save()
    if status_before != VersionStatus.RETIRED:  # else its phases have been there ever since
        for position, phase in enumerate(meaning.phases, start=1):
            _write_phase(version, position, phase)
    playbook.name, playbook.description = meaning.name, meaning.description
    playbook.save(update_fields=["name", "description"])
    said = {"published": [former and f"v{former.number}", f"v{version.number}"]}
    record(
        events.PLAYBOOK_PUBLISHED,
        subject=version,
        actor=by,
        changes=said | (changes(before, meaning) if before else {}),
        playbook=playbook.name,
        number=version.number,
    )


def _write_phase(version: PlaybookVersion, position: int, spec: PhaseSpec) -> None:
    phase = Phase.objects.create(
        version=version,
        key=spec.key,
        name=spec.name,
        description=spec.description,
        position=position,
        typical_days=spec.typical_days,
        in_production=spec.in_production,
    )
    _write_gate(phase, spec.gate)


def _write_gate(phase: Phase, spec: GateSpec) -> None:
    definition = GateDefinition.objects.create(
        phase=phase,
        key=spec.key,
        name=spec.name,
        question=spec.question,
        score_threshold=spec.score_threshold,
        floor_threshold=spec.floor_threshold,
        gatekeeper_roles=[
            {"role": role.label, "quorum": role.quorum, "areas": list(role.areas)}
            for role in spec.gatekeeper_roles
        ],
        quorum=str(spec.quorum),
        override_roles=list(spec.override_roles),
        freeze_days_before=spec.freeze_days_before,
        every_months=spec.every_months,
    )
    Criterion.objects.bulk_create(
        Criterion(
            gate=definition,
            key=criterion.key,
            position=position,
            title=criterion.title,
            area=criterion.area,
            kind=criterion.kind,
            weight=criterion.weight,
            guidance=criterion.guidance,
            evidence_example=criterion.evidence_example,
            role=criterion.role,
            effort_days=criterion.effort_days,
            validity_days=criterion.validity_days,
            risk_tiers=list(criterion.risk_tiers),
            check_name=criterion.check,
            depends_on=list(criterion.depends_on),
            readings=criterion.readings,
            hold=criterion.hold,
            confidence=criterion.confidence,
        )
        for position, criterion in enumerate(spec.criteria, start=1)
    )
