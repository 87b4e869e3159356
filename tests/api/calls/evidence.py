"""Evidence, its revisions and the criteria it serves."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.calls.call import Call
from tests.api.world import World
from tests.roles import KEEPERS


def note_of(world: World) -> dict[str, Any]:
    return {"assessment": world.assessment.pk, "kind": "note", "note": "Agreed on 3 May."}


def file_of(world: World) -> dict[str, Any]:
    return {"assessment": world.assessment.pk, "file": SimpleUploadedFile("plan.pdf", b"%PDF-1.7 plan")}


def shown_at(world: World) -> str:
    return f"kpis/{world.kpi.pk}/measurements/{world.reading.pk}/evidence/"


READS = (
    Call("list what shows a reading", "get", shown_at),
    Call("show evidence", "get", lambda w: f"evidence/{w.evidence.pk}/"),
    Call("download a file", "get", lambda w: f"evidence/{w.file.pk}/file/"),
    Call("list revisions", "get", lambda w: f"evidence/{w.file.pk}/revisions/"),
    Call("download a revision", "get", lambda w: f"evidence/{w.file.pk}/revisions/1/file/"),
)
WRITES = (
    Call(
        "add a link to a reading",
        "post",
        shown_at,
        KEEPERS,
        lambda w: {"kind": "link", "link": "https://example.com/test-run"},
        status=201,
    ),
    Call(
        "let a piece show a reading",
        "post",
        lambda w: f"{shown_at(w)}link/",
        KEEPERS,
        lambda w: {"evidence": w.evidence.pk},
    ),
    Call("add a note", "post", lambda w: "evidence/", KEEPERS, note_of, status=201, to_outsiders=400),
    Call(
        "add a file",
        "post",
        lambda w: "evidence/",
        KEEPERS,
        file_of,
        "multipart",
        status=201,
        to_outsiders=400,
    ),
    Call(
        "replace evidence",
        "post",
        lambda w: f"evidence/{w.evidence.pk}/revisions/",
        KEEPERS,
        lambda w: {"kind": "note", "note": "Seen again.", "comment": "After the move."},
        status=201,
    ),
    Call(
        "replace a file",
        "post",
        lambda w: f"evidence/{w.file.pk}/revisions/",
        KEEPERS,
        lambda w: {"file": SimpleUploadedFile("plan.pdf", b"%PDF-1.7 plan"), "comment": "New plan."},
        "multipart",
        status=201,
    ),
    Call(
        "link evidence",
        "post",
        lambda w: f"evidence/{w.evidence.pk}/link/",
        KEEPERS,
        lambda w: {"assessment": w.assessment.pk},
    ),
    Call(
        "unlink evidence",
        "post",
        lambda w: f"evidence/{w.evidence.pk}/unlink/",
        KEEPERS,
        lambda w: {"assessment": w.assessment.pk, "reason": "Of another criterion."},
    ),
    Call(
        "remove evidence",
        "post",
        lambda w: f"evidence/{w.evidence.pk}/remove/",
        KEEPERS,
        lambda w: {"reason": "Of another pilot."},
    ),
)
