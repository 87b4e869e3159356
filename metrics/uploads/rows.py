"""What a table of readings says, row by row, with everything wrong in it named. Pure: no database, no clock.

Nothing is guessed: a date or a number that can be read in two ways is read as the rest of its column proves, or
not at all.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from decimal import Decimal

from metrics.sources.choices import DecimalMark
from metrics.sources.failures import NotCollected
from metrics.sources.values import EARLIEST, moment_of, number_of
from pilots.imports.date_spellings import DateRules, only_order
from pilots.imports.dates import read_date
from pilots.imports.periods import Precision
from pilots.imports.row_values import SPREADSHEET_ERROR
from pilots.imports.spelling import comparable, listed, one_line, quoted, words_of
from pilots.imports.table import Cell, Record, Table, UnreadableFile, is_blank

COLUMNS = {  # what a column is called, the first name in templates and sentences
    "pilot": ("Pilot", "pilot key", "key of the pilot"),
    "kpi": ("KPI", "kpi name", "kpi id", "name of the kpi", "metric", "indicator"),
    "measured_at": (
        *("Measured", "measured at", "measured on", "date", "day", "time", "date time", "datetime"),
        "timestamp",
    ),
    "value": ("Value", "reading", "measurement", "measured value"),
    "unit": ("Unit", "unit of measurement"),
    "sample_size": ("Sample size", "sample", "n", "cases"),
    "note": ("Note", "notes", "comment", "remark"),
}
UNPROVEN, BOTH = "", "both"  # instead of a decimal mark
LONGEST_NOTE = 300
MOST_SAMPLE = 2**31 - 1
NOON = time(12)  # of a day without a time, so that no zone moves it to another
CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d\d)(?::(\d\d))?\s*([ap]m)?\s*$", re.IGNORECASE | re.ASCII)
NUMBER_WITH_UNIT = re.compile(r"(?P<number>.*\d)\s*(?P<unit>[^\d\s]+)")
TWO_WAYS = "can be read with the day or the month first. Say which above the file, or write 2026-03-04."


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell; `row` counts as a spreadsheet does, `column` is its name in the file."""

    row: int
    column: str
    sentence: str


@dataclass
class FileRow:
    """One row in our words; what could not be read is None and stands among the faults."""

    number: int
    pilot: str
    kpi: str
    unit: str
    measured_at: datetime | None
    value: Decimal | None
    sample_size: int | None
    note: str


@dataclass
class FileRows:
    rows: list[FileRow] = field(default_factory=list)  # without a fault of their own
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  # our column → its name in the file


def read_rows(
    table: Table, *, zone: tzinfo, needed: Iterable[str], order: str = "", is_sheet: bool
) -> FileRows:
    """The readings in this table.

    zone: whose time it is where none is said. needed: columns without which it cannot be told what is meant.
    order: of day and month in 3/4/2026, empty where the file must tell. is_sheet: its numbers were numbers and
    have a point, whatever its texts have. Raises UnreadableFile when a needed column is missing.
    """
    places = _places(table, needed)
    reader = _Reader(table, places, zone, order, is_sheet)
    for record in table.records:
        reader.take(record)
    found = reader.found
    found.notes = [*table.notes, *_left_out(table, places), *reader.noticed()]
    return found


def _places(table: Table, needed: Iterable[str]) -> dict[str, int]:
    spelled = [words_of(name) for name in table.header]
    places: dict[str, int] = {}
    for name, called in COLUMNS.items():
        known = [words_of(one) for one in called]
        there = [place for place, words in enumerate(spelled) if words in known]
        if len(there) > 1:
            named = listed([table.header[place] for place in there])
            raise UnreadableFile(f"More than one column can be “{called[0]}”: {named}. Rename all but one.")
        if there:
            places[name] = there[0]
    missing = [COLUMNS[name][0] for name in needed if name not in places]
    if missing:
        has = listed([name for name in table.header if name])
        raise UnreadableFile(f"The file has no column {listed(missing)}. It has {has}.")
    return places


