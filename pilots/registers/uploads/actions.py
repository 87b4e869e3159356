"""Keeping a file of entries until somebody has looked at what it would do, and recording it."""

from datetime import timedelta

from django.db import transaction

from pilots import clock
from pilots.models import RegisterFile, User
from pilots.registers.actions import add_entry, edit_entry
from pilots.registers.table import Register
from pilots.registers.uploads.queries import Changed, New, preview, versions
from pilots.registers.uploads.reading import Fault, FileRows
from pilots.rules import RuleViolation

KEPT = timedelta(days=7)
LONGEST_NAME = 200


@transaction.atomic
def keep_file(*, register: Register, found: FileRows, name: str, by: User) -> RegisterFile:
    """Keep what a file says. Leaves no event: nothing changes.

    What the same person sent more than a week ago is dropped; what was recorded from it stays.
    """
    now = clock.now()
    RegisterFile.objects.of(by).filter(sent_at__lt=now - KEPT).delete()
    return RegisterFile.objects.create(
        by=by,
        sent_at=now,
        register=register.key,
        name=name[-LONGEST_NAME:],
        rows=found.rows,
        versions=versions(register, found.rows, by),
        faults=[[fault.row, fault.column, fault.sentence] for fault in found.faults],
        notes=found.notes,
    )


@transaction.atomic
def record_file(*, file: RegisterFile, by: User) -> RegisterFile:
    """Write what a file adds and changes, leaving out what is wrong in it. Doing it twice changes nothing."""
    file = RegisterFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    if file.recorded_at is not None:
        return file
    found = preview(file)
    refused = [fault for row in found.rows for fault in _refused(row, by)]
    faults = sorted([*found.faults, *refused], key=lambda fault: fault.row)
    left_out = {fault.row for fault in faults}
    file.result = {
        "new": sum(row.row not in left_out for row in found.new),
        "changed": sum(row.row not in left_out for row in found.changed),
        "same": found.same,
        "wrong": len(left_out),
    }
    file.faults = [[fault.row, fault.column, fault.sentence] for fault in faults]
    file.recorded_at = clock.now()
    file.save(update_fields=["result", "faults", "recorded_at"])
    return file


def _refused(row: New | Changed, by: User) -> list[Fault]:
    """Write what a row says; why the rules refuse it only now, if they do."""
    try:
        if isinstance(row, New):
            add_entry(model=type(row.entry), pilot=row.pilot, by=by, **row.facts)
        else:
            edit_entry(entry=row.entry, by=by, seen=row.entry.version, **row.facts)
    except RuleViolation as violation:
        return [Fault(row.row, "", " ".join(violation.reasons))]
    return []
