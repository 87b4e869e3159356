"""A mapping: which column of a file means which field, and which of its words mean which of ours."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pilots.choices import Approach, PilotState, Priority, RiskTier
from pilots.imports.date_spellings import DAY, DAY_FIRST, MONTH_FIRST, YEAR, DateRules
from pilots.imports.spelling import words_of
from pilots.imports.yaml_pieces import MappingError, Piece, pieces_of

STANDARD_PHASES = (
    "proof_of_concept",
    "pilot",
    "production_planning",
    "production_deployment",
    "scaled_adoption",
)
TEXT_FIELDS = ("unit", "problem", "workflow", "vendor", "model_name", "risk_rationale")
EMAIL_FIELDS = ("owner_email", "sponsor_email")
DATE_FIELDS = ("intake_on", "ends_on", "ended_on", "go_live")
WORD_FIELDS = ("stage", "status", "risk_tier", "approach", "priority")
COLUMN_FIELDS = ("id", "title", *TEXT_FIELDS, *WORD_FIELDS, *EMAIL_FIELDS, *DATE_FIELDS)
NAME_LENGTH, PROGRAMME_LENGTH = 60, 120  # characters
NUMBERED = re.compile(r"^\d+ (?=\D)")
WORDS = {
    "risk_tiers": tuple(RiskTier.values),
    "approaches": tuple(Approach.values),
    "priorities": tuple(str(number) for number in Priority.values),
}
TOP = (
    *("name", "about", "programme", "recognised_by", "synonyms", "identity", "delimiter", "dates"),
    *("columns", "entered", "planned", "stages", *WORDS),
)


@dataclass(frozen=True)
class ColumnName:
    name: str
    occurrence: int = 1  # 2 is the second column with this name


@dataclass(frozen=True)
class Meaning:
    """What one word of the file means. `ask` is a sentence where only a person can say."""

    word: str = ""  # a risk tier, an approach or a priority
    state: str = ""
    phase: str = ""
    ask: str = ""


@dataclass(frozen=True)
class Words:
    """The words of one column. Case, punctuation, white space and a number before them do not matter."""

    exact: Mapping[str, Meaning] = field(default_factory=dict)
    beginnings: tuple[tuple[str, Meaning], ...] = ()

    def meaning_of(self, text: str) -> Meaning | None:
        key = words_of(text)
        if meaning := self.exact.get(key) or self.exact.get(NUMBERED.sub("", key)):
            return meaning
        return next((meaning for start, meaning in self.beginnings if key.startswith(start)), None)


@dataclass(frozen=True)
class FileMapping:
    name: str
    programme: str = ""
    recognised_by: tuple[str, ...] = ("title",)
    synonyms: bool = False  # the columns are common names to try, not the columns of one known file
    identity: tuple[str, ...] = ("title",)
    delimiter: str | None = None
    dates: DateRules = field(default_factory=DateRules)
    columns: Mapping[str, tuple[ColumnName, ...]] = field(default_factory=dict)
    entered: Mapping[str, tuple[ColumnName, ...]] = field(default_factory=dict)  # by phase
    planned: Mapping[str, tuple[ColumnName, ...]] = field(default_factory=dict)  # by phase
    words: Mapping[str, Words] = field(default_factory=dict)

    def all_columns(self) -> Iterator[tuple[str, tuple[ColumnName, ...]]]:
        """Every field with its columns; dates of phases as entered_… and planned_…"""
        yield from self.columns.items()
        yield from ((f"entered_{phase}", names) for phase, names in self.entered.items())
        yield from ((f"planned_{phase}", names) for phase, names in self.planned.items())


def read_mapping(path: Path, phases: Collection[str] = STANDARD_PHASES) -> FileMapping:
    """The mapping in this YAML file. phases: the keys of the phases that it may name.

    Raises MappingError with every mistake, each with its line and field.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise MappingError(f"The mapping file {path} cannot be read as text.") from error
    return parse_mapping(text, path.name, phases)


def parse_mapping(text: str, file: str, phases: Collection[str] = STANDARD_PHASES) -> FileMapping:
    """The mapping in this YAML text; `file` is its name for messages. Raises MappingError."""
    whole = pieces_of(text, file)
    top = whole.fields(TOP)
    columns = {name: _columns(piece) for name, piece in _fields(top, "columns", COLUMN_FIELDS)}
    mapping = FileMapping(
        name=_short(top, "name", NAME_LENGTH) or Path(file).stem[:NAME_LENGTH],
        programme=_short(top, "programme", PROGRAMME_LENGTH),
        recognised_by=_names(top, "recognised_by", COLUMN_FIELDS) or ("title",),
        synonyms=_one_of(top, "synonyms", ("true", "false")) == "true",
        identity=_names(top, "identity", COLUMN_FIELDS) or ("title",),
        delimiter=_delimiter(top),
        dates=_date_rules(top),
        columns=columns,
        entered={name: _columns(piece) for name, piece in _fields(top, "entered", phases)},
        planned={name: _columns(piece) for name, piece in _fields(top, "planned", phases)},
        words={"stages": _stages(top, phases)}
        | {name: _words(top, name, known) for name, known in WORDS.items()},
    )
    if not columns.get("title") and not whole.mistakes.reasons:
        whole.mistakes.add(whole, "columns must say which column holds the title (columns: title: …).")
    if whole.mistakes.reasons:
        raise MappingError(*whole.mistakes.reasons)
    return mapping


