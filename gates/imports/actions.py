"""Importing a file of pilots, whole or not at all, in a number of queries that grows by batches only."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from gates.imports.following import following_of, write_following
from gates.imports.phases import Phases
from gates.imports.report import Report, report_of
from gates.journey.actions import open_gates
from gates.models import PhaseEntry, PlaybookVersion
from pilots import events
from pilots.actions.imports import (
    Edit,
    File,
    earlier_rows,
    edits_of,
    new_pilots,
    people_named,
    write_edits,
    write_new,
)
from pilots.actions.programmes import create_programme
from pilots.events import record
from pilots.imports.matching import Outcome, Plan, Planned, plan_import, refuse_other_pilots
from pilots.imports.reading import Reading, ReadRow
from pilots.models import Programme, User
from pilots.rules import RuleViolation

CHUNK = 1_000  # pilots per batch of gates

Progress = Callable[[str, int, int], None]  # what is being done, how many are, of how many


@dataclass(frozen=True)
class _Import:
    """One import on its way."""

    reading: Reading
    file: File
    plan: Plan
    gone: int
    phases: Phases
    progress: Progress

    def of(self, outcome: Outcome) -> list[Planned]:
        return [entry for entry in self.plan.entries if entry.outcome is outcome]

    def report(self, warnings: list[tuple[int, str]]) -> Report:
        return report_of(
            self.reading,
            self.plan,
            programme=self.file.programme,
            people=self.file.people,
            gone=self.gone,
            warnings=warnings,
        )


@transaction.atomic
def preview_import(*, reading: Reading, programme: str, version: PlaybookVersion) -> Report:
    """What importing would do, to the last warning. Writes nothing. Raises UnreadableFile."""
    found = Programme.objects.filter(name__iexact=programme).first()
    started = _started(reading, found or Programme(name=programme), version, "", None, _quietly)
    warnings: list[tuple[int, str]] = []
    for chunk in _chunks(started.of(Outcome.UPDATED)):
        edits = edits_of(chunk, started.file)
        following_of(edits, started.phases)
        warnings += _said(edits)
    return started.report(warnings)


@transaction.atomic
def import_portfolio(
    *,
    reading: Reading,
    programme: str,
    version: PlaybookVersion,
    file_name: str,
    by: User | None,
    progress: Progress | None = None,
) -> Report:
    """Write what the reading says: new pilots in their phases, changed facts of known ones.

    programme: its name; made if there is none. Importing the same file twice changes nothing. What people
    edited here is kept, with a warning. A file without any usable row writes nothing.
    Raises UnreadableFile when the file is about other pilots than the programme's.
    """
    if not reading.accepted:
        return preview_import(reading=reading, programme=programme, version=version)
    target = _programme(programme, by)
    started = _started(reading, target, version, file_name, by, progress or _quietly)
    _create_all(started)
    warnings = _update_all(started)
    _tell(started)
    return started.report(warnings)


def _tell(started: _Import) -> None:
    """One event for the whole file; what follows from it is worked out for all of its pilots at once."""
    created, updated = len(started.of(Outcome.CREATED)), len(started.of(Outcome.UPDATED))
    if created or updated:
        record(
            events.FILE_IMPORTED,
            subject=started.file.programme,
            programme=started.file.programme,
            actor=started.file.by,
            file=started.file.name,
            imported_at=started.file.at.isoformat(),
            created=created,
            updated=updated,
        )


def _quietly(what: str, done: int, of: int) -> None:
    """Nobody watches."""


def _programme(name: str, by: User | None) -> Programme:
    """The programme of this name, made if there is none, and locked: one import of it at a time."""
    try:
        with transaction.atomic():
            create_programme(name=name, by=by)
    except (RuleViolation, IntegrityError):  # there is one, perhaps made this moment by another import
        pass
    return Programme.objects.select_for_update().get(name__iexact=name)


def _started(reading, programme, version, file_name, by, progress) -> _Import:
    earlier = earlier_rows(programme) if programme.pk else []
    plan = plan_import([imported for _, imported in earlier], reading)
    refuse_other_pilots(plan)
    same_mapping = {imported.id for mapping, imported in earlier if mapping == reading.mapping}
    return _Import(
        reading=reading,
        file=File(
            name=file_name,
            mapping=reading.mapping,
            programme=programme,
            at=timezone.now(),
            by=by,
            people=people_named(reading.accepted, programme),
        ),
        plan=plan,
        gone=sum(imported.id in same_mapping for imported in plan.gone),
        phases=Phases(version),
        progress=progress,
    )


def _chunks(entries: list[Planned]):
    return (entries[start : start + CHUNK] for start in range(0, len(entries), CHUNK))


def _said(edits: list[Edit]) -> list[tuple[int, str]]:
    return [(edit.row.number, warning) for edit in edits for warning in edit.warnings]


def _create_all(started: _Import) -> None:
    entries, done = started.of(Outcome.CREATED), 0
    for chunk in _chunks(entries):
        _create([entry.row for entry in chunk], started.file, started.phases)
        done += len(chunk)
        started.progress("Writing new pilots", done, len(entries))


def _create(rows: list[ReadRow], file: File, phases: Phases) -> None:
    pilots = new_pilots(rows, file)
    pairs = list(zip(pilots, rows, strict=True))
    for pilot, row in pairs:
        row.warnings.extend(phases.foreign(row.values))
        phases.stamp(pilot, row.values)
    write_new(pilots, rows, file)
    stays = [stay for pilot, row in pairs for stay in phases.earlier_stays(pilot, row.values)]
    PhaseEntry.objects.bulk_create(stays, batch_size=500)
    moves = [phases.move(pilot, row.values) for pilot, row in pairs if phases.of(row.values)]
    if moves:
        open_gates(moves, today=timezone.localdate())


def _update_all(started: _Import) -> list[tuple[int, str]]:
    """Returns the warnings: row number and sentence."""
    entries, done = started.of(Outcome.UPDATED), 0
    warnings: list[tuple[int, str]] = []
    for chunk in _chunks(entries):
        edits = edits_of(chunk, started.file)
        followed = following_of(edits, started.phases)
        write_edits(edits, started.file)
        write_following(followed, edits, started.phases)
        warnings += _said(edits)
        done += len(chunk)
        started.progress("Updating pilots", done, len(entries))
    return warnings
