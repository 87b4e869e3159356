"""A gate meeting: an agenda of gates over many pilots, who was there, how they voted."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from gates.choices import CALLED, MeetingState, Outcome
from gates.models.decision import Decision
from gates.models.gate import Gate
from pilots.models import Programme, ScopedQuerySet


class GateReviewQuerySet(ScopedQuerySet):
    programme_path = "programme_id"

    def called(self):
        """Still to be held, or being held now."""
        return self.filter(state__in=CALLED)


class GateReview(models.Model):
    """One meeting of one programme."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="reviews")
    title = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    place = models.CharField(max_length=300, blank=True)  # a room, or the link of a call
    item_minutes = models.PositiveSmallIntegerField(default=15)
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    called_at = models.DateTimeField()
    revision = models.PositiveSmallIntegerField(default=0)  # of the invitation, as calendars count them
    started_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # What is shown now, for those who follow.
    current = models.ForeignKey("AgendaItem", models.SET_NULL, related_name="+", null=True)
    current_since = models.DateTimeField(null=True)

    objects = GateReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MeetingState.values), name="meeting_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state=MeetingState.HELD) | Q(closed_at__isnull=False),
                name="held_meeting_has_its_end",
            ),
            models.CheckConstraint(
                condition=Q(item_minutes__gte=1, item_minutes__lte=240), name="an_item_takes_its_time"
            ),
        ]

    def __str__(self):
        return self.title


class AgendaItemQuerySet(ScopedQuerySet):
    programme_path = "review__programme_id"

    def to_come(self):
        """Still to be decided in a meeting that is called or being held."""
        return self.filter(review__state__in=CALLED, parked_at__isnull=True, decision__isnull=True)


class AgendaItem(models.Model):
    review = models.ForeignKey(GateReview, models.CASCADE, related_name="items")
    gate = models.ForeignKey(Gate, models.PROTECT, related_name="agenda_items")
    position = (
        models.PositiveSmallIntegerField()
    )  # from 1; numbered anew, as a whole, under the meeting's lock
    remark = models.TextField(blank=True)  # what was said, for the minutes
    parked_at = models.DateTimeField(null=True)  # put off: neither decided nor forgotten
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="agenda_item", null=True)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "gate"], name="a_gate_is_once_on_an_agenda"),
            models.CheckConstraint(
                condition=Q(parked_at__isnull=True) | Q(decision__isnull=True),
                name="an_item_is_decided_or_parked",
            ),
        ]

    def __str__(self):
        return f"{self.position}. {self.gate}"

    @property
    def is_done(self) -> bool:
        return self.decision_id is not None or self.parked_at is not None


class Attendee(models.Model):
    """Who is invited, and whether they came."""

    review = models.ForeignKey(GateReview, models.CASCADE, related_name="attendees")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    was_present = models.BooleanField(default=False)

    class Meta:
        ordering = ["person__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["review", "person"], name="invited_once")]

    def __str__(self):
        return f"{self.person} at {self.review}"


class Vote(models.Model):
    """What one person is for, by name. It can change until the item is decided; events keep each change."""

    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="votes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, choices=Outcome)
    comment = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "person"], name="one_vote_per_person"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="vote_is_known"),
        ]

    def __str__(self):
        return f"{self.person}: {self.get_outcome_display()}"
