"""The files that people send, held against what is taken as evidence."""

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from gates.evidence.file_types import HEAD, file_problem


def upload_problem(file: UploadedFile) -> str:
    """Why an uploaded file cannot be evidence; "" when it can."""
    head = file.read(HEAD)
    file.seek(0)
    name, size = file.name or "", file.size or 0
    return file_problem(name=name, size=size, limit=settings.EVIDENCE_MAX_BYTES, head=head)
