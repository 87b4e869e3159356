"""What makes the events tamper-evident: their seals, the chains these form, and the nightly anchors."""

from django.db import models
from django.db.models import Q

from pilots.models.event import Event
from pilots.models.scope import AppendOnly, AppendOnlyQuerySet


class ChainHead(models.Model):
    """Where a chain of events ends now: how many there are and the hash of the last."""

    name = models.CharField(max_length=40, unique=True)  # pilot:12, programme:3 or organisation
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)  # blank while nothing is in it

    def __str__(self):
        return f"{self.name} at {self.sequence}"


class Seal(AppendOnly):
    """The place of one event in its chain, and the hash over what it says there."""

    event = models.OneToOneField(Event, models.PROTECT, related_name="seal", primary_key=True)
    chain = models.ForeignKey(ChainHead, models.PROTECT, related_name="seals", db_index=False)
    sequence = models.PositiveBigIntegerField()  # from 1
    previous = models.CharField(max_length=64, blank=True)  # hash of the one before; blank for the first
    hash = models.CharField(max_length=64)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="one_event_per_place_in_a_chain"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="chain_counts_from_one"),
        ]

    def __str__(self):
        return f"{self.sequence} of chain {self.chain_id}"


class Anchor(AppendOnly):
    """All chains at one moment: one hash over the heads that moved since the anchor before."""

    number = models.PositiveIntegerField(unique=True)  # from 1
    at = models.DateTimeField()
    chains = models.PositiveIntegerField()  # whose head moved
    events = models.PositiveBigIntegerField()  # sealed by then, in all chains
    last_event = models.PositiveBigIntegerField()  # every event up to this id was sealed, or refused
    heads = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["number"]

    def __str__(self):
        return f"anchor {self.number}"


class AnchoredHead(AppendOnly):
    """How far one chain was at an anchor, if it had moved since the one before."""

    anchor = models.ForeignKey(Anchor, models.PROTECT, related_name="anchored")
    chain = models.ForeignKey(ChainHead, models.PROTECT, related_name="anchored")
    name = models.CharField(max_length=40)  # of the chain: known even if its head is gone
    sequence = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "anchor"], name="one_head_per_chain_and_anchor"),
        ]

    def __str__(self):
        return f"chain {self.chain_id} at {self.sequence} in {self.anchor_id}"


class Verification(AppendOnly):
    """One walk along all chains: how many events were read, and everything that was found wrong."""

    at = models.DateTimeField()  # when it began: events up to then were looked at
    events = models.PositiveBigIntegerField()
    chains = models.PositiveIntegerField()
    anchors = models.PositiveIntegerField()
    problem_count = models.PositiveIntegerField()
    problems = models.JSONField(default=list)  # the first of them, as sentences

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        get_latest_by = "pk"

    def __str__(self):
        return f"{self.events} events, {self.problem_count} problems"

    @property
    def ok(self) -> bool:
        return self.problem_count == 0
