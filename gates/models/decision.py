"""What was decided at a gate, by whom, on what. Recorded, never edited."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from gates.choices import REASON_CODES, Outcome, ReasonCode
from gates.models.gate import Gate
from gates.models.playbook import Criterion, Phase
from pilots.choices import RUNNING
from pilots.models import AppendOnly, ScopedQuerySet
from pilots.models.scope import WrittenOnce

GOES_ON = (Outcome.GO, Outcome.CONDITIONAL_GO)


class DecisionQuerySet(WrittenOnce, ScopedQuerySet):
    programme_path = "gate__pilot__programme_id"

    def standing(self):
        """What holds: a decision that was corrected is read in its correction."""
        return self.filter(superseded_by__isnull=True)


def _code_fits() -> Q:
    """Decisions from before there were codes have none, save stops; only Pilotage says that one lapsed."""
    fits = Q(reason_code="") & ~Q(outcome=Outcome.STOP)
    for outcome, codes in REASON_CODES.items():
        fits |= Q(outcome=outcome, reason_code__in=[code.value for code in codes])
    lapsed = Q(outcome=Outcome.HOLD, steps_down__isnull=False)
    return fits | lapsed & Q(reason_code=ReasonCode.CONDITION_LAPSED)


class Decision(AppendOnly):
    gate = models.ForeignKey(Gate, models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=20, choices=Outcome)
    reason_code = models.CharField(max_length=20, choices=ReasonCode, blank=True)
    reason = models.TextField()
    scope_cap = models.CharField(max_length=300, blank=True)  # conditional go: how far until then
    review_on = models.DateField(null=True, blank=True)  # hold
    recycle_to = models.ForeignKey(Phase, models.PROTECT, related_name="+", null=True, blank=True)
    lesson = models.TextField(blank=True)  # stop: what happened
    advice = models.TextField(blank=True)  # stop: what to do differently
    freed_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    decided_by = models.ForeignKey(  # null: Pilotage, when a condition has lapsed
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions", null=True
    )
    decided_at = models.DateTimeField()

    # What the decider saw: readiness and the state of every criterion at that moment, and its fingerprint.
    seen = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)  # blank: from before there were any
    passed = models.BooleanField(null=True)  # was the gate ready? null: nobody kept it
    quorum_reached = models.BooleanField(null=True)
    override_reason = models.TextField(blank=True)  # not blank: it passed although something stood in its way

    # A conditional go whose condition lapsed is stepped down to a hold, once for each day that passed.
    steps_down = models.ForeignKey("self", models.PROTECT, related_name="stepped_down", null=True)
    lapsed_on = models.DateField(null=True)  # the latest due day that had passed

    # A correction keeps who decided and when, and says who corrected it, when and why.
    supersedes = models.OneToOneField("self", models.PROTECT, related_name="superseded_by", null=True)
    correction_reason = models.TextField(blank=True)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    corrected_at = models.DateTimeField(null=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="outcome_is_known"),
            models.CheckConstraint(condition=_code_fits(), name="reason_code_fits_the_outcome"),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.HOLD) | Q(review_on__isnull=False), name="hold_has_a_review_date"
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.RECYCLE) | Q(recycle_to__isnull=False),
                name="recycle_names_a_phase",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.STOP) | (~Q(reason_code="") & ~Q(lesson="")),
                name="stop_has_a_reason_and_a_lesson",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.CONDITIONAL_GO) | Q(reason_code="") | ~Q(scope_cap=""),
                name="conditional_go_has_a_scope_cap",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.GO) | ~Q(passed=False) | ~Q(override_reason=""),
                name="go_is_ready_or_overridden",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=GOES_ON) | ~Q(quorum_reached=False) | ~Q(override_reason=""),
                name="going_on_has_its_quorum_or_is_overridden",
            ),
            models.CheckConstraint(
                condition=Q(override_reason="") | Q(outcome__in=GOES_ON), name="only_going_on_is_overridden"
            ),
            models.CheckConstraint(
                condition=Q(steps_down__isnull=True, lapsed_on__isnull=True, decided_by__isnull=False)
                | Q(
                    steps_down__isnull=False,
                    lapsed_on__isnull=False,
                    decided_by__isnull=True,
                    outcome=Outcome.HOLD,
                ),
                name="only_a_lapse_is_decided_by_nobody",
            ),
            models.CheckConstraint(
                condition=Q(
                    supersedes__isnull=True,
                    correction_reason="",
                    corrected_by__isnull=True,
                    corrected_at__isnull=True,
                )
                | Q(supersedes__isnull=False, corrected_by__isnull=False, corrected_at__isnull=False)
                & ~Q(correction_reason=""),
                name="correction_says_who_when_and_why",
            ),
            models.UniqueConstraint(fields=["steps_down", "lapsed_on"], name="one_step_down_per_lapse"),
        ]

    def __str__(self):
        return f"{self.get_outcome_display()} at {self.gate}"

    @property
    def is_override(self) -> bool:
        return bool(self.override_reason)


class ConditionQuerySet(ScopedQuerySet):
    programme_path = "decision__gate__pilot__programme_id"

    def in_force(self):
        """Of decisions that hold, where the pilot has not been sent back before that gate since."""
        sent_back = Decision.objects.standing().filter(
            gate__pilot=OuterRef("decision__gate__pilot"),
            outcome=Outcome.RECYCLE,
            decided_at__gt=OuterRef("decision__decided_at"),
            recycle_to__position__lte=OuterRef("decision__gate__definition__phase__position"),
        )
        return self.filter(~Exists(sent_back), decision__superseded_by__isnull=True)

    def open(self):
        """Still to be met, by pilots that are under way."""
        return self.in_force().filter(
            met_at__isnull=True,
            decision__gate__pilot__state__in=RUNNING,
            decision__gate__pilot__archived_at__isnull=True,
        )

    def lapsed(self, today):
        """Not met by the end of their due day: from the next midnight on."""
        return self.open().filter(due_on__lt=today)

    def not_stepped_down(self):
        """Those whose decision has not stepped down since their due day passed."""
        done = Decision.objects.filter(steps_down=OuterRef("decision"), lapsed_on__gte=OuterRef("due_on"))
        return self.filter(~Exists(done))


class Condition(models.Model):
    """A dated obligation of a conditional go."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="conditions")
    text = models.CharField(max_length=300)
    # null: from before every condition had its person
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+", null=True)  # what it closes
    due_on = models.DateField()
    met_at = models.DateTimeField(null=True)
    met_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    met_note = models.TextField(blank=True)  # what shows it
    met_link = models.URLField(max_length=500, blank=True)

    objects = ConditionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(met_at__isnull=True) | Q(met_by__isnull=False),
                name="met_condition_has_its_person",
            )
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(met_at__isnull=True), name="condition_open_by_day"),
        ]

    def __str__(self):
        return self.text
