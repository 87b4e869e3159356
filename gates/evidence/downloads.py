"""The one way in which a file leaves: as a download, never run by the browser."""

from django.http import FileResponse

from gates.models import EvidenceRevision


def download(revision: EvidenceRevision) -> FileResponse | None:
    """The file of a revision; None when it is no longer on the disk."""
    try:
        file = revision.file.open("rb")
    except FileNotFoundError:
        return None
    response = FileResponse(file, as_attachment=True, filename=revision.file_name)
    response["Content-Type"] = "application/octet-stream"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
