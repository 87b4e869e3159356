"""Publishing playbooks. A published version is final; the same meaning is never published twice."""

from django.db import transaction

from gates import events
from gates.choices import VersionStatus
from gates.models import Criterion, GateDefinition, Phase, Playbook, PlaybookVersion
from gates.playbooks.schema import GateSpec, PhaseSpec, PlaybookFile, digest
from pilots import clock
from pilots.events import record
from pilots.models import User


@transaction.atomic
def publish(*, playbook_file: PlaybookFile, source: str, by: User | None) -> tuple[PlaybookVersion, bool]:
    """Publish a playbook as its next version and retire the one before, unless it says nothing new.

    `source` is the text as people wrote it. Returns the published version and whether it is new.
    """
    playbook, _ = Playbook.objects.select_for_update().get_or_create(
        key=playbook_file.key,
        defaults={"name": playbook_file.name, "description": playbook_file.description},
    )
    meaning = digest(playbook_file)
    known = playbook.versions.filter(digest=meaning).first()
    if known is not None:
        return known, False
    last = playbook.versions.order_by("-number").values_list("number", flat=True).first() or 0
    playbook.versions.filter(status=VersionStatus.PUBLISHED).update(status=VersionStatus.RETIRED)
    version = PlaybookVersion.objects.create(
        playbook=playbook,
        number=last + 1,
        status=VersionStatus.PUBLISHED,
        digest=meaning,
        source=source,
        published_at=clock.now(),
    )
    for position, phase in enumerate(playbook_file.phases, start=1):
        _write_phase(version, position, phase)
    record(
        events.PLAYBOOK_PUBLISHED, subject=version, actor=by, playbook=playbook.name, number=version.number
    )
    return version, True


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
            check_name=criterion.check or "",
            depends_on=list(criterion.depends_on),
        )
        for position, criterion in enumerate(spec.criteria, start=1)
    )
