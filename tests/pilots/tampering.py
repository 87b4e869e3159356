"""What somebody with a database shell can do to the audit trail."""

from collections.abc import Callable
from functools import wraps

from django.db import connection, transaction

from pilots import events
from pilots.events import record
from pilots.models import Event
from pilots.sealing import seal_waiting
from tests.builders import make_user


def taken_back(test: Callable) -> Callable:
    """Each example begins without what the one before wrote."""

    @wraps(test)
    def run(*args, **kwargs):
        with transaction.atomic():
            test(*args, **kwargs)
            transaction.set_rollback(True)

    return run


def happen(*pilots, count: int = 3, **data) -> list[Event]:
    """So many events of each of these pilots (None: of the organisation), one after the other, sealed."""
    written = [
        record(events.PILOT_EDITED, subject=pilot or make_user(), pilot=pilot, actor=None, place=at, **data)
        for at in range(count)
        for pilot in pilots
    ]
    seal_waiting(after=0)
    return written


def behind_our_back(sql: str, *values) -> None:
    """What somebody with a database shell can do: also against the tables' own rules."""
    with connection.cursor() as cursor:
        for word in _without_keys():
            cursor.execute(word)
        cursor.execute(sql, values)


def _without_keys() -> list[str]:
    if connection.vendor == "sqlite":
        return ["PRAGMA defer_foreign_keys = ON"]
    return ["SET session_replication_role = replica"]


def remove(event_id: int) -> None:
    behind_our_back("DELETE FROM pilots_seal WHERE event_id = %s", event_id)
    behind_our_back("DELETE FROM pilots_event WHERE id = %s", event_id)
