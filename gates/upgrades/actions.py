"""Moving pilots under way to a newer version of their playbook. What was said and shown stays."""

from collections.abc import Sequence
from datetime import timedelta
from operator import attrgetter

from django.db import transaction
from django.utils import timezone

from gates import events
from gates.amendments.rules import direction_of_change
from gates.checks import evaluate
from gates.choices import AskStatus, AssessmentState, GateStatus, ReviewStep
from gates.evidence.queries import dates_behind
from gates.evidence.rules import stale_from
from gates.journey.proof import ask_proof
from gates.journey.readiness import refresh_gates, verdict_of
from gates.models import (
    Amendment,
    Assessment,
    Gate,
    Phase,
    PhaseEntry,
    PlaybookVersion,
    ReviewTurn,
)
from gates.upgrades.queries import PilotPlan, managed_programmes, phases_by_key, plans_of, terms_of
from gates.upgrades.rules import Terms, state_after
from pilots import clock
from pilots.actions.jobs import advance, start_job
from pilots.events import build, record_many
from pilots.models import Job, Pilot, User
from pilots.rules import RuleViolation

CHUNK = 25  # pilots per transaction
PASSED_ON = "It has been decided on meanwhile, or is no longer yours to move. Look at it again."
TASK = "gates.upgrades.tasks.upgrade_pilots"


@transaction.atomic
def ask_upgrade(*, version: PlaybookVersion, pilots: Sequence[Pilot], by: User) -> Job:
    """Have these pilots moved in the background. Raises RuleViolation."""
    if not pilots:
        raise RuleViolation("Choose at least one pilot.")
    pilots = sorted(pilots, key=attrgetter("pk"))
    count = f"{len(pilots):,} pilot{'s' if len(pilots) != 1 else ''}"
    return start_job(
        kind=TASK,
        what=f"Move {count} to {version}",
        unit="pilots",
        order={
            "version": version.pk,
            "pilots": [pilot.pk for pilot in pilots],
            "names": [pilot.key for pilot in pilots],
            "page": "/pilots/{}/",
        },
        total=len(pilots),
        leaves=f"A pilot that has been moved stays on {version}. The others stay on the version they are on.",
        link=f"/playbooks/{version.playbook.key}/v{version.number}/upgrade/",
        by=by,
    )


@transaction.atomic
def upgrade_chunk(*, pilots: Sequence[int], version: PlaybookVersion, by: User) -> list[PilotPlan]:
    """Move these pilots (ids) to this version, as far as each can be; returns what was done or why not.

    A pilot that is there already stays as it is. The number of queries does not depend on the pilots.
    """
    today = clock.today()
    gates = _lock(pilots, by)
    plans = plans_of(gates, version, today=today)
    moving = [plan for plan in plans if not plan.blockers]
    if moving:
        _move(moving, version, by)
    return plans


@transaction.atomic
def upgrade_some(*, job: Job, version: PlaybookVersion) -> bool:
    """The next chunk of a job, and its progress, together or not at all. False: it was taken away."""
    chunk = job.order["pilots"][job.done : job.done + CHUNK]
    plans = upgrade_chunk(pilots=chunk, version=version, by=job.started_by)
    refused = [[plan.pilot.key, " ".join(plan.blockers)] for plan in plans if plan.blockers]
    seen = {plan.pilot.pk for plan in plans}
    missed = Pilot.objects.filter(pk__in=[pk for pk in chunk if pk not in seen]).order_by("key")
    refused += [[key, PASSED_ON] for key in missed.values_list("key", flat=True)]
    refused = [*job.result.get("refused", []), *refused]
    moved = job.result.get("moved", 0) + sum(not plan.blockers for plan in plans)
    sentences = [f"{moved:,} moved to {version}."]
    if refused:
        sentences.append(f"{len(refused):,} could not be moved.")
    job.result = {"moved": moved, "refused": refused, "sentences": sentences}
    if not advance(job, by=len(chunk), phase=f"Moving to {version}"):
        transaction.set_rollback(True)
        return False
    return True


def _lock(pilots: Sequence[int], by: User) -> list[Gate]:
    """The current gates of these pilots as they are now, locked; then the pilots."""
    gates = (
        Gate.objects.select_for_update(of=("self",))
        .current()
        .filter(pilot__in=pilots, pilot__programme__in=managed_programmes(by))
        .select_related("pilot__owner", "definition__phase__version__playbook")
        .defer("definition__phase__version__source")
        .order_by("pk")
    )
    found = list(gates)
    list(
        Pilot.objects.select_for_update(no_key=True).filter(pk__in=[g.pilot_id for g in found]).order_by("pk")
    )
    return found


def _move(plans: Sequence[PilotPlan], version: PlaybookVersion, by: User) -> None:
    phases = phases_by_key(version)
    before = {plan.gate.pk: _readiness(plan.gate) for plan in plans}
    old = {plan.gate.pk: plan.gate.definition.phase.version for plan in plans}
    _hand_back(plans, version, by)
    _write_terms(plans)
    _amend(plans, version, by)
    _move_gates(plans, phases)
    _move_pilots(plans, phases)
    gates = [plan.gate.pk for plan in plans]
    ask_proof([plan.gate for plan in plans])
    refresh_gates(Gate.objects.filter(pk__in=gates), today=clock.today())
    after = {gate.pk: _readiness(gate) for gate in Gate.objects.filter(pk__in=gates)}
    record_many(
        _event(plan, old[plan.gate.pk], version, before[plan.gate.pk], after[plan.gate.pk], by)
        for plan in plans
    )