def _left_out(table: Table, places: dict[str, int]) -> list[str]:
    left = [name for place, name in enumerate(table.header) if name and place not in places.values()]
    return [f"Not read, because they are no part of a reading: {listed(left)}."] if left else []


class _Reader:
    """Reads the rows of one table."""

    def __init__(
        self, table: Table, places: dict[str, int], zone: tzinfo, order: str, is_sheet: bool
    ) -> None:
        self.places, self.zone = places, zone
        self.header_row = table.header_row
        self.found = FileRows(names={name: table.header[place] for name, place in places.items()})
        self.rules = DateRules(order=order or _proven_order(self._texts(table, "measured_at")))
        self.mark = UNPROVEN if is_sheet else _proven_mark(self._texts(table, "value"))
        self.blank = 0

    def _texts(self, table: Table, name: str) -> Iterator[str]:
        place = self.places[name]
        cells = (record.cells[place] for record in table.records if not record.fault)
        return (cell for cell in cells if isinstance(cell, str) and not is_blank(cell))

    def noticed(self) -> list[str]:
        notes = []
        if self.blank:
            one = self.blank == 1
            rows, were = ("1 row has", "was") if one else (f"{self.blank:,} rows have", "were")
            notes.append(f"{rows} neither time nor value and {were} left out.")
        if self.mark == DecimalMark.COMMA:
            notes.append(
                "Numbers are read with a decimal comma, because numbers in the file can only be read so."
            )
        return notes

    def take(self, record: Record) -> None:
        number = self.header_row + record.number
        if record.fault:
            self.found.faults.append(Fault(number, "", record.fault))
            return
        if all(is_blank(self._cell(record, name)) for name in ("measured_at", "value")):
            self.blank += 1
            return
        before = len(self.found.faults)
        row = self._row(number, record)
        if len(self.found.faults) == before:
            self.found.rows.append(row)

    def _row(self, number: int, record: Record) -> FileRow:
        unit = one_line(str(self._cell(record, "unit")))
        value, its_unit = self._value(number, self._cell(record, "value"))
        if unit and its_unit and unit != its_unit:
            self._fault(number, "unit", f"The value is in {its_unit}, the column says {unit}.")
        return FileRow(
            number=number,
            pilot=one_line(str(self._cell(record, "pilot"))),
            kpi=one_line(str(self._cell(record, "kpi"))),
            unit=unit or its_unit,
            measured_at=self._moment(number, self._cell(record, "measured_at")),
            value=value,
            sample_size=self._sample(number, self._cell(record, "sample_size")),
            note=self._note(number, one_line(str(self._cell(record, "note")))),
        )

    def _cell(self, record: Record, name: str) -> Cell:
        return record.cells[self.places[name]] if name in self.places else ""

    def _fault(self, row: int, name: str, sentence: str) -> None:
        self.found.faults.append(Fault(row, self.found.names.get(name, COLUMNS[name][0]), sentence))

    # --- A value -------------------------------------------------------------------------------
    def _value(self, row: int, cell: Cell) -> tuple[Decimal | None, str]:
        """The number and the unit behind it, where one stands there."""
        text = one_line(str(cell))
        if not text:
            self._fault(row, "value", "Enter the value.")
        elif isinstance(cell, date):
            self._fault(row, "value", f"{quoted(text)} is a date, not a number. Format the cell as a number.")
        elif SPREADSHEET_ERROR.fullmatch(text):
            self._fault(row, "value", f"{quoted(text)} is the error of a formula, not a value.")
        elif text.startswith("="):
            self._fault(row, "value", f"{quoted(text)} is a formula. Save the file with its values.")
        elif self._reads_two_ways(text):
            sentence = f"{quoted(text)} can be decimals or thousands. Write thousands without a mark."
            self._fault(row, "value", sentence)
        else:
            return self._number(row, text)
        return None, ""

    def _number(self, row: int, text: str) -> tuple[Decimal | None, str]:
        split = NUMBER_WITH_UNIT.fullmatch(text)
        for number, unit in ((text, ""), *([(split["number"], split["unit"])] if split else [])):
            try:
                return number_of(number, self._mark_of(number)), unit
            except NotCollected:
                continue
        self._fault(row, "value", f"{quoted(text)} is not a number.")
        return None, ""

    def _reads_two_ways(self, text: str) -> bool:
        one_mark = text.count(",") + text.count(".") == 1
        return (
            one_mark and not _proof_of(text) and ("," in text if self.mark == UNPROVEN else self.mark == BOTH)
        )

    def _mark_of(self, text: str) -> str:
        return _proof_of(text) or (self.mark if self.mark in DecimalMark.values else DecimalMark.POINT)

    # --- A time --------------------------------------------------------------------------------
    def _moment(self, row: int, cell: Cell) -> datetime | None:
        found = self._read_moment(cell)
        if isinstance(found, str):
            self._fault(row, "measured_at", found)
            return None
        if found.year < EARLIEST:
            self._fault(row, "measured_at", "This lies too far in the past.")
            return None
        return found

    def _read_moment(self, cell: Cell) -> datetime | str:
        text = one_line(str(cell))
        if not text:
            return "Enter when it was measured."
        if ":" in text and (moment := moment_of(text, self.zone)):
            return moment
        reading = read_date(cell, self.rules)
        if reading is None or reading.period is None:
            if reading and "mapping" in reading.reason:
                return f"{quoted(text)} {TWO_WAYS}"
            return reading.reason if reading else f"{quoted(text)} is not a date."
        if reading.period.precision is not Precision.DAY or reading.period.approximate:
            return f"{quoted(text)} names no day. A reading needs the day it was measured."
        clock = CLOCK.search(text)
        at = _clock(clock) if clock else NOON
        if at is None:
            return f"{quoted(text)} has a time that no clock shows."
        return datetime.combine(reading.period.first, at, self.zone)

    # --- The rest ------------------------------------------------------------------------------
    def _sample(self, row: int, cell: Cell) -> int | None:
        text = one_line(str(cell))
        if not text:
            return None
        try:
            number = number_of(text, DecimalMark.POINT)
        except NotCollected:
            number = Decimal(0)
        if number != number.to_integral_value() or not 1 <= number <= MOST_SAMPLE:
            self._fault(row, "sample_size", f"{quoted(text)} is not a number of cases.")
            return None
        return int(number)

    def _note(self, row: int, text: str) -> str:
        if len(text) > LONGEST_NOTE:
            self._fault(row, "note", f"The note has {len(text)} characters; at most {LONGEST_NOTE} fit.")
        return text


