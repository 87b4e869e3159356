"""Warning signs pilot by pilot: which of them each shows, and for how long."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from gates.models import SignSpell
from gates.signs.portfolio import watched
from gates.signs.table import SIGNS, WarningSign, signs_of
from pilots.models import Pilot

LONG = (30, 90, 180, 365)  # days: from each on a field is drawn darker
Reach = tuple[date, str]  # since when a sign stands, and why


@dataclass(frozen=True)
class Field:
    """Where a pilot and a sign meet."""

    sign: WarningSign
    since: date | None = None  # None: it does not show
    days: int = 0
    reason: str = ""

    @property
    def depth(self) -> int:
        """How dark it is drawn, from 0 for nothing to 5 for a year and more."""
        return 0 if self.since is None else 1 + sum(self.days >= limit for limit in LONG)


@dataclass(frozen=True)
class PilotRow:
    pilot: Pilot
    signs: int
    fields: list[Field]  # one for each column of the table


def pilots_showing(pilots: QuerySet[Pilot], modes: Iterable[str]) -> QuerySet:
    """Pilots that show signs of these ways to fail, as rows with their id and how many `signs`, most first.

    One query, over the signs alone; `rows_of` puts together those of a page.
    """
    by_pilot = _standing(pilots, modes).values("pilot_id", "pilot__title").annotate(signs=Count("pk"))
    return by_pilot.order_by("-signs", "pilot__title", "pilot_id")


def columns_of(pilots: QuerySet[Pilot], modes: Iterable[str]) -> list[WarningSign]:
    """The signs that any of these pilots shows, by the ways to fail. One query."""
    modes = list(modes)
    shown = set(_standing(pilots, modes).values_list("sign", flat=True).distinct())
    return [SIGNS[key] for mode in modes for key in signs_of(mode) if key in shown]


def rows_of(page: Iterable[dict[str, Any]], columns: Sequence[WarningSign], *, today: date) -> list[PilotRow]:
    """The rows of one page of `pilots_showing`. Two queries."""
    page = list(page)
    ids = [row["pilot_id"] for row in page]
    known = Pilot.objects.select_related("programme", "owner").in_bulk(ids)
    shown: dict[int, dict[str, Reach]] = defaultdict(dict)
    spells = SignSpell.objects.standing().filter(pilot__in=ids, sign__in=[sign.key for sign in columns])
    for pilot, sign, since, reason in spells.values_list("pilot", "sign", "since", "reason"):
        shown[pilot][sign] = (since, reason)
    return [
        PilotRow(
            known[row["pilot_id"]],
            row["signs"],
            [_field(sign, shown[row["pilot_id"]].get(sign.key), today) for sign in columns],
        )
        for row in page
    ]


def _standing(pilots: QuerySet[Pilot], modes: Iterable[str]) -> QuerySet[SignSpell]:
    wanted = [key for mode in modes for key in signs_of(mode)]
    return (
        SignSpell.objects.standing()
        .filter(sign__in=wanted, pilot__in=watched(pilots).values("pk"))
        .order_by()
    )


def _field(sign: WarningSign, found: Reach | None, today: date) -> Field:
    if found is None:
        return Field(sign)
    since, reason = found
    return Field(sign, since, (today - since).days, reason)
