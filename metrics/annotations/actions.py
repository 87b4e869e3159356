"""Writing on the course of a KPI what happened, changing that and removing it."""

from datetime import date
from typing import Any

from django.db import transaction

from metrics import events
from metrics.models import Annotation, Kpi
from metrics.rules import annotation_problems
from pilots import clock
from pilots.events import changed_fields, first_facts, record
from pilots.models import User
from pilots.rules import RuleViolation


@transaction.atomic
def annotate_kpi(*, kpi: Kpi, on: date, text: str, by: User) -> Annotation:
    """Note at a KPI what happened on a day. Saying it again returns the note there is. Raises RuleViolation."""
    text = text.strip()
    _check(on, text)
    Kpi.objects.select_for_update().get(pk=kpi.pk)  # who says the same at once waits
    if known := kpi.annotations.standing().filter(on=on, text=text).first():
        return known
    note = Annotation.objects.create(kpi=kpi, on=on, text=text, written_by=by)
    _tell(events.ANNOTATION_ADDED, note, first_facts({"on": on, "text": text}), by)
    return note


@transaction.atomic
def edit_annotation(*, annotation: Annotation, by: User, **facts: Any) -> Annotation:
    """Change the day or the text (`on`, `text`) of a note. Raises RuleViolation."""
    note = _lock(annotation)
    if "text" in facts:
        facts["text"] = facts["text"].strip()
    changes = changed_fields(note, facts)
    if changes:
        _check(facts.get("on", note.on), facts.get("text", note.text))
        for name in changes:
            setattr(note, name, facts[name])
        note.save(update_fields=[*changes])
        _tell(events.ANNOTATION_EDITED, note, changes, by)
    return note


@transaction.atomic
def remove_annotation(*, annotation: Annotation, by: User) -> Annotation:
    """Take a note off its KPI; the log keeps it. Raises RuleViolation when it is gone already."""
    note = _lock(annotation)
    note.removed_at = clock.now()
    note.save(update_fields=["removed_at"])
    _tell(events.ANNOTATION_REMOVED, note, {"text": [note.text, None]}, by)
    return note


def _lock(annotation: Annotation) -> Annotation:
    locked = Annotation.objects.select_for_update(of=("self",)).select_related("kpi__pilot")
    note = locked.get(pk=annotation.pk)
    if note.removed_at is not None:
        raise RuleViolation("This note has been removed.")
    return note


def _check(on: date, text: str) -> None:
    problems = annotation_problems(on=on, text=text, today=clock.today())
    if problems:
        raise RuleViolation(*problems.values())


def _tell(type_: str, note: Annotation, changes: Any, by: User) -> None:
    record(type_, subject=note, pilot=note.kpi.pilot, actor=by, changes=changes, kpi=note.kpi.name)
