"""The rows of a file in the words and columns of a mapping: the way back from an import.

What came from a row and nobody has changed since goes back cell by cell as it was, so importing it again
changes nothing. What has changed is written in the mapping's own words, where it has any.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any

import yaml

from pilots.choices import Approach, PilotState, Priority, RiskTier
from pilots.imports.mapping import EMAIL_FIELDS, STANDARD_PHASES, TEXT_FIELDS, WORDS, FileMapping
from pilots.imports.recognising import BUILT_IN, column_positions, named_mapping
from pilots.imports.table import Table

Column = tuple[str, int]  # a header, and which column of that name it is
Raw = Sequence[Sequence[str]]  # [[header, cell], …] of the cells that were not empty

PLAIN = ("title", *TEXT_FIELDS, *EMAIL_FIELDS, "intake_on", "ends_on", "ended_on")
GROUPS = {"risk_tier": "risk_tiers", "approach": "approaches", "priority": "priorities"}
LABELS: dict[str, Any] = {"risk_tier": RiskTier, "approach": Approach, "priority": Priority}
IN_PRODUCTION = "production_deployment"


@dataclass(frozen=True)
class Said:
    """A pilot to be written: what it says now and, where it came from such a file, the row and what that said."""

    now: Mapping[str, Any]  # the fields of a row's values
    raw: Raw = ()
    then: Mapping[str, Any] = field(default_factory=dict)


def columns_of(raw: Raw) -> list[Column]:
    """The columns of the filled cells of a row, in their order."""
    count: dict[str, int] = {}
    found = []
    for name, _ in raw:
        count[name] = count.get(name, 0) + 1
        found.append((name, count[name]))
    return found


def merged(rows: Iterable[Raw]) -> list[Column]:
    """Every column that any of these rows fills, in the order in which they stand in the rows.

    Rows may contradict each other: files of another order, or two columns of one name of which a row fills only
    the second. Then each column stands after the one beside which it was first seen.
    """
    before: dict[Column, set[Column]] = {}
    as_seen: list[Column] = []
    for raw in rows:
        last: Column | None = None
        for column in columns_of(raw):
            if column not in before:
                before[column] = set()
                as_seen.insert(as_seen.index(last) + 1 if last else 0, column)
            if last:
                before[column].add(last)
            last = column
    try:
        return list(TopologicalSorter(before).static_order())
    except CycleError:
        return as_seen


class Giver:
    """Writes pilots in the columns of one built-in mapping. `seen` are the columns of the rows there are."""

    def __init__(self, mapping: FileMapping, seen: Sequence[Column]) -> None:
        self.mapping = mapping
        missing = column_positions(_headed(name for name, _ in seen), mapping)
        added = [
            (names[0].name, names[0].occurrence)
            for name, names in mapping.all_columns()
            if names and name not in missing
        ]
        self.columns = list(dict.fromkeys([*seen, *added]))
        self.positions = column_positions(_headed(self.header), mapping)

    @property
    def header(self) -> list[str]:
        return [name for name, _ in self.columns]

    @cached_property
    def _place(self) -> dict[Column, int]:
        return {column: place for place, column in enumerate(self.columns)}

    def row(self, said: Said) -> list[str]:
        """The cells of one pilot."""
        cells = [""] * len(self.columns)
        for column, (_, cell) in zip(columns_of(said.raw), said.raw, strict=True):
            cells[self._place[column]] = cell
        for name, text in self._changed(said).items():
            self._write(cells, name, text)
        return cells

    def _changed(self, said: Said) -> dict[str, str]:
        """Field of the mapping → its new cell, of those that no longer say what their row said."""
        now, then = said.now, said.then
        changed = {name: str(now.get(name) or "") for name in PLAIN if _differs(now, then, name)}
        changed |= {name: self._word(name, now.get(name)) for name in GROUPS if _differs(now, then, name)}
        if _differs(now, then, "state") or _differs(now, then, "phase"):
            changed |= self._stand(str(now["state"]), str(now.get("phase") or ""))
        entered = (then.get("phase_dates") or {}).get(IN_PRODUCTION)
        if (now.get(IN_PRODUCTION) or None) != (entered or None):
            changed[f"entered_{IN_PRODUCTION}"] = str(now.get(IN_PRODUCTION) or "")
        return changed

    def _write(self, cells: list[str], name: str, text: str) -> None:
        """Into the column that counted, or the first; of others of the same field nothing must count before it."""
        places = self.positions.get(name, [])
        if places:
            filled = next((place for place in places if cells[place]), places[0])
            for place in places:
                cells[place] = ""
            cells[filled] = text

    def _word(self, name: str, value: Any) -> str:
        if not value:
            return ""
        word = spelled(self.mapping.name).get((GROUPS[name], str(value)))
        return word or str(LABELS[name](value).label)

    def _stand(self, state: str, phase: str) -> dict[str, str]:
        """Phase and state, each in its column: one that held or ended keeps the phase in which it did."""
        if not {"stage", "status"} <= self.positions.keys():
            return {"stage" if "stage" in self.positions else "status": self._stage(state, phase)}
        if state == PilotState.INTAKE:
            return {"stage": self._stage(state, ""), "status": ""}
        return {"stage": self._stage(PilotState.ACTIVE, phase), "status": self._state(state)}

    def _state(self, state: str) -> str:
        return spelled(self.mapping.name).get((state, "")) or str(PilotState(state).label)

    def _stage(self, state: str, phase: str) -> str:
        word = spelled(self.mapping.name).get((state, phase))
        if word or (state == PilotState.ACTIVE and not phase):
            return word or ""
        words = [phase.replace("_", " ").capitalize()] if phase in STANDARD_PHASES else []
        return ", ".join([*words, *([] if state == PilotState.ACTIVE else [str(PilotState(state).label)])])


def _differs(now: Mapping[str, Any], then: Mapping[str, Any], name: str) -> bool:
    """As merging compares: empty texts and nothing are the same."""
    return (now.get(name) or None) != (then.get(name) or None)


def _headed(names: Iterable[str]) -> Table:
    return Table(tuple(names), [])


@cache
def spelled(name: str) -> dict[tuple[str, str], str]:
    """(state, phase) or (group, meaning) → how a file of this built-in mapping writes it first."""
    text = yaml.safe_load((BUILT_IN / f"{name}.yaml").read_text(encoding="utf-8"))
    found: dict[tuple[str, str], str] = {}
    for group in WORDS:
        for entry in text.get(group, ()):
            if "means" in entry and entry.get("says"):
                found.setdefault((group, str(entry["means"])), str(entry["says"][0]))
    for entry in text.get("stages", ()):
        if "state" in entry and "ask" not in entry and entry.get("says"):
            found.setdefault((str(entry["state"]), str(entry.get("phase", ""))), str(entry["says"][0]))
    return found


def giver_of(name: str, rows: Iterable[Raw]) -> Giver:
    """Writes in the columns of this built-in mapping, and in all that these rows have."""
    return Giver(named_mapping(name), merged(rows))
