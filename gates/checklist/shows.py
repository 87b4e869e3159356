"""Which criteria of a checklist a person chose to see."""

from collections.abc import Sequence

from gates.checklist.queries import CriterionRow

SHOWS = (
    ("all", "All"),
    ("yours", "With you"),
    ("open", "Open"),
    ("met", "Met"),
)


def shown_rows(rows: Sequence[CriterionRow], show: str, must_only: bool) -> list[CriterionRow]:
    """The rows of one of SHOWS, must-meets only if asked."""
    wanted = {
        "yours": lambda row: row.is_yours,
        "open": lambda row: row.applies and not row.is_met,
        "met": lambda row: row.is_met,
    }.get(show, lambda row: True)
    return [row for row in rows if wanted(row) and (row.is_must or not must_only)]
