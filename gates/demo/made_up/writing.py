"""Writes drawn pilots a chunk at a time: so many queries per chunk, however many pilots are in it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Model

from gates.checks import evaluate
from gates.choices import GateStatus
from gates.demo.made_up.gates import assessment_rows, condition_rows, decision_row, gate_rows, stay_rows
from gates.demo.made_up.pilots import Drawn, Step, measurement_rows
from gates.demo.made_up.registers import budget_rows, entry_rows, period_rows
from gates.journey.asking import ask_seats
from gates.journey.readiness import score_gates
from gates.models import Assessment, Condition, Decision, Gate, PhaseEntry
from metrics.models import BudgetLine, BudgetPeriod, Kpi, Measurement
from pilots import clock
from pilots.events import PILOT_CREATED, build, record_many
from pilots.models import Entry, Event, Pilot

BATCH = 2_000  # rows per statement


def write_chunk(chunk: Sequence[Drawn], steps: Sequence[Step], *, today: date) -> None:
    """Write these pilots and all that belongs to them, and store how ready their gates are and whom they ask."""
    _write(Pilot, (drawn.pilot for drawn in chunk))
    record_many(_created(drawn.pilot) for drawn in chunk)
    kpis = [pair for drawn in chunk for pair in drawn.kpis]
    _write(Kpi, (kpi for kpi, _ in kpis))
    _write(Measurement, (reading for kpi, curve in kpis for reading in measurement_rows(kpi, curve)))
    _write(PhaseEntry, (stay for drawn in chunk for stay in stay_rows(drawn, steps)))
    _write_registers(chunk, today)
    _write_gates(chunk, steps, today)


def _write_registers(chunk: Sequence[Drawn], today: date) -> None:
    """The entries of all registers, and what the journey is planned to cost."""
    entries: dict[type[Model], list[Entry]] = defaultdict(list)
    for drawn in chunk:
        for entry in entry_rows(drawn, today):
            entries[type(entry)].append(entry)
    for model, rows in entries.items():
        _write(model, rows)
    lines = [(drawn, budget_rows(drawn)) for drawn in chunk]
    _write(BudgetLine, (line for _, row in lines for line in row))
    _write(BudgetPeriod, (period for drawn, row in lines for period in period_rows(drawn, row)))


def _write(model: type[Model], rows: Iterable[Model]) -> list:
    return model._default_manager.bulk_create(rows, batch_size=BATCH)


def _created(pilot: Pilot) -> Event:
    with clock.at(pilot.created_at):
        return build(PILOT_CREATED, subject=pilot, pilot=pilot, actor=pilot.owner, title=pilot.title)


def _write_gates(chunk: Sequence[Drawn], steps: Sequence[Step], today: date) -> None:
    gates = [gate_rows(drawn, steps) for drawn in chunk]
    _write(Gate, (gate for row in gates for gate in row))
    failures = _failures(chunk, steps, today)
    entered = [
        (drawn, gate, assessment_rows(drawn, gate, step, failures=failures, today=today))
        for drawn, row in zip(chunk, gates, strict=True)
        for gate, step in zip(row, steps, strict=False)  # in intake there are none
        if gate.status != GateStatus.UPCOMING
    ]
    _write(Assessment, (row for _, _, rows in entered for row in rows))
    score_gates([gate.pk for _, gate, _ in entered], today=today)
    ask_seats([gate.pk for _, gate, _ in entered if gate.status == GateStatus.SUBMITTED], today=today)
    decisions = _write(
        Decision, (decision_row(*one) for one in entered if one[1].status == GateStatus.DECIDED)
    )
    _write(Condition, (condition for decision in decisions for condition in condition_rows(decision)))


def _failures(chunk: Sequence[Drawn], steps: Sequence[Step], today: date) -> dict[str, dict[int, str]]:
    names = {criterion.check_name for step in steps for criterion in step.criteria if criterion.check_name}
    return evaluate(names, Pilot.objects.filter(pk__in=[drawn.pilot.pk for drawn in chunk]), today=today)
