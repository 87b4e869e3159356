"""Walks the chains of events and says, event by event, what is no longer as it was sealed.

Constant memory and a fixed number of statements, however many events there are: one over all seals with
their events and heads, one over the anchors, a few that give back only what is wrong.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format

from pilots import chain
from pilots.models import Anchor, AnchoredHead, ChainHead, Event, Pilot, Programme, Seal, Verification
from pilots.models.event import type_in_words
from pilots.sealing import chain_of, fingerprint

ROWS = 2_000  # read at a time
TOLD = 100  # problems kept as sentences; the others are only counted
SAID = ("type", "programme_id", "pilot_id", "actor_id", "subject", "changes", "data", "at")
CAME = ("via", "request_id", "token")
COLUMNS = (
    *("chain_id", "sequence", "previous", "hash", "event_id"),
    *("chain__name", "chain__sequence", "chain__hash"),
    *(f"event__{name}" for name in (*SAID, *CAME)),
)


@dataclass
class Findings:
    """What a walk read, and every sentence about what is wrong (the first hundred of them)."""

    events: int = 0
    chains: int = 0
    anchors: int = 0
    waiting: int = 0  # written but not sealed yet
    problem_count: int = 0
    problems: list[str] = field(default_factory=list)

    def tell(self, sentences: Iterable[str]) -> None:
        for sentence in sentences:
            self.problem_count += 1
            if len(self.problems) < TOLD:
                self.problems.append(sentence)


class Row(NamedTuple):
    """One seal with its event and the head of its chain, as read."""

    chain: int
    sequence: int
    previous: str
    hash: str
    event: int
    name: str
    head_sequence: int
    head_hash: str
    said: tuple[Any, ...]

    @property
    def title(self) -> str:
        type_, at = self.said[0], self.said[7]
        return f"event {self.event} ({type_in_words(type_)}, {moment(at)})"

    def is_as_sealed(self) -> bool:
        names = ("type", "programme", "pilot", "actor", "subject", "changes", "data", "at", *CAME)
        try:
            said = chain.said(**dict(zip(names, self.said, strict=True)))
            return chain.hash_of(said, sequence=self.sequence, previous=self.previous) == self.hash
        except (AttributeError, TypeError, ValueError):
            return False  # not even what an event can say

    def belongs(self) -> bool:
        return self.name == chain.name_of(pilot_id=self.said[2], programme_id=self.said[1])


def moment(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "j M Y H:i") if at else "without a date"


def verify(pilot: Pilot | None = None) -> Findings:
    """Walk every chain, or that of one pilot, and the anchors. Writes nothing."""
    found = Findings()
    heads, seals = ChainHead.objects.all(), Seal.objects.all()
    if pilot is not None:
        heads = heads.filter(name=chain.name_of(pilot_id=pilot.pk, programme_id=None))
        seals = seals.filter(chain__in=heads)
    names = Names()
    for _, rows in groupby(_rows(seals), key=lambda row: row.chain):
        _walk(rows, found, names)
    found.tell(_emptied(heads, names))
    found.tell(_cut(pilot, names))
    found.tell(_unsealed(pilot, found))
    if pilot is None:
        found.tell(_anchors(found))
        found.tell(_headless())
        found.tell(_fewer(found))
    return found


class Names:
    """What people call a chain."""

    def of(self, name: str) -> str:
        kind, _, pk = name.partition(":")
        if kind == "pilot":
            key = Pilot.objects.filter(pk=int(pk)).values_list("key", flat=True).first()
            return key or f"pilot {pk}, which is gone"
        if kind == "programme":
            title = Programme.objects.filter(pk=int(pk)).values_list("name", flat=True).first()
            return f"programme {title or pk}"
        return "the organisation"


def _rows(seals) -> Iterator[Row]:
    # One statement reads seals and heads alike: what is sealed meanwhile cannot look like a fault.
    values = seals.order_by("chain_id", "sequence").values_list(*COLUMNS)
    for row in values.iterator(chunk_size=ROWS):
        yield Row._make((*row[:8], row[8:]))


def _walk(rows: Iterable[Row], found: Findings, names: Names) -> None:
    """Follow one chain from its first event to its head."""
    found.chains += 1
    place, tip, last = 0, "", None
    for last in rows:
        found.events += 1
        if last.sequence != place + 1:
            found.tell([_gap(last, place, names)])
        elif last.previous != tip:
            found.tell(
                [f"In the chain of {names.of(last.name)}, {last.title} does not follow the one before."]
            )
        if not last.belongs():
            found.tell([f"In the chain of {names.of(last.name)}, {last.title} belongs to another chain."])
        elif not last.is_as_sealed():
            found.tell([f"In the chain of {names.of(last.name)}, {last.title} was changed."])
        place, tip = last.sequence, last.hash
    assert last is not None
    if (last.head_sequence, last.head_hash) != (place, tip):
        found.tell([_other_end(last, place, names)])


def _gap(row: Row, place: int, names: Names) -> str:
    missing = row.sequence - place - 1
    which = f"Event {place + 1} is" if missing == 1 else f"Events {place + 1} to {row.sequence - 1} are"
    return f"{which} missing from the chain of {names.of(row.name)}, before {row.title}."


def _other_end(last: Row, place: int, names: Names) -> str:
    chain_name = names.of(last.name)
    if last.head_sequence > place:
        count = last.head_sequence - place
        events = "the last event was" if count == 1 else f"the last {count} events were"
        return f"From the chain of {chain_name} {events} removed: it ends with {last.title}."
    return f"The chain of {chain_name} ends with {last.title}, which is not the end that was noted."


def _emptied(heads, names: Names) -> Iterator[str]:
    """Chains without any event, which nobody can have made so."""
    sealed = Exists(Seal.objects.filter(chain=OuterRef("pk")))
    for name, count in heads.filter(~sealed, sequence__gt=0).values_list("name", "sequence"):
        yield f"All {count} events of the chain of {names.of(name)} were removed."


def _cut(pilot: Pilot | None, names: Names) -> Iterator[str]:
    """Places that an anchor knows and that are no more, or are another's."""
    there = Seal.objects.filter(
        chain=OuterRef("chain_id"), sequence=OuterRef("sequence"), hash=OuterRef("hash")
    )
    gone = AnchoredHead.objects.filter(~Exists(there)).order_by("anchor_id", "chain_id")
    if pilot is not None:
        gone = gone.filter(name=chain.name_of(pilot_id=pilot.pk, programme_id=None))
    rows = gone.values_list("name", "sequence", "anchor__number", "anchor__at")
    for name, sequence, number, at in rows.iterator(chunk_size=ROWS):
        yield (
            f"Anchor {number} of {moment(at)} saw event {sequence} in the chain of {names.of(name)}, "
            "which is no longer there as it was."
        )


