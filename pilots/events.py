"""What the foundation can announce, and how any app announces: record, dispatch, sweep."""

import json
import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

from pilots import clock, origin
from pilots.models import Event, Pilot, Programme, User
from pilots.sealing import fingerprint, seal_after_commit

logger = logging.getLogger(__name__)

PROGRAMME_CREATED = "pilots.programme_created"
PROGRAMME_EDITED = "pilots.programme_edited"
MEMBER_ADDED = "pilots.member_added"
MEMBER_REMOVED = "pilots.member_removed"
PERSON_CREATED = "pilots.person_created"
PERSON_DEACTIVATED = "pilots.person_deactivated"
PERSON_ACTIVATED = "pilots.person_activated"
PILOT_CREATED = "pilots.pilot_created"
PILOT_EDITED = "pilots.pilot_edited"
PILOT_ARCHIVED = "pilots.pilot_archived"
PILOT_RESTORED = "pilots.pilot_restored"
PILOT_IMPORTED = "pilots.pilot_imported"
PILOT_UPDATED_FROM_FILE = "pilots.pilot_updated_from_file"
FILE_IMPORTED = "pilots.file_imported"  # once, after all of its pilots
ENTRY_ADDED = "pilots.entry_added"
ENTRY_EDITED = "pilots.entry_edited"
ENTRY_REMOVED = "pilots.entry_removed"
ENTRY_RESTORED = "pilots.entry_restored"
AUDIT_EXPORTED = "pilots.audit_exported"
JOB_STARTED = "pilots.job_started"
JOB_RETRIED = "pilots.job_retried"
JOB_CANCELLED = "pilots.job_cancelled"
JOB_FINISHED = "pilots.job_finished"
JOB_FAILED = "pilots.job_failed"
TOKEN_CREATED = "pilots.token_created"  # noqa: S105 - an event's name
TOKEN_REVOKED = "pilots.token_revoked"  # noqa: S105

Changes = dict[str, list[Any]]


def reactions() -> dict[str, list]:
    """Event type → the tasks it starts. Every type an app can announce has its line."""
    return import_string(settings.EVENT_REACTIONS)


def record(
    type: str,
    *,
    subject: Any,
    actor: User | None,
    pilot: Pilot | None = None,
    programme: Programme | None = None,
    changes: Changes | None = None,
    **data: Any,
) -> Event:
    """Write down a fact inside the caller's transaction; its reactions start after the commit.

    `changes` is field → [before, after] in JSON values; `data` what a reader needs besides.
    """
    event = build(
        type, subject=subject, actor=actor, pilot=pilot, programme=programme, changes=changes, **data
    )
    event.save()
    seal_after_commit([event])
    if event.dispatched_at is None:
        transaction.on_commit(dispatch_soon)
    return event


def build(type, *, subject, actor, pilot=None, programme=None, changes=None, **data) -> Event:
    """An event not yet written, for bulk work: pass many to `record_many`."""
    now, came = clock.now(), origin.current()
    event = Event(
        type=type,
        programme_id=pilot.programme_id if pilot else programme.pk if programme else None,
        pilot=pilot,
        actor=actor,
        subject=f"{subject._meta.label}:{subject.pk}",
        changes=_as_kept(changes or {}),
        data=_as_kept(data),
        at=now,
        via=came.via,
        request_id=came.request_id,
        token=came.token,
        dispatched_at=None if _starts_something(type) else now,
    )
    event.digest = fingerprint(event)
    return event


def _as_kept(facts: dict[str, Any]) -> dict[str, Any]:
    """The same facts as they are read again: what is hashed is what is kept."""
    return json.loads(json.dumps(facts))


def _starts_something(type: str) -> bool:
    """Whether anything reacts to an event written now. Nobody is told today of what is long past."""
    return bool(reactions()[type]) and not clock.tells_history()


def record_many(events: Iterable[Event]) -> None:
    """Write many events in a few queries; their reactions start after the commit."""
    written = Event.objects.bulk_create(events, batch_size=500)
    if not written:
        return
    seal_after_commit(written)
    if any(event.dispatched_at is None for event in written):
        transaction.on_commit(dispatch_soon)


def dispatch_soon() -> None:
    """Ask a worker to start waiting reactions. A dead broker loses nothing: the sweep finds them."""
    from pilots.tasks import sweep_events  # the queue is a door, above this module

    try:
        sweep_events.delay()
    except OperationalError:
        logger.warning("The broker does not answer; events wait for the next sweep.")


def dispatch_waiting(limit: int = 500) -> int:
    """Start the reactions of events that still wait, each event once. Returns how many were done."""
    with transaction.atomic():
        waiting = list(
            Event.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
            .filter(dispatched_at__isnull=True)
            .order_by("pk")[:limit]
        )
        table = reactions()
        for event in waiting:
            for reaction in table[event.type]:
                reaction.delay(event.pk)
        Event.objects.filter(pk__in=[event.pk for event in waiting]).update(dispatched_at=timezone.now())
    return len(waiting)


def changed_fields(before: Any, after: dict[str, Any]) -> Changes:
    """field → [before, after] of those values in `after` that differ from the object's, as JSON."""
    changes: Changes = {}
    for name, value in after.items():
        old = getattr(before, name)
        if old != value:
            changes[name] = [_plain(old), _plain(value)]
    return changes


def first_facts(facts: dict[str, Any]) -> Changes:
    """field → [None, value] of what something new begins with; what is empty is left out."""
    return {name: [None, _plain(value)] for name, value in facts.items() if value not in (None, "")}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value)
