"""Checks over the register of risks."""

from collections import defaultdict

from django.db.models import F, Q

from gates.checks.registry import Failures, check
from pilots.choices import RiskState, RiskTier
from pilots.imports.spelling import listed
from pilots.models import Risk
from pilots.rules import HIGH_RISK

REGISTER = ("risks",)


@check(fix="List the risks.", page="pilots:register", args=REGISTER)
def risk_register_opened(pilots, today) -> Failures:
    opened = Risk.objects.standing().values("pilot")
    return dict.fromkeys(
        pilots.exclude(pk__in=opened).values_list("pk", flat=True), "The register of risks is empty."
    )


@check(fix="Say what is done about each high risk.", page="pilots:register", args=REGISTER)
def high_risks_mitigated(pilots, today) -> Failures:
    """In the high tier each also needs the point where a person decides. One query."""
    high = Risk.objects.standing().filter(pilot__in=pilots, state=RiskState.OPEN)
    high = high.alias(severity=F("likelihood") * F("impact")).filter(severity__gte=HIGH_RISK)
    lacking = high.filter(Q(mitigation="") | Q(checkpoint="", pilot__risk_tier=RiskTier.HIGH))
    bare: defaultdict[int, list[str]] = defaultdict(list)
    unwatched: defaultdict[int, list[str]] = defaultdict(list)
    for pilot_id, title, mitigation in lacking.values_list("pilot_id", "title", "mitigation"):
        (unwatched if mitigation else bare)[pilot_id].append(title)
    return {
        pk: " ".join(filter(None, [_without("mitigation", bare[pk]), _without("checkpoint", unwatched[pk])]))
        for pk in {*bare, *unwatched}
    }


_LACKS = {"mitigation": "High risk without mitigation", "checkpoint": "High risk where no person decides"}


def _without(what: str, titles: list[str]) -> str:
    return f"{_LACKS[what]}: {listed(titles, 3)}." if titles else ""
