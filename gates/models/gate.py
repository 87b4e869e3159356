"""A pilot's way through the phases: what it entered, its gates, the state of each criterion."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from gates.choices import CURRENT, Area, AssessmentState, CriterionKind, GateStatus, WaitingOn
from gates.models.playbook import Criterion, GateDefinition, Phase
from pilots import clock
from pilots.models import Pilot, ScopedQuerySet


class PhaseEntry(models.Model):
    """One stay of a pilot in a phase. Dates nobody knows stay empty."""

    pilot = models.ForeignKey(Pilot, models.CASCADE, related_name="phase_entries")
    phase = models.ForeignKey(Phase, models.PROTECT, related_name="entries")
    entered_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    is_current = models.BooleanField(default=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["pilot_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["pilot"], condition=Q(is_current=True), name="one_current_phase_per_pilot"
            )
        ]

    def __str__(self):
        return f"{self.pilot} in {self.phase}"


# Whom a gate of this status may wait on; the first until gates.journey.waiting has looked closer.
PARTIES: dict[str, tuple[WaitingOn, ...]] = {
    GateStatus.UPCOMING: (WaitingOn.NOBODY,),
    GateStatus.OPEN: (WaitingOn.OWNER, WaitingOn.CONTRIBUTOR, WaitingOn.CONDITION),
    GateStatus.SUBMITTED: (WaitingOn.GATEKEEPERS, WaitingOn.MEETING, WaitingOn.CONDITION),
    GateStatus.DECIDED: (WaitingOn.NOBODY,),
}


class GateQuerySet(ScopedQuerySet):
    """A gate's status never moves without saying who must act next: `update` and `bulk_create` see to it."""

    def update(self, **fields):
        if "status" in fields and "waiting_on" not in fields:
            party = PARTIES[fields["status"]][0]
            since = None if party == WaitingOn.NOBODY else clock.now()
            fields |= {"waiting_on": party, "waiting_for": None, "waiting_since": since}
        return super().update(**fields)

    def bulk_create(self, objs, *args, **kwargs):
        objs = list(objs)
        for gate in objs:
            gate.hand_over()
        return super().bulk_create(objs, *args, **kwargs)

    def current(self):
        """The gates that pilots are working towards now."""
        return self.filter(status__in=CURRENT)

    def overdue(self, today):
        """Current gates of running pilots whose planned day has passed without a decision."""
        return self.current().filter(planned_on__lt=today, pilot__archived_at__isnull=True)


