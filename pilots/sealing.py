"""Puts events into their chains, right after the commit that wrote them.

A chain's head is locked only while events are sealed, never while a change is made: see ADR 0011.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection, transaction

from pilots import chain
from pilots.models import Anchor, ChainHead, Event, Seal

logger = logging.getLogger(__name__)

CHUNK = 2_000  # events per transaction


def said_by(event: Event) -> dict:
    """Everything this event says, as it is hashed."""
    return chain.said(
        type=event.type,
        programme=event.programme_id,
        pilot=event.pilot_id,
        actor=event.actor_id,
        subject=event.subject,
        changes=event.changes,
        data=event.data,
        at=event.at,
        via=event.via,
        request_id=event.request_id,
        token=event.token,
    )


def fingerprint(event: Event) -> str:
    """What the event's digest must be: nothing is sealed that this app did not write."""
    return chain.hash_of(said_by(event), sequence=None, previous="")


def chain_of(event: Event) -> str:
    return chain.name_of(pilot_id=event.pilot_id, programme_id=event.programme_id)


class AfterCommit:
    """The one hook of a transaction that seals whatever it recorded."""

    def __init__(self) -> None:
        self.events: list[tuple[int, str]] = []
        self.done = False
        self.__qualname__ = type(self).__qualname__  # by which Django logs a hook that fails

    def __call__(self) -> None:
        self.done = True
        seal(self.events)


def seal_after_commit(events: Sequence[Event]) -> None:
    """Seal these events once they are committed. What fails then is sealed by the next sweep."""
    hooks = (hook for _, hook, *_ in connection.run_on_commit if isinstance(hook, AfterCommit))
    known = next((hook for hook in hooks if not hook.done), None)
    hook = known or AfterCommit()
    hook.events += [(event.pk, chain_of(event)) for event in events]
    if known is None:
        transaction.on_commit(hook, robust=True)


def seal(events: Sequence[tuple[int, str]]) -> int:
    """Seal those of these (event id, name of its chain) that are not. Returns how many were.

    A few queries for every two thousand.
    """
    return sum(_seal_chunk(dict(events[at : at + CHUNK])) for at in range(0, len(events), CHUNK))


def seal_waiting(*, after: int | None = None) -> int:
    """Seal every committed event that is not: after the last anchor, or after this event id."""
    if after is None:
        last = Anchor.objects.order_by("-number").values_list("last_event", flat=True).first()
        after = last or 0
    waiting = Event.objects.filter(pk__gt=after, seal__isnull=True).exclude(digest="").order_by("pk")
    rows = waiting.values_list("pk", "pilot_id", "programme_id").iterator(chunk_size=CHUNK)
    found = [(pk, chain.name_of(pilot_id=pilot, programme_id=programme)) for pk, pilot, programme in rows]
    return seal(found)


@transaction.atomic
def _seal_chunk(chains: Mapping[int, str]) -> int:
    _need_no_disk()
    heads = _locked(set(chains.values()))
    # Read after the lock: somebody else may have sealed some of them meanwhile.
    waiting = Event.objects.filter(pk__in=chains, seal__isnull=True).order_by("pk")
    seals = [made for event in waiting if (made := _next(heads, event))]
    if seals:
        Seal.objects.bulk_create(seals, batch_size=CHUNK)
        moved = {seal.chain_id for seal in seals}
        _store([head for head in heads.values() if head.pk in moved])
    return len(seals)


def _need_no_disk() -> None:
    """Nobody waits for the disk again: seals that a crash takes with it are made anew by the sweep."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO OFF")


def _locked(names: Iterable[str]) -> dict[str, ChainHead]:
    """The heads of these chains, made where missing, locked in the order of their ids."""
    wanted = set(names)
    found = ChainHead.objects.filter(name__in=wanted)
    heads = {head.name: head for head in found.select_for_update().order_by("pk")}
    if missing := sorted(wanted - heads.keys()):
        ChainHead.objects.bulk_create([ChainHead(name=name) for name in missing], ignore_conflicts=True)
        heads = {head.name: head for head in found.select_for_update().order_by("pk")}
    return heads


def _next(heads: Mapping[str, ChainHead], event: Event) -> Seal | None:
    """The seal of this event at the end of its chain, whose head moves on; None if it is not ours."""
    said = said_by(event)
    if chain.hash_of(said, sequence=None, previous="") != event.digest:
        logger.error("Event %s is not sealed: it does not say what was recorded.", event.pk)
        return None
    head = heads[chain_of(event)]
    sequence, previous = head.sequence + 1, head.hash
    head.sequence, head.hash = sequence, chain.hash_of(said, sequence=sequence, previous=previous)
    return Seal(event=event, chain=head, sequence=sequence, previous=previous, hash=head.hash)


def _store(heads: Sequence[ChainHead]) -> None:
    if len(heads) == 1:
        heads[0].save(update_fields=["sequence", "hash"])
        return
    ChainHead.objects.bulk_create(
        heads,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["sequence", "hash"],
        batch_size=CHUNK,
    )
