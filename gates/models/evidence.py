"""What shows that a criterion is met: a note, a link or a file, and every form it has had."""

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from gates.choices import EvidenceKind
from gates.models.gate import Assessment, Gate
from metrics.models import Measurement
from pilots.models import AppendOnly, Pilot, ScopedQuerySet
from pilots.models.scope import WrittenOnce


def evidence_path(revision: "EvidenceRevision", name: str) -> str:
    return f"evidence/{revision.evidence.pilot.key}/{revision.sha256[:16]}"


class EvidenceQuerySet(ScopedQuerySet):
    def in_force(self):
        """Not removed."""
        return self.filter(removed_at__isnull=True)

    def standing_at(self, gate: Gate):
        """What stands at this gate: what is there now, or what was there when it was decided."""
        standing = Q(removed_at__isnull=True)
        if gate.decided_at is not None:
            standing |= Q(removed_at__gt=gate.decided_at)
        return self.filter(standing, assessments__gate=gate)


class Evidence(models.Model):
    """One piece. What it holds is its current revision's; what it held before stays in the earlier ones."""

    pilot = models.ForeignKey(Pilot, models.PROTECT, related_name="evidence")
    assessments = models.ManyToManyField(Assessment, related_name="evidence")
    title = models.CharField(max_length=200)
    # Null only while a piece is being written. Stored, so that lists need no query per row.
    current = models.OneToOneField("EvidenceRevision", models.PROTECT, related_name="+", null=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    added_at = models.DateTimeField()
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    removed_at = models.DateTimeField(null=True)
    removal_reason = models.CharField(max_length=500, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True, removal_reason="")
                | (Q(removed_at__isnull=False, removed_by__isnull=False) & ~Q(removal_reason="")),
                name="removed_evidence_has_its_person_and_reason",
            )
        ]

    def __str__(self):
        return self.title


class EvidenceRevisionQuerySet(WrittenOnce, ScopedQuerySet):
    programme_path = "evidence__pilot__programme_id"


class EvidenceRevision(AppendOnly):
    """What a piece of evidence held from one moment on. Never edited: a new one takes its place."""

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()  # from 1
    kind = models.CharField(max_length=10, choices=EvidenceKind)
    note = models.TextField(blank=True)
    link = models.URLField(max_length=500, blank=True)
    file = models.FileField(upload_to=evidence_path, max_length=200, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(null=True)  # bytes of the file
    sha256 = models.CharField(max_length=64)  # of the file; of a note or link over its canonical text
    valid_until = models.DateField(null=True)  # from this day on it no longer counts
    comment = models.CharField(max_length=500, blank=True)  # what changed
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()

    objects = EvidenceRevisionQuerySet.as_manager()

    class Meta:
        ordering = ["evidence_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["evidence", "number"], name="one_revision_per_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="revisions_count_from_one"),
            models.CheckConstraint(
                condition=(Q(kind=EvidenceKind.NOTE) & ~Q(note=""))
                | (Q(kind=EvidenceKind.LINK) & ~Q(link=""))
                | (Q(kind=EvidenceKind.FILE) & ~Q(file="") & ~Q(file_name="") & Q(size__isnull=False)),
                name="evidence_holds_what_its_kind_says",
            ),
            models.CheckConstraint(condition=~Q(sha256=""), name="evidence_has_its_fingerprint"),
        ]

    def __str__(self):
        return f"{self.evidence}, v{self.number}"


class EvidenceOfReading(models.Model):
    """That a piece of evidence shows a reading of a KPI. It stays with a reading that is superseded."""

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="readings")
    measurement = models.ForeignKey(Measurement, models.PROTECT, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evidence", "measurement"], name="evidence_shows_a_reading_once")
        ]

    def __str__(self):
        return f"{self.evidence} shows {self.measurement}"


def as_it_stands(gate: Gate, field: str) -> F | Subquery:
    """An expression for pieces of evidence: this field of the revision that stands at the gate.

    That is the current one, and at a decided gate the one it was decided on.
    """
    if gate.decided_at is None:
        return F(f"current__{field}")
    before = EvidenceRevision.objects.filter(evidence=OuterRef("pk"), at__lte=gate.decided_at)
    return Subquery(before.order_by("-number").values(field)[:1])
