"""Which files are taken: what the name says, and what the content says against it."""

import pytest

from gates.evidence.file_types import ALLOWED_ENDINGS, file_problem

MB = 1024 * 1024
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TRUE = {
    "pdf": b"%PDF-1.7\n",
    "png": PNG,
    "jpg": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "jpeg": b"\xff\xd8\xff\xe1",
    "gif": b"GIF89a",
    "webp": b"RIFF\x10\0\0\0WEBPVP8 ",
    **dict.fromkeys(("zip", "docx", "xlsx", "pptx", "odt", "ods", "odp"), b"PK\x03\x04\x14\0"),
    **dict.fromkeys(("doc", "xls", "ppt", "msg"), OLE),
    **dict.fromkeys(("csv", "tsv", "txt", "md", "json", "yaml", "yml", "log", "eml"), b"Month;Cases\n"),
}


def problem(name: str, head: bytes, size: int = 10) -> str:
    return file_problem(name=name, size=size, limit=25 * MB, head=head)


def test_every_ending_has_its_example():
    assert TRUE.keys() == set(ALLOWED_ENDINGS)


@pytest.mark.parametrize("ending", TRUE)
def test_a_file_that_is_what_it_says_is_taken(ending):
    assert problem(f"report.{ending}", TRUE[ending]) == ""
    assert problem(f"REPORT.{ending.upper()}", TRUE[ending]) == ""


@pytest.mark.parametrize("ending", TRUE)
@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"MZ\x90\0\x03",
        b"\x7fELF\x02\0",
        b"<svg onload=alert(1)>",
    ],
    ids=["a page", "a Windows program", "a Linux program", "a drawing with a script"],
)
def test_what_a_browser_or_a_desktop_would_run_is_refused_under_every_name(ending, content):
    if ending == "eml" and content.startswith(b"<"):
        return  # a mail may hold a page; mail programs show it without scripts
    assert problem(f"harmless.{ending}", content) == (
        f"harmless.{ending} is not a {ending.upper()} file, whatever its name says."
    )


@pytest.mark.parametrize("ending", ["png", "gif", "jpg", "webp"])
@pytest.mark.parametrize("page", [b"<script>alert(1)</script>", b"<HTML>", b"<!doctype HTML>"])
def test_a_picture_that_is_a_page_as_well_is_refused(ending, page):
    assert "whatever its name says" in problem(f"picture.{ending}", TRUE[ending] + b"/*" + page)


@pytest.mark.parametrize("ending", TRUE)
def test_no_file_passes_for_another(ending):
    same = {other for other in TRUE if TRUE[other] == TRUE[ending]} | {"jpg", "jpeg"}
    for other in TRUE.keys() - (same if ending in same else set()):
        if not TRUE[other].startswith(b"\xff\xd8\xff") or not ending.startswith("jp"):
            assert problem(f"x.{ending}", TRUE[other]), (ending, other)


def test_text_in_two_bytes_a_letter_is_text():
    assert problem("export.csv", "Month;Cases".encode("utf-16")) == ""


def test_pages_and_programs_are_no_evidence_by_name():
    for name in ("page.html", "page.svg", "run.exe", "run.js", "sheet.xlsm", "noending"):
        assert "not accepted as evidence" in problem(name, b"x")


def test_a_file_that_is_too_large_is_told_its_size_and_the_limit():
    assert problem("Load test.xlsx", b"", 62 * MB) == "Load test.xlsx is 62 MB; the limit is 25 MB."
