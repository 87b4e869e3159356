"""Evidence as tests keep it."""

from django.utils import timezone

from gates.choices import GateStatus
from gates.evidence.actions import revise_evidence
from gates.models import Evidence, EvidenceRevision, Gate


def row(gate: Gate, key: str = "V1"):
    return gate.assessments.select_related("criterion").get(criterion__key=key)


def decided(gate: Gate) -> Gate:
    Gate.objects.filter(pk=gate.pk).update(status=GateStatus.DECIDED, decided_at=timezone.now())
    gate.refresh_from_db()
    return gate


def revise(evidence: Evidence, by, note: str = "Seen again.", **facts) -> EvidenceRevision:
    facts = {"kind": "note", "note": note, "comment": "Newer."} | facts
    return revise_evidence(evidence=evidence, by=by, **facts)
