"""A gate meeting: an agenda of gates over many pilots, who was there, how they voted."""

from datetime import UTC

from django.conf import settings
from django.db import models
from django.db.models import Q

from gates.choices import CALLED, MeetingState, Outcome
from gates.models.decision import Decision
from gates.models.gate import Gate
from pilots.models import AppendOnly, Programme, ScopedQuerySet
from pilots.models.scope import WrittenOnce


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
    freeze_on = models.DateField(
        null=True
    )  # when every gate on the agenda gets its pack; null: by its own plan
    place = models.CharField(max_length=300, blank=True)  # a room, or the link of a call
    item_minutes = models.PositiveSmallIntegerField(default=15)
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    called_at = models.DateTimeField()
    revision = models.PositiveSmallIntegerField(default=0)  # of the invitation, as calendars count them
    invited_revision = models.PositiveSmallIntegerField(null=True)  # the one that went out; null: none yet
    invited_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    minutes_sent_at = models.DateTimeField(null=True)  # the last time
    minutes_sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    # Who turns everybody's screen; null: nobody has begun it, or it was begun before there were presenters.
    presenter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
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
                condition=Q(minutes_sent_at__isnull=True, minutes_sent_by__isnull=True)
                | Q(minutes_sent_at__isnull=False, minutes_sent_by__isnull=False, state=MeetingState.HELD),
                name="minutes_of_a_held_meeting_are_sent_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(item_minutes__gte=1, item_minutes__lte=240), name="an_item_takes_its_time"
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def uid(self) -> str:
        """What calendars know this meeting by, for ever: whatever the address it is reached at."""
        return f"gate-review-{self.pk}-{self.called_at.astimezone(UTC):%Y%m%dT%H%M%S%fZ}@pilotage"

    @property
    def has_changed_since(self) -> bool:
        """Whether an invitation went out that no longer says how it is."""
        return self.invited_revision is not None and self.invited_revision < self.revision


class AgendaItemQuerySet(ScopedQuerySet):
    programme_path = "review__programme_id"

    def to_come(self):
        """Still to be decided in a meeting that is called or being held."""
        return self.filter(review__state__in=CALLED, parked_at__isnull=True, decision__isnull=True)


class AgendaItem(models.Model):
    """A gate to be decided, or a topic that is only talked about, such as "Any other business"."""

    review = models.ForeignKey(GateReview, models.CASCADE, related_name="items")
    gate = models.ForeignKey(Gate, models.PROTECT, related_name="agenda_items", null=True)
    topic = models.CharField(max_length=200, blank=True)
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
            models.CheckConstraint(
                condition=Q(gate__isnull=False, topic="") | Q(gate__isnull=True) & ~Q(topic=""),
                name="an_item_is_a_gate_or_a_topic",
            ),
            models.CheckConstraint(
                condition=Q(gate__isnull=False) | Q(decision__isnull=True), name="a_topic_is_not_decided"
            ),
        ]

    def __str__(self):
        return f"{self.position}. {self.gate or self.topic}"

    @property
    def title(self) -> str:
        """Of the pilot whose gate it is, or the topic."""
        return self.gate.pilot.title if self.gate else self.topic

    @property
    def is_done(self) -> bool:
        return self.decision_id is not None or self.parked_at is not None


class AdditionQuerySet(WrittenOnce, ScopedQuerySet):
    programme_path = "review__programme_id"


class Addition(AppendOnly):
    """What was added to the minutes after the meeting was closed. They change in no other way."""

    review = models.ForeignKey(GateReview, models.PROTECT, related_name="additions")
    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="additions", null=True)  # null: to all
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = AdditionQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="an_addition_says_something")]

    def __str__(self):
        return f"Addition to the minutes of {self.review}"


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
