"""Random portfolios: gates in any state, with criteria in anybody's hands, sent back and decided on since."""

from datetime import UTC, date, datetime, timedelta
from random import Random

from gates.choices import AssessmentState, CriterionKind, Outcome, ReviewStep
from gates.models import Assessment, Decision, Gate, GateDefinition, ReviewTurn
from pilots.choices import PilotState
from pilots.models import Pilot, User
from tests.builders import criterion, make_playbook, make_programme, make_user

TODAY = date(2026, 3, 2)
MOMENTS = [None, "2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z"]
CRITERIA = [criterion(f"C{place}") for place in range(4)]


def random_portfolio(random: Random, number: int, *, reviewed: bool = True) -> list[int]:
    """The ids of so many gates. `reviewed`: some were sent back, and some of these decided on since."""
    people = [make_user(f"Person {place}", is_active=place > 0) for place in range(4)]
    definition = make_playbook(phases=["pilot"], criteria=CRITERIA).phases.get().gate
    gates = _gates(_pilots(people, number, random), definition, random)
    _assess(gates, definition, people, random)
    if reviewed:
        _review(gates, people[1], random)
    return [gate.pk for gate in gates]


def _pilots(people: list[User], number: int, random: Random) -> list[Pilot]:
    programme = make_programme()
    return Pilot.objects.bulk_create(
        Pilot(
            programme=programme,
            key=f"R-{programme.pk}-{place}"[:12],
            title="Any",
            owner=random.choice([None, *people]),
            state=random.choice([*PilotState.values, *["active"] * 10]),
            archived_at=random.choice([None] * 9 + ["2026-01-01T12:00:00Z"]),
        )
        for place in range(number)
    )


def _gates(pilots: list[Pilot], definition: GateDefinition, random: Random) -> list[Gate]:
    return Gate.objects.bulk_create(
        Gate(
            pilot=pilot,
            definition=definition,
            status=random.choice(["open", "open", "open", "submitted", "upcoming"]),
            score_threshold=60,
            floor_threshold=0,
        )
        for pilot in pilots
    )


def _assess(gates: list[Gate], definition: GateDefinition, people: list[User], random: Random) -> None:
    rows = list(definition.criteria.order_by("position"))
    handed = [None, *people, *people[1:], *people[1:]]
    Assessment.objects.bulk_create(
        Assessment(
            gate=gate,
            criterion=row,
            area=row.area,
            kind=random.choice(CriterionKind.values),
            weight=1,
            state=random.choice(AssessmentState.values),
            stale_on=random.choice([None, None, TODAY, TODAY + timedelta(1)]),
            state_since=random.choice(MOMENTS),
            responsible=random.choice(handed),
        )
        for gate in gates
        for row in random.sample(rows, random.choice([0, 1, 2, 4]))
    )


def _review(gates: list[Gate], keeper: User, random: Random) -> None:
    """Turns and holds in any order; some holds are Pilotage's own, which answer no reviewer."""
    ReviewTurn.objects.bulk_create(
        ReviewTurn(gate=gate, step=step, said="More.", by=keeper, at=_moment(random))
        for gate in gates
        for step in random.choices([*ReviewStep, ReviewStep.SENT_BACK], k=random.choice([0, 1, 2]))
    )
    lapsed = Decision.objects.create(
        gate=gates[0], outcome=Outcome.CONDITIONAL_GO, reason="So.", decided_by=keeper,
        decided_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    hold = {"outcome": Outcome.HOLD, "reason": "Wait.", "review_on": TODAY}
    by_nobody = {"reason_code": "condition_lapsed", "steps_down": lapsed}
    Decision.objects.bulk_create(
        Decision(
            gate=gate,
            decided_at=_moment(random),
            **hold
            | random.choice([{"decided_by": keeper}, by_nobody | {"lapsed_on": TODAY - timedelta(day)}]),
        )
        for day, gate in enumerate(random.sample(gates, len(gates) // 2))
    )


def _moment(random: Random) -> datetime:
    return datetime(2026, 2, random.randint(1, 5), tzinfo=UTC)
