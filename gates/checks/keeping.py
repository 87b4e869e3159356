"""What several checks ask of the same pilots, asked once while many checks run one after the other."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import QuerySet

from pilots.models import Pilot

Answer = TypeVar("Answer")


@dataclass
class _Kept:
    of_all: dict[Hashable, Any]  # what was asked of the whole portfolio
    by_pilot: dict[Hashable, dict[int, Any]] = field(default_factory=dict)


_kept: ContextVar[_Kept | None] = ContextVar("kept", default=None)


@contextmanager
def asked_once() -> Iterator[None]:
    """Within it nothing is asked twice. One within another forgets its pilots at its end, not the portfolio."""
    outer = _kept.get()
    token = _kept.set(_Kept(outer.of_all if outer else {}))
    try:
        yield
    finally:
        _kept.reset(token)


def of_portfolio(question: Hashable, ask: Callable[[], Answer]) -> Answer:
    """What `ask` says of the whole portfolio."""
    kept = _kept.get()
    if kept is None:
        return ask()
    if question not in kept.of_all:
        kept.of_all[question] = ask()
    return kept.of_all[question]


def of_each(
    question: Hashable,
    pilots: "QuerySet[Pilot]",
    ask: Callable[["QuerySet[Pilot]"], dict[int, Answer]],
    *,
    none: Answer,
) -> dict[int, Answer]:
    """What `ask` says of each of these pilots; `none` where it says nothing. A query beside that."""
    ids = list(pilots.order_by().values_list("pk", flat=True))
    kept = _kept.get()
    known = kept.by_pilot.setdefault(question, {}) if kept else {}
    missing = [pk for pk in ids if pk not in known]
    if missing:
        found = ask(pilots if len(missing) == len(ids) else pilots.filter(pk__in=missing))
        known.update((pk, found.get(pk, none)) for pk in missing)
    return {pk: known[pk] for pk in ids}
