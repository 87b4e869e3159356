"""Which KPIs the rows of a file mean, and what recording the file would do. Nothing here writes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from metrics.choices import Source
from metrics.models import Kpi, ReadingFile
from metrics.queries import with_unit
from metrics.readings.many import Refused, Sorted, Told, sort_all
from metrics.rules import unit_problem
from metrics.uploads.rows import COLUMNS, Fault, FileRow, FileRows
from pilots.imports.spelling import comparable, listed, quoted
from pilots.models import Pilot, User
from pilots.permissions import Permission, allows

NOT_YOURS = "Your role does not allow you to record measurements of this pilot."


@dataclass(frozen=True)
class Scope:
    """What a file was sent for: one KPI with its pilot, the KPIs of a pilot, or all its sender may record for."""

    by: User
    pilot: Pilot | None = None
    kpi: Kpi | None = None

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns without which nobody can tell what is meant."""
        return ("measured_at", "value") if self.kpi else ("kpi", "measured_at", "value")


def of_file(file: ReadingFile) -> Scope:
    return Scope(file.by, file.pilot, file.kpi)


def recordable(scope: Scope) -> list[Kpi]:
    """The followed KPIs of this scope for which this person may record, with their pilots. One query."""
    kpis = Kpi.objects.visible_to(scope.by).listed().filter(pilot__archived_at__isnull=True)
    if scope.pilot:
        kpis = kpis.filter(pilot=scope.pilot)
    if scope.kpi:
        kpis = kpis.filter(pk=scope.kpi.pk)
    found = kpis.select_related("pilot").order_by("pilot__key", "kind", "name", "pk")
    return [kpi for kpi in found if allows(scope.by, Permission.RECORD_MEASUREMENT, pilot=kpi.pilot)]


# --- Which KPI a row means -----------------------------------------------------------------------
class _Kpis:
    """The KPIs that rows can name, by id and by pilot and name."""

    def __init__(self, scope: Scope, rows: Sequence[FileRow]) -> None:
        self.scope = scope
        self.by_id: dict[int, Kpi] = {}
        self.by_name: dict[str, dict[str, Kpi]] = {}
        for kpi in self._named(rows):
            self.by_id[kpi.pk] = kpi
            self.by_name.setdefault(kpi.pilot.key, {})[comparable(kpi.name)] = kpi
        self.pilots = self._pilots(rows)

    def _named(self, rows: Sequence[FileRow]):
        kpis = Kpi.objects.visible_to(self.scope.by).listed().select_related("pilot")
        if self.scope.pilot:
            return kpis.filter(pilot=self.scope.pilot)
        keys = {row.pilot.upper() for row in rows}
        named = {row.kpi for row in rows if not row.pilot}
        ids = [int(text) for text in named if text.isascii() and text.isdecimal() and len(text) < 16]
        return kpis.filter(pilot__key__in=keys) | kpis.filter(pk__in=ids)

    def _pilots(self, rows: Sequence[FileRow]) -> dict[str, Pilot]:
        keys = {row.pilot.upper() for row in rows if row.pilot}
        return {pilot.key: pilot for pilot in Pilot.objects.visible_to(self.scope.by).filter(key__in=keys)}

    def of(self, row: FileRow) -> Kpi | tuple[str, str]:
        """The KPI a row means, or the column and the sentence why nobody can tell."""
        key = row.pilot.upper()
        here = self.scope.pilot
        if key and key not in self.pilots:
            return "pilot", f"There is no pilot {quoted(row.pilot)} that you can see."
        if here and key and key != here.key:
            return "pilot", f"The file was sent for {here.key}; this row is about {key}."
        kpi = (
            self.scope.kpi if self.scope.kpi and not row.kpi else self._found(row, here.key if here else key)
        )
        if not isinstance(kpi, Kpi):
            return "kpi", kpi
        if self.scope.kpi and kpi.pk != self.scope.kpi.pk:
            return (
                "kpi",
                f"The file was sent for {quoted(self.scope.kpi.name)}; this row is about another KPI.",
            )
        if not allows(self.scope.by, Permission.RECORD_MEASUREMENT, pilot=kpi.pilot):
            return "pilot", NOT_YOURS
        if problem := unit_problem(row.unit, unit=kpi.unit):
            return "unit", problem
        return kpi

    def _found(self, row: FileRow, key: str) -> Kpi | str:
        if not row.kpi:
            return "Name the KPI."
        names = self.by_name.get(key, {})
        said = comparable(row.kpi)
        if kpi := names.get(said) or names.get(
            said.removeprefix("'")
        ):  # as files to fill in keep formulas out
            return kpi
        by_id = self.by_id.get(int(row.kpi)) if row.kpi.isascii() and row.kpi.isdecimal() else None
        if by_id and key in ("", by_id.pilot.key):
            return by_id
        if not key:
            return "Say which pilot with its key, such as PIL-014, or give the KPI's id."
        has = f"It has {listed([kpi.name for kpi in names.values()], 5)}." if names else "It has none."
        return f"{key} has no KPI {quoted(row.kpi)} that is followed. {has}"


