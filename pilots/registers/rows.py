"""How entries are written: on pages and in files."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.formats import date_format

from pilots.charts import written
from pilots.models import Entry
from pilots.registers.table import Column, Register


@dataclass(frozen=True)
class Cell:
    """One fact of an entry, in words."""

    column: Column
    text: str

    @property
    def is_link(self) -> bool:
        return isinstance(self.column.field, models.URLField) and bool(self.text)


@dataclass(frozen=True)
class Row:
    """One entry of a list."""

    entry: Entry
    cells: list[Cell]  # of the columns that its list shows
    tone: str
    word: str  # how it stands
    overdue: bool  # its review


def rows_of(register: Register, entries: Iterable[Entry], *, today: date) -> list[Row]:
    return [_row(entry, register.shown, today) for entry in entries]


def _row(entry: Entry, columns: list[Column], today: date) -> Row:
    tone, word = entry.mark(today)
    return Row(entry, cells_of(entry, columns), tone, word, entry.is_overdue(today))


def cells_of(entry: Entry, columns: Iterable[Column]) -> list[Cell]:
    return [Cell(column, in_words(entry, column)) for column in columns]


def in_words(entry: Entry, column: Column) -> str:
    """A fact of an entry as pages write it; "" where nothing is said."""
    if column.field.choices:
        return str(getattr(entry, f"get_{column.name}_display")())
    text = _spelled(getattr(entry, column.name))
    return f"{text} {entry.pilot.programme.currency}" if text and column.name in entry.MONEY else text


def _spelled(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return date_format(value, "j M Y")
    return written(value, "") if isinstance(value, Decimal) else str(value)
