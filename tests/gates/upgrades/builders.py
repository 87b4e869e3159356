"""The next version of a playbook made for a test."""

from gates.choices import VersionStatus
from gates.models import GateDefinition, Phase, PlaybookVersion
from tests.builders import CRITERIA, IN_PRODUCTION, PHASES, write_criteria


def next_version(
    old: PlaybookVersion, *, phases=PHASES[:3], criteria=CRITERIA, score_threshold=60, floor_threshold=0
) -> PlaybookVersion:
    """Version n + 1, published in place of the one before, with these criteria at each gate."""
    PlaybookVersion.objects.filter(pk=old.pk).update(status=VersionStatus.RETIRED)
    version = PlaybookVersion.objects.create(
        playbook=old.playbook,
        number=old.number + 1,
        status=VersionStatus.PUBLISHED,
        digest=f"{old.pk}-{old.number + 1}",
        source="",
        published_at=old.published_at,
    )
    for position, key in enumerate(phases, start=1):
        phase = Phase.objects.create(
            version=version,
            key=key,
            name=key.replace("_", " ").capitalize(),
            position=position,
            typical_days=30,
            in_production=key in IN_PRODUCTION,
        )
        gate = GateDefinition.objects.create(
            phase=phase,
            key=f"G{position}",
            name=f"End of {phase.name.lower()}",
            score_threshold=score_threshold,
            floor_threshold=floor_threshold,
        )
        write_criteria(gate, criteria)
    return version
