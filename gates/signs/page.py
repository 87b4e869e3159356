"""Shapes the portfolio of warning signs for its pages. Every number is an address that shows its pilots."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from gates.choices import FailureMode
from gates.portfolio.filters import MINE, NOBODY, UNKNOWN_PHASE
from gates.portfolio.queries import Choices
from gates.signs.portfolio import BY, Column, Heat, Row
from gates.signs.table import signs_of

Pairs = list[tuple[str, str]]
SHARED = ("q", "programme", "phase", "owner")  # what the portfolio of pilots can be narrowed by too
VIEWS = {"": "Signs", "pilots": "Pilots"}


@dataclass(frozen=True)
class Choice:
    """What the pages of warning signs are narrowed to, and how they are shown."""

    view: str  # one of VIEWS
    by: str  # one of BY
    modes: tuple[str, ...]  # in the order of FailureMode
    shared: Pairs  # what narrows the pilots

    @property
    def asked(self) -> QueryDict:
        """What narrows the pilots, as the portfolio would be asked for them."""
        return QueryDict(urlencode(self.shared))

    @property
    def told(self) -> Pairs:
        """What everything is narrowed to, for the head of a file."""
        modes = self.modes if len(self.modes) < len(FailureMode) else ()
        return [*(("mode", mode) for mode in modes), *self.shared]

    @property
    def is_narrow(self) -> bool:
        return bool(self.told)


def choice_of(asked: QueryDict) -> Choice:
    """What the address asks for; nonsense is left out.

    One sign narrows the pilots only where they are listed. In the heat table the other signs of these pilots
    would lead to more pilots than it counts.
    """
    view = "pilots" if asked.get("view") == "pilots" else ""
    names = (*SHARED, "sign") if view else SHARED
    modes = [mode for mode in FailureMode.values if mode in asked.getlist("mode")]
    return Choice(
        view=view,
        by=asked.get("by", "") if asked.get("by") in BY else "phase",
        modes=tuple(modes or FailureMode.values),
        shared=[(name, value) for name in names for value in asked.getlist(name) if value],
    )


@dataclass(frozen=True)
class Square:
    """A cell of the heat table: how many of how many, how dark, and where they are listed."""

    title: str  # of its column
    count: int
    of: int
    depth: int
    url: str


@dataclass(frozen=True)
class Line:
    """A sign of the heat table."""

    row: Row
    url: str
    squares: list[Square]

    @property
    def bars(self) -> list[tuple[str, int | None]]:
        """The months of its history for the drawing."""
        return [(f"{day:%b %Y}", count) for day, count in self.row.months]


@dataclass(frozen=True)
class Section:
    """One way to fail in the heat table."""

    mode: str
    title: str
    touched: int
    change: int | None  # against three months ago
    url: str
    lines: list[Line]


def sections(heat: Heat, choice: Choice) -> list[Section]:
    """The heat table with where each of its numbers leads. No query."""
    titles = {column: title for column, title, _ in heat.columns}
    return [
        Section(
            mode=mode.mode,
            title=mode.title,
            touched=mode.touched,
            change=mode.change,
            url=pilots_url(choice, signs_of(mode.mode)),
            lines=[_line(row, choice, titles) for row in mode.rows],
        )
        for mode in heat.modes
    ]


def _line(row: Row, choice: Choice, titles: Mapping[Column, str]) -> Line:
    squares = [
        Square(
            title=titles[cell.column],
            count=cell.count,
            of=cell.of,
            depth=cell.depth,
            url=pilots_url(choice, [row.sign.key], cell.column) if cell.count else "",
        )
        for cell in row.cells
    ]
    return Line(row, pilots_url(choice, [row.sign.key]), squares)


def pilots_url(choice: Choice, signs: Iterable[str], column: Column | None = None) -> str:
    """The portfolio narrowed to the pilots that show one of these signs, in a column if one is given."""
    kept = [(name, value) for name, value in choice.shared if column is None or name != column[0]]
    pairs = [*kept, *(("sign", sign) for sign in signs), *([column] if column else [])]
    return f"{reverse('gates:portfolio')}?{urlencode(pairs)}"


@dataclass(frozen=True)
class Menu:
    """A filter with its values: (value, label, whether it is chosen)."""

    name: str
    label: str
    options: list[tuple[str, str, bool]]

    @property
    def chosen(self) -> int:
        return sum(is_chosen for _, _, is_chosen in self.options)


def menus(offered: Choices, asked: QueryDict) -> list[Menu]:
    """What can be narrowed by. No query."""
    phases = [*offered.phases, (UNKNOWN_PHASE, "Phase unknown")]
    owners = [(MINE, "Me"), (NOBODY, "Nobody"), *offered.owners]
    modes = [(mode.value, str(mode.label)) for mode in FailureMode]
    return [
        Menu(name, label, [(value, text, value in asked.getlist(name)) for value, text in values])
        for name, label, values in (
            ("mode", "Way to fail", modes),
            ("phase", "Phase", phases),
            ("programme", "Programme", offered.programmes),
            ("owner", "Owner", owners),
        )
        if values
    ]
