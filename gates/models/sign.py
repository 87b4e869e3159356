"""Warning signs as they came and went, and what people said where only people can know."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from gates.choices import Question, Sign
from pilots.models import AppendOnly, Pilot, ScopedQuerySet
from pilots.models.scope import WrittenOnce


class SignSpellQuerySet(ScopedQuerySet):
    def standing(self):
        """Those that still warn; one that a release did away with warns of nothing."""
        return self.filter(until__isnull=True, sign__in=Sign.values)


class SignSpell(models.Model):
    """A time in which a pilot showed a warning sign. Written only by gates.signs.actions."""

    pilot = models.ForeignKey(Pilot, models.CASCADE, related_name="sign_spells")
    sign = models.CharField(max_length=40)  # one of Sign; a new one needs no migration
    since = models.DateField()  # the day it was found
    until = models.DateField(null=True)  # the day it was found gone; null: it stands
    reason = models.TextField()

    objects = SignSpellQuerySet.as_manager()

    class Meta:
        ordering = ["pilot_id", "sign", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["pilot", "sign"], condition=Q(until__isnull=True), name="one_standing_spell_per_sign"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="a_spell_ends_after_it_began"
            ),
        ]
        indexes = [
            # What pages count, without a look at the rows themselves
            models.Index(fields=["sign", "pilot"], condition=Q(until__isnull=True), name="standing_sign"),
            models.Index(fields=["-since", "-id"], name="sign_by_day"),
        ]

    def __str__(self):
        return f"{Sign(self.sign).label} of {self.pilot}"


class DeclaredAnswerQuerySet(WrittenOnce, ScopedQuerySet):
    pass


class DeclaredAnswer(AppendOnly):
    """What a person said to a question about a pilot; the newest counts."""

    pilot = models.ForeignKey(Pilot, models.CASCADE, related_name="declared_answers")
    question = models.CharField(max_length=40)  # one of Question
    yes = models.BooleanField()
    note = models.TextField(max_length=2_000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = DeclaredAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["pilot", "question", "-id"], name="answer_by_pilot")]
        constraints = [models.CheckConstraint(condition=~Q(note=""), name="an_answer_says_what_it_rests_on")]

    def __str__(self):
        return f"{Question(self.question).label} {'Yes' if self.yes else 'No'}"
