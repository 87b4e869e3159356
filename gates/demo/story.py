"""The demo's story as its files tell it: programmes, pilots, KPIs, gates. Days count back from today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "stories"
NOTES = "notes.yaml"

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
    since: int | None = None
    until: int = 0
    every: int = 30
    path: Sequence[float] = ()
    swing: float = 0
    digits: int = 1  # behind the point
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
    only: Sequence[str] | None = None
    under_way: Notes = field(default_factory=dict)
    not_met: Notes = field(default_factory=dict)
    untouched: Sequence[str] = ()


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


@dataclass(frozen=True, kw_only=True)
class ProgrammeStory:
    name: str
    description: str
    people: Mapping[str, str]  # who provides what, by the label that criteria use
    pilots: Sequence[PilotStory]

    @property
    def cast(self) -> set[str]:
        """The keys of everyone who takes part."""
        named = {who for pilot in self.pilots for who in (pilot.owner, pilot.sponsor) if who}
        deciders = {gate.by for pilot in self.pilots for gate in pilot.gates if gate.by}
        return named | deciders | set(self.people.values())


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
    files = sorted(path for path in FOLDER.glob("*.yaml") if path.name != NOTES)
    return [_programme(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in files]


@cache
def notes() -> dict[str, CriterionNotes]:
    """Criterion title → what is usually said of it."""
    written = yaml.safe_load((FOLDER / NOTES).read_text(encoding="utf-8"))
    return {title: CriterionNotes(**said) for title, said in written.items()}


def _programme(written: dict[str, Any]) -> ProgrammeStory:
    pilots = [_pilot(pilot) for pilot in written.pop("pilots")]
    return ProgrammeStory(pilots=pilots, **written)


def _pilot(written: dict[str, Any]) -> PilotStory:
    return PilotStory(
        owner=written.pop("owner"),
        sponsor=written.pop("sponsor"),
        proposed=written.pop("proposed"),
        playbook=written.pop("playbook", None),
        started=written.pop("started", None),
        kpis=[KpiStory(**kpi) for kpi in written.pop("kpis", ())],
        gates=[_gate(gate) for gate in written.pop("gates", ())],
        facts=written,
    )


def _gate(written: dict[str, Any]) -> GateStory:
    conditions = [PromiseStory(**promise) for promise in written.pop("conditions", ())]
    return GateStory(conditions=conditions, **written)


def amount(value: float) -> Decimal:
    """A number of the files as KPIs keep it."""
    return Decimal(str(value))
