"""What lets a gate pass although a criterion is not met: asked for, approved by somebody else, for a time."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from gates.choices import AskStatus, AssessmentState, WaiverEnd
from gates.models.gate import Assessment
from pilots.models import ScopedQuerySet


class WaiverQuerySet(ScopedQuerySet):
    programme_path = "assessment__gate__pilot__programme_id"

    def standing(self):
        """Those asked for, and those approved that have not been put an end to; some may have lapsed."""
        return self.filter(status__in=(AskStatus.ASKED, AskStatus.APPROVED), ended_at__isnull=True)


class Waiver(models.Model):
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="waivers")
    reason = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_on = models.DateField()  # from this day on the criterion blocks again
    status = models.CharField(max_length=10, choices=AskStatus, default=AskStatus.ASKED)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    revoked_at = models.DateTimeField(null=True)
    revocation_reason = models.TextField(blank=True)
    # When it stopped to matter: by itself, for the reason beside it. One whose day had passed: when its
    # criterion was judged anew, or a new waiver was asked for.
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=20, choices=WaiverEnd, blank=True)
    # How the criterion stood when it was approved: revoking puts it back.
    state_before = models.CharField(max_length=20, choices=AssessmentState, blank=True)
    stale_on_before = models.DateField(null=True)

    objects = WaiverQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment"],
                condition=Q(status__in=(AskStatus.ASKED, AskStatus.APPROVED), ended_at__isnull=True),
                name="one_standing_waiver_per_criterion",
            ),
            models.CheckConstraint(condition=Q(status__in=AskStatus.values), name="waiver_status_is_known"),
            models.CheckConstraint(
                condition=Q(status__in=(AskStatus.ASKED, AskStatus.WITHDRAWN, AskStatus.ENDED))
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="decided_waiver_has_its_person",
            ),
            models.CheckConstraint(
                condition=~Q(status=AskStatus.REVOKED)
                | Q(revoked_by__isnull=False, revoked_at__isnull=False) & ~Q(revocation_reason=""),
                name="revoked_waiver_has_person_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(status=AskStatus.ENDED, ended_at__isnull=False) & ~Q(ended_because="")
                | ~Q(status=AskStatus.ENDED) & Q(ended_because=""),
                name="ended_waiver_says_when_and_why",
            ),
            models.CheckConstraint(
                condition=~Q(status=AskStatus.APPROVED) | ~Q(state_before=""),
                name="approved_waiver_knows_the_state_before",
            ),
        ]
        indexes = [models.Index(fields=["status", "expires_on"], name="waiver_by_status_and_end")]

    def __str__(self):
        return f"Waiver of {self.assessment.criterion}"
