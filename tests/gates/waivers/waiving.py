"""A gate with a criterion of each kind, and the ways to ask for a waiver of one."""

from gates.choices import Area, AssessmentState, CriterionKind
from gates.models import Gate, Waiver
from gates.waivers.actions import approve_waiver, ask_waiver
from pilots.choices import RiskTier
from tests.builders import criterion, days_ago

S = AssessmentState
FIVE_WEEKS = 35
RATED = {"risk_tier": RiskTier.LIMITED, "risk_rationale": "A person reads every invoice."}
CRITERIA = (
    criterion("V1", weight=3),
    criterion("R1", area=Area.RISK, weight=2, check_name="risk_tier_recorded", state=S.NOT_MET),
    criterion("K1", area=Area.RISK, kind=CriterionKind.KILL),
    criterion("O1", area=Area.ORGANISATIONAL, kind=CriterionKind.SHOULD_MEET, state=S.MET),
)


def row(gate: Gate, key: str = "V1"):
    return gate.assessments.select_related("criterion", "responsible").get(criterion__key=key)


def ask(gate: Gate, by, key: str = "V1", *, days: int = FIVE_WEEKS, **facts) -> Waiver:
    facts = {"reason": "The test comes in May.", "expires_on": days_ago(-days)} | facts
    return ask_waiver(assessment=row(gate, key), by=by, **facts)


def waive(gate: Gate, by, keeper, key: str = "V1", **facts) -> Waiver:
    return approve_waiver(waiver=ask(gate, by, key, **facts), note="Until then.", by=keeper)


def fresh(thing):
    return type(thing).objects.get(pk=thing.pk)
