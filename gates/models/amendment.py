"""A change of what was frozen when a phase was entered: asked for, approved by somebody else, kept."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from gates.choices import KPI_TERMS, AmendedField, AskStatus, Direction
from gates.models.gate import Assessment, Gate
from gates.models.playbook import PlaybookVersion
from metrics.models import Kpi
from pilots.models import ScopedQuerySet

ASKED = Q(status=AskStatus.ASKED)
OF_KPI = Q(kpi__isnull=False)
BY_VERSION = Q(version__isnull=False)


class AmendmentQuerySet(ScopedQuerySet):
    programme_path = "gate__pilot__programme_id"

    def asked(self):
        return self.filter(ASKED)

    def in_effect(self):
        """Those that moved the frozen terms."""
        return self.filter(status=AskStatus.APPROVED)


class Amendment(models.Model):
    """One term of one gate, before and after. It takes effect with its approval and never otherwise."""

    gate = models.ForeignKey(Gate, models.CASCADE, related_name="amendments")
    # of one of these, or else a threshold of the gate itself
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="amendments", null=True)
    kpi = models.ForeignKey(Kpi, models.CASCADE, related_name="amendments", null=True)
    field = models.CharField(max_length=20, choices=AmendedField)
    # a number, a kind, whether the criterion applies; of a KPI the fields of the term
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)  # null: valid for ever
    direction = models.CharField(max_length=10, choices=Direction)
    reason = models.TextField()
    # The playbook version that brought it, when the pilot was moved there; else a person asked for it.
    version = models.ForeignKey(PlaybookVersion, models.PROTECT, related_name="amendments", null=True)
    status = models.CharField(max_length=10, choices=AskStatus, default=AskStatus.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)  # of who decided

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["gate", "field"],
                condition=ASKED & Q(assessment__isnull=True, kpi__isnull=True),
                name="one_open_amendment_per_threshold",
            ),
            models.UniqueConstraint(
                fields=["gate", "assessment", "field"],
                condition=ASKED & Q(assessment__isnull=False),
                name="one_open_amendment_per_term",
            ),
            models.UniqueConstraint(
                fields=["gate", "kpi", "field"],
                condition=ASKED & OF_KPI,
                name="one_open_amendment_per_term_of_a_kpi",
            ),
            models.CheckConstraint(
                condition=(OF_KPI & Q(assessment__isnull=True, field__in=sorted(KPI_TERMS)))
                | (~OF_KPI & ~Q(field__in=sorted(KPI_TERMS))),
                name="amendment_of_a_kpi_names_it",
            ),
            models.CheckConstraint(
                condition=ASKED ^ Q(decided_at__isnull=False, decided_by__isnull=False),
                name="settled_amendment_has_its_person",
            ),
            models.CheckConstraint(
                condition=~Q(status=AskStatus.APPROVED) | BY_VERSION | ~Q(decided_by=F("asked_by")),
                name="amendment_is_approved_by_another",
            ),
        ]

    def __str__(self):
        where = self.assessment.criterion.key if self.assessment else self.kpi
        return f"{self.get_field_display()} of {where}" if where else self.get_field_display()

    @property
    def about(self) -> str:
        """The criterion or KPI whose term it is; "" for a threshold."""
        return str(self.assessment.criterion if self.assessment else self.kpi or "")