def _unsealed(pilot: Pilot | None, found: Findings) -> Iterator[str]:
    """Events outside every chain: those just written wait for their seal, others are not ours."""
    waiting = Event.objects.filter(seal__isnull=True).order_by("pk")
    for event in (waiting.filter(pilot=pilot) if pilot else waiting).iterator(chunk_size=ROWS):
        if fingerprint(event) == event.digest:
            found.waiting += 1
        else:
            yield (
                f"Event {event.pk} ({event.in_words}, {moment(event.at)}) in {chain_of(event)} "
                "was not written by Pilotage, or was changed before it was sealed."
            )


def _headless() -> Iterator[str]:
    """Seals of a chain whose head is gone: the walk does not meet them."""
    heads = Exists(ChainHead.objects.filter(pk=OuterRef("chain_id")))
    for chain_id in Seal.objects.filter(~heads).values_list("chain_id", flat=True).distinct():
        yield f"The note of where chain {chain_id} ends was removed."


def _fewer(found: Findings) -> Iterator[str]:
    """What the last verification counted cannot have become less."""
    before = Verification.objects.order_by("-pk").first()
    if before is None:
        return
    if before.anchors > found.anchors:
        yield f"{before.anchors - found.anchors} of the {before.anchors} anchors known before are gone."
    if before.events > found.events:
        yield f"{before.events - found.events} of the {before.events} events verified before are gone."


def _anchors(found: Findings) -> Iterator[str]:
    """What is wrong with the anchors themselves: each holds the hash of its heads and of the one before."""
    held = AnchoredHead.objects.order_by("anchor__number", "chain_id").values_list(
        "anchor_id", "name", "sequence", "hash"
    )
    groups = groupby(held.iterator(chunk_size=ROWS), key=itemgetter(0))
    ahead = next(groups, None)
    number, tip = 0, ""
    for anchor in Anchor.objects.order_by("number").iterator(chunk_size=ROWS):
        found.anchors += 1
        heads, count = chain.HeadsHash(), 0
        if ahead is not None and ahead[0] == anchor.pk:
            for _, name, sequence, tip_then in ahead[1]:
                heads.add(name, sequence, tip_then)
                count += 1
            ahead = next(groups, None)
        expected = chain.anchor_hash(
            number=anchor.number, at=anchor.at, previous=anchor.previous, heads=anchor.heads
        )
        if anchor.number != number + 1 or anchor.previous != tip:
            yield f"Anchor {anchor.number} of {moment(anchor.at)} does not follow anchor {number}."
        if (anchor.hash, anchor.heads, anchor.chains) != (expected, heads.hexdigest(), count):
            yield f"Anchor {anchor.number} of {moment(anchor.at)} was changed."
        number, tip = anchor.number, anchor.hash


def moved_heads():
    """The heads of chains that have grown, or are otherwise, since they were last anchored."""
    known = AnchoredHead.objects.filter(
        chain=OuterRef("pk"), sequence=OuterRef("sequence"), hash=OuterRef("hash")
    )
    return ChainHead.objects.filter(~Exists(known), sequence__gt=0).order_by("pk")