class Gate(models.Model):
    pilot = models.ForeignKey(Pilot, models.CASCADE, related_name="gates")
    definition = models.ForeignKey(GateDefinition, models.PROTECT, related_name="gates")
    attempt = models.PositiveSmallIntegerField(default=1)
    planned_on = models.DateField(null=True)
    forecast_on = models.DateField(null=True)
    opened_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    # Frozen when the phase is entered
    score_threshold = models.PositiveSmallIntegerField()
    floor_threshold = models.PositiveSmallIntegerField()

    # Written only by gates.journey and gates.decisions
    status = models.CharField(max_length=10, choices=GateStatus, default=GateStatus.UPCOMING)

    # Readiness, written only by gates.journey.readiness; explained live by gates.readiness
    score = models.PositiveSmallIntegerField(default=0)
    floor = models.PositiveSmallIntegerField(default=0)
    floor_area = models.CharField(max_length=20, choices=Area, blank=True)
    unknown = models.PositiveSmallIntegerField(default=100)
    blocker_count = models.PositiveSmallIntegerField(default=0)
    must_met = models.PositiveSmallIntegerField(default=0)
    must_total = models.PositiveSmallIntegerField(default=0)
    should_met = models.PositiveSmallIntegerField(default=0)
    should_total = models.PositiveSmallIntegerField(default=0)
    passes = models.BooleanField(default=False)

    # Who must act next and since when; kept by gates.journey.waiting
    waiting_on = models.CharField(max_length=12, choices=WaitingOn, default=WaitingOn.NOBODY)
    waiting_since = models.DateTimeField(null=True)
    waiting_for = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects = GateQuerySet.as_manager()

    class Meta:
        ordering = ["pilot_id", "definition__phase__position", "attempt"]
        constraints = [
            models.UniqueConstraint(fields=["pilot", "definition", "attempt"], name="one_gate_per_attempt"),
            models.UniqueConstraint(
                fields=["pilot"], condition=Q(status__in=CURRENT), name="one_current_gate_per_pilot"
            ),
            models.CheckConstraint(condition=Q(score__lte=100), name="score_is_a_percentage"),
            models.CheckConstraint(condition=Q(floor__lte=100), name="floor_is_a_percentage"),
            models.CheckConstraint(
                condition=Q(status=GateStatus.DECIDED) ^ Q(decided_at__isnull=True),
                name="decided_gate_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(status__in=CURRENT) | Q(waiting_on=WaitingOn.NOBODY),
                name="only_a_current_gate_waits",
            ),
            models.CheckConstraint(
                condition=Q(waiting_on=WaitingOn.NOBODY) ^ Q(waiting_since__isnull=False),
                name="a_gate_waits_since_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["planned_on"], condition=Q(status__in=CURRENT), name="current_gate_by_date"),
            models.Index(
                fields=["waiting_on"], condition=Q(status__in=CURRENT), name="current_gate_by_party"
            ),
        ]

    def __str__(self):
        return f"{self.definition} of {self.pilot}"

    def save(self, *args, update_fields=None, **kwargs):
        if update_fields is None:
            self.hand_over()
        elif "status" in update_fields and self.hand_over():
            update_fields = {*update_fields, "waiting_on", "waiting_since", "waiting_for"}
        super().save(*args, update_fields=update_fields, **kwargs)

    @property
    def is_current(self) -> bool:
        return self.status in CURRENT

    def hand_over(self) -> bool:
        """Let the gate wait on the party its status asks for, unless it does. Returns whether it moved."""
        parties = PARTIES[self.status]
        if self.waiting_on in parties:
            return False
        begun = self.submitted_at if self.status == GateStatus.SUBMITTED else self.opened_at
        moment = begun if self._state.adding and begun else clock.now()
        self.waiting_on = parties[0]
        self.waiting_since = moment if self.is_current else None
        self.waiting_for_id = self.pilot.owner_id if self.waiting_on == WaitingOn.OWNER else None
        return True

    @property
    def slip_days(self) -> int | None:
        """Forecast minus plan, in days."""
        if self.planned_on is None or self.forecast_on is None:
            return None
        return (self.forecast_on - self.planned_on).days


class AssessmentQuerySet(ScopedQuerySet):
    programme_path = "gate__pilot__programme_id"


class Assessment(models.Model):
    """The state of one criterion at one gate of one pilot. The criterion's terms are frozen here."""

    gate = models.ForeignKey(Gate, models.CASCADE, related_name="assessments")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="assessments")
    area = models.CharField(max_length=20, choices=Area)
    kind = models.CharField(max_length=20, choices=CriterionKind)
    weight = models.PositiveSmallIntegerField()
    check_name = models.CharField(max_length=60, blank=True)
    validity_days = models.PositiveSmallIntegerField(null=True)  # goes stale so many days after it is met

    state = models.CharField(max_length=20, choices=AssessmentState, default=AssessmentState.UNKNOWN)
    note = models.TextField(blank=True)  # said by a person, or by the check that decides it
    responsible = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    state_since = models.DateTimeField(null=True)
    lapses_on = models.DateField(null=True)  # the end of the validity that the playbook gives it
    # From this day on it no longer counts: the earlier of `lapses_on` and the end of its evidence.
    stale_on = models.DateField(null=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["gate_id", "criterion__position"]
        constraints = [
            models.UniqueConstraint(fields=["gate", "criterion"], name="one_assessment_per_criterion"),
            models.CheckConstraint(
                condition=Q(state__in=AssessmentState.values), name="assessment_state_is_known"
            ),
            models.CheckConstraint(condition=Q(weight__gte=1), name="assessment_weighs_something"),
        ]

    def __str__(self):
        return f"{self.criterion}: {self.get_state_display()}"

    @classmethod
    def frozen(cls, gate: Gate, criterion: Criterion, **standing: Any) -> "Assessment":
        """A criterion of a gate that is entered, not yet written; `standing` says where it is already."""
        return cls(
            gate=gate,
            criterion=criterion,
            area=criterion.area,
            kind=criterion.kind,
            weight=criterion.weight,
            check_name=criterion.check_name,
            validity_days=criterion.validity_days,
            **standing,
        )