def _clock(found: re.Match[str]) -> time | None:
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[4].lower() == "pm" else 0)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def _proven_order(texts: Iterable[str]) -> str:
    """The order of day and month that the file's own dates prove; "" where none or both."""
    proofs = {order for text in set(texts) if (order := only_order(comparable(text)))}
    return proofs.pop() if len(proofs) == 1 else ""


def _proven_mark(texts: Iterable[str]) -> str:
    """The decimal mark that the file's own numbers prove, or that they prove none or both."""
    proofs = {mark for text in texts if (mark := _proof_of(text))}
    return BOTH if len(proofs) > 1 else proofs.pop() if proofs else UNPROVEN


def _proof_of(text: str) -> str:
    """The decimal mark that this number has for sure: 1,5 and 1.234,5 a comma, 1.5 and 1,234.5 a point; "" else."""
    marks = [char for char in text if char in ",."]
    if not marks:
        return ""
    last, others = marks[-1], marks[:-1]
    if others and last in others:
        return DecimalMark.POINT if last == "," else DecimalMark.COMMA  # 1,234,567: it groups
    if others:
        return last
    whole, _, decimals = text.strip().lstrip("+-\u2212").partition(last)
    grouped = re.match(r"\d{3}(?!\d)", decimals) and 1 <= len(whole) <= 3 and whole != "0"
    return "" if grouped else last
