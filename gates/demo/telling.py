"""Turns a pilot's story into steps, each an action on the day on which it happened."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import groupby, zip_longest
from typing import Any

from gates.choices import CriterionKind, FeedbackLevel, Outcome, ReasonCode
from gates.decisions.actions import Promise, decide
from gates.decisions.conditions import meet_condition, step_down_lapsed
from gates.decisions.rules import GOING_ON
from gates.demo.answers import Desk, answers
from gates.demo.at_gates import happen
from gates.demo.readings import readings, with_proof
from gates.demo.registers import LAST_LOOK, REACHED, RegisterTelling
from gates.demo.signing import sign_all_but_sponsor, sign_rest
from gates.demo.stage import Stage, Step
from gates.demo.story import GateStory, Happening, KpiStory, MoneyStory, PilotStory, PromiseStory, amount
from gates.demo.value import ValueTelling
from gates.feedback.actions import give_feedback
from gates.journey.actions import applies, plan_gate, request_review, start_pilot
from gates.journey.readiness import refresh_gates
from gates.models import Assessment, Condition, Criterion, Gate, Phase, PlaybookVersion
from gates.readiness import UNMET
from metrics.choices import Source
from metrics.kpis.actions import create_kpi
from metrics.models import Kpi, KpiDefinition
from metrics.readings.actions import record_measurement
from metrics.value.actions import state_outlook
from pilots import clock
from pilots.actions.pilots import create_pilot
from pilots.models import Pilot, User

REVIEW_DAYS = 4  # from the request to the decision, where the story does not say
HEARD_DAYS = 1  # before the decision everybody but the sponsor has signed
CURRENCY = "EUR"
USUAL_CODES: dict[str, str] = {
    Outcome.GO: ReasonCode.READY,
    Outcome.CONDITIONAL_GO: ReasonCode.SMALL_GAPS,
    Outcome.HOLD: ReasonCode.EVIDENCE_MISSING,
    Outcome.RECYCLE: ReasonCode.NOT_PROVEN,
}
KEPT_NOTE = "Done and shown to the sponsor."
HEARD = "Went through it with the owner; the direction is right."
PLANNED = "Agreed with the sponsor when the phase began."


@dataclass
class Telling:
    """One pilot while its story is told. `steps` come in order of days within each thread of the story."""

    story: PilotStory
    stage: Stage
    number: int  # among the pilots, so that they do not all say the same
    pilot: Pilot = field(init=False)
    phases: list[Phase] = field(init=False)
    kpis: dict[str, Kpi] = field(default_factory=dict)  # by name

    def __post_init__(self) -> None:
        cast = self.stage.cast
        self.owner = cast[self.story.owner] if self.story.owner else None
        self.sponsor = cast[self.story.sponsor] if self.story.sponsor else None
        self.teller = self.owner or self.stage.manager
        title = self.story.facts["title"]
        self.registers = RegisterTelling(title, self.stage, self.teller, lambda: self.pilot, self.number)

    def steps(self) -> Iterator[Step]:
        """Everything that happened to this pilot."""
        story = self.story
        yield Step(story.proposed, self._propose)
        if story.playbook is None or story.started is None:
            return
        for kpi in story.kpis:
            yield Step(story.started, partial(self._define, kpi))
        version = self.stage.playbooks[story.playbook]
        self.phases = list(version.phases.select_related("gate"))
        yield Step(story.started, partial(self._start, version))
        yield from self._measure()
        yield from self._pass_gates(story.started)
        yield from (Step(money.day, partial(self._count, money)) for money in story.money)
        value = ValueTelling(story.facts["title"], self.stage, self.teller, lambda: self.pilot, self.kpis)
        yield from value.steps(story.started)
        if story.started > LAST_LOOK and story.gates[-1].decided is None:
            yield from self._keep_up()
        for happening in story.happenings:
            yield Step(happening.day, partial(self._happen, happening))

    def _keep_up(self) -> Iterator[Step]:
        """What goes on beside the gates while it is under way."""
        yield Step(LAST_LOOK, self.registers.look_again)
        yield Step(LAST_LOOK - 5, self.registers.answer)
        if self.sponsor is not None and self.sponsor.is_active and self.number % 3:
            yield Step(LAST_LOOK - 10, partial(self._encourage, self.sponsor))

    def _encourage(self, by: User) -> None:
        give_feedback(gate=self.gate, level=FeedbackLevel.FINE, comment=HEARD, by=by)

    def decided_in(self, meeting: str) -> GateStory | None:
        """The gate that was decided in this meeting; None where none was."""
        return next((gate for gate in self.story.gates if gate.meeting == meeting), None)

    def _propose(self) -> None:
        self.pilot = create_pilot(
            programme=self.stage.programme,
            by=self.teller,
            owner=self.owner,
            sponsor=self.sponsor,
            intake_on=clock.today(),
            **self.story.facts,
        )

    def _start(self, version: PlaybookVersion) -> None:
        start_pilot(pilot=self.pilot, version=version, on=clock.today(), by=self.teller)

    def _happen(self, happening: Happening) -> None:
        happen(happening, self.pilot, self.stage)

    # KPIs and money

    def _count(self, money: MoneyStory) -> None:
        state_outlook(
            pilot=self.pilot,
            currency=CURRENCY,
            cost_to_go=amount(money.cost),
            value_to_go=amount(money.value),
            spent=None if money.spent is None else amount(money.spent),
            horizon_months=money.months,
            as_of=clock.today(),
            basis=money.basis,
            by=self.teller,
        )

    def _define(self, kpi: KpiStory) -> None:
        self.kpis[kpi.name] = create_kpi(
            pilot=self.pilot,
            by=self.teller,
            name=kpi.name,
            definition=kpi.definition,
            follows=KpiDefinition.objects.filter(shipped_as=kpi.follows).first() if kpi.follows else None,
            kind=kpi.kind,
            unit=kpi.unit,
            direction=kpi.direction,
            baseline=amount(kpi.baseline),
            baseline_on=self.stage.day(self.story.proposed),
            target=amount(kpi.target),
            target_on=self.stage.day(kpi.target_by),
            cadence_days=kpi.every,
            counts_from=self.stage.day(kpi.proof[0]) if kpi.proof else None,
        )

    def _measure(self) -> Iterator[Step]:
        taken = [
            (day, number, kpi, value)
            for number, kpi in enumerate(self.story.kpis)
            if kpi.since is not None
            for day, value in self._taken(kpi, kpi.since)
        ]
        taken.sort(key=lambda reading: (-reading[0], reading[1]))
        for day, same_day in groupby(taken, key=lambda reading: reading[0]):
            for _, _, kpi, value in same_day:
                note = kpi.note if day == kpi.until else ""
                yield Step(day, partial(self._record, kpi, value, note), kpi.by_program)
            yield Step(day, self._refresh, by_program=True)

    def _taken(self, kpi: KpiStory, since: int) -> Iterator[tuple[int, Decimal]]:
        name = self.story.facts["title"] + kpi.name
        taken = readings(
            since=since,
            until=kpi.until,
            every=kpi.every,
            path=kpi.path,
            swing=kpi.swing,
            digits=kpi.digits,
            name=name,
        )
        if kpi.proof is None:
            return taken
        return with_proof(taken, kpi.proof, swing=kpi.swing, digits=kpi.digits, name=name)

    def _record(self, kpi: KpiStory, value: Decimal, note: str) -> None:
        record_measurement(
            kpi=self.kpis[kpi.name],
            value=value,
            measured_at=clock.now(),
            note=note,
            source=Source.API if kpi.by_program else Source.FORM,
            by=self.teller,
        )

    def _refresh(self) -> None:
        """What the event of a reading starts when it is recorded as it happens."""
        refresh_gates(Gate.objects.filter(pilot=self.pilot), today=clock.today())

    # Gates

    def _pass_gates(self, entered: int) -> Iterator[Step]:
        place = 0
        for gate in self.story.gates:
            phase = self.phases[place]
            yield from self._work(gate, phase, entered)
            if gate.decided is None:
                yield Step(entered, partial(self._plan_ahead, gate.planned, self.phases[place + 1 :]))
                return
            yield from self._end(gate)
            place = _next_place(gate, place, self.phases)
            entered = gate.decided

    def _end(self, gate: GateStory) -> Iterator[Step]:
        """The decision, which a meeting may tell itself, what comes right before it and what it asked for."""
        assert gate.decided is not None
        if gate.outcome in GOING_ON:
            yield Step(gate.decided + HEARD_DAYS, self._hear)
        if not gate.meeting:
            yield Step(gate.decided, partial(self.decide, gate, self._decide_alone))
        for promise in gate.conditions:
            if promise.met is not None:
                yield Step(promise.met, partial(self._keep, promise))
            elif promise.due > 0:
                yield Step(promise.due - 1, self._step_down, by_program=True)

    def _work(self, gate: GateStory, phase: Phase, entered: int) -> Iterator[Step]:
        """From entering the phase to the review, or to yesterday."""
        asked = gate.submitted
        if asked is None and gate.decided is not None:
            asked = gate.decided + REVIEW_DAYS
        until = gate.rests or (1 if asked is None else asked)
        yield Step(entered, partial(self._plan, gate.planned, None))
        desk = Desk(
            self.teller, lambda: self.pilot, self.stage.people, self.stage.day, self.number, self.registers
        )
        yield from answers(gate, self._criteria(phase), desk, entered=entered, until=until)
        if gate.forecast is not None:
            yield Step((entered + until) // 2, partial(self._plan, gate.planned, gate.forecast))
        if asked is not None:
            yield Step(asked, self._refresh)
            yield Step(asked, partial(self._ask, gate.ask))

    def _criteria(self, phase: Phase) -> list[Criterion]:
        """Those that people decide about this pilot, and those that its registers do."""
        tier = self.story.facts["risk_tier"]
        told = phase.gate.criteria.filter(check_name__in=["", *REACHED])
        return [criterion for criterion in told if applies(criterion, tier)]

    @property
    def gate(self) -> Gate:
        """The gate it works towards at this moment of the story."""
        return Gate.objects.current().get(pilot=self.pilot)

    def _plan(self, planned: int, forecast: int | None) -> None:
        plan_gate(
            gate=self.gate,
            planned_on=self.stage.day(planned),
            forecast_on=None if forecast is None else self.stage.day(forecast),
            reason=PLANNED,
            by=self.stage.manager,
        )

    def _plan_ahead(self, planned: int, phases: Sequence[Phase]) -> None:
        """Later gates follow the plan of this one."""
        planned_on = self.stage.day(planned)
        for phase in phases:
            planned_on += timedelta(days=phase.typical_days)
            later = Gate.objects.filter(pilot=self.pilot, definition=phase.gate).latest("attempt")
            plan_gate(
                gate=later, planned_on=planned_on, forecast_on=None, reason=PLANNED, by=self.stage.manager
            )

    def _ask(self, message: str) -> None:
        request_review(gate=self.gate, message=message, by=self.teller)

    def _hear(self) -> None:
        sign_all_but_sponsor(self.gate, turn=self.number)

    def decide(self, gate: GateStory, record: Callable[..., object]) -> None:
        """Record a decision of the story, after the last sign-offs, with what takes the facts of it."""
        if gate.outcome in GOING_ON:
            sign_rest(self.gate, turn=self.number)
        record(
            outcome=gate.outcome,
            reason=gate.reason,
            by=self.stage.cast[gate.by],
            review_on=None if gate.review is None else self.stage.day(gate.review),
            recycle_to=next((phase for phase in self.phases if phase.key == gate.to), None),
            reason_code=gate.code or USUAL_CODES[gate.outcome],
            override_reason=gate.override,
            scope_cap=gate.scope,
            lesson=gate.lesson,
            freed_amount=None if gate.freed is None else amount(gate.freed),
            conditions=tuple(self._promises(gate.conditions)),
        )

    def _decide_alone(self, **facts: Any) -> None:
        decide(gate=self.gate, **facts)

    def _step_down(self) -> None:
        """What is done in the night after a condition was due."""
        step_down_lapsed(today=clock.today())

    def _promises(self, promises: Sequence[PromiseStory]) -> Iterator[Promise]:
        """The conditions as told; each closes one of the must-meets that are still open."""
        in_the_way = Assessment.objects.filter(gate=self.gate, kind=CriterionKind.MUST_MEET, state__in=UNMET)
        rows = in_the_way.select_related("criterion").order_by("criterion__position")
        for promise, row in zip_longest(promises, rows[: len(promises)]):
            closes = row.criterion if row else None
            yield Promise(promise.text, self.stage.day(promise.due), self.stage.cast[promise.owner], closes)

    def _keep(self, promise: PromiseStory) -> None:
        condition = Condition.objects.get(decision__gate__pilot=self.pilot, text=promise.text)
        meet_condition(condition=condition, note=KEPT_NOTE, by=self.stage.cast[promise.owner])


def _next_place(gate: GateStory, place: int, phases: Sequence[Phase]) -> int:
    """Where a decision leads, as a place in `phases`."""
    if gate.outcome == Outcome.RECYCLE:
        return next(number for number, phase in enumerate(phases) if phase.key == gate.to)
    goes_on = gate.outcome in (Outcome.GO, Outcome.CONDITIONAL_GO)
    return min(place + 1, len(phases) - 1) if goes_on else place
