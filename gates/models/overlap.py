"""Pilots that try the same: what is compared of each, which are alike, and which somebody told apart."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from pilots.models import Pilot, ScopedQuerySet

LIKELY = 0.5  # from this score on it takes somebody's word that two pilots are not the same; measured


class Commonplace(models.Model):
    """A sentence that so many pilots have word for word that it says nothing of any of them."""

    digest = models.CharField(max_length=64, unique=True)

    def __str__(self):
        return self.digest


class Word(models.Model):
    """A word of any pilot's text, and how rare it was last night."""

    text = models.CharField(max_length=40, unique=True)
    rarity = models.FloatField()  # inverse document frequency

    def __str__(self):
        return self.text


class ComparedText(models.Model):
    """What is compared of a pilot: its words in WordOfText, and how long they are together as a vector."""

    pilot = models.OneToOneField(Pilot, models.CASCADE, related_name="compared_text")
    digest = models.CharField(max_length=64)  # of its words and their weights
    length = models.FloatField()

    def __str__(self):
        return f"text of {self.pilot_id}"


class WordOfText(models.Model):
    text = models.ForeignKey(ComparedText, models.CASCADE, related_name="words")
    word = models.ForeignKey(Word, models.CASCADE, related_name="texts")
    weight = models.FloatField()  # 1 + ln of how often

    class Meta:
        constraints = [models.UniqueConstraint(fields=["word", "text"], name="word_once_in_a_text")]

    def __str__(self):
        return f"{self.word_id} in {self.text_id}"


class OfTwoQuerySet(ScopedQuerySet):
    """Rows about two pilots: there only for whom both are."""

    def visible_to(self, user):
        seen = super().visible_to(user)
        if not user.is_authenticated or user.access.sees_all_programmes:
            return seen
        return seen.filter(other__programme_id__in=list(user.access.by_programme))

    def about(self, pilot: Pilot):
        """Those one of whose two is this pilot."""
        return self.filter(Q(pilot=pilot) | Q(other=pilot))


class OverlapQuerySet(OfTwoQuerySet):
    def told_apart(self):
        """Those of which somebody has said that they are not the same."""
        return self.filter(_told_apart())

    def standing(self):
        """The others."""
        return self.filter(~_told_apart())


def _told_apart() -> Exists:
    said = Distinction.objects.standing()
    return Exists(said.filter(pilot=OuterRef("pilot"), other=OuterRef("other")))


class Overlap(models.Model):
    """Two pilots that write about themselves alike; the smaller id first. Written by comparing, not by people."""

    pilot = models.ForeignKey(Pilot, models.CASCADE, related_name="+")
    other = models.ForeignKey(Pilot, models.CASCADE, related_name="+")
    score = models.FloatField()  # cosine, 0 to 1
    words = models.JSONField(default=list)  # those that make them alike most
    texts = models.CharField(max_length=64)  # the same where the two texts are: copies are told once
    found_at = models.DateTimeField()

    objects = OverlapQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["pilot", "other"], name="one_overlap_of_two_pilots"),
            models.CheckConstraint(condition=Q(pilot__lt=F("other")), name="overlap_smaller_id_first"),
        ]
        indexes = [
            models.Index(fields=["other", "pilot"], name="overlap_by_other"),
            models.Index(fields=["-score", "id"], name="overlap_by_score"),
        ]

    def __str__(self):
        return f"{self.pilot_id} and {self.other_id}"


class DistinctionQuerySet(OfTwoQuerySet):
    def standing(self):
        return self.filter(undone_at__isnull=True)


class Distinction(models.Model):
    """Somebody's word that two pilots are not the same, with the reason."""

    pilot = models.ForeignKey(Pilot, models.CASCADE, related_name="+")
    other = models.ForeignKey(Pilot, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    undone_at = models.DateTimeField(null=True)

    objects = DistinctionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pilot", "other"],
                condition=Q(undone_at__isnull=True),
                name="one_standing_distinction_of_two_pilots",
            ),
            models.CheckConstraint(condition=Q(pilot__lt=F("other")), name="distinction_smaller_id_first"),
            models.CheckConstraint(condition=~Q(reason=""), name="distinction_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.pilot_id} is not {self.other_id}"
