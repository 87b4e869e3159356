"""Evidence at a criterion, and the documents of a pilot."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.builders import days_ago
from tests.flows.doors.door import Door, of_criterion, of_gate, of_pilot
from tests.flows.scene import Scene
from tests.roles import KEEPERS


def evidence_body(_: Scene):
    return {
        "title": "Plan",
        "note": "Page 3",
        "link": "https://example.com/plan",
        "valid_until": days_ago(-60).isoformat(),
    }


def evidence_files(_: Scene):
    return {"file": SimpleUploadedFile("plan.pdf", b"%PDF-1.7 plan")}


def of_evidence(s: Scene):
    return of_pilot(s) | {"pk": s.evidence.pk}


def of_link(s: Scene):
    return of_gate(s) | {"criterion_key": "T1"}


def of_use(s: Scene):
    return of_criterion(s) | {"pk": s.evidence.pk}


def of_reading(s: Scene):
    return of_pilot(s) | {"pk": s.kpi.pk, "reading_pk": s.kpi.measurements.last().pk}


def revision_body(_: Scene):
    return {
        "note": "Page 4",
        "link": "https://example.com/plan-2",
        "valid_until": days_ago(-90).isoformat(),
        "comment": "Corrected.",
    }


def reason_body(_: Scene):
    return {"reason": "It was of another pilot."}


DOORS = (
    Door(
        "gates:evidence_add",
        "post",
        KEEPERS,
        of_criterion,
        evidence_body,
        302,
        is_form=True,
        files=evidence_files,
    ),
    Door("gates:evidence_link", "get", KEEPERS, of_link),
    Door(
        "gates:evidence_link",
        "post",
        KEEPERS,
        of_link,
        lambda s: {"evidence": str(s.evidence.pk)},
        302,
        is_form=True,
    ),
    Door("gates:evidence_unlink", "get", KEEPERS, of_use),
    Door("gates:evidence_unlink", "post", KEEPERS, of_use, reason_body, 302, is_form=True),
    Door("gates:reading_evidence", "get", KEEPERS, of_reading),
    Door(
        "gates:reading_evidence",
        "post",
        KEEPERS,
        of_reading,
        evidence_body,
        302,
        is_form=True,
        files=evidence_files,
    ),
    Door("gates:reading_evidence_link", "get", KEEPERS, of_reading),
    Door(
        "gates:reading_evidence_link",
        "post",
        KEEPERS,
        of_reading,
        lambda s: {"evidence": str(s.evidence.pk)},
        302,
        is_form=True,
    ),
    Door("gates:documents", args=of_pilot),
    Door("gates:document", args=of_evidence),
    Door("gates:document_replace", "get", KEEPERS, of_evidence),
    Door(
        "gates:document_replace",
        "post",
        KEEPERS,
        of_evidence,
        revision_body,
        302,
        is_form=True,
        files=evidence_files,
    ),
    Door("gates:document_remove", "get", KEEPERS, of_evidence),
    Door("gates:document_remove", "post", KEEPERS, of_evidence, reason_body, 302, is_form=True),
    Door("gates:evidence_file", args=lambda s: {"pk": s.evidence.pk}, is_page=False),
    Door("gates:revision_file", args=lambda s: {"pk": s.evidence.pk, "number": 1}, is_page=False),
)
