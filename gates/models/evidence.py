"""What shows that a criterion is met: a note, a link or a file."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from gates.choices import EvidenceKind
from gates.models.gate import Assessment
from pilots.models import Pilot, ScopedQuerySet


def evidence_path(evidence: "Evidence", name: str) -> str:
    return f"evidence/{evidence.pilot.key}/{evidence.sha256[:16]}"


class Evidence(models.Model):
    pilot = models.ForeignKey(Pilot, models.PROTECT, related_name="evidence")
    assessments = models.ManyToManyField(Assessment, related_name="evidence")
    kind = models.CharField(max_length=10, choices=EvidenceKind)
    title = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    link = models.URLField(max_length=500, blank=True)
    file = models.FileField(upload_to=evidence_path, max_length=200, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(null=True)  # bytes
    sha256 = models.CharField(max_length=64, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    added_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind=EvidenceKind.NOTE) & ~Q(note=""))
                | (Q(kind=EvidenceKind.LINK) & ~Q(link=""))
                | (Q(kind=EvidenceKind.FILE) & ~Q(file="") & ~Q(sha256="")),
                name="evidence_holds_what_its_kind_says",
            )
        ]

    def __str__(self):
        return self.title
