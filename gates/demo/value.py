"""What the pilots of the demo bring and cost: their story, and the steps in which it is told."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, partial
from typing import Any

from gates.demo.readings import along
from gates.demo.stage import Stage, Step
from gates.demo.story import FOLDER, amount, written_in
from metrics.models import Benefit, BenefitPool, BudgetLine, Kpi
from metrics.value.actions import (
    create_benefit,
    create_budget_line,
    create_pool,
    expect_benefit,
    plan_budget,
    record_actual,
    record_spending,
    support_actual,
    verify_actual,
)
from metrics.value.rules import month_of, months_from
from pilots.models import Pilot, User

VALUE = FOLDER / "value.yaml"
BOOKED_AFTER = 5  # days after the end of a month its numbers are known
VERIFIED_AFTER = 9
SAID_AFTER = 5  # days after the start it is said what is expected


@dataclass(frozen=True)
class LineStory:
    """A budget line, as its row in the file says."""

    kind: str
    name: str
    planned: int
    first: int
    months: int
    each: float
    spent: float | None = None  # of the plan


@dataclass(frozen=True, kw_only=True)
class BenefitStory:
    """A benefit with what came of it."""

    name: str
    unit: str
    reckoning: str
    expected: tuple[int, int, float]
    pattern: str = "recurring"
    is_disbenefit: bool = False
    rate: float | None = None
    rate_source: str = ""
    owner: str = ""
    kpi: str = ""
    pool: str = ""
    share: float | None = None
    actual: tuple[int, int, Sequence[float]] | None = None
    shown: str = ""
    compared: str = ""
    verified: tuple[str, int, str] | None = None


@cache
def pools() -> Mapping[str, Sequence[str]]:
    """Programme → names of the savings that its pilots share."""
    return written_in(VALUE)["pools"]


@cache
def told_of() -> Mapping[str, Mapping[str, Any]]:
    """Title of a pilot → what is told of its value."""
    return written_in(VALUE)["pilots"]


def lines_of(title: str) -> list[LineStory]:
    return [LineStory(*row) for row in told_of().get(title, {}).get("budget", ())]


def benefits_of(title: str) -> list[BenefitStory]:
    return [BenefitStory(**row) for row in told_of().get(title, {}).get("benefits", ())]


def name_pools(stage: Stage) -> None:
    for name in pools().get(stage.programme.name, ()):
        create_pool(programme=stage.programme, name=name, by=stage.manager)


@dataclass
class ValueTelling:
    """The value of one pilot while it is told."""

    title: str
    stage: Stage
    teller: User
    pilot: Callable[[], Pilot]
    kpis: Mapping[str, Kpi]
    lines: dict[str, BudgetLine] = field(default_factory=dict)
    benefits: dict[str, Benefit] = field(default_factory=dict)

    def steps(self, started: int) -> Iterator[Step]:
        for line in lines_of(self.title):
            yield Step(line.planned, partial(self._plan, line))
            if line.spent is not None:
                yield from self._spendings(line)
        for benefit in benefits_of(self.title):
            yield Step(started - SAID_AFTER, partial(self._add, benefit))
            if benefit.actual is not None:
                yield from self._claims(benefit)

    def _plan(self, line: LineStory) -> None:
        row = create_budget_line(pilot=self.pilot(), kind=line.kind, name=line.name, by=self.teller)
        first = month_of(self.stage.day(line.first))
        plan_budget(line=row, first=first, months=line.months, amount=amount(line.each), by=self.teller)
        self.lines[line.name] = row

    def _spendings(self, line: LineStory) -> Iterator[Step]:
        for month in months_from(month_of(self.stage.day(line.first)), line.months):
            day = self._days_ago(month, BOOKED_AFTER)
            if 0 < day <= line.planned:
                yield Step(day, partial(self._spend, line, month))

    def _spend(self, line: LineStory, month: date) -> None:
        wavering = 1 + Decimal((month.month * 7 + len(line.name)) % 9 - 4) / 100
        spent = round(amount(line.each) * amount(line.spent or 0) * wavering, -2)
        record_spending(line=self.lines[line.name], month=month, actual=spent, by=self.teller)

    def _add(self, story: BenefitStory) -> None:
        benefit = create_benefit(
            pilot=self.pilot(),
            by=self.teller,
            name=story.name,
            unit=story.unit,
            pattern=story.pattern,
            is_disbenefit=story.is_disbenefit,
            reckoning=story.reckoning,
            rate=None if story.rate is None else amount(story.rate),
            rate_source=story.rate_source,
            owner=self.stage.cast[story.owner] if story.owner else None,
            kpi=self.kpis[story.kpi] if story.kpi else None,
            pool=self._pool(story.pool),
            share=None if story.share is None else amount(story.share),
        )
        since, months, each = story.expected
        first = month_of(self.stage.day(since))
        expect_benefit(benefit=benefit, first=first, months=months, amount=amount(each), by=self.teller)
        self.benefits[story.name] = benefit

    def _pool(self, name: str) -> BenefitPool | None:
        return BenefitPool.objects.get(programme=self.stage.programme, name=name) if name else None

    def _claims(self, story: BenefitStory) -> Iterator[Step]:
        assert story.actual is not None
        since, until, path = story.actual
        first, last = month_of(self.stage.day(since)), month_of(self.stage.day(until))
        months = [month for month in months_from(first, 60) if month <= last]
        for number, month in enumerate(months):
            day = self._days_ago(month, BOOKED_AFTER)
            if day <= 0:
                return
            came = round(amount(along(path, number / max(1, len(months) - 1))), -1)
            yield Step(day, partial(self._claim, story, month, came))
            checked = self._days_ago(month, VERIFIED_AFTER)
            if story.verified and checked > 0 and month <= month_of(self.stage.day(story.verified[1])):
                yield Step(checked, partial(self._verify, story, month))

    def _claim(self, story: BenefitStory, month: date, came: Decimal) -> None:
        benefit = self.benefits[story.name]
        record_actual(benefit=benefit, month=month, actual=came, by=self.teller)
        if story.shown:
            support_actual(
                benefit=benefit, month=month, basis=story.shown, comparison=story.compared, by=self.teller
            )

    def _verify(self, story: BenefitStory, month: date) -> None:
        assert story.verified is not None
        who, _, note = story.verified
        verify_actual(benefit=self.benefits[story.name], month=month, note=note, by=self.stage.cast[who])

    def _days_ago(self, month: date, after: int) -> int:
        """How many days ago it was so many days after the end of a month; 0 or less is still to come."""
        ended = months_from(month, 2)[1]
        return (self.stage.today - ended - timedelta(days=after)).days
