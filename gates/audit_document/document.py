"""One audit document: what it says of a pilot at a moment, and the fingerprint of that."""

from dataclasses import dataclass
from datetime import datetime

from gates.audit_document.content import content_of
from gates.audit_document.parts import Content
from gates.digest import digest_of
from pilots import clock
from pilots.models import Pilot


@dataclass(frozen=True)
class Document:
    key: str  # of the pilot
    title: str
    subtitle: str
    parts: list[Content]
    at: datetime
    digest: str  # SHA-256 over key, title and parts: who has the document can work it out again

    @property
    def file_name(self) -> str:
        return f"{self.key}-audit-document-{self.at:%Y-%m-%d}.pdf"


def document_of(pilot: Pilot) -> Document:
    """The document as it is now. The pilot brings its programme, owner and sponsor."""
    at, title = clock.now(), f"Audit document: {pilot.title}"
    parts = content_of(pilot, today=clock.today())
    return Document(
        key=pilot.key,
        title=title,
        subtitle=f"{pilot.key}, {pilot.programme}.",
        parts=parts,
        at=at,
        digest=digest_of({"key": pilot.key, "title": title, "parts": parts}),
    )
