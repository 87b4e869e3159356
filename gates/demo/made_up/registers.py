"""What a drawn pilot's registers and budget say, as rows not yet written."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from gates.demo.made_up import words
from gates.demo.made_up.pilots import Drawn
from gates.rules import PILOTED
from metrics.choices import BudgetKind
from metrics.models import BudgetLine, BudgetPeriod
from pilots.choices import (
    Area,
    ChangeKind,
    DataAccess,
    Direction,
    IntegrationState,
    LessonKind,
    Method,
    OperatingDuty,
    OptionVerdict,
    ProcedureKind,
    ProcedureState,
    Refresh,
    RiskState,
    Supply,
    Trend,
)
from pilots.models import (
    ChangeStep,
    DataSource,
    Debt,
    Entry,
    Integration,
    Lesson,
    OperatingRole,
    Option,
    Procedure,
    Risk,
    Wave,
)

KEPT_UP = 0.75  # of pilots write down everything, the others half of it
# What each part of the journey costs against the pilot; together two to five times as much.
SHARES = {
    BudgetKind.PILOT: "1",
    BudgetKind.INFRASTRUCTURE: "0.9",
    BudgetKind.INTEGRATION: "0.8",
    BudgetKind.TRAINING_CHANGE: "0.3",
    BudgetKind.RUNNING: "0.8",
}


def entry_rows(drawn: Drawn, today: date) -> Iterator[Entry]:
    """Entries as far as the pilot has come; some pilots keep their registers worse than others."""
    if not drawn.course.stays:
        return
    rng, place = drawn.register_rng, drawn.course.stays[-1].position
    kept = 1 if rng.random() < KEPT_UP else 0.5
    for entry in (*_planned(drawn, place, today), *_run(rng, place, today)):
        if rng.random() < kept:
            entry.pilot = drawn.pilot
            entry.owner = drawn.pilot.owner
            entry.written_by = drawn.pilot.owner
            entry.written_at = drawn.pilot.created_at
            entry.review_on = today + timedelta(days=rng.randint(-20, 150))
            yield entry


def _planned(drawn: Drawn, place: int, today: date) -> Iterator[Entry]:
    """What is written down before the pilot: systems, data, shortcuts, risks."""
    rng = drawn.register_rng
    live = place > PILOTED + 1 or (place > PILOTED and drawn.course.progress > 0.5)
    began = drawn.course.stays[0].entered_on
    yield Integration(
        system=rng.choice(words.SYSTEMS),
        direction=rng.choice(Direction.values),
        method=rng.choice(Method.values),
        state=IntegrationState.LIVE if live else IntegrationState.PLANNED,
        live_on=min(began + timedelta(days=120), today) if live else None,
        cost=rng.randrange(5, 90) * 1_000,
    )
    yield DataSource(
        name=rng.choice(words.SOURCES),
        refresh=Refresh.DAILY,
        supply=Supply.AUTOMATED if live else Supply.BY_HAND,
        access=DataAccess.LIVE if live else DataAccess.EXTRACT,
    )
    yield Debt(
        shortcut=rng.choice(words.SHORTCUTS),
        effort_days=rng.randint(1, 30),
        cost=rng.randrange(1, 20) * 1_000,
        pay_back_on=today + timedelta(days=rng.randint(-60, 200)),
        paid_on=today - timedelta(days=70) if live else None,
    )
    yield Risk(
        title=rng.choice(words.RISKS),
        likelihood=rng.randint(1, 5),
        impact=rng.randint(1, 5),
        mitigation="A person checks a sample every week." if rng.random() < 0.7 else "",
        checkpoint="Before anything is sent." if rng.random() < 0.7 else "",
        trend=rng.choice(Trend.values),
        state=RiskState.OPEN,
    )
    yield Option(
        name="What was chosen",
        approach=drawn.pilot.approach,
        fit="It does the first reading; people decide.",
        yearly_cost=rng.randrange(5, 60) * 1_000,
        verdict=OptionVerdict.CHOSEN,
        decided_on=began,
    )


def _run(rng: Random, place: int, today: date) -> Iterator[Entry]:
    """What is written down later: roles, steps of change, procedures, waves, lessons."""
    yield OperatingRole(role=OperatingDuty.PRODUCT_OWNER)
    yield ChangeStep(
        kind=ChangeKind.INVOLVEMENT,
        what="Try it with two of its users",
        done_on=today - timedelta(days=rng.randint(10, 90)),
        outcome="They asked for shorter answers.",
    )
    if place > PILOTED:
        training = today + timedelta(days=rng.randint(-30, 60))
        yield ChangeStep(kind=ChangeKind.TRAINING, what="Half a day for each team", planned_on=training)
        yield ChangeStep(kind=ChangeKind.PROCESS, what="Cases are routed without a first look")
        for kind in (ProcedureKind.MONITORING, ProcedureKind.RETRAINING, ProcedureKind.INCIDENT):
            yield Procedure(kind=kind, title=str(kind.label), state=ProcedureState.PLANNED)
        yield from (OperatingRole(role=duty, team="IT operations") for duty in list(OperatingDuty)[1:])
        yield Lesson(
            title=rng.choice(words.LESSONS),
            kind=rng.choice(LessonKind.values),
            area=rng.choice(Area.values),
            published_on=today - timedelta(days=rng.randint(1, 400)) if rng.random() < 0.8 else None,
        )
    if place > PILOTED + 1:
        for number, cohort in enumerate(("One team", "Everybody")):
            began = today - timedelta(days=100 - 40 * number)
            yield Wave(
                cohort=cohort,
                cap=20 + 60 * number,
                planned_on=began,
                actual_on=began,
                trigger="More errors than before for two weeks.",
                tried_on=began,
            )


def budget_rows(drawn: Drawn) -> list[BudgetLine]:
    """A line for each part of the journey; some pilots planned only for themselves."""
    if not drawn.course.stays:
        return []
    kinds = list(SHARES) if drawn.register_rng.random() < KEPT_UP else [BudgetKind.PILOT]
    return [BudgetLine(pilot=drawn.pilot, kind=kind, name=str(kind.label)) for kind in kinds]


def period_rows(drawn: Drawn, lines: list[BudgetLine]) -> Iterator[BudgetPeriod]:
    """The plan of each of these lines, in the month in which the pilot began."""
    cost = drawn.register_rng.randrange(20, 200) * 1_000
    for line in lines:
        month = drawn.course.stays[0].entered_on.replace(day=1)
        yield BudgetPeriod(line=line, month=month, plan=Decimal(SHARES[BudgetKind(line.kind)]) * cost)
