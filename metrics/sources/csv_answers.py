"""A number in a CSV answer: a column by its name, in the last row, the latest one, or the only one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, tzinfo

from metrics.sources.choices import DecimalMark, FailureKind, RowChoice
from metrics.sources.failures import NotCollected
from metrics.sources.fetching import Answer, check_status
from metrics.sources.json_answers import is_web_page
from metrics.sources.values import Reading, excerpt_of, measured_at, moment_of, number_of
from pilots.imports.csv_files import csv_rows, likely_delimiter
from pilots.imports.date_spellings import DAY_FIRST, MONTH_FIRST, DateRules
from pilots.imports.dates import read_date
from pilots.imports.spelling import comparable, listed, quoted, words_of
from pilots.imports.table import Record, Table, UnreadableFile, is_blank, table_of

KNOWN: dict[str, Sequence[str]] = {
    "row": RowChoice.values,
    "delimiter": ("", ",", ";", "\t", "|"),
    "decimal_mark": DecimalMark.values,
    "date_order": ("", DAY_FIRST, MONTH_FIRST),
}


@dataclass(frozen=True)
class CsvCell:
    """Which row and column of a CSV file hold the number. Rows in which that column is empty do not count.

    where_column, where_value: only rows that say this there; empty to look at all rows. date_order: of dates such
    as 3/4/2026, empty where they cannot be misread. delimiter: empty to find out.
    """

    value_column: str
    row: str = RowChoice.LAST
    time_column: str = ""
    where_column: str = ""
    where_value: str = ""
    delimiter: str = ""
    decimal_mark: str = DecimalMark.POINT
    date_order: str = ""

    accept = "text/csv, text/plain;q=0.9, */*;q=0.5"

    def problems(self) -> dict[str, str]:
        """Field → why this cannot be asked; {} means it can."""
        problems = {}
        if not self.value_column.strip():
            problems["value_column"] = "Give the name of the column with the number."
        if self.row == RowChoice.LATEST and not self.time_column:
            problems["time_column"] = "Give the column by whose time the latest row is found."
        if self.where_value and not self.where_column:
            problems["where_column"] = "Give the column that must say this."
        for name, known in KNOWN.items():
            if getattr(self, name) not in known:
                problems[name] = f"Choose one of {listed([word for word in known if word])}."
        return problems

    def address(self, url: str) -> str:
        return url

    def read(self, answer: Answer, *, now: datetime, zone: tzinfo) -> Reading:
        """The reading in this answer. Raises NotCollected."""
        check_status(answer)
        table = _table(answer, self.delimiter)
        rows = _Rows(table, self, zone)
        record = rows.chosen()
        value = number_of(rows.text(record, self.value_column), self.decimal_mark)
        moment = rows.moment(record) if self.time_column else None
        excerpt = excerpt_of(" · ".join(str(cell) for cell in record.cells if not is_blank(cell)))
        return Reading(value, measured_at(moment, now) if moment else now, excerpt, dated=moment is not None)


def _table(answer: Answer, delimiter: str) -> Table:
    if is_web_page(answer):
        raise _unreadable("The server answered with a web page, not with a CSV file. Does it want a sign-in?")
    try:
        rows, _ = csv_rows(answer.body, delimiter or likely_delimiter(answer.body))
        return table_of(rows, ragged=True)
    except UnreadableFile as error:
        raise _unreadable(str(error)) from None


class _Rows:
    """The rows of one answer, read as one CsvCell says."""

    def __init__(self, table: Table, cell: CsvCell, zone: tzinfo) -> None:
        self.table, self.cell, self.zone = table, cell, zone

    def chosen(self) -> Record:
        """The row to read. Raises NotCollected when there is none, or more than the only one."""
        fitting = self._fitting()
        if self.cell.row == RowChoice.LATEST:
            return max(reversed(fitting), key=self.moment)  # of rows of one time, the last
        if self.cell.row == RowChoice.ONLY and len(fitting) > 1:
            sentence = f"{len(fitting)} rows fit; there should be one."
            raise NotCollected(FailureKind.SEVERAL, sentence)
        return fitting[-1]

    def _fitting(self) -> Sequence[Record]:
        value, where = self._place(self.cell.value_column), self.cell.where_column
        records = [record for record in self.table.records if not self._is_blank(record, value)]
        if where:
            wanted, place = comparable(self.cell.where_value), self._place(where)
            records = [record for record in records if comparable(_cell(record, place)) == wanted]
        if records:
            return records
        says = f" in which {quoted(where)} is {quoted(self.cell.where_value)}" if where else ""
        sentence = f"No row{says} has a value in {quoted(self.cell.value_column)}."
        raise NotCollected(FailureKind.NOT_FOUND, sentence)

    def _is_blank(self, record: Record, place: int) -> bool:
        """A row with too few or too many cells is not passed over in silence."""
        return not record.fault and is_blank(_cell(record, place))

    def text(self, record: Record, column: str) -> str:
        if record.fault:
            raise _unreadable(f"Row {record.number}: {record.fault}")
        return _cell(record, self._place(column))

    def moment(self, record: Record) -> datetime:
        """When this row was measured: of a period such as a month, its last day."""
        text = self.text(record, self.cell.time_column)
        if moment := moment_of(text, self.zone):
            return moment
        found = read_date(text, DateRules(order=self.cell.date_order))
        if found is None or found.period is None:
            column = quoted(self.cell.time_column)
            sentence = (
                f"Row {record.number}: {quoted(text)} in {column} is not a time that can be told for sure."
            )
            raise NotCollected(FailureKind.TIME, sentence)
        return datetime.combine(found.period.last, time(), self.zone)

    def _place(self, column: str) -> int:
        wanted = words_of(column)
        places = [place for place, name in enumerate(self.table.header) if words_of(name) == wanted]
        if len(places) == 1:
            return places[0]
        there = f"{len(places)} columns are called" if places else "There is no column"
        sentence = (
            f"{there} {quoted(column)}. The file has {listed([name for name in self.table.header if name])}."
        )
        raise NotCollected(FailureKind.SEVERAL if places else FailureKind.NOT_FOUND, sentence)


def _cell(record: Record, place: int) -> str:
    return str(record.cells[place]) if place < len(record.cells) else ""


def _unreadable(sentence: str) -> NotCollected:
    return NotCollected(FailureKind.UNREADABLE, sentence)
