"""What can be asked about playbooks."""

from django.db.models import Prefetch

from gates.models import Criterion, Phase, Playbook, PlaybookVersion


def playbooks():
    """Every playbook with its versions, newest first. Two queries."""
    return Playbook.objects.prefetch_related("versions")


def phases_of(version: PlaybookVersion) -> list[Phase]:
    """Its phases in order, each with its gate and the gate's criteria. Two queries."""
    criteria = Prefetch("gate__criteria", Criterion.objects.order_by("position"))
    return list(version.phases.select_related("gate").prefetch_related(criteria).order_by("position"))
