"""The warning signs of the whole portfolio: how many pilots show each, where they are, and how that was before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Min, Q, QuerySet

from gates.choices import FailureMode
from gates.models import SignSpell
from gates.portfolio.filters import UNKNOWN_PHASE
from gates.signs.rules import Place, concerns
from gates.signs.table import SIGNS, WarningSign, signs_of
from pilots.choices import ENDED, PilotState
from pilots.models import Pilot

MONTHS = 12
BY = {"phase": "Phase", "programme": "Programme"}
Column = tuple[str, str]  # the filter of the portfolio that holds it, and its value


@dataclass(frozen=True)
class Cell:
    """How many pilots of a column show a sign, of how many whom it concerns there."""

    column: Column
    count: int
    of: int

    @property
    def depth(self) -> int:
        """How dark it is drawn, from 0 for none to 5 for all."""
        return -(-5 * self.count // self.of) if self.of else 0


@dataclass(frozen=True)
class Row:
    """One sign over the portfolio."""

    sign: WarningSign
    count: int
    of: int
    cells: list[Cell]
    months: list[tuple[date, int | None]]  # how many showed it at the end of each; None: not counted yet

    @property
    def percent(self) -> int:
        return round(100 * self.count / self.of) if self.of else 0

    @property
    def change(self) -> int | None:
        """How many more show it than three months ago; None where that was not counted."""
        before = self.months[-4][1]
        return None if before is None else self.count - before


@dataclass(frozen=True)
class Mode:
    """One way to fail: how many pilots show a sign of it, and its signs, the most common first."""

    mode: str
    title: str
    touched: int
    change: int | None  # how many more than three months ago; None where that was not counted
    rows: list[Row]


@dataclass(frozen=True)
class Heat:
    modes: list[Mode]
    columns: list[tuple[Column, str, int]]  # each with its title and its pilots
    pilots: int
    touched: int  # of them, by any sign of the ways to fail asked for
    change: int | None  # how many more than three months ago
    counted_since: date | None


def watched(pilots: QuerySet[Pilot]) -> QuerySet[Pilot]:
    """Of these pilots those that signs look at: neither archived nor over."""
    return pilots.listed().exclude(state__in=ENDED)  # type: ignore[attr-defined]


def heat(pilots: QuerySet[Pilot], *, by: str, modes: Iterable[str], today: date) -> Heat:
    """Signs by phase or programme of these pilots, archived ones among them: they were there before.

    The most common way to fail comes first. Six queries.
    """
    here = watched(pilots).order_by()
    places = _places(here, by)
    found = _found(here, by)
    history, counted_since = _history(pilots, today)
    touched = _touched(SignSpell.objects.standing(), here, modes)
    change = _change(touched, pilots, counted_since, today)
    columns = _columns(places)
    rows = {key: _row(sign, places, found[key], columns, history[key]) for key, sign in SIGNS.items()}
    groups = [
        Mode(
            mode.value,
            str(mode.label),
            touched[mode.value],
            change[mode.value],
            sorted((rows[key] for key in signs_of(mode)), key=lambda row: -row.count),
        )
        for mode in FailureMode
        if mode in modes
    ]
    return Heat(
        modes=sorted(groups, key=lambda group: -group.touched),
        columns=columns,
        pilots=sum(place.pilots for place in places),
        touched=touched[""],
        change=change[""],
        counted_since=counted_since,
    )


@dataclass(frozen=True)
class _Place:
    """Pilots that are at the same place of the same column."""

    place: Place
    column: Column
    title: str
    pilots: int


def _places(pilots: QuerySet[Pilot], by: str) -> list[_Place]:
    facts = ("state", "phase_number", "in_production", "phase", "phase_name", *BY_PROGRAMME)
    rows = pilots.values_list(*facts).annotate(Count("pk"))
    return [
        _Place(
            Place(state, number, in_production),
            _column(by, state, phase, slug),
            name if by == "programme" else _phase_title(state, phase, phase_name),
            count,
        )
        for state, number, in_production, phase, phase_name, slug, name, count in rows
    ]


BY_PROGRAMME = ("programme__slug", "programme__name")


def _column(by: str, state: str, phase: str, programme: str) -> Column:
    if by == "programme":
        return "programme", programme
    if phase:
        return "phase", phase
    return ("state", state) if state == PilotState.INTAKE else ("phase", UNKNOWN_PHASE)


def _phase_title(state: str, phase: str, name: str) -> str:
    if phase:
        return name
    return str(PilotState.INTAKE.label) if state == PilotState.INTAKE else "Phase unknown"


def _columns(places: list[_Place]) -> list[tuple[Column, str, int]]:
    """Each column once, as its pilots go through them; programmes by name."""
    titles: dict[Column, tuple[int, str]] = {}
    pilots: dict[Column, int] = defaultdict(int)
    for place in places:
        # Where playbooks have more phases or fewer, the longest says what comes after what.
        order = (0 if place.column[0] == "programme" else place.place.phase_number, place.title)
        titles[place.column] = max(order, titles.get(place.column, order))
        pilots[place.column] += place.pilots
    return [
        (column, titles[column][1], pilots[column]) for column in sorted(titles, key=lambda key: titles[key])
    ]


def _found(pilots: QuerySet[Pilot], by: str) -> dict[str, dict[Column, int]]:
    """Sign → column → how many pilots show it. One query."""
    found: dict[str, dict[Column, int]] = defaultdict(lambda: defaultdict(int))
    shown = pilots.filter(sign_spells__until__isnull=True, sign_spells__sign__in=SIGNS)
    place = ("programme__slug",) if by == "programme" else ("state", "phase")
    counted = shown.values("sign_spells__sign", *place).annotate(count=Count("sign_spells__pk"))
    for row in counted:
        column = _column(by, row.get("state", ""), row.get("phase", ""), row.get("programme__slug", ""))
        found[row["sign_spells__sign"]][column] += row["count"]
    return found


def _row(
    sign: WarningSign,
    places: list[_Place],
    found: Mapping[Column, int],
    columns: list[tuple[Column, str, int]],
    months: list[tuple[date, int | None]],
) -> Row:
    of: dict[Column, int] = defaultdict(int)
    for place in places:
        if concerns(sign.since, place.place):
            of[place.column] += place.pilots
    cells = [Cell(column, found.get(column, 0), of[column]) for column, _, _ in columns]
    return Row(sign, sum(found.values()), sum(of.values()), cells, months)


def _change(
    touched: Mapping[str, int], pilots: QuerySet[Pilot], begun: date | None, today: date
) -> dict[str, int | None]:
    """How many more pilots each way to fail touches than three months ago. One query, none where nobody counted."""
    day = month_ends(today)[-4]
    if begun is None or day < begun:
        return dict.fromkeys(touched)
    modes = [mode for mode in touched if mode]
    before = _touched(SignSpell.objects.filter(_stood(day)), pilots.order_by(), modes)
    return {mode: count - before[mode] for mode, count in touched.items()}


def _stood(day: date) -> Q:
    """Spells that stood at the end of this day."""
    return Q(since__lte=day) & (Q(until__isnull=True) | Q(until__gt=day))


def _touched(spells: QuerySet[SignSpell], pilots: QuerySet[Pilot], modes: Iterable[str]) -> dict[str, int]:
    """Way to fail → how many pilots show a sign of it in these spells; "" is any of them. One query."""
    # Each way to fail is a set of pilots: SQLite is five times slower at distinct pilots among all spells.
    touched = {mode: _showing(spells.filter(sign__in=signs_of(mode))) for mode in modes}
    any_of_them = spells.filter(sign__in=[key for mode in modes for key in signs_of(mode)])
    counts = pilots.aggregate(
        any_of_them=Count("pk", filter=_showing(any_of_them)),
        **{mode: Count("pk", filter=shows) for mode, shows in touched.items()},
    )
    return {"": counts.pop("any_of_them"), **counts}


def _showing(spells: QuerySet[SignSpell]) -> Q:
    return Q(pk__in=spells.order_by().values("pilot"))


def month_ends(today: date) -> list[date]:
    """The last days of the eleven months before this one, and today."""
    ends, first = [today], today.replace(day=1)
    while len(ends) < MONTHS:
        ends.insert(0, first - timedelta(days=1))
        first = ends[0].replace(day=1)
    return ends


def _history(pilots: QuerySet[Pilot], today: date):
    """Sign → how many of these pilots showed it at the end of each month, and since when signs are counted at all.

    Two queries.
    """
    begun = SignSpell.objects.aggregate(first=Min("since"))["first"]
    ends = month_ends(today)
    at = {f"at_{number}": Count("pk", filter=_stood(day)) for number, day in enumerate(ends)}
    rows = SignSpell.objects.filter(pilot__in=pilots.order_by().values("pk")).order_by().values_list("sign")
    counted = {sign: counts for sign, *counts in rows.annotate(**at)}
    nothing = [0] * MONTHS
    known = [begun is not None and day >= begun for day in ends]
    return {
        key: [
            (day, count if told else None)
            for day, count, told in zip(ends, counted.get(key, nothing), known, strict=True)
        ]
        for key in SIGNS
    }, begun


def rows_of_file(pilots: QuerySet[Pilot], modes: Iterable[str]) -> Iterable[list[object]]:
    """Every sign that stands, as rows of a file in the order of pilots. One query."""
    wanted = [key for mode in modes for key in signs_of(mode)]
    shown = SignSpell.objects.standing().filter(sign__in=wanted, pilot__in=watched(pilots).values("pk"))
    facts = (
        "pilot__key",
        "pilot__title",
        "pilot__programme__name",
        "pilot__phase_name",
        "pilot__owner__name",
    )
    rows = shown.order_by("pilot__title", "pilot_id", "since", "pk").values_list(
        *facts, "sign", "since", "reason"
    )
    for *pilot, key, since, reason in rows.iterator():
        sign = SIGNS[key]
        yield [
            *(text or "" for text in pilot),
            str(sign.mode.label),
            sign.title,
            since,
            reason,
            sign.fix.says,
        ]


FILE_COLUMNS = (
    "Pilot",
    "Title",
    "Programme",
    "Phase",
    "Owner",
    "Way to fail",
    "Sign",
    "Since",
    "Reason",
    "Fix",
)
