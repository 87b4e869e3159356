"""What the page of a register over many pilots offers to narrow it by, and the matrix of risks."""

from dataclasses import dataclass

from django.db.models import Count
from django.http import QueryDict

from pilots.choices import PilotState
from pilots.filters import MINE, NOBODY
from pilots.models import Pilot, Programme, User
from pilots.models.entry import EntryQuerySet
from pilots.registers.filters import FILTERS, EntryFilters
from pilots.registers.queries import entries_seen, owners_of
from pilots.registers.table import Register
from pilots.rules import HIGH_RISK

MEDIUM_RISK = 8


@dataclass(frozen=True)
class Offered:
    """One list to choose from."""

    name: str
    label: str
    every: str  # what choosing nothing is called
    options: list[tuple[str, str]]
    chosen: str


def offers(register: Register, user: User, asked: QueryDict) -> list[Offered]:
    """The lists of the filter bar. Three queries, for lessons four."""
    programmes = Programme.objects.visible_to(user).order_by("name").values_list("slug", "name")
    pilots = Pilot.objects.visible_to(user).listed().exclude(phase="").order_by("phase_number")
    phases = dict(pilots.values_list("phase", "phase_name").distinct())
    entries = entries_seen(register, user).standing()
    people = [(str(pk), name) for pk, name in owners_of(entries)]
    found = [
        ("programme", "Programme", "All programmes", list(programmes)),
        ("phase", "Phase", "All phases", list(phases.items())),
        ("owner", "Looks after it", "Anybody", [(MINE, "Me"), (NOBODY, "Nobody"), *people]),
    ]
    found += [
        (
            column.name,
            column.label,
            f"{column.label}: all",
            [(str(v), str(label)) for v, label in column.field.choices],
        )
        for column in register.choices
    ]
    if register.stages:
        live, over = register.stages
        found.append(("live", "Stage", f"{over} and {live.lower()}", [("false", over), ("true", live)]))
    if "stopped_in" in FILTERS[register.key].base_filters:
        found += _of_pilots(entries)
    return [Offered(*one, asked.get(one[0], "")) for one in found]


def _of_pilots(lessons: EntryQuerySet) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """The vendors of the pilots that wrote these, and the phases in which some of them were stopped. One query."""
    facts = lessons.order_by("pilot__phase_number", "pilot__vendor")
    rows = facts.values_list("pilot__vendor", "pilot__state", "pilot__phase", "pilot__phase_name").distinct()
    vendors: dict[str, str] = {}
    stops: dict[str, str] = {}
    for vendor, state, phase, name in rows:
        if vendor:
            vendors.setdefault(vendor.casefold(), vendor)
        if state == PilotState.STOPPED and phase:
            stops.setdefault(phase, f"Stopped in {name}")
    return [
        ("vendor", "Vendor", "All vendors", [(one, one) for _, one in sorted(vendors.items())]),
        ("stopped_in", "Stopped in", "Stopped or not", list(stops.items())),
    ]


def narrowing(filters: EntryFilters) -> bool:
    """Whether anything is asked for; a word that makes no sense asks for nothing."""
    return any(value not in (None, "", []) for value in filters.form.cleaned_data.values())


@dataclass(frozen=True)
class Field:
    """One field of the matrix: how many live entries have these two values."""

    across: int
    count: int
    tone: str  # of its severity


@dataclass(frozen=True)
class Line:
    """A row of the matrix."""

    down: int
    label: str
    fields: list[Field]


@dataclass(frozen=True)
class Matrix:
    """Live entries by two of their facts; the rows from the highest on."""

    down: str  # the names of the fields
    across: str
    heads: list[list[str]]  # number and word
    lines: list[Line]


def matrix_of(register: Register, entries: EntryQuerySet) -> Matrix | None:
    """How many of these, if this register has a matrix. One query."""
    if register.matrix is None:
        return None
    down, across = register.matrix
    rows = entries.live().order_by().values_list(down.name, across.name).annotate(Count("pk"))
    found = {(low, high): count for low, high, count in rows}
    lines = [
        Line(value, str(label), [_field(value, other, found) for other, _ in across.field.choices])
        for value, label in reversed(down.field.choices)
    ]
    heads = [str(label).split(" ", 1) for _, label in across.field.choices]
    return Matrix(down.name, across.name, heads, lines)


def _field(down: int, across: int, found: dict[tuple[int, int], int]) -> Field:
    severity = down * across
    tone = "bad" if severity >= HIGH_RISK else "warn" if severity >= MEDIUM_RISK else "ok"
    return Field(across, found.get((down, across), 0), tone)
