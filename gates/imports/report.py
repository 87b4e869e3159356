"""What an import did, or would do, in counts and sentences."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pilots.actions.imports import problems_of
from pilots.imports.matching import Outcome, Plan
from pilots.imports.reading import Reading
from pilots.imports.row_values import Kind
from pilots.models import Programme, User


@dataclass(frozen=True)
class Report:
    """The four counts created, updated, unchanged and rejected add up to the rows."""

    programme: str
    slug: str  # of the programme; empty when it is not made yet
    mapping: str
    rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    rejections: list[tuple[int, str]]  # record number, why
    cells: dict[str, int]  # cells kept beside the pilot, by why they are not (wholly) in it
    warnings: list[tuple[int, str]]  # record number, sentence
    gone: int  # pilots of earlier imports that this file no longer has; nothing happens to them
    notes: list[str]  # about the file as a whole


def report_of(
    reading: Reading,
    plan: Plan,
    *,
    programme: Programme,
    people: Mapping[str, User],
    gone: int,
    warnings: list[tuple[int, str]],
) -> Report:
    """The report on this plan. `warnings` are those beyond the file's own, by row; `gone` counts pilots."""
    found = Counter(problem.kind for row in reading.accepted for problem in problems_of(row, people))
    own = [(row.number, warning) for row in reading.rows for warning in row.warnings]
    return Report(
        programme=programme.name,
        slug=programme.slug,
        mapping=reading.mapping,
        rows=len(reading.rows),
        created=plan.count(Outcome.CREATED),
        updated=plan.count(Outcome.UPDATED),
        unchanged=plan.count(Outcome.UNCHANGED),
        rejected=plan.count(Outcome.REJECTED),
        rejections=[(row.number, row.rejected) for row in reading.rejected],
        cells={kind.value: found[kind] for kind in Kind},
        warnings=sorted([*own, *warnings], key=lambda warning: warning[0]),
        gone=gone,
        notes=reading.notes,
    )
