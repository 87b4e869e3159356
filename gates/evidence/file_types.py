"""Which files are taken as evidence: the ending, the size, and that the content is what the ending says. Pure.

It keeps out what a browser or a desktop would run. A file's content is told by how it begins, as the
programs that open it tell it.
"""

from gates.evidence.rules import MB

HEAD = 4_096  # bytes that are looked at

_ZIP, _OLE = (b"PK\x03\x04", b"PK\x05\x06"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
BEGINS = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "webp": (b"RIFF",),
    **dict.fromkeys(("zip", "docx", "xlsx", "pptx", "odt", "ods", "odp"), _ZIP),
    **dict.fromkeys(("doc", "xls", "ppt", "msg"), _OLE),
}
TEXTS = ("csv", "tsv", "txt", "md", "json", "yaml", "yml", "log", "eml")
ALLOWED_ENDINGS = (*BEGINS, *TEXTS)
IMAGES = ("png", "jpg", "jpeg", "gif", "webp")

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_PAGES = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<?xml-stylesheet")  # what a browser runs


def file_problem(*, name: str, size: int, limit: int, head: bytes) -> str:
    """Why this file cannot be evidence; "" when it can. `size`, `limit` in bytes, `head` its first HEAD bytes."""
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if ending not in ALLOWED_ENDINGS:
        return f"Files of the kind “{ending or name}” are not accepted as evidence."
    if size > limit:
        return f"{name} is {size / MB:.0f} MB; the limit is {limit / MB:.0f} MB."
    if not _is_what_it_says(ending, head[:HEAD]):
        return f"{name} is not a {ending.upper()} file, whatever its name says."
    return ""


def _is_what_it_says(ending: str, head: bytes) -> bool:
    if ending in TEXTS:
        return _is_text(head) and (ending == "eml" or not _begins_a_page(head))
    if not head.startswith(BEGINS[ending]) or (ending == "webp" and head[8:12] != b"WEBP"):
        return False
    return ending not in IMAGES or not any(mark in head.lower() for mark in _PAGES)


def _is_text(head: bytes) -> bool:
    """No byte that only programs write; text of two bytes a letter begins with a mark that says so."""
    is_known = any(head.startswith(marks) for marks in BEGINS.values())
    return not is_known and (head.startswith(_UTF_16) or b"\0" not in head)


def _begins_a_page(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGES)
