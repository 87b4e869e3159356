"""The report of an import as people read it in a terminal."""

import calendar
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from gates.imports.report import Report
from pilots.imports.row_values import Kind

SHOWN = 12  # different sentences of each kind; all of them are in the JSON
ROWS_SHOWN = 8
BRACKETED = re.compile(r" ?\([^()]*\)")
MONTHS = "|".join(calendar.month_name[1:])
VARYING = re.compile(rf"“[^”]*”|\b(?:\d{{1,2}} )?(?:{MONTHS}) \d{{4}}\b|\b\d[\d,]*\b")
CELLS = {
    Kind.NOT_UNDERSTOOD: "not understood",
    Kind.ASK: "only a person can say what they mean",
    Kind.CONTRADICTION: "left out because other cells of the row deny them",
    Kind.PARTIAL: "dates known to the month, quarter or year only",
    Kind.SHORTENED: "cut to fit",
    Kind.NOTED: "taken, with a remark",
    Kind.NOT_GIVEN: "the file itself says that there is nothing (N/A, to be decided)",
}


def sentences(report: Report, *, dry_run: bool) -> Iterator[str]:
    """The report line by line."""
    did = "Would import (nothing was written)" if dry_run else "Imported"
    yield f"{did} into {report.programme} with the mapping {report.mapping}:"
    for name in ("rows", "created", "updated", "unchanged", "rejected"):
        yield f"  {name:<10}{getattr(report, name):>8,}"
    yield from _grouped("Rejected", report.rejections)
    yield from _grouped("Worth a look", report.warnings)
    yield from _cells(report)
    if report.gone:
        pilots = "1 pilot" if report.gone == 1 else f"{report.gone:,} pilots"
        stay = (
            "is not in this file; it stays as it is"
            if report.gone == 1
            else ("are not in this file; they stay as they are")
        )
        yield f"{pilots} of earlier imports {stay}."
    if report.notes:
        yield "About the file:"
    yield from (f"  {note}" for note in report.notes)


def _cells(report: Report) -> Iterator[str]:
    counted = [(report.cells[kind], said) for kind, said in CELLS.items() if report.cells[kind]]
    if counted:
        yield "Cells kept as they are, each with its reason, on the page “Source” of its pilot:"
    yield from (f"  {count:>8,}  {said}" for count, said in counted)


def _grouped(heading: str, told: Sequence[tuple[int, str]]) -> Iterator[str]:
    """Sentences that differ only in dates, numbers and quotations are told once, with their rows."""
    groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row, sentence in told:
        groups[VARYING.sub("…", BRACKETED.sub("", sentence))].append((row, sentence))
    if groups:
        yield f"{heading}:"
    largest = sorted(groups.items(), key=lambda group: -len(group[1]))
    for gist, rows in largest[:SHOWN]:
        yield f"  {_one(rows[0]) if len(rows) == 1 else _many(gist, [row for row, _ in rows])}"
    if len(largest) > SHOWN:
        yield f"  and {len(largest) - SHOWN:,} others; --format json lists them all."


def _one(told: tuple[int, str]) -> str:
    return f"row {told[0]}: {told[1]}"


def _many(gist: str, rows: list[int]) -> str:
    shown = ", ".join(str(row) for row in rows[:ROWS_SHOWN])
    more = f" and {len(rows) - ROWS_SHOWN:,} more" if len(rows) > ROWS_SHOWN else ""
    return f"{len(rows):,} rows: {gist} (rows {shown}{more})"
