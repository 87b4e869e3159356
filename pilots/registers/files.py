"""A register as a file: what its columns are called, and its lines."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet

from pilots.audit_log import safe
from pilots.models import Entry, User
from pilots.registers.table import Column, Register

ID, PILOT, TITLE = "ID", "Pilot", "Title"  # of the pilot; its title is for people only


def header(register: Register) -> list[str]:
    return [ID, PILOT, TITLE, *(column.label for column in register.fields)]


def lines(register: Register, entries: QuerySet[Entry]) -> Iterator[list[str]]:
    """The entries as the lines of a file that can be read again. One query for each thousand."""
    found = entries.order_by("pilot__key", "pk").select_related("pilot", "owner")
    for entry in found.iterator(chunk_size=1_000):
        facts = [as_text(entry, column) for column in register.fields]
        yield [safe(text) for text in (str(entry.pk), entry.pilot.key, entry.pilot.title, *facts)]


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
