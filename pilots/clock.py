"""What time it is for whatever is being written: now, or when a story told later took place.

Actions and column defaults read the time here, so that history can be told through them (the demo
does) and every row and event of it carries the moment at which it happened.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_told: ContextVar[datetime | None] = ContextVar("moment told of", default=None)


def now() -> datetime:
    """The moment at which what is written now happens."""
    return _told.get() or timezone.now()


def today() -> date:
    """The day of `now` where the organisation is."""
    return timezone.localdate(now())


def tells_history() -> bool:
    """Whether what is written now happened before and is only told of."""
    return _told.get() is not None


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside, it is this moment. Only this thread notices."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)
