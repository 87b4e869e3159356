"""What a table says of a register, row by row, as texts. No database, no clock."""

from dataclasses import dataclass, field

from pilots.imports.spelling import listed, unsafe, words_of
from pilots.imports.table import Cell, Table, UnreadableFile
from pilots.registers.files import ID, PILOT, TITLE
from pilots.registers.table import Register


@dataclass(frozen=True)
class Fault:
    """Why something in a row cannot be recorded."""

    row: int  # as a spreadsheet counts
    column: str  # as the file calls it; "" for the whole row
    sentence: str


@dataclass
class FileRows:
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)  # row, column → text
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_rows(register: Register, table: Table) -> FileRows:
    """The rows of this table by the names of our columns. Raises UnreadableFile without ID and pilot."""
    places = _places(register, table)
    found = FileRows(notes=[*table.notes, *_left_out(table, places)])
    for record in table.records:
        number = table.header_row + record.number
        if record.fault:
            found.faults.append(Fault(number, "", record.fault))
        else:
            found.rows.append((number, {name: _text(record.cells[place]) for name, place in places.items()}))
    return found


def columns_of(register: Register) -> dict[str, str]:
    """The column of a file → the name of what it says, for all that are read."""
    return {ID: ID, PILOT: PILOT, **{column.label: column.name for column in register.fields}}


def _places(register: Register, table: Table) -> dict[str, int]:
    spelled = [words_of(name) for name in table.header]
    places = {}
    for label, name in columns_of(register).items():
        there = [place for place, words in enumerate(spelled) if words == words_of(label)]
        if len(there) > 1:
            raise UnreadableFile(f"More than one column is called “{label}”. Rename all but one.")
        if there:
            places[name] = there[0]
    if not {ID, PILOT} & set(places):
        has = listed([name for name in table.header if name])
        raise UnreadableFile(f"The file has no column “ID” and none “Pilot”. It has {has}.")
    return places


def _left_out(table: Table, places: dict[str, int]) -> list[str]:
    left = [name for place, name in enumerate(table.header) if name and place not in places.values()]
    left = [name for name in left if words_of(name) != words_of(TITLE)]
    return [f"Not read, because this register has no such column: {listed(left)}."] if left else []


def _text(cell: Cell) -> str:
    """What the cell says, without what files put before a formula."""
    text = cell if isinstance(cell, str) else cell.isoformat()
    text = text.replace("\0", "").strip()
    return unsafe(text)
