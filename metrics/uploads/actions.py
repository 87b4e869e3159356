"""Keeping a file of readings until somebody has looked at what it would do, and recording it."""

from datetime import timedelta

from django.db import transaction

from metrics.choices import Source
from metrics.models import ReadingFile
from metrics.readings.many import record_of_many
from metrics.uploads.queries import Meant, Scope, still_recordable, told_by_kpi
from pilots import clock
from pilots.models import User

KEPT = timedelta(days=7)
LONGEST_NAME = 200


@transaction.atomic
def keep_file(*, meant: Meant, notes: list[str], name: str, scope: Scope) -> ReadingFile:
    """Keep what a file says. Leaves no event: no reading is recorded.

    What the same person sent more than a week ago is dropped; its readings, where recorded, stay.
    """
    now = clock.now()
    ReadingFile.objects.of(scope.by).filter(sent_at__lt=now - KEPT).delete()
    return ReadingFile.objects.create(
        by=scope.by,
        sent_at=now,
        name=name[-LONGEST_NAME:],
        kpi=scope.kpi,
        pilot=scope.pilot,
        rows=meant.rows,
        faults=[[fault.row, fault.column, fault.sentence] for fault in meant.faults],
        notes=notes,
    )


@transaction.atomic
def record_file(*, file: ReadingFile, by: User) -> ReadingFile:
    """Record those readings of a file that can be and are not there yet. Doing it twice changes nothing."""
    file = ReadingFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    if file.recorded_at is not None:
        return file
    told = told_by_kpi(file)
    kpis = still_recordable(file, told)
    found = record_of_many(
        told={pk: those for pk, those in told.items() if pk in kpis},
        source=Source.FILE,
        by=by,
        file=file.name,
    )
    refused = [one for those in found.values() for one in those.refused]
    conflicting = sum(1 for one in refused if one.there is not None)
    lost = sum(len(those) for pk, those in told.items() if pk not in kpis)
    file.result = {
        "recorded": sum(len(those.new) for those in found.values()),
        "same": sum(len(those.same) for those in found.values()),
        "conflicting": conflicting,
        "wrong": len(refused) - conflicting + lost + len({row for row, _, _ in file.faults}),
        "kpis": sorted(pk for pk, those in found.items() if those.new),
    }
    file.recorded_at = clock.now()
    file.save(update_fields=["result", "recorded_at"])
    return file
