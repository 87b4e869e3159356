"""What has been decided for a pilot, and what is offered at a gate now."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.utils import timezone

from gates.choices import AssessmentState, CriterionKind, FeedbackLevel, Outcome
from gates.decisions.footing import DEEP, Now
from gates.decisions.recommendation import Outlook, Recommendation, recommend
from gates.decisions.rules import Footing, obstacles
from gates.digest import Difference, differences
from gates.feedback.queries import Remark, feedback_of
from gates.journey.facts import facts_of
from gates.models import Condition, Criterion, Decision, DecisionPack, Gate, Waiver
from gates.waivers.queries import lines, standing_of, waivers_of
from gates.waivers.rules import VALID
from metrics.queries import with_unit
from pilots.models import Pilot


@dataclass(frozen=True)
class Offer:
    """One outcome with what follows from it, or why it is not offered."""

    value: str
    label: str
    follows: str
    refused: list[str]
    by_override: bool = False  # this person may choose it all the same

    @property
    def closed(self) -> bool:
        return bool(self.refused) and not self.by_override


FOLLOWS = {
    Outcome.GO: "Enters the next phase.",
    Outcome.CONDITIONAL_GO: "Enters the next phase; if a condition is not met on its date, this becomes a hold.",
    Outcome.RECYCLE: "Goes back to a named phase and works through its gate again.",
    Outcome.HOLD: "Stays here, paused, and is due again on the review date.",
    Outcome.STOP: "Ends the pilot. What it taught is published as a lesson, what it freed is kept.",
}


def offers(footing: Footing) -> list[Offer]:
    """Every outcome, with the reasons why it is not offered now. No query."""
    return [_offer(outcome, footing) for outcome in Outcome]


def _offer(outcome: Outcome, footing: Footing) -> Offer:
    refused, follows = obstacles(footing, outcome), FOLLOWS[outcome]
    if outcome == Outcome.CONDITIONAL_GO and footing.blockers:
        # Conditions may yet close them: that is no reason not to offer it.
        refused = refused[:1] * bool(footing.fired) + list(footing.quorum_missing)
        follows = f"{follows} Each open must-meet ({', '.join(footing.blockers)}) needs a condition."
    return Offer(outcome.value, str(outcome.label), follows, refused, bool(refused) and footing.may_override)


def recommendation_for(now: Now, *, today: date) -> Recommendation:
    """What the facts recommend at a gate. What has been spent is not among them. One query."""
    readiness, gate = now.readiness, now.gate
    outlook = getattr(gate.pilot, "outlook", None)
    lapsed = Condition.objects.lapsed(today).filter(decision__gate__pilot=gate.pilot_id)
    return recommend(
        Outlook(
            passes=readiness.passes,
            open_must_meets=len(readiness.blockers),
            score_is_enough=readiness.score >= gate.score_threshold
            and readiness.floor >= gate.floor_threshold,
            fired=readiness.fired,
            quorum_missing=now.quorum_missing,
            lapsed=list(lapsed.values_list("text", flat=True)),
            cost_to_go=outlook and outlook.cost_to_go,
            value_to_go=outlook and outlook.value_to_go,
        )
    )


@dataclass(frozen=True)
class Dissent:
    """What speaks against going on, in people's own words, and what was let pass before."""

    remarks: list[Remark]  # major issues
    waivers: list[tuple[Waiver, str]]  # in force, with how they stand


def dissent_at(gate: Gate, *, today: date) -> Dissent:
    """Major issues and waivers in force at a gate. Two queries."""
    remarks = [row for row in feedback_of(gate).remarks if row.feedback.level == FeedbackLevel.MAJOR]
    valid = [
        (waiver, label)
        for waiver, label, _, _ in lines(waivers_of(gate), today=today)
        if standing_of(waiver, today=today) == VALID
    ]
    return Dissent(remarks, valid)


@dataclass(frozen=True)
class FrozenPack:
    """The latest pack of a gate, and how much of what it stands on is not so any more."""

    pack: DecisionPack
    changed: int


