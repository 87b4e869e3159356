"""A table and a mapping become rows in our words. Every row of the table is here exactly once."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from pilots.imports.contradictions import note_contradictions
from pilots.imports.date_spellings import DAY_FIRST, MONTH_FIRST, only_order
from pilots.imports.dates import NOT_APPLICABLE
from pilots.imports.files import read_table
from pilots.imports.mapping import DATE_FIELDS, STANDARD_PHASES, FileMapping
from pilots.imports.recognising import (
    check_title,
    column_positions,
    detected_mapping,
    missing_columns,
    named_mapping,
)
from pilots.imports.row_values import SPREADSHEET_ERROR, Kind, Problem, RowReader, RowValues
from pilots.imports.spelling import comparable, listed, one_line, quoted
from pilots.imports.table import Cell, Record, Table, is_blank


@dataclass(frozen=True)
class ReadRow:
    """One row. `rejected`: the sentence why it cannot become a pilot; then it has no values and identity."""

    number: int  # counted from 1 below the header
    raw: list[list[str]]  # [[header, cell], …] of every cell that is not blank, in order
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    identity: str = ""  # 64 characters, equal for rows about the same pilot
    fingerprint: str = ""  # 64 characters, equal for rows that say the same
    rejected: str = ""


@dataclass(frozen=True)
class Reading:
    mapping: str
    programme: str  # the name that the mapping suggests; may be empty
    rows: list[ReadRow]
    notes: list[str]  # sentences about the file as a whole

    @property
    def accepted(self) -> list[ReadRow]:
        return [row for row in self.rows if not row.rejected]

    @property
    def rejected(self) -> list[ReadRow]:
        return [row for row in self.rows if row.rejected]


Progress = Callable[[str, int, int], None]  # what is being done, how many are, of how many
SUMS = {"total", "totals", "grand total", "subtotal", "sub-total", "sum", "count", "average"}
NOTE = re.compile(
    r"(?:source|sources|note|notes|legend|last updated|as of|exported|generated)\b(?:.*:| on\b)"
)
STEP = 2_000  # rows between two words of progress


def _quietly(what: str, done: int, of: int) -> None:
    """Nobody watches."""


def read_file(
    path: Path,
    *,
    today: date,
    mapping: str = "",
    phases: Sequence[str] = STANDARD_PHASES,
    progress: Progress = _quietly,
) -> Reading:
    """Every row of a CSV or XLSX file. mapping: a built-in name or the path of one; empty to detect it.

    Raises UnreadableFile (one sentence) or MappingError (`reasons`); both before anything is of use.
    """
    chosen = named_mapping(mapping, phases) if mapping else None
    table = read_table(path, delimiter=chosen.delimiter if chosen else None)
    fitting = chosen or detected_mapping(table)
    return read_rows(table, fitting, today=today, phases=phases, progress=progress)


def read_rows(
    table: Table,
    mapping: FileMapping,
    *,
    today: date,
    phases: Sequence[str] = STANDARD_PHASES,
    progress: Progress = _quietly,
) -> Reading:
    """Every row of the table as this mapping understands it.

    today: only for the warning that something in operation began in the future; no value depends on it.
    phases: the keys of the phases of the programme's playbook, in order.
    Raises UnreadableFile when the file has no column for the title.
    """
    check_title(table, mapping)
    positions = column_positions(table, mapping)
    mapping, order_notes = _with_order(table, mapping, positions)
    reader = _Rows(table, mapping, positions, today, tuple(phases))
    notes = [*table.notes, *order_notes, *_column_notes(table, mapping, positions)]
    rows = []
    for count, record in enumerate(table.records, start=1):
        rows.append(reader.read(record))
        if count % STEP == 0 or count == len(table.records):
            progress("Reading rows", count, len(table.records))
    return Reading(mapping.name, mapping.programme, rows, notes)


class _Rows:
    """Reads the rows of one file and remembers which identifiers and copies it has seen."""

    def __init__(
        self,
        table: Table,
        mapping: FileMapping,
        positions: dict[str, list[int]],
        today: date,
        phases: tuple[str, ...],
    ) -> None:
        self.header = [name or f"(column {place})" for place, name in enumerate(table.header, start=1)]
        self.mapping, self.positions, self.today, self.phases = mapping, positions, today, phases
        self.values = RowReader(mapping, positions)
        mapped = {place for places in positions.values() for place in places}
        self.unmapped = [place for place in range(len(table.header)) if place not in mapped]
        self.seen_ids: dict[str, int] = {}
        self.seen_cells: dict[tuple[Cell, ...], int] = {}

    def read(self, record: Record) -> ReadRow:
        raw = self._raw(record.cells)
        source_id = "" if record.fault else comparable(str(self.values.cell(record.cells, "id")))
        if rejected := record.fault or self._rejected(record, source_id):
            return ReadRow(record.number, raw, rejected=rejected)
        row = self.values.read(record.cells)
        dates = {name: str(self.values.cell(record.cells, name)) for name in row.periods}
        note_contradictions(row, self.phases, self.today, dates)
        self._note_copy(record, row)
        return ReadRow(
            record.number,
            raw,
            row.values,
            row.problems,
            row.warnings,
            self._identity(record.cells, source_id),
            self._fingerprint(record.cells, row),
        )

    def _raw(self, cells: Sequence[Cell]) -> list[list[str]]:
        names = [*self.header, *(f"(column {n})" for n in range(len(self.header) + 1, len(cells) + 1))]
        return [[name, str(cell)] for name, cell in zip(names, cells, strict=False) if not is_blank(cell)]

    def _rejected(self, record: Record, source_id: str) -> str:
        written = one_line(str(self.values.cell(record.cells, "title")))
        title = comparable(written)
        if title in NOT_APPLICABLE:
            return "This row has no title."
        if SPREADSHEET_ERROR.fullmatch(written):
            return f"The title is the error of a formula ({written}), not a name."
        if self._is_no_pilot(record.cells, title, source_id):
            return f"This row is a sum or a note below the table ({quoted(written)}), not a pilot."
        if not source_id:
            return ""
        first = self.seen_ids.setdefault(source_id, record.number)
        if first == record.number:
            return ""
        name = self.header[self.positions["id"][0]]
        return f"The identifier in “{name}” is the same as in row {first}."

    def _is_no_pilot(self, cells: Sequence[Cell], title: str, source_id: str) -> bool:
        """Sums and notes, as they stand below tables: no field of ours besides is filled."""
        others = (places for name, places in self.positions.items() if name not in ("id", "title"))
        if not {title.strip(" :"), source_id.strip(" :")} & SUMS and not NOTE.match(title):
            return False
        return all(is_blank(cells[place]) for places in others for place in places)

    def _note_copy(self, record: Record, row: RowValues) -> None:
        first = self.seen_cells.setdefault(record.cells, record.number)
        if first != record.number:
            row.warnings.append(f"This row is an exact copy of row {first}.")

    def _identity(self, cells: Sequence[Cell], source_id: str) -> str:
        if source_id:
            return _hash(["id", source_id])
        return identity_of(str(self.values.cell(cells, name)) for name in self.mapping.identity)

    def _fingerprint(self, cells: Sequence[Cell], row: RowValues) -> str:
        """Of what was understood, what was not, and the columns that the mapping leaves alone.

        Not of headers, the order of columns or how a date is spelled: these change without meaning.
        """
        left = sorted(str(cells[place]) for place in self.unmapped if not is_blank(cells[place]))
        return _hash([row.values, sorted(filter(None, map(_left_open, row.problems))), left])


def _left_open(problem: Problem) -> list[str]:
    """What a problem adds to the values: the cell that is in none of them."""
    if problem.kind in (Kind.NOT_UNDERSTOOD, Kind.NOT_GIVEN, Kind.ASK):
        return [problem.field, problem.raw]
    return [problem.field, problem.reason] if problem.kind is Kind.CONTRADICTION else []


def identity_of(texts: Iterable[str]) -> str:
    """Of a row without an identifier, by the cells that tell pilots apart."""
    return _hash([comparable(text) for text in texts])


def _hash(content: list[Any]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _with_order(
    table: Table, mapping: FileMapping, positions: dict[str, list[int]]
) -> tuple[FileMapping, list[str]]:
    """The mapping with the order of day and month that the file's own dates prove, if they do."""
    if mapping.dates.order:
        return mapping, []
    fields = [name for name in positions if name in DATE_FIELDS or name.startswith(("entered_", "planned_"))]
    places = [place for name in fields for place in positions[name]]
    texts = {record.cells[place] for record in table.records if not record.fault for place in places}
    proofs = {order for text in texts if isinstance(text, str) and (order := only_order(comparable(text)))}
    if len(proofs) != 1:
        return mapping, []
    order = proofs.pop()
    first = {MONTH_FIRST: "month", DAY_FIRST: "day"}[order]
    note = f"Dates are read with the {first} first, because dates in the file can only be read so."
    return replace(mapping, dates=replace(mapping.dates, order=order)), [note]


def _column_notes(table: Table, mapping: FileMapping, positions: dict[str, list[int]]) -> list[str]:
    notes = []
    if not mapping.synonyms and (missing := missing_columns(table, mapping)):
        notes.append(f"The mapping names columns that the file does not have: {listed(missing)}.")
    mapped = {place for places in positions.values() for place in places}
    left = [name for place, name in enumerate(table.header) if name and place not in mapped]
    if left:
        notes.append(f"Kept with each pilot as they are, without a field of ours: {listed(left)}.")
    return notes
