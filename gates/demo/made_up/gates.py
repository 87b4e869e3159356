"""The way of a drawn pilot through its gates, as rows not yet written."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from random import Random

from django.utils import timezone

from gates.choices import REASON_CODES, AssessmentState, CriterionKind, GateStatus, Outcome, ReasonCode
from gates.decisions.footing import snapshot
from gates.demo.made_up import words
from gates.demo.made_up.draws import Course, Stay, draw_state
from gates.demo.made_up.pilots import Drawn, Step, noon
from gates.journey.actions import applies
from gates.journey.readiness import explain, verdict_of
from gates.models import Assessment, Condition, Decision, Gate, PhaseEntry


def stay_rows(drawn: Drawn, steps: Sequence[Step]) -> Iterator[PhaseEntry]:
    for stay in drawn.course.stays:
        yield PhaseEntry(
            pilot=drawn.pilot,
            phase=steps[stay.position - 1].phase,
            entered_on=stay.entered_on,
            left_on=stay.left_on,
            is_current=stay.left_on is None,
        )


def gate_rows(drawn: Drawn, steps: Sequence[Step]) -> list[Gate]:
    """A gate for every phase of a pilot on its way: decided ones, the current one, those ahead."""
    if not drawn.course.stays:
        return []
    stays = {stay.position: stay for stay in drawn.course.stays}
    expected = drawn.course.planned_on
    gates = []
    for position, step in enumerate(steps, start=1):
        gate = Gate(
            pilot=drawn.pilot,
            definition=step.definition,
            score_threshold=step.definition.score_threshold,
            floor_threshold=step.definition.floor_threshold,
        )
        if position in stays:
            _enter(drawn.rng, gate, stays[position], drawn.course)
        elif expected is not None:
            expected += timedelta(days=step.phase.typical_days)
            gate.planned_on = expected
        gates.append(gate)
    return gates


def _enter(rng: Random, gate: Gate, stay: Stay, course: Course) -> None:
    gate.opened_at = noon(stay.entered_on)
    decided_on = stay.left_on or course.ended_on
    if decided_on is None:
        gate.planned_on, gate.forecast_on = course.planned_on, course.forecast_on
        gate.status = GateStatus.SUBMITTED if course.submitted_on else GateStatus.OPEN
        gate.submitted_at = noon(course.submitted_on) if course.submitted_on else None
        return
    gate.status, gate.decided_at = GateStatus.DECIDED, noon(decided_on)
    gate.submitted_at = noon(decided_on - timedelta(days=2))
    gate.planned_on = decided_on - timedelta(days=rng.randint(-10, 25))


def assessment_rows(
    drawn: Drawn, gate: Gate, step: Step, *, failures: Mapping[str, Mapping[int, str]], today: date
) -> list[Assessment]:
    """The criteria of one gate that has been entered; at the current gate checks decide theirs.

    `failures` is check → pilot id → the reason why it fails.
    """
    done = _share_done(gate, drawn.course)
    rows = []
    for criterion in step.criteria:
        row = Assessment.frozen(gate, criterion)
        if not applies(criterion, drawn.pilot.risk_tier):
            row.state = AssessmentState.NOT_APPLICABLE
        elif gate.is_current and criterion.check_name:
            row.state, row.note = verdict_of(failures[criterion.check_name].get(drawn.pilot.pk))
            row.state_since = gate.opened_at
        elif criterion.kind != CriterionKind.KILL:
            row.state = draw_state(drawn.rng, done[criterion.kind])
            _explain(row, drawn, today)
        rows.append(row)
    return rows


def _share_done(gate: Gate, course: Course) -> dict[str, float]:
    """Criterion kind → which share of such criteria is met at this gate."""
    if gate.is_current:
        return dict.fromkeys(CriterionKind.values, course.progress)
    if _ends_here(gate, course):
        return dict.fromkeys(CriterionKind.values, 0.5)
    return {CriterionKind.MUST_MEET: 1.0, CriterionKind.SHOULD_MEET: 0.55}


def _ends_here(gate: Gate, course: Course) -> bool:
    return course.ended_on is not None and gate.definition.phase.position == course.stays[-1].position


def _explain(row: Assessment, drawn: Drawn, today: date) -> None:
    """What was said of it, by whom and when; what goes stale gets the day from which it does."""
    if row.state == AssessmentState.UNKNOWN:
        return
    since = row.gate.opened_at
    assert since is not None  # only gates that have been entered have criteria
    until = row.gate.submitted_at or noon(today - timedelta(days=1))
    row.note = words.NOTES[row.state]
    row.responsible = row.updated_by = drawn.pilot.owner
    changed_at = since + (until - since) * drawn.rng.random()
    row.state_since = changed_at
    if row.state == AssessmentState.MET and row.validity_days:
        row.lapses_on = row.stale_on = timezone.localdate(changed_at) + timedelta(days=row.validity_days)


def decision_row(drawn: Drawn, gate: Gate, assessments: Sequence[Assessment]) -> Decision:
    """What was decided at a decided gate, on what was there to see."""
    assert gate.decided_at is not None
    readiness = explain(gate, assessments, today=timezone.localdate(gate.decided_at))
    decision = Decision(
        gate=gate,
        reason="Agreed in the review.",
        decided_by=drawn.rng.choice(drawn.team.gatekeepers),
        decided_at=gate.decided_at,
        seen=snapshot(gate, assessments, readiness),
        passed=readiness.passes,
    )
    if _ends_here(gate, drawn.course):
        decision.outcome = Outcome.STOP
        decision.reason_code = drawn.rng.choice(REASON_CODES[Outcome.STOP])
        decision.lesson = "The people who do the work were asked too late."
        decision.freed_amount = drawn.rng.randrange(10, 200) * 1_000
    else:
        decision.outcome = Outcome.GO if readiness.passes else Outcome.CONDITIONAL_GO
        decision.reason_code = ReasonCode.READY if readiness.passes else ReasonCode.SMALL_GAPS
        decision.scope_cap = "" if readiness.passes else "The users it has now"
    return decision


def condition_rows(decision: Decision) -> Iterator[Condition]:
    """The one condition of a conditional go, met the day after."""
    if decision.outcome == Outcome.CONDITIONAL_GO:
        met_at = decision.decided_at + timedelta(days=1)
        due_on = timezone.localdate(decision.decided_at) + timedelta(days=30)
        yield Condition(
            decision=decision,
            text="Close what was still open",
            owner=decision.gate.pilot.owner,
            due_on=due_on,
            met_at=met_at,
            met_by=decision.decided_by,
        )