def latest_pack(now: Now, *, today: date) -> FrozenPack | None:
    """None where none was frozen. One query, three where one was."""
    pack = now.gate.packs.first()
    if pack is None:
        return None
    facts = facts_of(now.gate, now.assessments, today=today)
    return FrozenPack(pack, len(differences(pack.content["facts"], facts)))


def what_can_be_closed(gate: Gate):
    """The criteria of a gate that a condition can close."""
    rows = gate.assessments.exclude(kind=CriterionKind.KILL).exclude(state=AssessmentState.NOT_APPLICABLE)
    return Criterion.objects.filter(pk__in=rows.values("criterion")).order_by("position")


def _whole(decisions):
    people = ("decided_by", "corrected_by", "recycle_to", "superseded_by__corrected_by", "supersedes")
    found = decisions.select_related("gate__definition", *people)
    return found.prefetch_related("conditions__owner", "conditions__met_by", "conditions__criterion")


def decisions_of(pilot: Pilot) -> list[Decision]:
    """Newest first, with gate and decider, what corrects what, and their conditions. Five queries at most."""
    return list(_whole(Decision.objects.filter(gate__pilot=pilot)))


def decisions_open_to(user):
    """Those this person may see, whole, for one to be found among them."""
    return _whole(Decision.objects.visible_to(user)).select_related(
        "gate__pilot__programme", "gate__pilot__owner", f"gate__{DEEP}"
    )


def changed_since(decision: Decision, *, today: date) -> list[Difference] | None:
    """What is not as it was decided on, where that still matters: a conditional go or a hold that stands.

    None: it does not matter, or nobody kept the facts then. `decision` comes from `decisions_open_to`.
    """
    before = decision.seen.get("facts")
    matters = decision.outcome in (Outcome.CONDITIONAL_GO, Outcome.HOLD) and not is_superseded(decision)
    if before is None or not matters:
        return None
    gate = decision.gate
    now = facts_of(gate, gate.assessments.select_related("criterion"), today=today)
    return differences(before, now)


@dataclass(frozen=True)
class KpiThen:
    """A KPI as a decision was made on it, each number with its unit."""

    name: str
    baseline: str
    latest: str
    target: str


def kpis_then(decision: Decision) -> list[KpiThen]:
    """The KPIs that a decision was made on; [] where nobody kept them. No query."""
    kept = decision.seen.get("facts", {}).get("kpis", {})
    return [
        KpiThen(name, *(_measured(kpi[part], kpi["unit"]) for part in ("baseline", "latest", "target")))
        for name, kpi in kept.items()
    ]


def _measured(value: str | None, unit: str) -> str:
    return with_unit(None if value is None else Decimal(value), unit)


def is_superseded(decision: Decision) -> bool:
    return hasattr(decision, "superseded_by")


def open_scope(pilot: Pilot) -> list[Decision]:
    """The conditional goes of this pilot that have conditions still to be met, each with its scope cap."""
    still_open = Condition.objects.open().filter(decision__gate__pilot=pilot).values("decision")
    found = Decision.objects.filter(pk__in=still_open).exclude(scope_cap="")
    return list(found.select_related("gate__definition"))


@dataclass(frozen=True)
class DecisionChoice:
    """What the list of decisions is narrowed to; blank means everything."""

    outcome: str = ""
    reason_code: str = ""
    override: bool = False  # only those that passed by one
    superseded: bool = False  # also those that were corrected
    since: date | None = None
    programme: str = ""  # slug


def decisions_seen(user, choice: DecisionChoice):
    """Every decision this person may see, newest first, with pilot, gate and decider."""
    found = Decision.objects.visible_to(user).select_related(
        "gate__pilot", "gate__definition", "decided_by", "superseded_by", "supersedes"
    )
    if choice.outcome:
        found = found.filter(outcome=choice.outcome)
    if choice.reason_code:
        found = found.filter(reason_code=choice.reason_code)
    if not choice.superseded:
        found = found.standing()
    if choice.override:
        found = found.exclude(override_reason="")
    if choice.programme:
        found = found.filter(gate__pilot__programme__slug=choice.programme)
    if choice.since:
        midnight = timezone.make_aware(datetime.combine(choice.since, time.min))
        found = found.filter(decided_at__gte=midnight)
    return found.order_by("-decided_at", "-pk")
