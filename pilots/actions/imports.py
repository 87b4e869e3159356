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
    source: SourceRecord
    row: ReadRow
    last: Mapping[str, Any]  # what the row said at the last import
    changes: dict[str, list[Any]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def earlier_rows(programme: Programme) -> list[tuple[str, Imported]]:
    """What earlier imports made in this programme, each with its mapping. One query.

    Of every mapping: who mends a mapping and reads the file again means the same pilots.
    """
    rows = SourceRecord.objects.filter(programme=programme).order_by("pk")
    fields = (
        *("mapping", "pilot_id", "identity", "fingerprint", "values"),
        *("pilot__unit", "pilot__title"),
    )
    return [(mapping, Imported(*row)) for mapping, *row in rows.values_list(*fields)]


def people_named(rows: Iterable[ReadRow], programme: Programme | None) -> dict[str, User]:
    """E-mail address → active person with a role in this programme, of those the rows name. Two queries."""
    addresses = {row.values[name] for row in rows for name in PEOPLE.values() if row.values[name]}
    if not addresses:
        return {}
    found = User.objects.filter(email__in=addresses, is_active=True).prefetch_related("memberships")
    places = {None, programme.pk if programme else None}
    return {
        user.email: user
        for user in found
        if any(member.programme_id in places for member in user.memberships.all())
    }


def problems_of(row: ReadRow, people: Mapping[str, User]) -> list[Problem]:
    """Every cell of an accepted row that is not (wholly) in its pilot, unknown people included."""
    reason = "Nobody with this address has a role in the programme."
    strangers = [
        Problem(name, row.values[address], reason, Kind.NOT_UNDERSTOOD)
        for name, address in PEOPLE.items()
        if row.values[address] and row.values[address] not in people
    ]
    return [*row.problems, *strangers]


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
        setattr(pilot, name, file.people.get(values[address]))
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
    source = SourceRecord(pilot=pilot, programme=file.programme)
    return _say(source, row, file, [])


def _say(source: SourceRecord, row: ReadRow, file: File, warnings: Sequence[str]) -> SourceRecord:
    """Let the record say what this row says."""
    source.file_name, source.record_number, source.imported_at = file.name[:200], row.number, file.at
    source.mapping = file.mapping
    source.identity, source.fingerprint = row.identity, row.fingerprint
    source.values, source.raw = row.values, row.raw
    source.problems = [asdict(problem) for problem in problems_of(row, file.people)]
    source.warnings = [*row.warnings, *warnings]
    return source


def edits_of(entries: Sequence[Planned], file: File) -> list[Edit]:
    """What changed rows do to their pilots, not yet written: what people edited since the last import stays.

    Locks the pilots. The number of queries does not depend on how many there are.
    """
    ids = [entry.imported.id for entry in entries if entry.imported]
    pilots = (
        Pilot.objects.select_for_update(of=("self",), no_key=True)
        .select_related("owner", "sponsor")
        .in_bulk(ids)
    )
    sources = SourceRecord.objects.in_bulk(ids, field_name="pilot_id")
    edits = []
    for entry in entries:
        assert entry.imported is not None
        pilot, source = pilots[entry.imported.id], sources[entry.imported.id]
        edit = Edit(pilot, source, entry.row, as_taken(source))
        _merge(edit, file)
        edits.append(edit)
    return edits


def as_taken(source: SourceRecord) -> dict[str, Any]:
    """What the last import took: an address that it did not know is none, or it would look edited since."""
    unknown = {PEOPLE[problem["field"]] for problem in source.problems if problem["field"] in PEOPLE}
    return {**source.values, **dict.fromkeys(unknown, "")}


def _merge(edit: Edit, file: File) -> None:
    now = said_by(edit.pilot)
    new = dict(edit.row.values)
    for address in PEOPLE.values():
        new[address] = new[address] if new[address] in file.people else ""
    merged = merge(last=edit.last, new=new, current=now)
    edit.warnings += merged.warnings
    for name, value in merged.take.items():
        _take(edit.pilot, name, value, file)
        edit.changes[name] = [now[name], value]


def said_by(pilot: Pilot) -> dict[str, Any]:
    """The pilot's facts in the words of a row."""
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
        setattr(pilot, word, file.people.get(value or ""))
    else:
        setattr(pilot, name, value or "")


PLACE = ("state", "phase", "phase_name", "phase_number", "phase_count", "phase_entered_on")
PRODUCTION = ("in_production", "reached_production_on")
SAID = (
    *("mapping", "file_name", "record_number", "imported_at", "identity", "fingerprint"),
    *("values", "raw", "problems", "warnings"),
)
# These rows are there already. An upsert is far faster than bulk_update with so many fields.
UPSERT: dict[str, Any] = {"update_conflicts": True, "unique_fields": ["id"], "batch_size": BATCH}


def write_edits(edits: Sequence[Edit], file: File) -> None:
    """Write changed pilots, their rows and an event for each."""
    changed = [edit.pilot for edit in edits if edit.changes]
    written = [*TEXTS, *DATES, *PEOPLE, "priority", *PLACE, *PRODUCTION]
    Pilot.objects.bulk_create(changed, update_fields=written, **UPSERT)
    said = [_say(edit.source, edit.row, file, edit.warnings) for edit in edits]
    SourceRecord.objects.bulk_create(said, update_fields=SAID, **UPSERT)
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
