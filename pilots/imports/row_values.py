"""One row of a file in our words: the values that were understood, and every cell that was not."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from pilots.choices import ENDED, PilotState
from pilots.imports.dates import NOT_APPLICABLE, read_date
from pilots.imports.mapping import (
    EMAIL_FIELDS,
    STANDARD_PHASES,
    TEXT_FIELDS,
    FileMapping,
    Meaning,
)
from pilots.imports.periods import Period, Precision, described
from pilots.imports.spelling import comparable, one_line, quoted, tidy
from pilots.imports.table import Cell, is_blank

TITLE_LENGTH = 200
SHORT_FIELDS = {"unit": 200, "vendor": 200, "model_name": 200}  # characters
EMAIL = re.compile(r"[^@\s<>(),;:\"]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
EMAIL_LENGTH = 254
SPREADSHEET_ERROR = re.compile(r"#(?:ref!|value!|name\?|div/0!|num!|null!)", re.IGNORECASE)
WORDS_OF_FIELD = {"risk_tier": "risk_tiers", "approach": "approaches", "priority": "priorities"}
NO_PHASE = "The file does not say in which phase this is."


class Kind(StrEnum):
    """Why a cell is not (wholly) in the pilot."""

    NOT_UNDERSTOOD = "not_understood"
    NOT_GIVEN = "not_given"  # the file itself says that there is no value
    PARTIAL = "partial"  # less is known than the field can hold: a month, a year
    NOTED = "noted"  # taken, with a remark
    SHORTENED = "shortened"
    ASK = "ask"  # only a person can say
    CONTRADICTION = "contradiction"  # left out because other cells of the row deny it


@dataclass(frozen=True, slots=True)
class Problem:
    field: str
    raw: str  # the cell as it was
    reason: str  # a sentence
    kind: Kind = Kind.NOT_UNDERSTOOD


@dataclass
class RowValues:
    """What one row says. `values` can be written as JSON; dates are ISO texts."""

    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    periods: dict[str, Period] = field(default_factory=dict)  # every date that was understood, by field


def empty_values() -> dict[str, Any]:
    """The values of a row that says nothing: every field is there."""
    texts = ("title", *TEXT_FIELDS, *WORDS_OF_FIELD, *EMAIL_FIELDS, "state", "phase", "ended_reason")
    return {
        **dict.fromkeys(texts, ""),
        "priority": None,
        **dict.fromkeys(("intake_on", "ends_on", "ended_on")),
        "phase_dates": {},
        "unreached_dates": {},  # entries that the file gives for phases that the pilot has not reached
        "planned_dates": {},
        "partial_dates": {},
    }


class RowReader:
    """Reads rows of one file. positions: the columns of each field, from recognising.column_positions."""

    def __init__(self, mapping: FileMapping, positions: Mapping[str, Sequence[int]]) -> None:
        self.mapping = mapping
        self.positions = positions

    def cell(self, cells: Sequence[Cell], name: str) -> Cell:
        """The first filled cell among the columns of this field."""
        for place in self.positions.get(name, ()):
            if not is_blank(cells[place]):
                return cells[place]
        return ""

    def read(self, cells: Sequence[Cell]) -> RowValues:
        row = RowValues(empty_values())
        self._title(row, cells)
        for name in TEXT_FIELDS:
            self._text(row, cells, name)
        for name in WORDS_OF_FIELD:
            self._word(row, cells, name)
        for name in EMAIL_FIELDS:
            self._email(row, cells, name)
        self._stage(row, cells)
        self._dates(row, cells)
        return row

    def _title(self, row: RowValues, cells: Sequence[Cell]) -> None:
        raw = _text_of(self.cell(cells, "title"))
        title = one_line(raw)
        row.values["title"] = shortened(title, TITLE_LENGTH)
        if len(title) > TITLE_LENGTH:
            reason = f"The title has {len(title)} characters and was cut after {len(row.values['title'])}."
            row.problems.append(Problem("title", raw, reason, Kind.SHORTENED))

    def _text(self, row: RowValues, cells: Sequence[Cell], name: str) -> None:
        raw = self._said(row, cells, name)
        if not raw:
            return
        most = SHORT_FIELDS.get(name)
        text = one_line(raw) if most else tidy(raw)
        if most and len(text) > most:
            reason = f"The text has {len(text)} characters and was cut to fit."
            row.problems.append(Problem(name, raw, reason, Kind.SHORTENED))
            text = shortened(text, most)
        row.values[name] = text

    def _word(self, row: RowValues, cells: Sequence[Cell], name: str) -> None:
        raw = self._said(row, cells, name)
        if not raw:
            return
        meaning = self.mapping.words[WORDS_OF_FIELD[name]].meaning_of(raw)
        if meaning is None:
            reason = f"{quoted(raw)} is not among the words of the mapping for {name.replace('_', ' ')}."
            row.problems.append(Problem(name, raw, reason))
        elif not meaning.word:
            row.problems.append(Problem(name, raw, f"The file says {quoted(raw)}. {meaning.ask}", Kind.ASK))
        else:
            row.values[name] = int(meaning.word) if name == "priority" else meaning.word
            if name == "risk_tier" and not row.values["risk_rationale"]:
                row.values["risk_rationale"] = f"Reported as {quoted(raw)} in the imported file."

    def _email(self, row: RowValues, cells: Sequence[Cell], name: str) -> None:
        raw = self._said(row, cells, name)
        found = list(dict.fromkeys(address.lower() for address in EMAIL.findall(raw)))
        if len(found) == 1 and len(found[0]) <= EMAIL_LENGTH:
            row.values[name] = found[0]
        elif raw:
            why = "names several e-mail addresses" if found else "is not an e-mail address"
            who = "the owner" if name == "owner_email" else "the sponsor"
            reason = f"{quoted(raw)} {why}, so {who} could not be found."
            row.problems.append(Problem(name, raw, reason))

    def _said(self, row: RowValues, cells: Sequence[Cell], name: str) -> str:
        """The cell as text; empty, with the problem noted, where it only says that there is nothing."""
        raw = _text_of(self.cell(cells, name))
        if comparable(raw).strip(" .") in NOT_APPLICABLE and raw:
            row.problems.append(Problem(name, raw, f"The file says {quoted(raw)}.", Kind.NOT_GIVEN))
            return ""
        if SPREADSHEET_ERROR.fullmatch(raw.strip()):
            reason = f"{quoted(raw)} is the error of a formula, not a value."
            row.problems.append(Problem(name, raw, reason))
            return ""
        return raw

    def _stage(self, row: RowValues, cells: Sequence[Cell]) -> None:
        stage = self._stage_meaning(row, cells, "stage")
        status = self._stage_meaning(row, cells, "status")
        known = stage or status or Meaning(state=PilotState.ACTIVE.value)
        state = known.state
        if stage and status and status.state not in (PilotState.ACTIVE, PilotState.INTAKE):
            state = status.state  # paused or ended, in the phase that the other column names
        row.values["state"] = state
        row.values["phase"] = "" if state == PilotState.INTAKE else known.phase
        named = any(problem.field in ("stage", "status") for problem in row.problems)
        if state == PilotState.ACTIVE and not known.phase and not named:
            raw = _text_of(self.cell(cells, "stage")) or _text_of(self.cell(cells, "status"))
            row.problems.append(Problem("stage", raw, NO_PHASE, Kind.ASK))

    def _stage_meaning(self, row: RowValues, cells: Sequence[Cell], name: str) -> Meaning | None:
        raw = self._said(row, cells, name)
        if not raw:
            return None
        meaning = self.mapping.words["stages"].meaning_of(raw)
        if meaning is None:
            reason = f"{quoted(raw)} is not among the stages of the mapping, so the phase is not known."
            if name == "status":
                reason = f"{quoted(raw)} is not among the states of the mapping."
            row.problems.append(Problem(name, raw, reason))
        elif meaning.ask:
            row.problems.append(Problem(name, raw, f"The file says {quoted(raw)}. {meaning.ask}", Kind.ASK))
        return meaning

    def _dates(self, row: RowValues, cells: Sequence[Cell]) -> None:
        self._date(row, cells, "intake_on")
        self._date(row, cells, "ends_on", plans=True)
        for phase in self.mapping.entered:
            self._date(row, cells, f"entered_{phase}")
        for phase in self.mapping.planned:
            self._date(row, cells, f"planned_{phase}", plans=True)
        self._ended(row, cells)
        self._go_live(row, cells)

    def _date(
        self, row: RowValues, cells: Sequence[Cell], name: str, plans: bool = False, into: str = ""
    ) -> None:
        """Reads the cell of `name` into the value `into` (the same unless said)."""
        cell, into = self.cell(cells, name), into or name
        reading = read_date(cell, self.mapping.dates, plans=plans)
        if reading is None:
            return
        if reading.period is None:
            kind = Kind.NOT_GIVEN if reading.says_none else Kind.NOT_UNDERSTOOD
            row.problems.append(Problem(into, _text_of(cell), reading.reason, kind))
            return
        row.periods[into] = reading.period
        if reading.note:
            exact = reading.period.precision is Precision.DAY
            kind = Kind.NOTED if exact else Kind.PARTIAL
            row.problems.append(Problem(into, _text_of(cell), reading.note, kind))
        put_date(row.values, into, reading.period)

    def _ended(self, row: RowValues, cells: Sequence[Cell]) -> None:
        self._date(row, cells, "ended_on")
        period = row.periods.get("ended_on")
        raw = _text_of(self.cell(cells, "ended_on"))
        if row.values["state"] in ENDED:
            row.values["ended_reason"] = "" if period else tidy(raw)
        elif period:
            said = f"The end date is {described(period)}, but the stage says that it has not ended."
            row.warnings.append(said)
            row.problems.append(Problem("ended_on", raw, said, Kind.CONTRADICTION))
            drop_date(row, "ended_on")

    def _go_live(self, row: RowValues, cells: Sequence[Cell]) -> None:
        """Entered once the pilot is or was in production, planned before."""
        live = row.values["state"] == PilotState.RETIRED or row.values["phase"] in STANDARD_PHASES[3:]
        into = "entered_production_deployment" if live else "planned_production_deployment"
        if into not in row.periods:
            self._date(row, cells, "go_live", plans=not live, into=into)


def put_date(values: dict[str, Any], name: str, period: Period) -> None:
    """Puts a date where it belongs. Less exact than a month goes to partial_dates only.

    A year must not turn into its first of January, which every count of days would take at its word.
    """
    if period.precision is not Precision.DAY or period.approximate:
        values["partial_dates"][name] = {
            "precision": period.precision.value,
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            "approximate": period.approximate,
        }
    if period.precision not in (Precision.DAY, Precision.MONTH):
        return
    kind, _, phase = name.partition("_")
    day = period.first.isoformat()
    if kind == "entered":
        values["phase_dates"][phase] = day
    elif kind == "planned":
        values["planned_dates"][phase] = day
    else:
        values[name] = day


def drop_date(row: RowValues, name: str) -> None:
    """Takes back a date of the pilot itself that another cell of the row denies."""
    row.values[name] = None
    row.values["partial_dates"].pop(name, None)
    row.periods.pop(name)


def shortened(text: str, most: int) -> str:
    """The text cut at a word, with an ellipsis, to at most this many characters."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    at_word = cut.rfind(" ")
    return (cut[:at_word] if at_word > most // 2 else cut).rstrip(" ,;:-") + "…"


def _text_of(cell: Cell) -> str:
    return cell.isoformat() if isinstance(cell, date) else cell
