"""Which row of a file is which pilot of the last import: what is new, changed, as before or gone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pilots.imports.reading import Reading, ReadRow, identity_of
from pilots.imports.spelling import quoted
from pilots.imports.table import UnreadableFile

MANY_STRANGE = 5  # fewer rows may well have been written anew
MAX_COMPARED = 4_000  # pairs within one name; beyond it rows are paired in their order


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an earlier import made of one row."""

    id: int
    identity: str
    fingerprint: str
    values: Mapping[str, Any]
    unit: str = ""  # of the pilot today: people may have renamed it
    title: str = ""

    @property
    def renamed(self) -> str:
        """The identity of its row in a file that was written here since; "" where an identifier decides."""
        named = identity_of([self.values.get("unit") or "", self.values.get("title") or ""])
        return identity_of([self.unit, self.title]) if self.identity == named else ""


@dataclass(frozen=True, slots=True)
class Change:
    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Planned:
    """What becomes of one row. Updated without changes: only cells without a field of ours differ."""

    row: ReadRow
    outcome: Outcome
    imported: Imported | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Plan:
    entries: list[Planned]  # every row of the file exactly once, in the order of the file
    gone: list[Imported]  # imported earlier, not in this file; nothing happens to them

    def count(self, outcome: Outcome) -> int:
        return sum(entry.outcome is outcome for entry in self.entries)


def plan_import(earlier: Iterable[Imported], reading: Reading) -> Plan:
    """What importing this reading does after earlier imports of the same mapping into the same programme.

    Rows are matched by identity. Where several share one, those that say the same are matched first, then
    those that agree in the most fields; each earlier row is matched at most once, so copies stay two pilots.
    A pilot whose row is not there by its old name is found by the name that people gave it since.
    """
    groups: dict[str, list[ReadRow]] = defaultdict(list)
    for row in reading.accepted:
        groups[row.identity].append(row)
    before: dict[str, list[Imported]] = defaultdict(list)
    for imported in earlier:
        is_renamed = imported.identity not in groups and imported.renamed in groups
        before[imported.renamed if is_renamed else imported.identity].append(imported)
    matched: dict[int, Imported] = {}
    gone: list[Imported] = []
    for identity, rows in groups.items():
        pairs, left = _pairs(before.pop(identity, []), rows)
        matched |= pairs
        gone += left
    gone += [imported for group in before.values() for imported in group]
    return Plan([_planned(row, matched.get(row.number)) for row in reading.rows], gone)


def refuse_other_pilots(plan: Plan) -> None:
    """Raises UnreadableFile where rows only share their identifiers with the pilots imported earlier.

    Many files number their rows 1, 2, 3; a second such file would overwrite the pilots of the first.
    """
    told = ("title", "unit", "problem")
    changed = [entry for entry in plan.entries if entry.imported and entry.outcome is Outcome.UPDATED]
    known = sum(entry.imported is not None for entry in plan.entries)
    strange = [
        entry
        for entry in changed
        if entry.imported
        and not any(entry.row.values[name] == entry.imported.values[name] != "" for name in told)
    ]
    if len(strange) >= MANY_STRANGE and 2 * len(strange) > known:
        first = strange[0]
        before = first.imported.values["title"] if first.imported else ""
        raise UnreadableFile(
            f"{len(strange):,} rows have the identifiers of pilots imported earlier but tell of other things: "
            f"row {first.row.number} is {quoted(first.row.values['title'])}, which was {quoted(before)}. If "
            "these are other pilots, import the file into another programme with --programme."
        )


def _planned(row: ReadRow, imported: Imported | None) -> Planned:
    if row.rejected:
        return Planned(row, Outcome.REJECTED)
    if imported is None:
        return Planned(row, Outcome.CREATED)
    if imported.fingerprint == row.fingerprint:
        return Planned(row, Outcome.UNCHANGED, imported)
    return Planned(row, Outcome.UPDATED, imported, changes_between(imported.values, row.values))


def changes_between(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """The fields whose values differ; empty texts, empty lists and nothing are the same."""
    names = dict.fromkeys([*new, *old])
    return tuple(
        Change(name, old.get(name), new.get(name))
        for name in names
        if (old.get(name) or None) != (new.get(name) or None)
    )


def _pairs(earlier: list[Imported], rows: list[ReadRow]) -> tuple[dict[int, Imported], list[Imported]]:
    """Row number → earlier row, for one identity; and the earlier rows that are left over."""
    said: dict[str, list[Imported]] = defaultdict(list)
    for imported in reversed(earlier):
        said[imported.fingerprint].append(imported)
    pairs = {row.number: said[row.fingerprint].pop() for row in rows if said.get(row.fingerprint)}
    taken = {imported.id for imported in pairs.values()}
    left = [imported for imported in earlier if imported.id not in taken]
    rest = [row for row in rows if row.number not in pairs]
    for imported, row in _most_alike(left, rest):
        pairs[row.number] = imported
        taken.add(imported.id)
    return pairs, [imported for imported in left if imported.id not in taken]


def _most_alike(earlier: list[Imported], rows: list[ReadRow]) -> Iterable[tuple[Imported, ReadRow]]:
    """Pairs, the most alike first; ties in the order of the earlier import and of the file."""
    if len(earlier) * len(rows) > MAX_COMPARED:
        return list(zip(earlier, rows, strict=False))
    ranked = sorted(
        (-_equal_fields(imported.values, row.values), place, other)
        for place, imported in enumerate(earlier)
        for other, row in enumerate(rows)
    )
    return _each_once(ranked, earlier, rows)


def _each_once(
    ranked: Sequence[tuple[int, int, int]], earlier: list[Imported], rows: list[ReadRow]
) -> Iterable[tuple[Imported, ReadRow]]:
    used_earlier: set[int] = set()
    used_rows: set[int] = set()
    for _, place, other in ranked:
        if place not in used_earlier and other not in used_rows:
            used_earlier.add(place)
            used_rows.add(other)
            yield earlier[place], rows[other]


def _equal_fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> int:
    return sum(1 for name, value in new.items() if value and old.get(name) == value)