def _readiness(gate: Gate) -> dict:
    return {"score": gate.score, "passes": gate.passes}


def _hand_back(plans: Sequence[PilotPlan], version: PlaybookVersion, by: User) -> None:
    """A review that was asked for on other terms goes back to the owner."""
    asked = [plan.gate for plan in plans if plan.in_review]
    now, said = clock.now(), f"The pilot was moved to {version}."
    Gate.objects.filter(pk__in=[gate.pk for gate in asked]).update(status=GateStatus.OPEN)
    turns = (ReviewTurn(gate=gate, step=ReviewStep.SENT_BACK, said=said, by=by, at=now) for gate in asked)
    ReviewTurn.objects.bulk_create(turns, batch_size=500)
    record_many(
        build(
            events.GATE_SENT_BACK,
            subject=gate,
            pilot=gate.pilot,
            actor=by,
            changes={"status": [GateStatus.SUBMITTED, GateStatus.OPEN]},
            gate=f"{gate.definition.key} {gate.definition.name}",
            reason=said,
        )
        for gate in asked
    )


WRITTEN = [
    "criterion", "area", "kind", "weight", "check_name", "validity_days",
    "state", "note", "state_since", "lapses_on", "stale_on",
]  # fmt: skip


def _write_terms(plans: Sequence[PilotPlan]) -> None:
    """Each criterion as the new version has it: kept with what was said, added, or set aside."""
    pilots = Pilot.objects.filter(pk__in=[plan.pilot.pk for plan in plans])
    names = {t.check_name for p in plans for t in {**p.plan.kept, **p.plan.added}.values() if t.check_name}
    failures = evaluate(names, pilots, today=clock.today())
    ids = [row.pk for plan in plans for row in plan.assessments.values()]
    dates = dates_behind(ids)
    written, added = [], []
    for plan in plans:
        written += [_kept(plan, key, terms, failures, dates) for key, terms in plan.plan.kept.items()]
        plan.stood = {key: plan.assessments[key].get_state_display() for key in plan.plan.removed}
        written += [_removed(plan.assessments[key]) for key in plan.plan.removed]
        for key, terms in plan.plan.added.items():
            plan.assessments[key] = _added(plan, key, terms, failures)
            added.append(plan.assessments[key])
    Assessment.objects.bulk_update(written, WRITTEN, batch_size=200)
    Assessment.objects.bulk_create(added, batch_size=500)


def _verdict(plan: PilotPlan, terms: Terms, failures) -> tuple[str, str] | None:
    if not terms.check_name or not terms.applies:
        return None
    return verdict_of(failures[terms.check_name].get(plan.pilot.pk))


def _put_terms(row: Assessment, terms: Terms) -> None:
    row.area, row.kind, row.weight = terms.area, terms.kind, terms.weight
    row.check_name, row.validity_days = terms.check_name, terms.validity_days


def _kept(plan: PilotPlan, key: str, terms: Terms, failures, dates) -> Assessment:
    row = plan.assessments[key]
    before = terms_of(row, applies=row.state != AssessmentState.NOT_APPLICABLE)
    verdict = _verdict(plan, terms, failures)
    state = state_after(state=row.state, before=before, after=terms, verdict=verdict and verdict[0])
    if verdict and verdict[0] == state:
        row.note = verdict[1]
    if state != row.state:
        row.state, row.state_since, row.lapses_on, row.stale_on = state, clock.now(), None, None
    elif state == AssessmentState.MET and terms.validity_days != row.validity_days:
        _revalidate(row, terms.validity_days, dates.get(row.pk, ()))
    _put_terms(row, terms)
    row.criterion = plan.criteria[key]
    return row


def _revalidate(row: Assessment, days: int | None, behind) -> None:
    met_on = timezone.localdate(row.state_since) if row.state_since else clock.today()
    if row.lapses_on is not None and row.validity_days is not None:
        met_on = row.lapses_on - timedelta(days=row.validity_days)
    row.lapses_on = None if days is None else met_on + timedelta(days=days)
    row.stale_on = stale_from(lapses_on=row.lapses_on, valid_until=behind)


def _removed(row: Assessment) -> Assessment:
    """No longer asked; its note and evidence stay with it, and how it stood is in the event."""
    row.state, row.state_since = AssessmentState.NOT_APPLICABLE, clock.now()
    row.lapses_on = row.stale_on = None
    return row


def _added(plan: PilotPlan, key: str, terms: Terms, failures) -> Assessment:
    row = Assessment(gate=plan.gate, criterion=plan.criteria[key])
    _put_terms(row, terms)
    verdict = _verdict(plan, terms, failures)
    if not terms.applies:
        row.state = AssessmentState.NOT_APPLICABLE
    elif verdict:
        (row.state, row.note), row.state_since = verdict, clock.now()
    return row


