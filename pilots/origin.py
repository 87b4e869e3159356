"""Through which door what is being written came in. Doors say it, events keep it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from pilots.choices import Via

LONGEST_ID = 40
LONGEST_NAME = 80


@dataclass(frozen=True)
class Origin:
    """The kind of door, the id of the request or task (or the name of the command), the token's name."""

    via: str = Via.COMMAND
    request_id: str = ""
    token: str = ""


_current: ContextVar[Origin] = ContextVar("origin of what is written", default=Origin())  # noqa: B039


def current() -> Origin:
    """Where what is written now comes from; whatever nobody announced is a command."""
    return _current.get()


@contextmanager
def entered(via: str, request_id: str = "") -> Iterator[None]:
    """Inside, what is written came in here."""
    token = _current.set(Origin(via, request_id[:LONGEST_ID]))
    try:
        yield
    finally:
        _current.reset(token)


def enter(via: str, request_id: str = "") -> Origin:
    """Say the same where there is no end to wait for. Returns what was before, for `leave`."""
    before = _current.get()
    _current.set(Origin(via, request_id[:LONGEST_ID]))
    return before


def leave(before: Origin) -> None:
    """Go back to what was before `enter`."""
    _current.set(before)


def with_token(name: str) -> None:
    """Whoever came in through this door showed the token of this name."""
    _current.set(replace(_current.get(), token=name[:LONGEST_NAME]))
