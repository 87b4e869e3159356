"""What can be asked about playbooks."""

from dataclasses import dataclass

from django.db.models import Count, Prefetch, QuerySet

from gates.choices import VersionStatus
from gates.models import Criterion, Phase, PhaseEntry, Playbook, PlaybookVersion
from gates.playbooks.schema import PlaybookError, PlaybookFile, parse
from pilots.choices import RUNNING


def versions_for(*, drafts: bool) -> "QuerySet[PlaybookVersion]":
    """The versions that a person may read: drafts are for those who change playbooks."""
    versions = PlaybookVersion.objects.select_related("playbook")
    return versions if drafts else versions.exclude(status=VersionStatus.DRAFT)


def playbooks(*, drafts: bool) -> "QuerySet[Playbook]":
    """The playbooks that have a version to read, with those, newest first. Two queries."""
    versions = versions_for(drafts=drafts).defer("source").order_by("-number")
    found = Playbook.objects.filter(versions__in=versions_for(drafts=drafts)).distinct()
    return found.prefetch_related(Prefetch("versions", versions))


def published_version(playbook: Playbook) -> PlaybookVersion | None:
    """The version that new pilots start on; None before the first and once it is retired."""
    return playbook.versions.filter(status=VersionStatus.PUBLISHED).select_related("playbook").first()


def phases_of(version: PlaybookVersion) -> list[Phase]:
    """Its phases in order, each with its gate and the gate's criteria. Two queries."""
    criteria = Prefetch("gate__criteria", Criterion.objects.order_by("position"))
    return list(version.phases.select_related("gate").prefetch_related(criteria).order_by("position"))


def meaning_of(version: PlaybookVersion) -> PlaybookFile | None:
    """What a version says; None when its text cannot be read by the rules of today."""
    try:
        return parse(version.source, known_checks=None, unfinished=True)
    except PlaybookError:
        return None


@dataclass(frozen=True)
class UnderWay:
    """How many pilots are on one version of a playbook."""

    version: PlaybookVersion
    pilots: int


def under_way(playbook: Playbook) -> list[UnderWay]:
    """The versions of a playbook on which pilots are under way, newest first. One query."""
    going = PhaseEntry.objects.filter(
        is_current=True,
        phase__version__playbook=playbook,
        pilot__archived_at__isnull=True,
        pilot__state__in=RUNNING,
    )
    counted = dict(going.order_by().values_list("phase__version").annotate(Count("pilot", distinct=True)))
    return [
        UnderWay(version, counted[version.pk])
        for version in playbook.versions.order_by("-number")
        if version.pk in counted
    ]