def _amend(plans: Sequence[PilotPlan], version: PlaybookVersion, by: User) -> None:
    """Every term that moved is an amendment, so that the gate says so."""
    now, reason = clock.now(), f"The pilot was moved to {version}."
    Amendment.objects.bulk_create(
        (
            Amendment(
                gate=plan.gate,
                assessment=plan.assessments[change.key] if change.key else None,
                field=change.field,
                before=change.before,
                after=change.after,
                direction=direction_of_change(change.field, change.before, change.after),
                reason=reason,
                version=version,
                status=AskStatus.APPROVED,
                asked_by=by,
                asked_at=now,
                decided_by=by,
                decided_at=now,
            )
            for plan in plans
            for change in plan.plan.changes
        ),
        batch_size=500,
    )


def _move_gates(plans: Sequence[PilotPlan], phases: dict[str, Phase]) -> None:
    """The current gate and those ahead follow the phases of the new version; their dates stay."""
    undecided = Gate.objects.filter(pilot__in=[plan.pilot.pk for plan in plans])
    taken: dict[tuple[int, str], int] = {}
    ahead: dict[int, dict[str, Gate]] = {plan.pilot.pk: {} for plan in plans}
    for gate in undecided.select_related("definition__phase").order_by("pk"):
        if gate.status == GateStatus.DECIDED:
            place = (gate.pilot_id, gate.definition.key)
            taken[place] = max(taken.get(place, 0), gate.attempt)
        elif gate.status == GateStatus.UPCOMING:
            ahead[gate.pilot_id][gate.definition.phase.key] = gate
    moved: list[Gate] = []
    made: list[Gate] = []
    gone: list[int] = []
    for plan in plans:
        here, waiting = phases[plan.gate.definition.phase.key], ahead[plan.pilot.pk]
        plan.gate.score_threshold, plan.gate.floor_threshold = plan.plan.thresholds
        moved.append(_at(plan.gate, here, taken))
        planned_on = plan.gate.planned_on
        for phase in phases.values():
            if phase.position <= here.position:
                continue
            if phase.key in waiting:
                gate = waiting.pop(phase.key)
                planned_on = gate.planned_on or planned_on
                moved.append(_at(gate, phase, taken))
            else:
                planned_on = planned_on and planned_on + timedelta(days=phase.typical_days)
                gate = Gate(pilot=plan.pilot, planned_on=planned_on)
                made.append(_at(gate, phase, taken))
            gate.score_threshold = phase.gate.score_threshold
            gate.floor_threshold = phase.gate.floor_threshold
        gone += [gate.pk for gate in waiting.values()]
    Gate.objects.bulk_update(moved, GATE_TERMS, batch_size=200)
    Gate.objects.bulk_create(made, batch_size=500)
    # What nobody has worked at is a plan only; a gate left undecided keeps what was said there.
    Gate.objects.filter(pk__in=gone, assessments__isnull=True).delete()


GATE_TERMS = ["definition", "attempt", "score_threshold", "floor_threshold"]


def _at(gate: Gate, phase: Phase, taken: dict[tuple[int, str], int]) -> Gate:
    """The gate at this phase's end; a number above those decided before, so that each has its address."""
    gate.definition = phase.gate
    gate.attempt = max(gate.attempt, taken.get((gate.pilot_id, phase.gate.key), 0) + 1)
    return gate


def _move_pilots(plans: Sequence[PilotPlan], phases: dict[str, Phase]) -> None:
    pilots, now_in = [], {}
    for plan in plans:
        pilot, phase = plan.pilot, plan.gate.definition.phase
        now_in[pilot.pk] = phase
        pilot.phase_name, pilot.phase_number, pilot.phase_count = phase.name, phase.position, len(phases)
        pilot.in_production = phase.in_production
        if phase.in_production and pilot.reached_production_on is None:
            pilot.reached_production_on = pilot.phase_entered_on
        pilots.append(pilot)
    Pilot.objects.bulk_update(pilots, PLACE, batch_size=200)
    stays = list(PhaseEntry.objects.filter(pilot__in=now_in, is_current=True))
    for stay in stays:
        stay.phase = now_in[stay.pilot_id]
    PhaseEntry.objects.bulk_update(stays, ["phase"], batch_size=500)


PLACE = ["phase_name", "phase_number", "phase_count", "in_production", "reached_production_on"]


def _event(plan: PilotPlan, old: PlaybookVersion, new: PlaybookVersion, before, after, by: User):
    changes = {"playbook": [str(old), str(new)]}
    changes |= {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    removed = [f"{plan.assessments[key].criterion} ({stood})" for key, stood in plan.stood.items()]
    return build(
        events.PILOT_UPGRADED,
        subject=plan.gate,
        pilot=plan.pilot,
        actor=by,
        changes=changes,
        gate=f"{plan.gate.definition.key} {plan.gate.definition.name}",
        added=", ".join(plan.plan.added),
        removed="; ".join(removed),
        changed="; ".join(plan.changed),
    )
