"""The demo's story as its files tell it: programmes, pilots, KPIs, gates. Days count back from today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "stories"
PROGRAMMES, AT_GATES = FOLDER / "programmes", FOLDER / "at-gates"
NOTES, MONEY = FOLDER / "notes.yaml", FOLDER / "money.yaml"

Notes = Mapping[str, str | None]  # criterion key → what is said of it; None: the usual note


@dataclass(frozen=True, kw_only=True)
class KpiStory:
    """A KPI and how its readings went; without `since` it has none yet."""

    name: str
    kind: str
    unit: str
    direction: str
    baseline: float
    target: float
    target_by: int
    definition: str = ""
    follows: str = ""  # key of a definition of the library, which then says how it is measured
    since: int | None = None
    until: int = 0
    every: int = 30
    path: Sequence[float] = ()
    swing: float = 0
    digits: int = 1  # behind the point
    proof: tuple[int, int, float] | None = None  # from and until these days, about this value, every week
    by_program: bool = False
    note: str = ""  # with the newest reading


@dataclass(frozen=True, kw_only=True)
class PromiseStory:
    """A condition of a conditional go."""

    text: str
    due: int
    owner: str
    met: int | None = None


@dataclass(frozen=True, kw_only=True)
class GateStory:
    """What happened at one gate: decided, or, as the last one, where it stands today."""

    planned: int
    forecast: int | None = None
    submitted: int | None = None
    decided: int | None = None
    outcome: str = ""
    by: str = ""
    reason: str = ""
    to: str = ""  # recycle: key of the phase
    review: int | None = None  # hold
    code: str = ""  # kind of reason; blank: the usual one of the outcome
    scope: str = ""  # conditional go: how far until then
    lesson: str = ""
    freed: int | None = None
    conditions: Sequence[PromiseStory] = ()
    override: str = ""  # why it passed although something stood in its way
    meeting: str = ""  # title of the gate meeting in which it was decided
    ask: str = ""  # what the owner wrote when asking for the review
    rests: int | None = None  # nothing was said on the checklist since
    valid: Mapping[str, int] = field(default_factory=dict)  # until when what shows a criterion counts
    only: Sequence[str] | None = None
    under_way: Notes = field(default_factory=dict)
    not_met: Notes = field(default_factory=dict)
    untouched: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class MoneyStory:
    """What going on was said to cost and bring, in euros."""

    day: int
    cost: int
    value: int
    spent: int | None = None
    months: int = 24
    basis: str


@dataclass(frozen=True, kw_only=True)
class Happening:
    """Something else done at a pilot's gate: `do` names a function of `at_gates`, `said` is given to it."""

    day: int
    do: str
    by: str
    said: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class PilotStory:
    """A pilot from its proposal to today; without a playbook it is still in intake."""

    facts: Mapping[str, Any]  # fields of Pilot
    owner: str | None
    sponsor: str | None
    proposed: int
    playbook: str | None
    started: int | None
    kpis: Sequence[KpiStory]
    gates: Sequence[GateStory]
    money: Sequence[MoneyStory]
    happenings: Sequence[Happening]


@dataclass(frozen=True, kw_only=True)
class ProgrammeStory:
    name: str
    description: str
    people: Mapping[str, str]  # who provides what, by the label that criteria use
    gatekeepers: Mapping[str, Sequence[str]]  # who holds which gatekeeper role
    pilots: Sequence[PilotStory]

    @property
    def cast(self) -> set[str]:
        """The keys of everyone who takes part."""
        named = {who for pilot in self.pilots for who in (pilot.owner, pilot.sponsor) if who}
        deciders = {gate.by for pilot in self.pilots for gate in pilot.gates if gate.by}
        actors = {happening.by for pilot in self.pilots for happening in pilot.happenings}
        keepers = {who for held in self.gatekeepers.values() for who in held}
        return named | deciders | actors | keepers | set(self.people.values())


@dataclass(frozen=True)
class CriterionNotes:
    """What is usually said of a criterion."""

    met: Sequence[str]
    under_way: str
    shown_by: str
    link: str = ""
    file: str = ""


def programmes() -> list[ProgrammeStory]:
    """Every programme of the demo."""
    money = written_in(MONEY)
    return [_programme(path, money) for path in sorted(PROGRAMMES.glob("*.yaml"))]


@cache
def notes() -> dict[str, CriterionNotes]:
    """Criterion title → what is usually said of it."""
    return {title: CriterionNotes(**said) for title, said in written_in(NOTES).items()}


def written_in(path: Path) -> Any:
    """What a file of the story says."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _programme(path: Path, money: Mapping[str, Any]) -> ProgrammeStory:
    """What its own file says, and what else happened at the gates of its pilots."""
    written, beside = written_in(path), written_in(AT_GATES / path.name)
    pilots = [
        _pilot(pilot, money.get(pilot["title"], ()), beside.get(pilot["title"], ()))
        for pilot in written.pop("pilots")
    ]
    return ProgrammeStory(pilots=pilots, **written)


def _pilot(written: dict[str, Any], money: Sequence[Any], beside: Sequence[Any]) -> PilotStory:
    return PilotStory(
        owner=written.pop("owner"),
        sponsor=written.pop("sponsor"),
        proposed=written.pop("proposed"),
        playbook=written.pop("playbook", None),
        started=written.pop("started", None),
        kpis=[KpiStory(**kpi) for kpi in written.pop("kpis", ())],
        gates=[_gate(gate) for gate in written.pop("gates", ())],
        money=[MoneyStory(**said) for said in money],
        happenings=[_happening(said) for said in beside],
        facts=written,
    )


def _happening(written: dict[str, Any]) -> Happening:
    said = {name: value for name, value in written.items() if name not in ("day", "do", "by")}
    return Happening(day=written["day"], do=written["do"], by=written["by"], said=said)


def _gate(written: dict[str, Any]) -> GateStory:
    conditions = [PromiseStory(**promise) for promise in written.pop("conditions", ())]
    return GateStory(conditions=conditions, **written)


def amount(value: float) -> Decimal:
    """A number of the files as KPIs keep it."""
    return Decimal(str(value))
