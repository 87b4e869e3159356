"""Importing a file of pilots, whole or not at all, in a number of queries that grows by batches only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from gates.choices import CURRENT, GateStatus
from gates.journey.actions import Move, open_gates, stamp_phase
from gates.journey.readiness import refresh_gates
from gates.models import Decision, Gate, Phase, PhaseEntry, PlaybookVersion
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
from pilots.choices import ENDED, RUNNING
from pilots.imports.matching import Outcome, Plan, plan_import
from pilots.imports.reading import Reading, ReadRow
from pilots.models import Pilot, Programme, User

CHUNK = 1_000  # pilots per batch of gates

Progress = Callable[[str, int, int], None]  # what is being done, how many are, of how many


@dataclass(frozen=True)
class Report:
    """What an import did, or would do. The four counts add up to the rows."""

    programme: str
    mapping: str
    rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    rejections: list[tuple[int, str]]  # record number, why
    not_understood: int  # cells kept raw beside an empty field
    warnings: list[tuple[int, str]]  # record number, sentence
    gone: int  # pilots of earlier imports that this file no longer has; nothing happens to them
    notes: list[str]  # about the file as a whole


def plan(reading: Reading, programme: Programme | None) -> Plan:
    """What importing would do. One query; none for a programme that is still to be made."""
    return plan_import(earlier_rows(programme, reading.mapping) if programme else [], reading)


def report(reading: Reading, planned: Plan, programme: str) -> Report:
    return Report(
        programme=programme,
        mapping=reading.mapping,
        rows=len(reading.rows),
        **{outcome.value: planned.count(outcome) for outcome in Outcome},
        rejections=[(row.number, row.rejected) for row in reading.rejected],
        not_understood=sum(len(row.problems) for row in reading.rows),
        warnings=[(row.number, warning) for row in reading.rows for warning in row.warnings],
        gone=len(planned.gone),
        notes=reading.notes,
    )


@transaction.atomic
def import_portfolio(
    *,
    reading: Reading,
    programme: Programme,
    version: PlaybookVersion,
    file_name: str,
    by: User | None,
    progress: Progress = lambda what, done, of: None,
) -> Report:
    """Write what the reading says: new pilots in their phases, changed facts of known ones.

    Importing the same file twice changes nothing. What people edited here is kept, with a warning.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)  # one import of a programme at a time
    planned = plan(reading, programme)
    people = people_named(reading.accepted, programme)
    file = File(file_name, reading.mapping, programme, timezone.now(), by, people)
    phases = _Phases(version)
    created = [entry.row for entry in planned.entries if entry.outcome is Outcome.CREATED]
    for start in range(0, len(created), CHUNK):
        progress("Writing new pilots", start, len(created))
        _create(created[start : start + CHUNK], file, phases)
    updated = [entry for entry in planned.entries if entry.outcome is Outcome.UPDATED]
    for start in range(0, len(updated), CHUNK):
        progress("Updating pilots", start, len(updated))
        _update(edits_of(updated[start : start + CHUNK], file), file, phases)
    progress("Done", len(reading.rows), len(reading.rows))
    return report(reading, planned, programme.name)


