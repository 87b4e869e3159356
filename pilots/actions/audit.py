"""Anchoring the chains of events and verifying them; each verification leaves a row, good or bad."""

import logging

from django.db import connection, transaction
from django.db.models import Max, Sum

from pilots import chain, clock
from pilots.models import Anchor, AnchoredHead, ChainHead, Event, Verification
from pilots.sealing import seal_waiting
from pilots.verifying import Findings, moved_heads, verify

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
