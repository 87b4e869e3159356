"""Work of one person that was passed on to others: what it was, who got it, and whether it went back."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from gates.choices import Passing
from pilots.models import Pilot, Programme


class HandoverQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own and what concerns one; what was done also to who sees a programme in it."""
        if not user.is_authenticated:
            return self.none()
        mine = Q(by=user)
        concerned = Q(person=user) | Q(things__receiver=user)
        if user.access.sees_all_programmes:
            concerned = Q()
        else:
            concerned |= Q(things__programme__in=list(user.access.by_programme))
        return self.filter(mine | Q(done_at__isnull=False) & concerned).distinct()


class Handover(models.Model):
    """Looked at first (`done_at` is null): exactly what was picked is then handed over."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="handovers")
    note = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(note=""), name="handover_says_why"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False, done_at__isnull=False),
                name="undone_handover_was_done_and_has_its_person",
            ),
        ]

    def __str__(self):
        return f"Work of {self.person}"


class HandedThingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All of one's own handovers; of others what came to one, and what is of a programme one sees."""
        if not user.is_authenticated:
            return self.none()
        if user.access.sees_all_programmes:
            return self
        mine = Q(handover__by=user) | Q(handover__person=user) | Q(receiver=user)
        return self.filter(mine | Q(programme__in=list(user.access.by_programme)))


class HandedThing(models.Model):
    """One thing of a handover. What it is called and when it is due stays as it was then."""

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="things")
    holding = models.CharField(max_length=30)  # a key of gates.handover.table
    object_id = models.PositiveBigIntegerField()
    # Null: it ends with the handover, such as a delegation.
    receiver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+", null=True)  # null: all of them
    pilot = models.ForeignKey(Pilot, models.PROTECT, related_name="+", null=True)
    words = models.CharField(max_length=300)
    due_on = models.DateField(null=True)  # what its holder has to do next
    passing = models.CharField(max_length=10, choices=Passing, default=Passing.PICKED)
    why = models.CharField(max_length=300, blank=True)  # it was not moved, or did not go back

    objects = HandedThingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["handover", "holding", "object_id"], name="a_thing_is_handed_over_once"
            ),
            models.CheckConstraint(condition=Q(passing__in=Passing.values), name="passing_is_known"),
        ]

    def __str__(self):
        return self.words
