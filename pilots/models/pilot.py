"""One AI initiative on its way to production, and what the file it came from said."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q

from pilots import clock
from pilots.choices import RUNNING, Approach, PilotState, Priority, RiskTier
from pilots.models.programme import Programme
from pilots.models.scope import ScopedQuerySet
from pilots.rules import LONGEST_TEXT

LISTED = Q(archived_at__isnull=True)


class PilotQuerySet(ScopedQuerySet):
    programme_path = "programme_id"

    def listed(self):
        """Not archived."""
        return self.filter(LISTED)

    def running(self):
        """Under way: not archived, active or on hold."""
        return self.listed().filter(state__in=RUNNING)


class Pilot(models.Model):
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="pilots")
    key = models.CharField(max_length=12, unique=True, editable=False)
    title = models.CharField(max_length=200)
    problem = models.TextField("business problem", max_length=LONGEST_TEXT, blank=True)
    workflow = models.TextField("workflow it changes", max_length=LONGEST_TEXT, blank=True)
    unit = models.CharField("business unit", max_length=200, blank=True)
    approach = models.CharField(max_length=20, choices=Approach, blank=True)
    vendor = models.CharField(max_length=200, blank=True)
    model_name = models.CharField("AI model", max_length=200, blank=True)
    risk_tier = models.CharField(max_length=20, choices=RiskTier, blank=True)
    risk_rationale = models.TextField("why this risk tier", max_length=LONGEST_TEXT, blank=True)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="pilots_owned", null=True, blank=True
    )
    sponsor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="pilots_sponsored", null=True, blank=True
    )
    intake_on = models.DateField("proposed on", null=True, blank=True)
    ends_on = models.DateField("planned end", null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)

    # Where it is on its way. Written only by the journey (gates) and by imports.
    state = models.CharField(max_length=10, choices=PilotState, default=PilotState.INTAKE, editable=False)
    phase = models.CharField(
        max_length=40, blank=True, editable=False
    )  # key of the phase; blank: none or unknown
    phase_name = models.CharField(max_length=80, blank=True, editable=False)
    phase_number = models.PositiveSmallIntegerField(default=0, editable=False)
    phase_count = models.PositiveSmallIntegerField(default=0, editable=False)
    phase_entered_on = models.DateField(null=True, editable=False)
    in_production = models.BooleanField(default=False, editable=False)
    reached_production_on = models.DateField(null=True, editable=False)

    objects = PilotQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        indexes = [
            # What the portfolio counts and cuts its pages from, without a look at the rows themselves
            models.Index(fields=["title", "id", "programme"], condition=LISTED, name="pilot_by_title"),
            models.Index(fields=["programme", "title", "id"], condition=LISTED, name="pilot_by_programme"),
            models.Index(fields=["phase", "programme"], condition=LISTED, name="pilot_by_phase"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PilotState.values), name="pilot_state_is_known"),
            models.CheckConstraint(condition=~Q(title=""), name="pilot_has_a_title"),
            models.CheckConstraint(
                condition=Q(phase="", phase_number=0) | (~Q(phase="") & Q(phase_number__gt=0)),
                name="pilot_phase_has_its_number",
            ),
        ]

    def __str__(self):
        return f"{self.title} ({self.key})"

    @property
    def phase_is_unknown(self) -> bool:
        """Under way, but nobody has told in which phase."""
        return self.state in RUNNING and not self.phase


class Sequence(models.Model):
    """Numbers handed out once, such as those in PIL-014."""

    name = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self):
        return f"{self.name}: {self.last}"

    @classmethod
    def take(cls, name: str, count: int = 1) -> range:
        """The next `count` numbers; nobody else gets them. Call inside the transaction that uses them."""
        with transaction.atomic():
            cls.objects.get_or_create(name=name)
            cls.objects.filter(name=name).update(last=F("last") + count)  # locks the row until commit
            last = cls.objects.values_list("last", flat=True).get(name=name)
        return range(last - count + 1, last + 1)


class SourceRecord(models.Model):
    """The row of a file that a pilot came from: as it was, and what could not be understood."""

    pilot = models.OneToOneField(Pilot, models.CASCADE, related_name="source")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="source_records")
    mapping = models.CharField(max_length=60)
    file_name = models.CharField(max_length=200)
    record_number = models.PositiveIntegerField()
    identity = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    values = models.JSONField(default=dict)  # what was understood, by field
    raw = models.JSONField(default=list)  # [[header, cell], …] of the cells that were not empty
    problems = models.JSONField(default=list)  # [{field, raw, reason}, …]: left empty in the pilot
    warnings = models.JSONField(default=list)  # sentences: understood, but contradictory
    imported_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["programme", "mapping"], name="source_by_programme")]

    def __str__(self):
        return f"row {self.record_number} of {self.file_name}"
