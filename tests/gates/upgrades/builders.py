"""The next version of a playbook made for a test."""

from gates.choices import VersionStatus
from gates.models import PlaybookVersion
from gates.upgrades.actions import ask_upgrade
from pilots.models import Job
from tests.builders import CRITERIA, PHASES, write_phases


def next_version(
    old: PlaybookVersion, *, phases=PHASES[:3], criteria=CRITERIA, **definition
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
    write_phases(version, phases, criteria, **definition)
    return version


def job_for(version, pilots, by) -> Job:
    return ask_upgrade(version=version, pilots=pilots, by=by)
