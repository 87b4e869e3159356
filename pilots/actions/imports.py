"""Writing imported rows: pilots with the row each came from. Set-based; the caller owns the transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from pilots import events
from pilots.actions.pilots import new_keys
from pilots.choices import Priority
from pilots.events import build, record_many
from pilots.imports.matching import Imported, Planned
from pilots.imports.merging import merge
from pilots.imports.reading import ReadRow
from pilots.imports.row_values import Kind, Problem
from pilots.models import Pilot, Programme, SourceRecord, User

BATCH = 500
TEXTS = (
    "title",
    "unit",
    "problem",
    "workflow",
    "approach",
    "vendor",
    "model_name",
    "risk_tier",
    "risk_rationale",
)
DATES = ("intake_on", "ends_on", "ended_on")
PEOPLE = {"owner": "owner_email", "sponsor": "sponsor_email"}


@dataclass(frozen=True)
class File:
    """Where rows come from and into which programme; `people` is e-mail address → person with a role there."""

    name: str
    mapping: str
    programme: Programme
    at: datetime
    by: User | None
    people: Mapping[str, User]


@dataclass
class Edit:
    """What a changed row does to its pilot."""

    pilot: Pilot
    row: ReadRow
    last: Mapping[str, Any]
    changes: dict[str, list[Any]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def earlier_rows(programme: Programme, mapping: str) -> list[Imported]:
    """What earlier imports of this mapping made in this programme. One query."""
    rows = SourceRecord.objects.filter(programme=programme, mapping=mapping).order_by("pk")
    return [Imported(*row) for row in rows.values_list("pilot_id", "identity", "fingerprint", "values")]


def people_named(rows: Iterable[ReadRow], programme: Programme) -> dict[str, User]:
    """E-mail address → active person with a role in this programme, of those the rows name. Two queries."""
    addresses = {row.values[name].lower() for row in rows for name in PEOPLE.values() if row.values.get(name)}
    found = User.objects.filter(email__in=addresses, is_active=True).prefetch_related("memberships")
    return {
        user.email: user
        for user in found
        if any(member.programme_id in (None, programme.pk) for member in user.memberships.all())
    }


def new_pilots(rows: Sequence[ReadRow], file: File) -> list[Pilot]:
    """Pilots of these rows with their keys, not yet written: the caller first says in which phase they are."""
    pilots = [_pilot(row.values, file) for row in rows]
    for pilot, key in zip(pilots, new_keys(len(pilots)) if pilots else [], strict=True):
        pilot.key = key
    return pilots


def _pilot(values: Mapping[str, Any], file: File) -> Pilot:
    pilot = Pilot(programme=file.programme, state=values["state"])
    for name in TEXTS:
        setattr(pilot, name, values[name] or "")
    for name in DATES:
        setattr(pilot, name, _day(values[name]))
    for name, address in PEOPLE.items():
        setattr(pilot, name, file.people.get((values[address] or "").lower()))
    pilot.priority = int(values["priority"] or Priority.NORMAL)
    pilot.reached_production_on = _day(values["phase_dates"].get("production_deployment"))
    return pilot


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def write_new(pilots: Sequence[Pilot], rows: Sequence[ReadRow], file: File) -> None:
    """Write new pilots, the row of each and an event for each."""
    Pilot.objects.bulk_create(pilots, batch_size=BATCH)
    pairs = list(zip(pilots, rows, strict=True))
    SourceRecord.objects.bulk_create((_source(pilot, row, file) for pilot, row in pairs), batch_size=BATCH)
    record_many(
        build(
            events.PILOT_IMPORTED,
            subject=pilot,
            pilot=pilot,
            actor=file.by,
            file=file.name,
            row=row.number,
            title=pilot.title,
        )
        for pilot, row in pairs
    )


def _source(pilot: Pilot, row: ReadRow, file: File) -> SourceRecord:
    source = SourceRecord(pilot=pilot, programme=file.programme, mapping=file.mapping)
    return _say(source, row, file, [])


def _say(source: SourceRecord, row: ReadRow, file: File, warnings: Sequence[str]) -> SourceRecord:
    """Let the record say what this row says."""
    source.file_name, source.record_number, source.imported_at = file.name[:200], row.number, file.at
    source.identity, source.fingerprint = row.identity, row.fingerprint
    source.values, source.raw = row.values, row.raw
    source.problems = [_told(problem) for problem in [*row.problems, *_strangers(row, file)]]
    source.warnings = [*row.warnings, *warnings]
    return source


def _told(problem: Problem) -> dict[str, str]:
    told = asdict(problem)
    told["field"] = problem.field.replace("_", " ")
    return told


def _strangers(row: ReadRow, file: File) -> list[Problem]:
    """The people whom the row names and nobody here knows."""
    reason = "Nobody with this address has a role in the programme."
    return [
        Problem(name, row.values[address], reason, Kind.NOT_UNDERSTOOD)
        for name, address in PEOPLE.items()
        if row.values[address] and row.values[address].lower() not in file.people
    ]


def edits_of(entries: Sequence[Planned], file: File) -> list[Edit]:
    """What changed rows do to their pilots, not yet written: what people edited since the last import stays."""
    found = Pilot.objects.select_for_update(of=("self",)).select_related("owner", "sponsor")
    pilots = found.in_bulk([entry.imported.id for entry in entries if entry.imported])
    edits = []
    for entry in entries:
        assert entry.imported is not None
        edit = Edit(pilots[entry.imported.id], entry.row, entry.imported.values)
        _merge(edit, file)
        edits.append(edit)
    return edits


def _merge(edit: Edit, file: File) -> None:
    now = _said_by(edit.pilot)
    merged = merge(last=edit.last, new=edit.row.values, current=now)
    edit.warnings += merged.warnings
    for name, value in merged.take.items():
        _take(edit.pilot, name, value, file)
        edit.changes[name] = [now[name], value]


def _said_by(pilot: Pilot) -> dict[str, Any]:
    """The pilot in the words of a row."""
    said: dict[str, Any] = {name: getattr(pilot, name) for name in TEXTS}
    said |= {name: day.isoformat() if (day := getattr(pilot, name)) else None for name in DATES}
    said |= {
        address: person.email if (person := getattr(pilot, name)) else "" for name, address in PEOPLE.items()
    }
    said["priority"] = None if pilot.priority == Priority.NORMAL else pilot.priority
    return said


def _take(pilot: Pilot, name: str, value: Any, file: File) -> None:
    if name in DATES:
        setattr(pilot, name, _day(value))
    elif name == "priority":
        pilot.priority = int(value or Priority.NORMAL)
    elif name in PEOPLE.values():
        word = next(word for word, address in PEOPLE.items() if address == name)
        setattr(pilot, word, file.people.get((value or "").lower()))
    else:
        setattr(pilot, name, value or "")


WRITTEN = [*TEXTS, *DATES, *PEOPLE, "priority", "state", "reached_production_on"]


def write_edits(edits: Sequence[Edit], file: File) -> None:
    """Write changed pilots, their rows and an event for each."""
    Pilot.objects.bulk_update([edit.pilot for edit in edits], WRITTEN, batch_size=BATCH)
    sources = SourceRecord.objects.in_bulk([edit.pilot.pk for edit in edits], field_name="pilot_id")
    said = [_say(sources[edit.pilot.pk], edit.row, file, edit.warnings) for edit in edits]
    fields = ["file_name", "record_number", "imported_at", "identity", "fingerprint"]
    SourceRecord.objects.bulk_update(
        said, [*fields, "values", "raw", "problems", "warnings"], batch_size=BATCH // 5
    )
    record_many(
        build(
            events.PILOT_UPDATED_FROM_FILE,
            subject=edit.pilot,
            pilot=edit.pilot,
            actor=file.by,
            changes=edit.changes,
            file=file.name,
            row=edit.row.number,
        )
        for edit in edits
    )
