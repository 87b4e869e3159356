"""A pilot with people behind it and a gate on its way, made row by row."""

from datetime import date

from gates.choices import Area, AssessmentState, CriterionKind, GateStatus, VersionStatus
from gates.models import Assessment, Criterion, Gate, GateDefinition, Phase, Playbook, PlaybookVersion
from pilots.choices import PilotState
from pilots.models import Membership, Pilot, Programme, User


def make_user(name: str, **fields) -> User:
    return User.objects.create(name=name, email=fields.pop("email", f"{name.lower()}@example.com"), **fields)


def make_programme(name: str = "Customer service", **members: User) -> Programme:
    """`members` is role → person."""
    programme = Programme.objects.create(name=name, slug=name.lower().replace(" ", "-"))
    for role, user in members.items():
        Membership.objects.create(programme=programme, user=user, role=role)
    return programme


def make_pilot(programme: Programme, key: str = "PIL-014", title: str = "Claims triage", **fields) -> Pilot:
    fields = {"state": PilotState.ACTIVE} | fields
    return Pilot.objects.create(programme=programme, key=key, title=title, **fields)


def make_definition() -> GateDefinition:
    playbook, _ = Playbook.objects.get_or_create(key="standard", name="Standard")
    version, _ = PlaybookVersion.objects.get_or_create(
        playbook=playbook, number=1, status=VersionStatus.PUBLISHED, digest="1"
    )
    phase, _ = Phase.objects.get_or_create(
        version=version, key="pilot", name="Pilot", position=1, typical_days=90
    )
    definition, _ = GateDefinition.objects.get_or_create(
        phase=phase, key="G2", name="Value proven", score_threshold=80, floor_threshold=60
    )
    return definition


def make_gate(pilot: Pilot, planned_on: date | None, *, open_musts=(), **fields) -> Gate:
    """`open_musts` are the titles of must-meets nobody has met."""
    definition = make_definition()
    fields = {"status": GateStatus.OPEN, "score_threshold": 80, "floor_threshold": 60} | fields
    gate = Gate.objects.create(pilot=pilot, definition=definition, planned_on=planned_on, **fields)
    for position, title in enumerate(open_musts, start=1):
        make_must_meet(gate, position, title, AssessmentState.UNKNOWN)
    return gate


def make_must_meet(gate: Gate, position: int, title: str, state: str) -> Assessment:
    terms = {"area": Area.VALUE, "kind": CriterionKind.MUST_MEET, "weight": 5}
    criterion, _ = Criterion.objects.get_or_create(
        gate=gate.definition, key=f"V{position}", position=position, title=title, guidance="Do it.", **terms
    )
    return Assessment.objects.create(gate=gate, criterion=criterion, state=state, **terms)
