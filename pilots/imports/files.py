"""A file becomes a table. What kind it is shows in its first bytes; its name is not asked."""

import tempfile
from pathlib import Path

from pilots.imports.csv_files import csv_rows, likely_delimiter
from pilots.imports.table import Table, UnreadableFile, table_of
from pilots.imports.xlsx_files import xlsx_table

MAX_BYTES = 100_000_000
ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROTECTED = "EncryptedPackage".encode("utf-16-le")
KINDS = [  # first bytes, and what such a file is
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"7z\xbc\xaf", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database"),
    (b"\x7fELF", "a program"),
    (b"{\\rtf", "a text document"),
]


def read_table(path: Path, *, delimiter: str | None = None) -> Table:
    """The table in this CSV or XLSX file.

    delimiter: the character between cells where the mapping names one; None expects commas.
    Raises UnreadableFile with one sentence for people.
    """
    data = _bytes_of(path)
    if data.startswith(ZIP):
        return xlsx_table(path)
    _refuse_other_kinds(data)
    rows, notes = csv_rows(data, delimiter)
    return table_of(rows, ragged=True, notes=notes)


def table_in(data: bytes) -> Table:
    """The table in these bytes, whatever stands between its cells. Raises UnreadableFile."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sent"
        path.write_bytes(data)
        try:
            return read_table(path)
        except UnreadableFile:
            if data.startswith(ZIP) or not data:
                raise
            delimiter = likely_delimiter(data)
            if delimiter == ",":
                raise
            return read_table(path, delimiter=delimiter)


def _bytes_of(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise UnreadableFile(f"{path} is a folder, not a file.")
        if not path.exists():
            raise UnreadableFile(f"There is no file {path}.")
        if not path.is_file():
            raise UnreadableFile(f"{path} is not an ordinary file.")
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UnreadableFile(f"The file {path} cannot be opened: {_why(error)}.") from error
    if len(data) > MAX_BYTES:
        raise UnreadableFile(
            f"The file is larger than {MAX_BYTES // 1_000_000} MB. Split it into smaller files."
        )
    if not data:
        raise UnreadableFile("The file is empty: it holds no text at all.")
    return data


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).lower()


def _refuse_other_kinds(data: bytes) -> None:
    if data.startswith(OLD_OFFICE):
        if PROTECTED in data:
            raise UnreadableFile("The file is protected with a password. Save it without one and try again.")
        raise UnreadableFile("The file is in the old Excel format (.xls): save it as .xlsx and try again.")
    for beginning, kind in KINDS:
        if data.startswith(beginning):
            raise UnreadableFile(f"The file is {kind}, not a table.")
    start = data[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise UnreadableFile("The file is a web page or XML, not a table. Was it saved from a browser?")
    if start.startswith((b'{"', b"[{", b"{\n", b"{\r")):
        raise UnreadableFile("The file is JSON, not a table: save it as comma separated text.")