def _fields(top: dict[str, Piece], name: str, allowed: Collection[str]) -> Iterator[tuple[str, Piece]]:
    if name in top:
        yield from top[name].fields(allowed).items()


def _text(top: dict[str, Piece], name: str) -> str:
    return top[name].text() if name in top else ""


def _short(top: dict[str, Piece], name: str, most: int) -> str:
    said = _text(top, name)
    if len(said) > most:
        top[name].mistakes.add(top[name], f"this has {len(said)} characters; at most {most} fit.")
    return said


def _one_of(top: dict[str, Piece], name: str, allowed: Collection[str]) -> str:
    said = _text(top, name)
    if said and said not in allowed:
        top[name].mistakes.add(top[name], f"“{said}” is not known; say {' or '.join(allowed)}.")
        return ""
    return said


def _names(top: dict[str, Piece], name: str, allowed: Collection[str]) -> tuple[str, ...]:
    if name not in top:
        return ()
    pieces = top[name].items()
    for piece in pieces:
        if piece.text() not in allowed:
            piece.mistakes.add(piece, f"“{piece.text()}” is not a field; fields are {', '.join(allowed)}.")
    return tuple(piece.text() for piece in pieces)


def _delimiter(top: dict[str, Piece]) -> str | None:
    if "delimiter" not in top:
        return None
    said = top["delimiter"].value
    said = {"tab": "\t", "\\t": "\t"}.get(said, said) if isinstance(said, str) else ""
    if len(said) != 1 or said in '"\r\n\0' or said.isalnum():
        top["delimiter"].mistakes.add(
            top["delimiter"], "this must be one character such as “;” or the word tab."
        )
        return None
    return said


def _date_rules(top: dict[str, Piece]) -> DateRules:
    said = dict(_fields(top, "dates", ("order", "number_beside_month", "fiscal_year_starts")))
    starts = _one_of(said, "fiscal_year_starts", [str(month) for month in range(1, 13)])
    return DateRules(
        order=_one_of(said, "order", (MONTH_FIRST, DAY_FIRST)),
        number_beside_month=_one_of(said, "number_beside_month", (YEAR, DAY)),
        fiscal_year_starts=int(starts) if starts else None,
    )


def _columns(piece: Piece) -> tuple[ColumnName, ...]:
    single = isinstance(piece.value, dict)
    return tuple(_column(one) for one in ([piece] if single else piece.items()))


def _column(piece: Piece) -> ColumnName:
    if isinstance(piece.value, str):
        said, occurrence = {"column": piece}, "1"
    else:
        said = piece.fields(("column", "occurrence"))
        occurrence = _text(said, "occurrence") or "1"
    name = _text(said, "column")
    if not words_of(name):
        piece.mistakes.add(piece, "this is not the name of a column.")
    if not occurrence.isdecimal() or not 1 <= int(occurrence[:4]) <= 500:
        piece.mistakes.add(piece, "occurrence must be a number from 1: which of the columns of that name.")
        occurrence = "1"
    return ColumnName(name, int(occurrence))


def _stages(top: dict[str, Piece], phases: Collection[str]) -> Words:
    meanings = []
    for piece in top["stages"].items() if "stages" in top else []:
        said = piece.fields(("says", "begins", "state", "phase", "ask"))
        state = _one_of(said, "state", PilotState.values)
        phase = _one_of(said, "phase", phases)
        if not state:
            piece.mistakes.add(piece, f"say the state: {', '.join(PilotState.values)}.")
        if phase and state == PilotState.INTAKE:
            piece.mistakes.add(piece, "a pilot in intake is not in a phase yet.")
        meanings.append((piece, said, Meaning(state=state, phase=phase, ask=_text(said, "ask"))))
    return _collected(meanings)


def _words(top: dict[str, Piece], name: str, known: Collection[str]) -> Words:
    meanings = []
    for piece in top[name].items() if name in top else []:
        said = piece.fields(("says", "begins", "means", "ask"))
        meaning = Meaning(word=_one_of(said, "means", known), ask=_text(said, "ask"))
        if not meaning.word and not meaning.ask:
            piece.mistakes.add(piece, f"say what it means ({', '.join(known)}) or what to ask.")
        meanings.append((piece, said, meaning))
    return _collected(meanings)


def _collected(meanings: list[tuple[Piece, dict[str, Piece], Meaning]]) -> Words:
    exact: dict[str, Meaning] = {}
    beginnings: list[tuple[str, Meaning]] = []
    for piece, said, meaning in meanings:
        if not {"says", "begins"} & said.keys():
            piece.mistakes.add(piece, "say which words of the file this is about (says: …).")
        for one in said["says"].items() if "says" in said else []:
            key = words_of(one.text())
            if exact.setdefault(key, meaning) != meaning:
                one.mistakes.add(one, f"“{one.text()}” already has another meaning.")
        beginnings += [
            (words_of(one.text()), meaning) for one in (said["begins"].items() if "begins" in said else [])
        ]
    return Words(exact, tuple(beginnings))
