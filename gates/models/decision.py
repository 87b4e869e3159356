"""What was decided at a gate, by whom, on what. Recorded, never edited."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from gates.choices import Outcome, StopReason
from gates.models.gate import Gate
from gates.models.playbook import Phase
from pilots.models import AppendOnly, ScopedQuerySet
from pilots.models.scope import WrittenOnce


class DecisionQuerySet(WrittenOnce, ScopedQuerySet):
    programme_path = "gate__pilot__programme_id"


class Decision(AppendOnly):
    gate = models.ForeignKey(Gate, models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=20, choices=Outcome)
    reason = models.TextField()
    review_on = models.DateField(null=True, blank=True)  # hold
    recycle_to = models.ForeignKey(Phase, models.PROTECT, related_name="+", null=True, blank=True)
    stop_reason = models.CharField(max_length=20, choices=StopReason, blank=True)
    lesson = models.TextField(blank=True)
    freed_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions")
    decided_at = models.DateTimeField()
    # What the decider saw: readiness and the state of every criterion at that moment.
    seen = models.JSONField(default=dict)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="outcome_is_known"),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.HOLD) | Q(review_on__isnull=False), name="hold_has_a_review_date"
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.RECYCLE) | Q(recycle_to__isnull=False),
                name="recycle_names_a_phase",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.STOP) | (~Q(stop_reason="") & ~Q(lesson="")),
                name="stop_has_a_reason_and_a_lesson",
            ),
        ]

    def __str__(self):
        return f"{self.get_outcome_display()} at {self.gate}"


class ConditionQuerySet(ScopedQuerySet):
    programme_path = "decision__gate__pilot__programme_id"


class Condition(models.Model):
    """A dated obligation of a conditional go."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="conditions")
    text = models.CharField(max_length=300)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    due_on = models.DateField()
    met_at = models.DateTimeField(null=True)
    met_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects = ConditionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(met_at__isnull=True) | Q(met_by__isnull=False),
                name="met_condition_has_its_person",
            )
        ]

    def __str__(self):
        return self.text
