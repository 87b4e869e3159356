"""A playbook as the owner of a pilot would see it, without any pilot: nothing here is in the database."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from gates.checklist.queries import checklist
from gates.choices import GateStatus
from gates.models import Assessment, Criterion, Gate, GateDefinition, Phase
from gates.playbooks.queries import meaning_of
from gates.playbooks.schema import PhaseSpec, PlaybookFile
from gates.playbooks.views.finding import find_version
from pilots.charts import Step
from pilots.models import Pilot, Programme, User


@login_required
@require_safe
def preview(request, key, number, gate_key="", criterion_key=""):
    version = find_version(request, key, number)
    playbook = meaning_of(version)
    if playbook is None or not playbook.phases:
        return redirect("gates:playbook_edit" if version.is_draft else "gates:playbook", key, number)
    phase = _phase(playbook, gate_key)

    today = timezone.localdate()
    gate = _gate(phase, owner=request.user)
    page = checklist(gate, _assessments(gate, phase), reader=request.user, today=today)
    opened = next((row for row in page.rows if row.key == criterion_key), None)
    if criterion_key and opened is None:
        raise Http404
    context = {
        "version": version,
        "gate": gate,
        "pilot": gate.pilot,
        "page": page,
        "groups": page.all_groups,
        "opened": criterion_key,
        "row": opened,
        "is_open": not request.GET.get("closed"),
        "may": frozenset(),
        "steps": _steps(playbook, phase, key, number),
    }
    fragment = request.htmx and opened
    return render(request, "gates/_preview_criterion.html" if fragment else "gates/preview.html", context)


def _phase(playbook: PlaybookFile, gate_key: str) -> PhaseSpec:
    """The phase that this gate closes; the first where none is named. Raises Http404."""
    for phase in playbook.phases:
        if phase.gate.key == gate_key or not gate_key:
            return phase
    raise Http404


def _gate(phase: PhaseSpec, *, owner: User) -> Gate:
    """A gate just opened, of a pilot of this person."""
    spec = phase.gate
    pilot = Pilot(title="A pilot", key="", owner=owner, programme=Programme(name="A programme"))
    definition = GateDefinition(
        phase=Phase(key=phase.key, name=phase.name),
        key=spec.key,
        name=spec.name,
        question=spec.question,
        gatekeeper_roles=[
            {"role": role.label, "quorum": role.quorum, "areas": list(role.areas)}
            for role in spec.gatekeeper_roles
        ],
    )
    return Gate(
        pilot=pilot,
        definition=definition,
        score_threshold=spec.score_threshold,
        floor_threshold=spec.floor_threshold,
        status=GateStatus.OPEN,
        opened_at=timezone.now(),
    )


def _assessments(gate: Gate, phase: PhaseSpec) -> list[Assessment]:
    return [
        Assessment(
            pk=place,  # what the page tells them apart by
            gate=gate,
            criterion=Criterion(
                key=spec.key,
                title=spec.title,
                guidance=spec.guidance,
                evidence_example=spec.evidence_example,
                role=spec.role,
                depends_on=list(spec.depends_on),
                readings=spec.readings,
                hold=spec.hold,
                confidence=spec.confidence,
            ),
            area=spec.area,
            kind=spec.kind,
            weight=spec.weight,
            check_name=spec.check,
        )
        for place, spec in enumerate(phase.gate.criteria, start=1)
    ]


def _steps(playbook: PlaybookFile, here: PhaseSpec, key: str, number: int) -> list[Step]:
    return [
        Step(
            phase=phase.name,
            state="current" if phase is here else "next",
            gate=phase.gate.key,
            on="",
            gate_state="planned",
            note="",
            detail=f"{phase.typical_days:,} days",
            progress=0,
            url=reverse("gates:playbook_preview_gate", args=[key, number, phase.gate.key]),
        )
        for phase in playbook.phases
    ]
