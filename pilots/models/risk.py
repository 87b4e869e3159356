"""What can go wrong with a pilot, and what is done about it."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from pilots.choices import Impact, Likelihood, RiskState, Trend
from pilots.models.entry import Entry
from pilots.rules import HIGH_RISK, LONGEST_TEXT, risk_problems

TONES = {RiskState.MITIGATED: "ok", RiskState.ACCEPTED: "waived", RiskState.CLOSED: "none"}


class Risk(Entry):
    OVER = Q(state=RiskState.CLOSED)

    title = models.CharField("what can go wrong", max_length=200)
    likelihood = models.PositiveSmallIntegerField(choices=Likelihood)
    impact = models.PositiveSmallIntegerField(choices=Impact)
    mitigation = models.TextField(max_length=LONGEST_TEXT, blank=True)
    checkpoint = models.CharField("human checkpoint", max_length=300, blank=True)
    trend = models.CharField(max_length=10, choices=Trend, default=Trend.STEADY)
    state = models.CharField(max_length=10, choices=RiskState, default=RiskState.OPEN)

    class Meta:
        ordering = [(F("likelihood") * F("impact")).desc(), "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="risk_has_a_title"),
            models.CheckConstraint(
                condition=Q(likelihood__in=Likelihood.values), name="risk_likelihood_is_known"
            ),
            models.CheckConstraint(condition=Q(impact__in=Impact.values), name="risk_impact_is_known"),
            models.CheckConstraint(condition=Q(trend__in=Trend.values), name="risk_trend_is_known"),
            models.CheckConstraint(condition=Q(state__in=RiskState.values), name="risk_state_is_known"),
        ]

    def __str__(self):
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state == RiskState.CLOSED

    @property
    def severity(self) -> int:
        return self.likelihood * self.impact

    def mark(self, today: date) -> tuple[str, str]:
        if self.state != RiskState.OPEN:
            return TONES[RiskState(self.state)], str(RiskState(self.state).label)
        if self.severity >= HIGH_RISK:
            return "bad", f"Open, high ({self.severity})"
        return "wait", f"Open ({self.severity})"

    def problems(self) -> dict[str, str]:
        return risk_problems(state=self.state, mitigation=self.mitigation)
