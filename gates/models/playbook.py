"""The life cycle as data: phases, the gate that closes each, its criteria. Published is final."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from gates.choices import ANY, PROOF_TERMS, Area, CriterionKind, GatekeeperRole, VersionStatus
from gates.rules import strictest_proof
from pilots.models import AppendOnly
from pilots.models.scope import AppendOnlyQuerySet


class Playbook(models.Model):
    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    description = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class PlaybookVersion(models.Model):
    playbook = models.ForeignKey(Playbook, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=VersionStatus)
    # Of its meaning: the same playbook is loaded once. While it is a draft, of its text.
    digest = models.CharField(max_length=64)
    source = models.TextField()  # the file as people wrote it; all there is of a draft
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(  # nobody: it came from a file on the server
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )

    class Meta:
        ordering = ["playbook__name", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["playbook", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["playbook", "digest"],
                condition=~Q(status=VersionStatus.DRAFT),
                name="one_version_per_meaning",
            ),
            models.UniqueConstraint(
                fields=["playbook"],
                condition=Q(status=VersionStatus.DRAFT),
                name="one_draft_per_playbook",
            ),
            models.UniqueConstraint(
                fields=["playbook"],
                condition=Q(status=VersionStatus.PUBLISHED),
                name="one_published_version_per_playbook",
            ),
        ]

    def __str__(self):
        return f"{self.playbook} v{self.number}"

    @property
    def is_draft(self) -> bool:
        return self.status == VersionStatus.DRAFT


class Phase(AppendOnly):
    version = models.ForeignKey(PlaybookVersion, models.PROTECT, related_name="phases")
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    description = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField()  # from 1
    typical_days = models.PositiveSmallIntegerField()
    in_production = models.BooleanField(default=False)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="one_phase_per_key"),
            models.UniqueConstraint(fields=["version", "position"], name="one_phase_per_position"),
        ]

    def __str__(self):
        return self.name


class GateDefinition(AppendOnly):
    phase = models.OneToOneField(Phase, models.PROTECT, related_name="gate")
    key = models.CharField(max_length=10)  # such as G2
    name = models.CharField(max_length=80)
    question = models.TextField(blank=True)
    score_threshold = models.PositiveSmallIntegerField()  # percent
    floor_threshold = models.PositiveSmallIntegerField()  # percent, for the weakest area
    gatekeeper_roles = models.JSONField(default=list)  # read as `roles`
    quorum = models.CharField(max_length=10, default="all")
    override_roles = models.JSONField(default=list)
    freeze_days_before = models.PositiveSmallIntegerField(default=0)
    every_months = models.PositiveSmallIntegerField(null=True)  # recurring when set

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["phase__position"]

    def __str__(self):
        return f"{self.key} {self.name}"

    @property
    def roles(self) -> tuple[GatekeeperRole, ...]:
        """Who is asked at this gate, in the order of the playbook."""
        return tuple(
            GatekeeperRole(
                label=written["role"],
                quorum=written.get("quorum", ANY),
                areas=tuple(Area(area) for area in written.get("areas", ())),
            )
            for written in self.gatekeeper_roles
        )


class Criterion(AppendOnly):
    gate = models.ForeignKey(GateDefinition, models.PROTECT, related_name="criteria")
    key = models.CharField(max_length=10)  # such as T3
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    area = models.CharField(max_length=20, choices=Area)
    kind = models.CharField(max_length=20, choices=CriterionKind)
    weight = models.PositiveSmallIntegerField()
    guidance = models.TextField()
    evidence_example = models.TextField(blank=True)
    role = models.CharField(max_length=60, blank=True)  # who usually provides it
    effort_days = models.DecimalField(max_digits=5, decimal_places=1, default=0)
    validity_days = models.PositiveSmallIntegerField(null=True)  # goes stale after
    risk_tiers = models.JSONField(default=list)  # empty: every tier
    check_name = models.CharField(max_length=60, blank=True)  # the check that decides it
    depends_on = models.JSONField(default=list)  # keys of criteria of this gate that come first
    # When a KPI counts as at target for the check that decides it; null: as usual.
    readings = models.PositiveSmallIntegerField(null=True)
    hold = models.PositiveSmallIntegerField(null=True)
    confidence = models.DecimalField(max_digits=4, decimal_places=1, null=True)  # percent

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["gate", "position"]
        constraints = [models.UniqueConstraint(fields=["gate", "key"], name="one_criterion_per_key")]

    def __str__(self):
        return f"{self.key} {self.title}"

    @property
    def proof(self) -> dict[str, Any]:
        """When a KPI counts as at target here, by `PROOF_TERMS`; the confidence in percent."""
        asked = strictest_proof([{term: getattr(self, term) for term in PROOF_TERMS}])
        return {**asked, "confidence": float(asked["confidence"])}
