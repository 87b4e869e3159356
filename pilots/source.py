"""The row of a file that a pilot came from, as its page shows it."""

from dataclasses import dataclass

from pilots.imports.row_values import Kind
from pilots.models import Pilot, SourceRecord

LABELS = {
    "stage": "Stage",
    "status": "Status",
    "owner_email": "Owner",
    "sponsor_email": "Sponsor",
    "intake_on": "Date proposed",
    "ends_on": "Planned end",
    "ended_on": "Date retired or stopped",
}
HEADINGS = {  # in the order of the page
    Kind.NOT_UNDERSTOOD: "Not understood, so left empty",
    Kind.ASK: "Only a person can say",
    Kind.CONTRADICTION: "Left out, because other cells of the row deny it",
    Kind.PARTIAL: "Not known to the day",
    Kind.SHORTENED: "Cut to fit",
    Kind.NOTED: "Taken, with a remark",
    Kind.NOT_GIVEN: "The file itself says that there is nothing",
}


@dataclass(frozen=True)
class Cell:
    label: str  # of the field it belongs to
    raw: str
    reason: str


@dataclass(frozen=True)
class Group:
    heading: str
    quiet: bool  # nothing to do about these
    cells: list[Cell]


def cells_left_out(record: SourceRecord) -> list[Group]:
    """The cells that are not (wholly) in the pilot, by why; what asks for a person first."""
    found: dict[str, list[Cell]] = {}
    for problem in record.problems:
        cell = Cell(label_of(problem["field"]), problem["raw"], problem["reason"])
        found.setdefault(problem["kind"], []).append(cell)
    return [
        Group(heading, kind is Kind.NOT_GIVEN, found[kind])
        for kind, heading in HEADINGS.items()
        if kind in found
    ]


def other_warnings(record: SourceRecord) -> list[str]:
    """What is contradictory in the row, where no cell tells it already."""
    told = {problem["reason"] for problem in record.problems}
    return [warning for warning in record.warnings if warning not in told]


def label_of(field: str) -> str:
    """What people call a field of an imported row: “Date of entering production deployment”."""
    kind, _, phase = field.partition("_")
    if kind == "entered":
        return f"Date of entering {phase.replace('_', ' ')}"
    if kind == "planned":
        return f"Planned date of {phase.replace('_', ' ')}"
    if field in LABELS:
        return LABELS[field]
    names = {column.name: str(column.verbose_name) for column in Pilot._meta.fields}
    name = names[field]
    return name[0].upper() + name[1:]
