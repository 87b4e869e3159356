"""Pilots under way on an older version, and what moving them would do. Nothing here writes."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from gates.amendments.rules import Moved, in_words
from gates.checks import evaluate
from gates.choices import CURRENT, AmendedField, AssessmentState, GateStatus, VersionStatus
from gates.journey.actions import applies
from gates.journey.readiness import item_of, verdict_of
from gates.models import Assessment, Criterion, Gate, GateDefinition, Phase, PlaybookVersion
from gates.readiness import Item, assess
from gates.upgrades.rules import GatePlan, Terms, gate_plan, state_after, upgrade_blockers
from pilots.choices import RUNNING
from pilots.models import Pilot, Programme, User
from pilots.permissions import Permission, allows

UNDECIDED = (GateStatus.UPCOMING, *CURRENT)


@dataclass
class PilotPlan:
    """What moving one pilot does to the gate it is working towards."""

    pilot: Pilot
    gate: Gate
    blockers: list[str]
    plan: GatePlan = field(default_factory=GatePlan)
    assessments: dict[str, Assessment] = field(default_factory=dict)  # by the criterion's key
    criteria: dict[str, Criterion] = field(default_factory=dict)  # of the new version, by key
    stood: dict[str, str] = field(default_factory=dict)  # how what is gone stood, once it has been moved
    ready_after: bool = False
    score_after: int = 0

    @property
    def becomes_not_ready(self) -> bool:
        return self.gate.passes and not self.ready_after and not self.blockers

    @property
    def moved(self) -> Moved:
        return Moved.of(change.direction for change in self.plan.changes)

    @property
    def in_review(self) -> bool:
        return self.gate.status == GateStatus.SUBMITTED

    @property
    def changed(self) -> list[str]:
        """Each kept criterion or threshold that is judged otherwise, in words."""
        own = {*self.plan.added, *self.plan.removed}
        return [
            f"{change.key or AmendedField(change.field).label}: "
            f"{in_words(change.field, change.before)} → {in_words(change.field, change.after)}"
            f" ({change.direction})"
            for change in self.plan.changes
            if change.key not in own
        ]


def managed_programmes(user: User) -> list[int]:
    """The programmes whose pilots this person may move. One query."""
    seen = Programme.objects.visible_to(user)
    return [p.pk for p in seen if allows(user, Permission.UPGRADE_PILOTS, programme=p)]


def movable(user: User, version: PlaybookVersion):
    """Pilots under way on an older version of this playbook that this person may move, by key."""
    older = Gate.objects.current().filter(
        definition__phase__version__playbook=version.playbook_id,
        definition__phase__version__number__lt=version.number,
        pilot__programme__in=managed_programmes(user),
    )
    return Pilot.objects.running().filter(pk__in=older.values("pilot")).order_by("key")


def plans_for(pilots: Collection[int], version: PlaybookVersion, *, today: date) -> list[PilotPlan]:
    """What moving these pilots would do, by key. As many queries for a thousand as for one."""
    gates = (
        Gate.objects.current()
        .filter(pilot__in=pilots)
        .select_related("pilot__programme", "pilot__owner", "definition__phase__version__playbook")
    )
    gates = gates.defer("definition__phase__version__source").order_by("pilot__key")
    return plans_of(list(gates), version, today=today)


def plans_of(gates: Sequence[Gate], version: PlaybookVersion, *, today: date) -> list[PilotPlan]:
    """The same for loaded current gates (pilot, definition with phase and version)."""
    phases = phases_by_key(version)
    new = criteria_of([phase.gate.pk for phase in phases.values()])
    old = criteria_of({gate.definition_id for gate in gates})
    standing = _standing(gates)
    verdicts = _verdicts(new, [gate.pilot_id for gate in gates], today)
    found = []
    for gate in gates:
        found.append(PilotPlan(gate.pilot, gate, _blockers(gate, version, phases)))
        if not found[-1].blockers:
            definition = phases[gate.definition.phase.key].gate
            _fill(found[-1], definition, old[gate.definition_id], new[definition.pk], standing[gate.pk])
            _judge(found[-1], verdicts, today)
    return found


def phases_by_key(version: PlaybookVersion) -> dict[str, Phase]:
    """The phases of a version with their gates. One query."""
    return {phase.key: phase for phase in version.phases.select_related("gate").order_by("position")}


def criteria_of(definitions: Collection[int]) -> dict[int, dict[str, Criterion]]:
    """Gate definition id → its criteria by key, in order. One query."""
    found: dict[int, dict[str, Criterion]] = {pk: {} for pk in definitions}
    for criterion in Criterion.objects.filter(gate__in=definitions).order_by("position"):
        found[criterion.gate_id][criterion.key] = criterion
    return found


def _standing(gates: Sequence[Gate]) -> dict[int, dict[str, Assessment]]:
    found: dict[int, dict[str, Assessment]] = defaultdict(dict)
    rows = Assessment.objects.filter(gate__in=[gate.pk for gate in gates]).select_related("criterion")
    # A key that came, went and came back has one row: the latest.
    for row in rows.order_by("pk"):
        found[row.gate_id][row.criterion.key] = row
    return found


def _verdicts(new, pilots: list[int], today: date):
    names = {c.check_name for criteria in new.values() for c in criteria.values() if c.check_name}
    return evaluate(names, Pilot.objects.filter(pk__in=pilots), today=today)


def _blockers(gate: Gate, version: PlaybookVersion, phases) -> list[str]:
    here = gate.definition.phase
    same = here.version.playbook_id == version.playbook_id
    return upgrade_blockers(
        is_running=gate.is_current and gate.pilot.state in RUNNING and gate.pilot.archived_at is None,
        phase=here.key,
        phases=phases,
        is_older=same and here.version.number < version.number,
        is_published=version.status == VersionStatus.PUBLISHED,
        target=str(version),
    )


def terms_of(row: Criterion | Assessment, *, applies: bool) -> Terms:
    """On what a criterion of a version, or one frozen at a gate, is judged."""
    criterion = row.criterion if isinstance(row, Assessment) else row
    return Terms(
        row.area, row.kind, row.weight, row.check_name, row.validity_days, applies, **criterion.proof
    )


def _fill(plan: PilotPlan, definition: GateDefinition, old, new, standing) -> None:
    tier, gate = plan.pilot.risk_tier, plan.gate
    plan.assessments, plan.criteria = standing, new
    plan.plan = gate_plan(
        frozen={key: terms_of(row, applies=_counts(row)) for key, row in standing.items()},
        old={key: terms_of(row, applies=applies(row, tier)) for key, row in old.items()},
        new={key: terms_of(row, applies=applies(row, tier)) for key, row in new.items()},
        frozen_thresholds=(gate.score_threshold, gate.floor_threshold),
        old_thresholds=(gate.definition.score_threshold, gate.definition.floor_threshold),
        new_thresholds=(definition.score_threshold, definition.floor_threshold),
    )


def _counts(row: Assessment) -> bool:
    return row.state != AssessmentState.NOT_APPLICABLE


def _judge(plan: PilotPlan, verdicts, today: date) -> None:
    """How ready the gate would be, by the one definition of readiness."""
    items = []
    for key, terms in {**plan.plan.kept, **plan.plan.added}.items():
        row = plan.assessments.get(key)
        verdict = verdict_for(terms, plan.pilot, verdicts)
        before = terms_of(row, applies=_counts(row)) if row else terms
        state = row.state if row else AssessmentState.UNKNOWN
        state = state_after(state=state, before=before, after=terms, verdict=verdict and verdict[0])
        stale = item_of(row, today=today).stale if row and state == row.state else False
        items.append(Item(key, terms.area, terms.kind, terms.weight, state, stale))
    score, floor = plan.plan.thresholds
    readiness = assess(items, score_threshold=score, floor_threshold=floor)
    plan.ready_after, plan.score_after = readiness.passes, int(readiness.score)


def verdict_for(terms: Terms, pilot: Pilot, verdicts) -> tuple[str, str] | None:
    """What the check that decides a criterion says of this pilot; None where people decide."""
    if not terms.check_name or not terms.applies:
        return None
    return verdict_of(verdicts[terms.check_name].get(pilot.pk))
