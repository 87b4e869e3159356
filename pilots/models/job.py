"""Work too long for one request, with how far it has come."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from pilots.choices import OVER, JobState, Role


class JobQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those a person started; an administrator sees all."""
        if Role.ADMINISTRATOR in user.access.everywhere:
            return self
        return self.filter(started_by=user)

    def under_way(self):
        """Waiting for a worker, or in the hands of one."""
        return self.exclude(state__in=OVER)


class Job(models.Model):
    kind = models.CharField(max_length=80)  # the name of the task that does it
    what = models.CharField(max_length=200)  # in words, such as "Move 12 pilots to Standard v3"
    unit = models.CharField(max_length=30, default="items")  # what is counted, such as "pilots"
    order = models.JSONField(default=dict)  # what the task needs to know; enough to begin again
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    phase = models.CharField(max_length=120, blank=True)  # what is being done now, in words
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs")
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()  # the last sign of life
    finished_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True)  # where to go on
    error = models.TextField(blank=True)
    leaves = models.CharField(max_length=300, blank=True)  # when cancelled, in words; blank: it cannot be
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    # When a worker took it in hand, since it was last started or tried again, and how much was done by then
    begun_at = models.DateTimeField(null=True)
    begun_with = models.PositiveIntegerField(default=0)
    told_of = models.PositiveBigIntegerField(null=True)  # the event of its end that was last mailed

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=OVER) ^ Q(finished_at__isnull=True), name="ended_job_has_its_moment"
            ),
            models.CheckConstraint(
                condition=Q(state=JobState.CANCELLED) ^ Q(cancelled_by__isnull=True),
                name="cancelled_job_says_by_whom",
            ),
        ]
        indexes = [models.Index(fields=["beat_at"], condition=~Q(state__in=OVER), name="job_under_way")]

    def __str__(self):
        return self.what

    @property
    def is_over(self) -> bool:
        return self.state in OVER
