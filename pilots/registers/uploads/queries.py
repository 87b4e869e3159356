"""What recording a file would do: which entries are new, which change, and what is wrong. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models

from pilots.imports.spelling import comparable, printable, quoted
from pilots.models import Entry, Membership, Pilot, RegisterFile, User
from pilots.permissions import Permission, allows
from pilots.registers.files import ID, PILOT, as_text
from pilots.registers.table import REGISTERS, Column, Register
from pilots.registers.uploads.reading import Fault
from pilots.rules import day_problem

EDIT = Permission.EDIT_REGISTER
NOT_YOURS = f"Your role does not allow you to {EDIT}."


@dataclass(frozen=True)
class New:
    """A row that writes an entry."""

    row: int
    pilot: Pilot
    entry: Entry  # not saved
    facts: dict[str, Any]


@dataclass(frozen=True)
class Changed:
    """A row that changes an entry."""

    row: int
    entry: Entry
    facts: dict[str, Any]
    changes: list[tuple[str, str, str]]  # label, what stands, what the file says


@dataclass
class Preview:
    """What recording a file would do now."""

    new: list[New] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    same: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def does(self) -> int:
        return len(self.new) + len(self.changed)

    @property
    def rows(self) -> list[New | Changed]:
        """What it does, in the order of the file."""
        return sorted([*self.new, *self.changed], key=lambda row: row.row)


class _Wrong(Exception):
    """What is wrong in a row: the label of the column, and the sentence."""


def preview(file: RegisterFile) -> Preview:
    """What recording this file would do now. Six queries at most."""
    judge = _Judge(REGISTERS[file.register], file)
    found = Preview(faults=[Fault(*fault) for fault in file.faults])
    for number, texts in file.rows:
        try:
            judge.take(number, texts, found)
        except _Wrong as wrong:
            found.faults.append(Fault(number, *wrong.args))
    found.faults.sort(key=lambda fault: fault.row)
    return found


def versions(register: Register, rows: Iterable[tuple[int, dict[str, str]]], by: User) -> dict[str, int]:
    """The versions that the entries named in these rows have now, by id as text. One query."""
    entries = register.model.objects.visible_to(by).filter(pk__in=_ids(rows))
    return {str(pk): version for pk, version in entries.values_list("pk", "version")}


def _ids(rows: Iterable[tuple[int, dict[str, str]]]) -> list[int]:
    texts = (row.get(ID, "") for _, row in rows)
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 16]


class _Judge:
    """Judges the rows of one file against what stands, which is read once."""

    def __init__(self, register: Register, file: RegisterFile) -> None:
        self.register, self.file = register, file
        seen = register.model.objects.visible_to(file.by).filter(pk__in=_ids(file.rows))
        self.entries = {str(entry.pk): entry for entry in seen.select_related("pilot__programme", "owner")}
        keys = {texts.get(PILOT, "").upper() for _, texts in file.rows}
        pilots = Pilot.objects.visible_to(file.by).filter(key__in=keys).select_related("programme")
        self.pilots = {pilot.key: pilot for pilot in pilots}
        self.taken: dict[Any, int] = {}  # what a row before said → its number

    @cached_property
    def people(self) -> dict[str, User]:
        addresses = {texts.get("owner", "").lower() for _, texts in self.file.rows}
        return {person.email: person for person in User.objects.filter(email__in=addresses)}

    @cached_property
    def roles(self) -> set[tuple[int | None, int]]:
        people = [person.pk for person in self.people.values() if person.is_active]
        held = Membership.objects.filter(user__in=people).order_by()
        return set(held.values_list("programme_id", "user_id"))

    @cached_property
    def alone(self) -> dict[tuple[int, str], int | str]:
        """What only one entry of a pilot can be → the id of the entry that is it, or the row that makes it."""
        if not self.register.model.ALONE[0]:
            return {}
        pilots = {pilot.pk for pilot in self.pilots.values()} | {e.pilot_id for e in self.entries.values()}
        standing = self.register.model.objects.standing().filter(pilot__in=pilots)
        return {(entry.pilot_id, entry.alone): entry.pk for entry in standing if entry.alone}

    def take(self, number: int, texts: dict[str, str], found: Preview) -> None:
        """Add what this row would do. Raises _Wrong."""
        entry = self._entry(texts.get(ID, ""))
        pilot = self._pilot(texts.get(PILOT, ""), entry)
        facts = {
            column.name: self._value(column, texts[column.name], pilot, entry)
            for column in self.register.fields
            if column.name in texts
        }
        self._once(number, entry, pilot, facts)
        if entry is None:
            self._permit(pilot)
            new = self._new(pilot, facts)
            self._alone(number, None, new)
            found.new.append(New(number, pilot, new, facts))
        elif changes := self._changes(entry, facts):
            self._permit(pilot, entry)
            self._alone(number, entry, self._consistent(entry, facts))
            found.changed.append(Changed(number, entry, facts, changes))
        else:
            found.same += 1

    def _permit(self, pilot: Pilot, entry: Entry | None = None) -> None:
        """A row that changes nothing needs no permission: an export holds the entries of others too."""
        if not allows(self.file.by, EDIT, pilot=pilot, named=entry.owner_id if entry else None):
            raise _Wrong(PILOT, NOT_YOURS)
        if pilot.archived_at is not None:
            raise _Wrong(PILOT, "This pilot is archived. Restore it before changing it.")

    def _entry(self, text: str) -> Entry | None:
        if not text:
            return None
        entry = self.entries.get(text)
        if entry is None:
            raise _Wrong(ID, f"There is no {self.register.one} {quoted(text)} that you can see.")
        if entry.removed_at is not None:
            raise _Wrong(ID, "This was removed from the register. Put it back first.")
        if self.file.versions.get(text) != entry.version:
            raise _Wrong(ID, "Somebody has changed this since the file was sent. Send the file again.")
        return entry

    def _pilot(self, key: str, entry: Entry | None) -> Pilot:
        if entry and key.upper() not in ("", entry.pilot.key):
            raise _Wrong(PILOT, f"This {self.register.one} is of {entry.pilot.key} and cannot move.")
        pilot = entry.pilot if entry else self.pilots.get(key.upper())
        if pilot is None:
            said = (
                f"There is no pilot {quoted(key)} that you can see." if key else "Give the key of the pilot."
            )
            raise _Wrong(PILOT, said)
        return pilot

    def _value(self, column: Column, text: str, pilot: Pilot, entry: Entry | None) -> Any:
        if entry and _same(as_text(entry, column), text):
            return getattr(entry, column.name)
        if column.name == "owner":
            return self._person(column, text, pilot)
        choices = {
            comparable(str(word)): value
            for value, label in column.field.choices or ()
            for word in (label, value)
        }
        if choices and text:
            if comparable(text) not in choices:
                known = ", ".join(str(label) for _, label in column.field.choices)
                raise _Wrong(column.label, f"{quoted(text)} is none of: {known}.")
            return choices[comparable(text)]
        if not text and column.field.has_default():
            return column.field.get_default()
        return _cleaned(column, text)

    def _person(self, column: Column, text: str, pilot: Pilot) -> User | None:
        if not text:
            return None
        person = self.people.get(text.lower())
        here = {(pilot.programme_id, person.pk), (None, person.pk)} if person else set()
        if person is None or not here & self.roles:
            raise _Wrong(column.label, f"Nobody in this programme has the address {quoted(text)}.")
        return person

    def _once(self, number: int, entry: Entry | None, pilot: Pilot, facts: dict[str, Any]) -> None:
        """Each entry once, and no row twice. Raises _Wrong."""
        said = entry.pk if entry else (pilot.pk, *facts.values())
        first = self.taken.setdefault(said, number)
        if first != number:
            raise _Wrong(ID, f"Row {first} is about the same {self.register.one}.")

    def _new(self, pilot: Pilot, facts: dict[str, Any]) -> Entry:
        for column in self.register.fields:
            needed = not column.field.blank and not column.field.has_default()
            if needed and facts.get(column.name) in (None, ""):
                raise _Wrong(column.label, "This is missing.")
        entry = self.register.model(pilot=pilot, **facts)
        self._refuse(entry.problems())
        return entry

    def _consistent(self, entry: Entry, facts: dict[str, Any]) -> Entry:
        """The entry as it would be. Raises _Wrong."""
        stands = {column.name: getattr(entry, column.name) for column in self.register.fields}
        after = self.register.model(pilot=entry.pilot, **stands | facts)
        self._refuse(after.problems())
        return after

    def _alone(self, number: int, before: Entry | None, after: Entry) -> None:
        """Of what only one of a pilot can be there is none yet, nor in a row before. Raises _Wrong."""
        if after.alone:
            here = before.pk if before else f"row {number}"
            if self.alone.setdefault((after.pilot_id, after.alone), here) != here:
                self._refuse(dict([after.ALONE]))
        if before and before.alone and before.alone != after.alone:
            self.alone.pop((before.pilot_id, before.alone), None)

    def _refuse(self, problems: dict[str, str]) -> None:
        labels = {column.name: column.label for column in self.register.fields}
        for name, sentence in problems.items():
            raise _Wrong(labels[name], sentence)

    def _changes(self, entry: Entry, facts: dict[str, Any]) -> list[tuple[str, str, str]]:
        after = type(entry)(**facts)
        return [
            (column.label, as_text(entry, column), as_text(after, column))
            for column in self.register.fields
            if column.name in facts and getattr(entry, column.name) != facts[column.name]
        ]


def _same(stands: str, said: str) -> bool:
    """Whether a file says what stands, however it breaks its lines, and without what a spreadsheet cannot hold."""
    return _plain(stands) == _plain(said)


def _plain(text: str) -> str:
    return printable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _cleaned(column: Column, text: str) -> Any:
    """The value that a text means. Raises _Wrong."""
    empty = None if column.field.null else ""
    try:
        if isinstance(column.field, models.TextField):  # which leaves its length to forms
            MaxLengthValidator(column.field.max_length)(text)
        value = column.field.clean(text or empty, None)
    except ValidationError as error:
        said = "This is missing." if not text else " ".join(error.messages)
        raise _Wrong(column.label, said) from None
    if isinstance(value, date) and (said := day_problem(value)):
        raise _Wrong(column.label, said)
    return value
