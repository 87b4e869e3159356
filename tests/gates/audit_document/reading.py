"""What a document and its PDF say, as plain text."""

from io import BytesIO

from pypdf import PdfReader

from pilots.models import Pilot


def whole(pilot: Pilot) -> Pilot:
    return Pilot.objects.select_related("programme", "owner", "sponsor").get(pk=pilot.pk)


def words_of(document) -> str:
    """Everything it says, in its order."""
    said = []
    for part in document.parts:
        said.append(part["title"])
        for block in part["blocks"]:
            said += [block.get("name", ""), block.get("says", ""), *block.get("head", [])]
            said += [cell for row in block.get("facts", []) + block.get("rows", []) for cell in row]
    return "\n".join(said)


def text_of(pdf: bytes) -> str:
    """The words of a PDF, with single spaces."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
