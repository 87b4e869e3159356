"""Anchoring the chains of events and verifying them; each verification leaves a row, good or bad."""

import logging

from django.db import connection, transaction
from django.db.models import Max, QuerySet, Sum

from pilots import chain, clock, events
from pilots.audit_log import EventChoice, events_chosen, last_verification
from pilots.events import record
from pilots.models import Anchor, AnchoredHead, ChainHead, Event, Programme, User, Verification
from pilots.sealing import seal_waiting
from pilots.verifying import Findings, moment, moved_heads, verify

logger = logging.getLogger(__name__)
ROWS = 2_000


def anchor() -> Anchor:
    """Seal what still waits and write down where every chain ends now, after the anchor before."""
    last_event = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    seal_waiting(after=0)
    return _write_anchor(last_event)


@transaction.atomic
def _write_anchor(last_event: int) -> Anchor:
    before = _last_for_update()
    heads = chain.HeadsHash()
    moved = list(moved_heads().values_list("pk", "name", "sequence", "hash"))
    for _, *head in moved:
        heads.add(*head)
    number, previous = (before.number + 1, before.hash) if before else (1, "")
    at = clock.now()
    written = Anchor.objects.create(
        number=number,
        at=at,
        chains=len(moved),
        events=ChainHead.objects.aggregate(all=Sum("sequence"))["all"] or 0,
        last_event=last_event,
        heads=heads.hexdigest(),
        previous=previous,
        hash=chain.anchor_hash(number=number, at=at, previous=previous, heads=heads.hexdigest()),
    )
    AnchoredHead.objects.bulk_create(
        (
            AnchoredHead(anchor=written, chain_id=pk, name=name, sequence=place, hash=tip)
            for pk, name, place, tip in moved
        ),
        batch_size=ROWS,
    )
    logger.info("Anchor %s over %s events: %s", number, written.events, written.hash)
    return written


def _last_for_update() -> Anchor | None:
    """The last anchor, locked: two at once follow each other (the number is unique besides)."""
    found = Anchor.objects.order_by("-number")
    return (found.select_for_update() if connection.features.has_select_for_update else found).first()


def verify_all() -> tuple[Findings, Verification]:
    """Seal what waits, walk all chains and anchors, and write down what was found."""
    seal_waiting()
    at = clock.now()
    found = verify()
    row = Verification.objects.create(
        at=at,
        events=found.events,
        chains=found.chains,
        anchors=found.anchors,
        problem_count=found.problem_count,
        problems=found.problems,
    )
    if found.problem_count:
        logger.error("The audit chain is broken: %s", " ".join(found.problems))
    return found, row


@transaction.atomic
def record_export(*, choice: EventChoice, by: User) -> tuple[list[tuple[str, str]], QuerySet[Event]]:
    """Note that somebody takes these events out as a file.

    Returns the facts for its head (the filter among them) and the events, up to this moment.
    """
    found = events_chosen(by, choice)
    count = found.count()
    programme = Programme.objects.filter(slug=choice.programme).first() if choice.programme else None
    narrowed = choice.in_words()
    told = record(
        events.AUDIT_EXPORTED, subject=by, programme=programme, actor=by, events=count, filter=dict(narrowed)
    )
    verified = last_verification()
    facts = [
        ("Exported", f"{moment(told.at)} by {by.name} ({by.email})"),
        ("Filter", "; ".join(f"{name}: {value}" for name, value in narrowed) or "none"),
        ("Events", str(count)),
        ("Chain", said_of(verified)),
    ]
    return facts, found.filter(pk__lt=told.pk)


def said_of(verification: Verification | None) -> str:
    """What the last verification found, in a sentence."""
    if verification is None:
        return "Not verified yet."
    if verification.ok:
        return (
            f"Verified to {moment(verification.at)}: {verification.events} events are as they were written."
        )
    return f"Broken: {verification.problem_count} faults were found on {moment(verification.at)}."