@dataclass
class Meant:
    """Rows with the KPI each means, as a ReadingFile keeps them, and what is wrong with the others."""

    rows: list[list] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def meant_by(found: FileRows, scope: Scope) -> Meant:
    """Which KPI each row of a file means. Two queries."""
    kpis, meant = _Kpis(scope, found.rows), Meant(faults=list(found.faults))
    for row in found.rows:
        kpi = kpis.of(row)
        if isinstance(kpi, Kpi):
            at = row.measured_at.isoformat() if row.measured_at else ""
            meant.rows.append([row.number, kpi.pk, str(row.value), at, row.sample_size, row.note])
        else:
            column, sentence = kpi
            meant.faults.append(Fault(row.number, found.names.get(column, COLUMNS[column][0]), sentence))
    meant.faults.sort(key=lambda fault: fault.row)
    return meant


# --- What recording would do ---------------------------------------------------------------------
@dataclass(frozen=True)
class Part:
    """What a file does to one KPI."""

    kpi: Kpi
    found: Sorted
    conflicting: list[Refused]

    @property
    def first(self) -> datetime:
        return min(one.measured_at for one in self.found.new)

    @property
    def last(self) -> datetime:
        return max(one.measured_at for one in self.found.new)


@dataclass(frozen=True)
class NewReading:
    """One new reading with its KPI."""

    kpi: Kpi
    one: Told

    @property
    def text(self) -> str:
        return with_unit(self.one.value, self.kpi.unit)


@dataclass(frozen=True)
class Preview:
    """What recording a file would do now."""

    parts: list[Part]
    faults: list[Fault]  # by row
    conflicts: list[Fault]

    @property
    def new(self) -> int:
        return sum(len(part.found.new) for part in self.parts)

    @property
    def same(self) -> int:
        return sum(len(part.found.same) for part in self.parts)

    def first(self, most: int) -> list[NewReading]:
        """The first new readings in the order of the file."""
        new = (NewReading(part.kpi, one) for part in self.parts for one in part.found.new)
        return sorted(new, key=lambda row: row.one.place)[:most]


def told_by_kpi(file: ReadingFile) -> dict[int, list[Told]]:
    """The readings of a file by KPI id."""
    told: dict[int, list[Told]] = {}
    for row, pk, value, at, sample_size, note in file.rows:
        told.setdefault(pk, []).append(
            Told(row, Decimal(value), datetime.fromisoformat(at), sample_size, note)
        )
    return told


def still_recordable(file: ReadingFile, ids: Iterable[int]) -> dict[int, Kpi]:
    """The KPIs with these ids for which the sender may still record, by id. One query."""
    kpis = Kpi.objects.visible_to(file.by).filter(pk__in=list(ids)).select_related("pilot")
    return {kpi.pk: kpi for kpi in kpis if allows(file.by, Permission.RECORD_MEASUREMENT, pilot=kpi.pilot)}


def preview(file: ReadingFile) -> Preview:
    """What recording this file would do now. Two queries."""
    told = told_by_kpi(file)
    kpis = still_recordable(file, told)
    faults = [Fault(*fault) for fault in file.faults]
    for pk in told.keys() - kpis.keys():
        faults += [Fault(one.place, COLUMNS["kpi"][0], NOT_YOURS) for one in told.pop(pk)]
    sorted_ = sort_all(kpis, told, source=Source.FILE)
    parts, conflicts = [], []
    for pk, found in sorted_.items():
        conflicting = [one for one in found.refused if one.there is not None]
        parts.append(Part(kpis[pk], found, conflicting))
        conflicts += [_fault(one, kpis[pk]) for one in conflicting]
        faults += [_fault(one, kpis[pk]) for one in found.refused if one.there is None]
    parts.sort(key=lambda part: (part.kpi.pilot.key, part.kpi.name))
    return Preview(parts, sorted(faults, key=_row), sorted(conflicts, key=_row))


def _row(fault: Fault) -> int:
    return fault.row


def _fault(one: Refused, kpi: Kpi) -> Fault:
    there = f" It is {with_unit(one.there, kpi.unit)}." if one.there is not None else ""
    return Fault(one.place, COLUMNS[one.field][0], f"{one.sentence}{there}")


def lines(preview: Preview) -> Iterator[tuple[int, str, str]]:
    """Everything that is not recorded and why, by row, for a file."""
    for fault in sorted([*preview.faults, *preview.conflicts], key=_row):
        yield fault.row, fault.column, fault.sentence
