"""Excel workbooks: looked over for bombs before anything is unpacked, then read row by row."""

import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any

import openpyxl

from pilots.imports.spelling import listed
from pilots.imports.table import (
    MAX_COLUMNS,
    MAX_RECORDS,
    Cell,
    Row,
    Table,
    UnreadableFile,
    table_of,
)

MAX_PARTS = 2_000
MAX_UNPACKED = 100_000_000  # bytes
MAX_RATIO = 60  # unpacked to packed; tables have 5 to 30
SMALL = 10_000_000  # bytes; below this the ratio does not matter
MAX_CELLS = 3_000_000
CHUNK = 1 << 20
ROW = re.compile(rb"[<:]row(?:\s([^>]*))?>")
ROW_NUMBER = re.compile(rb"\br\s*=\s*[\"'](\d{1,9})[\"']")
DAMAGED = "The file looks like an Excel workbook, but it is damaged."
OTHER_ZIPS = [  # a name inside, and what the file is then
    ("xl/workbook.bin", "a binary Excel workbook (.xlsb): save it as .xlsx"),
    (
        "content.xml",
        "an OpenDocument file: save it as .xlsx or as comma separated text",
    ),
    ("word/document.xml", "a Word document, not a table"),
    ("ppt/presentation.xml", "a presentation, not a table"),
]


def xlsx_table(path: Path) -> Table:
    """The first visible sheet with a table in it. Raises UnreadableFile."""
    try:
        with path.open("rb") as stream:  # openpyxl would judge a path by its ending
            with zipfile.ZipFile(stream) as package:
                _look_over(package, path.stat().st_size)
            return _first_table(stream)
    except UnreadableFile:
        raise
    except Exception as error:  # openpyxl and the ZIP reader raise nearly anything
        raise UnreadableFile(DAMAGED) from error


def _look_over(package: zipfile.ZipFile, packed: int) -> None:
    parts = package.infolist()
    names = {part.filename for part in parts}
    unpacked = sum(part.file_size for part in parts)
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableFile("The file is protected with a password. Save it without one and try again.")
    for inside, what in OTHER_ZIPS:
        if inside in names and "xl/workbook.xml" not in names:
            raise UnreadableFile(f"The file is {what}.")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise UnreadableFile(
            "The file is a ZIP archive, not an Excel workbook: unpack it and import the file in it."
        )
    if (
        len(parts) > MAX_PARTS
        or unpacked > MAX_UNPACKED
        or (unpacked > SMALL and unpacked > MAX_RATIO * packed)
    ):
        raise UnreadableFile(
            f"The workbook would unpack to {unpacked // 1_000_000:,} MB in {len(parts):,} parts, "
            "far more than a table needs, so it was not opened."
        )
    for part in parts:
        with package.open(part) as stream:
            _look_over_rows(stream)


def _look_over_rows(stream: IO[bytes]) -> None:
    """Rows must have rising numbers: openpyxl parses repeated ones, and drops them."""
    last, cells, rest = 0, 0, b""
    while chunk := stream.read(CHUNK):
        if not last and not rest and chunk[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise UnreadableFile(
                DAMAGED
            )  # no program writes UTF-16 here; the scan below could not see its rows
        text = rest + chunk
        end = max(text.rfind(b"<"), 0)
        for row in ROW.finditer(text, 0, end):
            number = ROW_NUMBER.search(row[1] or b"")
            if number and int(number[1]) <= last:
                raise UnreadableFile(
                    f"The workbook is damaged: row number {int(number[1])} comes more than once."
                )
            last = int(number[1]) if number else last + 1
        cells += text.count(b"<c ", 0, end) + text.count(b":c ", 0, end)
        rest = text[end:]
        if cells > MAX_CELLS or len(rest) > 4 * CHUNK:
            raise UnreadableFile("The workbook has more cells, or a longer cell, than can be read.")


def _first_table(stream: IO[bytes]) -> Table:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # openpyxl warns of drop-down lists and styles, which do not matter here
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        try:
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
            chosen = next((sheet for sheet in sheets if _has_rows(sheet, columns=2)), None) or next(
                (sheet for sheet in sheets if _has_rows(sheet, columns=1)), None
            )
            if chosen is None:
                raise UnreadableFile("The workbook is empty: no sheet has a header with rows below it.")
            return table_of(_rows(chosen), ragged=False, notes=_sheet_notes(book, chosen))
        finally:
            book.close()


def _sheet_notes(book: Any, chosen: Any) -> list[str]:
    others = [sheet.title for sheet in book.worksheets if sheet is not chosen and _has_rows(sheet, columns=1)]
    if not others:
        return []
    return [f"Read the sheet “{chosen.title}”; not read: {listed(others)}."]


def _has_rows(sheet: Any, columns: int) -> bool:
    """Two rows or more with something in them, at least one of them in this many cells."""
    filled = widest = 0
    for row in _rows(sheet):
        if count := row.filled():
            filled, widest = filled + 1, max(widest, count)
        if filled > 1 and widest >= columns:
            return True
        if filled > MAX_COLUMNS:  # enough was seen to know that the sheet is prose
            return False
    return False


def _rows(sheet: Any) -> Iterator[Row]:
    sheet.reset_dimensions()  # the size that a workbook declares is often wrong
    filled = 0
    for values in sheet.iter_rows(values_only=True):
        cells = [_cell(value) for value in values]
        filled += any(cells)
        if filled > MAX_RECORDS + 1:
            raise UnreadableFile(
                f"The sheet has more than {MAX_RECORDS:,} rows. Split it into smaller files."
            )
        yield Row(cells)


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date() if value.time() == time.min else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, time):
        return value.isoformat()
    return str(value)
