"""Shapes the portfolio for its template: chips, filter menus, sort links, pages. Every link is an address."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.safestring import SafeString

from gates.choices import Health, Sign
from gates.headline.rules import quarter_in_words
from gates.portfolio.filters import PARTIES, SORTS, UNKNOWN_PHASE
from gates.portfolio.queries import Choices, Portfolio
from gates.portfolio.rows import draw_options, draw_rows
from pilots.choices import PilotState
from pilots.filters import MINE, NOBODY

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Option:
    """A filter that is on or off."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Menu:
    """A filter with several values."""

    name: str
    label: str
    options: SafeString  # drawn; blank when there is nothing to choose from
    chosen: Pairs  # (value, label) of those ticked


@dataclass(frozen=True)
class Chip:
    """An active filter, and the address without it."""

    label: str
    url: str


@dataclass(frozen=True)
class Heading:
    """A column that can be sorted by: the address that does, and how it is sorted now."""

    label: str
    url: str
    direction: str  # ascending, descending or blank
    classes: str = ""


@dataclass(frozen=True)
class View:
    """A ready-made question."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Shown:
    menus: list[Menu]
    switches: list[Option]
    chips: list[Chip]
    headings: list[Heading]
    views: list[View]
    hidden: Pairs  # what the filter form keeps although it has no field of its own
    previous_url: str
    next_url: str
    cleared_url: str
    text: str  # the text that is searched for
    rows: SafeString  # the table's body

    @property
    def empty_text(self) -> str:
        """Why there is nothing to see."""
        return f"Nothing matches {len(self.chips)} {'filter' if len(self.chips) == 1 else 'filters'} at once."


SWITCHES = (
    ("overdue", "Gate overdue"),
    ("blocked", "Blocked"),
    ("production", "In production"),
)
VIEWS: tuple[tuple[str, dict[str, str]], ...] = (
    ("All", {}),
    ("Overdue", {"overdue": "true"}),
    ("Waiting for a decision", {"submitted": "true"}),
    ("Gate in 30 days", {"due": "30"}),
    ("Mine", {"owner": MINE}),
    ("No owner", {"owner": NOBODY}),
)
COLUMNS = (
    ("title", "Pilot", ""),
    ("phase", "Phase", ""),
    ("days", "Days in phase", "right"),
    ("", "Health", ""),
    ("gate", "Next gate, planned", ""),
    ("ready", "Readiness", ""),
    ("blockers", "Blockers", "right"),
    ("owner", "Owner", ""),
    ("", "Waiting on", ""),
)


def shaped(found: Portfolio, offered: Choices, asked: QueryDict, *, pick: bool = False) -> Shown:
    """Everything around the rows. `asked` is the query string; with `pick` rows can be ticked."""
    pairs = [(name, value) for name in asked for value in asked.getlist(name) if value != ""]
    menus = _menus(offered, pairs)
    switches = [Option(name, label, (name, "true") in pairs) for name, label in SWITCHES]
    fields = {menu.name for menu in menus} | {name for name, _ in SWITCHES} | {"q", "page"}
    return Shown(
        menus=menus,
        switches=switches,
        chips=_chips(menus, switches, pairs, offered),
        headings=[_heading(*column, found.sort, pairs) for column in COLUMNS],
        views=[_view(label, wanted, pairs) for label, wanted in VIEWS],
        hidden=[(name, value) for name, value in pairs if name not in fields],
        previous_url=address(_with(pairs, "page", str(found.page - 1))) if found.page > 1 else "",
        next_url=address(_with(pairs, "page", str(found.page + 1))) if found.page < found.pages else "",
        cleared_url=address([(name, value) for name, value in pairs if name == "sort"]),
        text=asked.get("q", ""),
        rows=draw_rows(found.rows, pick=pick),
    )


def address(pairs: Pairs) -> str:
    return f"?{urlencode(pairs)}" if pairs else "?"


def _with(pairs: Pairs, name: str, value: str) -> Pairs:
    return [*((n, v) for n, v in pairs if n != name), (name, value)]


def _without(pairs: Pairs, name: str, value: str) -> Pairs:
    return [(n, v) for n, v in pairs if (n, v) != (name, value) and n != "page"]


def _menus(offered: Choices, pairs: Pairs) -> list[Menu]:
    phases = [*offered.phases, (UNKNOWN_PHASE, "Phase unknown")]
    owners = [(MINE, "Me"), (NOBODY, "Nobody"), *offered.owners]
    return [
        _menu("phase", "Phase", phases, pairs),
        _menu("programme", "Programme", offered.programmes, pairs),
        _menu("owner", "Owner", owners, pairs),
        _menu("health", "Health", [(h.value, str(h.label)) for h in Health], pairs),
        _menu("waiting", "Waiting on", PARTIES, pairs),
        _menu("state", "State", [(s.value, str(s.label)) for s in PilotState], pairs),
    ]


def _menu(name: str, label: str, values: Pairs, pairs: Pairs) -> Menu:
    asked = {value for other, value in pairs if other == name}
    chosen = [(value, text) for value, text in values if value in asked]
    return Menu(name, label, draw_options(name, values, asked), chosen)


def _chips(menus: list[Menu], switches: list[Option], pairs: Pairs, offered: Choices) -> list[Chip]:
    chips = [
        Chip(f"{menu.label}: {label}", address(_without(pairs, menu.name, value)))
        for menu in menus
        for value, label in menu.chosen
    ]
    chips += [
        Chip(switch.label, address(_without(pairs, switch.value, "true")))
        for switch in switches
        if switch.chosen
    ]
    labels = {
        "submitted": lambda _: "Waiting for a decision",
        "q": lambda text: f"Text: {text}",
        "due": lambda days: f"Gate within {days} days",
        "value": lambda _: "Measured value in production",
        "started": lambda when: "Started" if when == "true" else f"Started: {quarter_in_words(when)}",
        "archived": lambda _: "Archived",
        "sign": lambda key: f"Warning sign: {Sign(key).label if key in Sign.values else key}",
        "blocker": lambda _: f"Blocked by: {offered.blocker}",
    }
    chips += [
        Chip(labels[name](value), address(_without(pairs, name, value)))
        for name, value in pairs
        if name in labels
    ]
    return chips


def _heading(key: str, label: str, classes: str, sort: list[str], pairs: Pairs) -> Heading:
    if not key:
        return Heading(label, "", "", classes)
    first = sort[0] if sort else ""
    direction = {key: "ascending", f"-{key}": "descending"}.get(first, "")
    wanted = f"-{key}" if direction == "ascending" else key
    rest = [other for other in sort if other.lstrip("-") != key]
    url = address(
        _with([p for p in pairs if p[0] != "page"], "sort", ",".join([wanted, *rest][: len(SORTS)]))
    )
    return Heading(label, url, direction, classes)


def _view(label: str, wanted: dict[str, str], pairs: Pairs) -> View:
    narrowing = [(name, value) for name, value in pairs if name not in ("sort", "page")]
    return View(label, address(list(wanted.items())), sorted(narrowing) == sorted(wanted.items()))
