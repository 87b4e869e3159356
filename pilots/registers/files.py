"""A register as a file: what its columns are called, its lines, and a workbook of them."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.db.models import QuerySet
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from pilots.imports.spelling import printable, safe
from pilots.models import Entry, User
from pilots.registers.table import Column, Register

ID, PILOT, TITLE = "ID", "Pilot", "Title"  # of the pilot; its title is for people only
EXACT = 15  # digits that a spreadsheet keeps of a number
NARROW, WIDE = 14, 32  # of a column, in characters; a day needs eleven


def header(register: Register) -> list[str]:
    return [ID, PILOT, TITLE, *(column.label for column in register.fields)]


def lines(register: Register, entries: QuerySet[Entry]) -> Iterator[list[str]]:
    """The entries as the lines of a file that can be read again. One query for each thousand."""
    for entry in _in_order(entries):
        facts = [as_text(entry, column) for column in register.fields]
        yield [safe(text) for text in (str(entry.pk), entry.pilot.key, entry.pilot.title, *facts)]


def workbook(register: Register, entries: QuerySet[Entry]) -> BytesIO:
    """The same as an XLSX file, at its beginning: days as days, numbers as numbers, and nothing is a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(register.name)
    sheet.freeze_panes = "A2"
    for place, column in enumerate((None, None, None, *register.fields), start=1):
        is_wide = place == 3 or (column is not None and _is_prose(column))
        sheet.column_dimensions[get_column_letter(place)].width = WIDE if is_wide else NARROW
    sheet.append(header(register))
    for entry in _in_order(entries):
        facts = [_cell(entry, column) for column in register.fields]
        sheet.append([entry.pk, entry.pilot.key, _written(entry.pilot.title), *facts])
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


def _in_order(entries: QuerySet[Entry]) -> Iterator[Entry]:
    found = entries.order_by("pilot__key", "pk").select_related("pilot", "owner")
    return found.iterator(chunk_size=1_000)


def _is_prose(column: Column) -> bool:
    return (
        not column.is_number and not column.field.choices and column.field.get_internal_type() != "DateField"
    )


def _cell(entry: Entry, column: Column) -> Any:
    """A fact as a spreadsheet keeps it."""
    value = getattr(entry, column.name)
    if value is None or isinstance(value, date):
        return value
    if column.is_number and _is_exact(value):
        return value
    return _written(as_text(entry, column))


def _is_exact(value: int | Decimal) -> bool:
    return len(str(value).replace("-", "").replace(".", "")) <= EXACT


def _written(text: str) -> str:
    return safe(printable(text))


def as_text(entry: Entry, column: Column) -> str:
    """A fact as files write it: words for choices, an address for a person, a day as 2026-03-31."""
    value = getattr(entry, column.name)
    if column.field.choices:
        return str(getattr(entry, f"get_{column.name}_display")())
    return spelled(value)


def spelled(value: Any) -> str:
    if isinstance(value, User):
        return value.email
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
