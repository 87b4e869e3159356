"""A portfolio with everything in it, and the question that its page asks."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.http import QueryDict
from django.test import RequestFactory

from gates.choices import AssessmentState, GateStatus
from gates.models import Assessment, Gate
from gates.portfolio.queries import portfolio
from metrics.models import Kpi
from pilots.choices import PilotState
from pilots.models import Pilot
from tests.builders import PHASES, criterion, make_playbook

S = AssessmentState
TODAY = date(2026, 3, 2)
NOW = "2026-03-02T12:00:00Z"


def ask(user, query: str = "", **facts):
    request = RequestFactory().get("/")
    request.user = user
    return portfolio(user, QueryDict(query), today=TODAY, request=request, **facts)


def everything(user, query: str = "") -> list:
    """The rows of all pages."""
    rows, page = [], 1
    while True:
        found = ask(user, f"{query}&page={page}")
        rows += found.rows
        if page >= found.pages:
            return rows
        page += 1


def populate(programme, number: int, *, seed: int = 1, people=()) -> None:
    """Pilots in every state, with and without phase, owner, gate, plan, forecast, blockers and value."""
    random = Random(seed)
    version = make_playbook(phases=PHASES, criteria=[criterion("V1"), criterion("O1", kind="should_meet")])
    phases = list(version.phases.select_related("gate"))
    pilots = Pilot.objects.bulk_create(
        _pilot(random, programme, place, phases, people, seed) for place in range(number)
    )
    gates = Gate.objects.bulk_create(
        gate for pilot in pilots if (gate := _gate(random, pilot, phases)) is not None
    )
    rows = {phase.gate.pk: list(phase.gate.criteria.all()) for phase in phases}
    Assessment.objects.bulk_create(
        Assessment(
            gate=gate,
            criterion=row,
            area=row.area,
            kind=row.kind,
            weight=1,
            state=random.choice(S.values),
            stale_on=random.choice([None, TODAY, TODAY + timedelta(1)]),
        )
        for gate in gates
        for row in rows[gate.definition_id]
    )
    Kpi.objects.bulk_create(_kpi(random, pilot) for pilot in pilots if random.random() < 0.9)


def _pilot(random: Random, programme, place: int, phases, people, seed: int) -> Pilot:
    state = random.choice(PilotState.values + [PilotState.ACTIVE] * 6)
    phase = random.choice([*phases, None]) if state != PilotState.INTAKE else None
    return Pilot(
        programme=programme,
        key=f"T{seed}-{place}",
        title=random.choice(["Invoice reading", "Call notes", "Fraud alarm"]),
        unit=random.choice(["", "Claims"]),
        state=state,
        owner=random.choice([None, *people]),
        priority=random.randint(1, 4),
        phase=phase.key if phase else "",
        phase_name=phase.name if phase else "",
        phase_number=phase.position if phase else 0,
        phase_count=5 if phase else 0,
        phase_entered_on=random.choice([None, TODAY - timedelta(random.randint(0, 300))]),
        in_production=bool(phase and phase.in_production and state == PilotState.ACTIVE),
        archived_at=random.choice([None, NOW]) if state in (PilotState.INTAKE, PilotState.STOPPED) else None,
    )


def _gate(random: Random, pilot: Pilot, phases) -> Gate | None:
    if pilot.state not in (PilotState.ACTIVE, PilotState.ON_HOLD) or random.random() < 0.15:
        return None
    planned = random.choice([None, TODAY + timedelta(random.randint(-40, 40))])
    status = random.choice([GateStatus.OPEN, GateStatus.OPEN, GateStatus.SUBMITTED, GateStatus.DECIDED])
    return Gate(
        pilot=pilot,
        definition=phases[max(0, pilot.phase_number - 1)].gate,
        status=status,
        decided_at=NOW if status == GateStatus.DECIDED else None,
        planned_on=planned,
        forecast_on=planned and random.choice([None, planned, planned + timedelta(9)]),
        score=random.randint(0, 100),
        blocker_count=random.choice([0, 0, 1, 5]),
        score_threshold=60,
        floor_threshold=0,
    )


def _kpi(random: Random, pilot: Pilot) -> Kpi:
    return Kpi(
        pilot=pilot,
        name="Speed",
        kind=random.choice(["business", "business", "technical"]),
        unit="%",
        direction="higher",
        baseline=random.choice([None, Decimal(10), Decimal(10)]),
        baseline_on=TODAY,
        latest_value=random.choice([Decimal(9), Decimal(10), Decimal(11), Decimal(12)]),
        latest_at=NOW,
        fresh_until=TODAY + timedelta(random.choice([-1, 0, 0, 30])),
    )