class _Phases:
    """The phases of the playbook by their keys; one query."""

    def __init__(self, version: PlaybookVersion) -> None:
        found = version.phases.select_related("version", "gate").order_by("position")
        self.by_key: dict[str, Phase] = {phase.key: phase for phase in found}

    def of(self, values: Mapping[str, Any]) -> Phase | None:
        """The phase in which a running pilot is; None when unknown, not begun or over."""
        return self.by_key.get(values["phase"]) if values["state"] in RUNNING else None

    def stamp(self, pilot: Pilot, values: Mapping[str, Any]) -> None:
        phase = self.of(values)
        if phase is not None:
            state = pilot.state
            stamp_phase(pilot, phase, _day(values, phase.key), of=len(self.by_key))
            pilot.state = state

    def move(self, pilot: Pilot, values: Mapping[str, Any]) -> Move:
        phase = self.by_key[values["phase"]]
        planned = {
            known.gate.pk: date.fromisoformat(values["planned_dates"][key])
            for key, known in self.by_key.items()
            if key in values["planned_dates"]
        }
        return Move(pilot, phase, _day(values, phase.key), planned)

    def earlier_stays(self, pilot: Pilot, values: Mapping[str, Any]) -> list[PhaseEntry]:
        """Stays in phases before the present one, where the file knows when they began."""
        now = self.of(values)
        return [
            PhaseEntry(pilot=pilot, phase=self.by_key[key], entered_on=day, is_current=False)
            for key in values["phase_dates"]
            if key in self.by_key
            and (now is None or self.by_key[key].position < now.position)
            and (day := _day(values, key))
        ]


def _day(values: Mapping[str, Any], phase: str) -> date | None:
    text = values["phase_dates"].get(phase)
    return date.fromisoformat(text) if text else None


def _create(rows: Sequence[ReadRow], file: File, phases: _Phases) -> None:
    pilots = new_pilots(rows, file)
    for pilot, row in zip(pilots, rows, strict=True):
        phases.stamp(pilot, row.values)
    write_new(pilots, rows, file)
    pairs = list(zip(pilots, rows, strict=True))
    stays = [stay for pilot, row in pairs for stay in phases.earlier_stays(pilot, row.values)]
    PhaseEntry.objects.bulk_create(stays, batch_size=500)
    moves = [phases.move(pilot, row.values) for pilot, row in pairs if phases.of(row.values)]
    if moves:
        open_gates(moves, today=timezone.localdate())


def _update(edits: Sequence[Edit], file: File, phases: _Phases) -> None:
    decided = set(
        Decision.objects.filter(gate__pilot__in=[edit.pilot for edit in edits])
        .order_by()
        .values_list("gate__pilot_id", flat=True)
    )
    moved = [edit for edit in edits if _moves(edit, decided, phases)]
    for edit in moved:
        edit.changes["phase"] = [edit.pilot.phase_name or edit.pilot.state, _target(edit.row, phases)]
        edit.pilot.state = edit.row.values["state"]
        phases.stamp(edit.pilot, edit.row.values)
    write_edits(edits, file)
    _follow(moved, phases)
    gates = Gate.objects.filter(pilot__in=[edit.pilot for edit in edits])
    refresh_gates(gates, today=timezone.localdate())


def _target(row: ReadRow, phases: _Phases) -> str:
    phase = phases.of(row.values)
    return phase.name if phase else row.values["state"]


def _moves(edit: Edit, decided: set[int], phases: _Phases) -> bool:
    """Whether the file may move this pilot: it says another phase or state, and nothing was decided here."""
    said, before = edit.row.values, edit.last
    if (said["state"], said["phase"]) == (before.get("state"), before.get("phase")):
        return False
    if edit.pilot.pk in decided or edit.pilot.state in ENDED:
        edit.warnings.append(
            f"The file now says {_target(edit.row, phases)}; it stays as it is, because gates were decided here."
        )
        return False
    return True


def _follow(moved: Sequence[Edit], phases: _Phases) -> None:
    """Close what the moved pilots were working towards and open the gate of where they are now."""
    pilots = [edit.pilot for edit in moved]
    if not pilots:
        return
    Gate.objects.filter(pilot__in=pilots, status__in=CURRENT).update(status=GateStatus.UPCOMING)
    Pilot.objects.bulk_update(
        pilots, ["phase", "phase_name", "phase_number", "phase_count", "phase_entered_on", "in_production"]
    )
    entering = [edit for edit in moved if phases.of(edit.row.values)]
    if entering:
        open_gates(
            [phases.move(edit.pilot, edit.row.values) for edit in entering], today=timezone.localdate()
        )
