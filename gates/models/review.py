"""What is said of a gate in its review: asking for it, sending back, feedback. Written once."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from gates.choices import FeedbackLevel, GateStatus, ReviewStep
from gates.models.decision import Decision
from gates.models.gate import Assessment, Gate
from pilots.models import AppendOnly, ScopedQuerySet
from pilots.models.scope import WrittenOnce


class ReviewQuerySet(WrittenOnce, ScopedQuerySet):
    programme_path = "gate__pilot__programme_id"


class TurnQuerySet(ReviewQuerySet):
    def unanswered(self):
        """Those that sent an open gate back, while no review was asked for again and nobody has decided."""
        later = ReviewTurn.objects.filter(gate=OuterRef("gate"), pk__gt=OuterRef("pk"))
        decided = Decision.objects.filter(gate=OuterRef("gate"), decided_at__gt=OuterRef("at"))
        by_people = decided.filter(steps_down__isnull=True)  # a lapsed condition answers no reviewer
        sent_back = self.filter(step=ReviewStep.SENT_BACK, gate__status=GateStatus.OPEN)
        return sent_back.filter(~Exists(later), ~Exists(by_people))


class ReviewTurn(AppendOnly):
    """A gate handed to its gatekeepers, taken back by its owner, or sent back by a gatekeeper."""

    gate = models.ForeignKey(Gate, models.PROTECT, related_name="turns")
    step = models.CharField(max_length=10, choices=ReviewStep)
    said = models.TextField(blank=True)  # the owner's message, or why it was sent back
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = TurnQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(step__in=ReviewStep.values), name="review_step_is_known"),
            models.CheckConstraint(
                condition=~Q(step=ReviewStep.SENT_BACK) | ~Q(said=""), name="sent_back_has_its_reason"
            ),
        ]

    def __str__(self):
        return f"{self.get_step_display()}: {self.gate}"


class Feedback(AppendOnly):
    """Advice on a criterion or on the gate as a whole, or the pilot's answer to such advice.

    Of what one person said of one thing the newest counts; what was said before stays readable.
    """

    gate = models.ForeignKey(Gate, models.PROTECT, related_name="feedback")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="feedback", null=True)
    answers = models.ForeignKey("self", models.PROTECT, related_name="replies", null=True)
    level = models.CharField(max_length=5, choices=FeedbackLevel, blank=True)  # blank: an answer
    comment = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answers__isnull=True, level__in=FeedbackLevel.values)
                | Q(answers__isnull=False, level=""),
                name="feedback_has_a_level_or_answers",
            ),
            models.CheckConstraint(
                condition=Q(level=FeedbackLevel.FINE) | ~Q(comment=""), name="an_issue_says_what_it_is"
            ),
        ]

    def __str__(self):
        return f"{self.get_level_display() or 'Answer'} by {self.by}"
