"""A file as a table: one header, numbered records, and what was noticed on the way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from pilots.imports.spelling import listed, one_line

MAX_COLUMNS = 500
MAX_RECORDS = 200_000
HEADER_WITHIN = 20  # rows; a heading and a date above the header are common, more is not

Cell = str | date


class UnreadableFile(Exception):
    """The file cannot be read as a table; the message is one sentence for people."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row. `number` counts from 1 below the header, blank rows included, as in a spreadsheet."""

    number: int
    cells: tuple[Cell, ...]
    fault: str = ""  # a sentence: why this row cannot be read


@dataclass(frozen=True)
class Table:
    header: tuple[str, ...]
    records: list[Record]
    notes: list[str] = field(default_factory=list)
    header_row: int = 1  # where the header stands, as a spreadsheet counts


@dataclass(frozen=True, slots=True)
class Row:
    """One row before the header is known, with the lines of the file that it covers."""

    cells: Sequence[Cell]
    first_line: int = 0
    last_line: int = 0

    def filled(self) -> int:
        return sum(1 for cell in self.cells if not is_blank(cell))


def is_blank(cell: Cell) -> bool:
    if not isinstance(cell, str):
        return False
    return not cell or cell.isspace() or (len(cell) < 4 and not one_line(cell))  # a lone invisible mark


def table_of(rows: Iterable[Row], *, ragged: bool, notes: Sequence[str] = ()) -> Table:
    """The table in these rows.

    ragged: True where the number of cells in a row means something (CSV), False where missing cells
    are just empty (spreadsheets). Raises UnreadableFile when there is no header or no row below it.
    """
    filled = _filled(rows)
    if not filled:
        raise UnreadableFile("The file is empty: it holds no text at all.")
    skipped = _heading(filled)
    (header_at, header_row), body = filled[len(skipped)], filled[len(skipped) + 1 :]
    width = _width(header_row, [row for _, row in body], ragged)
    header = tuple(_name(cell) for cell in _padded(header_row.cells, width))
    records = [_record(at - header_at, row, header, ragged) for at, row in body]
    if not records:
        raise UnreadableFile(f"The file has a header ({listed(list(header), 5)}) but no rows below it.")
    noticed = [f"Skipped above the header: {listed(skipped)}."] if skipped else []
    return Table(header, records, [*notes, *noticed], header_at + 1)


def _filled(rows: Iterable[Row]) -> list[tuple[int, Row]]:
    """The rows that are not blank, with their places in the file."""
    filled = []
    for place, row in enumerate(rows):
        if row.filled():
            filled.append((place, row))
        if len(filled) > MAX_RECORDS + 1:
            raise UnreadableFile(f"The file has more than {MAX_RECORDS:,} rows. Split it into smaller files.")
    return filled


def _heading(filled: list[tuple[int, Row]]) -> list[str]:
    """What stands above the header: leading rows with few cells, where most rows below have several.

    Titles, dates and names of groups of columns stand there. Measured by the usual row, not by the widest:
    one row with too many cells must not make a heading of the header.
    """
    window = [row.filled() for _, row in filled[:HEADER_WITHIN]]
    wide = [count for count in window if count > 1]
    if 2 * len(wide) <= len(window):
        return []
    enough = max(2, median(wide) / 2)
    header_at = next(place for place, count in enumerate(window) if count >= enough)
    return [" | ".join(_texts(row)) for _, row in filled[:header_at]]


def _texts(row: Row) -> list[str]:
    return [_name(cell) for cell in row.cells if not is_blank(cell)]


def _width(header_row: Row, body: list[Row], ragged: bool) -> int:
    width = len(_trimmed(header_row.cells))
    if ragged:
        width = max(width, min(len(header_row.cells), MAX_COLUMNS))
    else:
        width = max([width, *(len(_trimmed(row.cells)) for row in body)])
    if width > MAX_COLUMNS:
        raise UnreadableFile(f"The file has {width:,} columns; at most {MAX_COLUMNS} can be read.")
    return width


def _record(number: int, row: Row, header: tuple[str, ...], ragged: bool) -> Record:
    cells, width = row.cells, len(header)
    if len(cells) > width:
        # Empty cells beyond the last column say nothing; a comma at the end of each line is common.
        cells = [*cells[:width], *_trimmed(cells[width:])]
    fault = _fault(cells, row, width) if ragged else ""
    cells = tuple(cells) if fault else tuple(_padded(cells, width))
    if not fault and _name(cells[0]) == header[0] and tuple(map(_name, cells)) == header:
        fault = "This row repeats the header."
    return Record(number, cells, fault)


def _fault(cells: Sequence[Cell], row: Row, width: int) -> str:
    if len(cells) == width:
        return ""
    counted = f"{len(cells)} cell{'' if len(cells) == 1 else 's'}"
    sentence = f"This row has {counted} where the header has {width}."
    lines = row.last_line - row.first_line + 1
    if lines > 2:
        sentence += f" It runs over {lines} lines of the file; a quotation mark may be missing."
    return sentence


def _padded(cells: Sequence[Cell], width: int) -> list[Cell]:
    return [*cells, *[""] * (width - len(cells))]


def _trimmed(cells: Sequence[Cell]) -> Sequence[Cell]:
    last = len(cells)
    while last and is_blank(cells[last - 1]):
        last -= 1
    return cells[:last]


def _name(cell: Cell) -> str:
    return one_line(str(cell))
