"""What a gate is decided on, frozen at a moment so that everybody reads the same."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from gates.models.gate import Gate
from gates.models.review import ReviewTurn
from pilots.models import AppendOnly, ScopedQuerySet
from pilots.models.scope import WrittenOnce


class DecisionPackQuerySet(WrittenOnce, ScopedQuerySet):
    programme_path = "gate__pilot__programme_id"


class DecisionPack(AppendOnly):
    """The page of a gate as it was at one moment. Everything it shows is in `content`, nothing is looked up."""

    gate = models.ForeignKey(Gate, models.PROTECT, related_name="packs")
    number = models.PositiveIntegerField()  # from 1 at each gate
    frozen_at = models.DateTimeField()
    # null: Pilotage, at the freeze that the plan asks for
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    freeze_on = models.DateField(null=True)  # the evidence freeze it stands for; null: on request
    # the request for review under way then; null: none was
    request = models.ForeignKey(ReviewTurn, models.PROTECT, related_name="packs", null=True)
    digest = models.CharField(max_length=64)  # of its facts, as sign-offs and decisions keep them
    content = models.JSONField()  # plain values: decimals as text, days and moments in ISO 8601

    objects = DecisionPackQuerySet.as_manager()

    class Meta:
        ordering = ["gate_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["gate", "number"], name="one_pack_per_number"),
            models.UniqueConstraint(fields=["request", "freeze_on"], name="one_pack_per_request_and_freeze"),
            models.UniqueConstraint(
                fields=["gate", "freeze_on"],
                condition=Q(request__isnull=True),
                name="one_pack_per_freeze",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="packs_count_from_one"),
            models.CheckConstraint(
                condition=Q(freeze_on__isnull=True) ^ Q(frozen_by__isnull=True),
                name="pack_is_asked_for_or_due",
            ),
        ]

    def __str__(self):
        return f"Pack v{self.number} of {self.gate}"
