"""YAML read strictly: every complaint names line and field in plain words. Knows nothing of playbooks."""

import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

import yaml

MOST_CHARACTERS = 500_000
DEEPEST_NESTING = 12
REQUIRED: Any = object()
Word = TypeVar("Word", bound=str)
TEXT, NULL, BOOL, INT, FLOAT = (
    f"tag:yaml.org,2002:{name}" for name in ("str", "null", "bool", "int", "float")
)


@dataclass(frozen=True)
class Place:
    """One value of the file: where it stands, and the list that collects what is wrong with it."""

    node: yaml.Node
    path: str
    problems: list[tuple[int, str]]

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1

    @property
    def word(self) -> str | None:
        """What is written here, or None where it is a list or a group of fields."""
        return str(self.node.value) if isinstance(self.node, yaml.ScalarNode) else None

    @property
    def quoted(self) -> str:
        if self.word is None:
            return "a list" if isinstance(self.node, yaml.SequenceNode) else "a group of fields"
        return f"'{textwrap.shorten(self.word, 40, placeholder=' …')}'"

    @property
    def is_empty(self) -> bool:
        return self.node.tag == NULL

    def complain(self, what: str) -> None:
        where = f"line {self.line}, {self.path}" if self.path else f"line {self.line}"
        self.problems.append((self.line, f"{where}: {what}"))

    def pairs(self) -> Iterator[tuple["Place", "Place"]]:
        """Each field of a group, as the place of its name and the place of its value."""
        for name, value in self.node.value if isinstance(self.node, yaml.MappingNode) else ():
            written = name.value if isinstance(name, yaml.ScalarNode) else "?"
            path = f"{self.path}.{written}" if self.path else written
            yield Place(name, path, self.problems), Place(value, path, self.problems)

    def field(self, name: str) -> "Place | None":
        return next((value for key, value in self.pairs() if key.word == name), None)

    def items(self) -> "list[Place]":
        nodes = self.node.value if isinstance(self.node, yaml.SequenceNode) else ()
        return [Place(node, f"{self.path}[{index}]", self.problems) for index, node in enumerate(nodes)]

    def find(self, *names: str) -> "list[Place]":
        """Every place reached through these fields in turn, taking each item of a list on the way."""
        here = self.items() or [self]
        if not names:
            return here
        found = [place.field(names[0]) for place in here]
        return [end for place in found if place is not None for end in place.find(*names[1:])]


class Unfit(Exception):
    """What is written at a place is not what belongs there; the message says why."""


# A reader returns the value found at a place or raises Unfit.
Reader = Callable[[Place], Any]


@dataclass(frozen=True)
class Field:
    """How to read one field; without a default it must be there."""

    read: Reader
    default: Any = REQUIRED


def read(text: str, reader: Reader) -> tuple[Any, tuple[str, ...]]:
    """What the reader makes of the file, and every complaint in order of lines (none: it is good)."""
    if len(text) > MOST_CHARACTERS:
        return None, (f"line 1: the file has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read",)
    try:
        root = yaml.compose(text, Loader=_StrictLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return None, (
            f"line {mark.line + 1 if mark else 1}: not valid YAML: {error.problem or error.context}",
        )
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return None, (f"line {line}: not valid YAML: a character that cannot be shown",)
    except (
        ValueError,
        OverflowError,
    ):  # PyYAML lets these out for escapes and version numbers beyond all bounds
        return None, ("line 1: not valid YAML: a number or an escape in it is out of range",)
    if root is None:
        return None, ("line 1: the file is empty",)

    problems: list[tuple[int, str]] = []
    value = _take(Place(root, "", problems), reader)
    return value, tuple(message for _, message in sorted(problems, key=lambda problem: problem[0]))


def _take(place: Place, reader: Reader) -> Any:
    """The value at the place; None where a complaint went on the list, so that reading can go on."""
    try:
        return reader(place)
    except Unfit as unfit:
        place.complain(str(unfit))
        return None


class _StrictLoader(yaml.SafeLoader):
    """Refuses anchors and aliases (a few lines of them unfold to gigabytes) and bottomless nesting."""

    nesting = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()
        if event.anchor is not None:
            raise _refusal(
                "anchors (&) and aliases (*) are not accepted; write the value out",
                event,
            )
        if self.nesting >= DEEPEST_NESTING:
            raise _refusal(f"nested more than {DEEPEST_NESTING} levels deep", event)
        self.nesting += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.nesting -= 1


def _refusal(what: str, event: yaml.Event) -> yaml.MarkedYAMLError:
    # The stubs also allow for marks of the C loader, which is not used here.
    return yaml.MarkedYAMLError(problem=what, problem_mark=event.start_mark)  # type: ignore[arg-type]


def text(longest: int) -> Reader:
    """Words for people. Runs of spaces and line breaks count as one space, so that layout has no meaning."""

    def reader(place: Place) -> str:
        if place.word is None or place.node.tag != TEXT:
            raise Unfit(f"{place.quoted} is not text; put it in quotes if it is meant as text")
        words = " ".join(place.word.split())
        if not words:
            raise Unfit("has nothing in it")
        if len(words) > longest:
            raise Unfit(f"has {len(words)} characters; at most {longest} are allowed")
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in words):
            raise Unfit("holds a character that cannot be shown")
        return words

    return reader


def code(pattern: str, looks_like: str) -> Reader:
    """A short key that fits the pattern as a whole."""

    def reader(place: Place) -> str:
        if place.word is None or not re.fullmatch(pattern, place.word):
            raise Unfit(f"{place.quoted} must be {looks_like}")
        return place.word

    return reader


def whole(low: int, high: int) -> Reader:
    def reader(place: Place) -> int:
        written = place.word if place.node.tag == INT else None
        if written is None or not re.fullmatch(r"0|[1-9]\d{0,8}", written) or not low <= int(written) <= high:
            raise Unfit(f"{place.quoted} is not a whole number from {low} to {high}")
        return int(written)

    return reader


def amount(high: int) -> Reader:
    """A number from 0 with at most one decimal, exact."""

    def reader(place: Place) -> Decimal:
        written = place.word if place.node.tag in (INT, FLOAT) else None
        if (
            written is None
            or not re.fullmatch(r"(0|[1-9]\d{0,8})(\.\d)?", written)
            or Decimal(written) > high
        ):
            raise Unfit(f"{place.quoted} is not a number from 0 to {high} with at most one decimal")
        return Decimal(written)

    return reader


def flag(place: Place) -> bool:
    known = yaml.SafeLoader.bool_values
    if place.word is None or place.node.tag != BOOL or place.word.lower() not in known:
        raise Unfit(f"{place.quoted} is not true or false")
    return bool(known[place.word.lower()])


def one_of(words: Iterable[Word]) -> Reader:
    """One of the words; returns the word as given here (an enum member stays one)."""
    known = {str(word): word for word in words}

    def reader(place: Place) -> Word:
        if place.word not in known:
            raise Unfit(f"{place.quoted} is not one of {', '.join(known) or '(there are none)'}")
        return known[place.word]

    return reader


def list_of(read_item: Reader, of: str) -> Reader:
    """A list with at least one item; `of` names one item in the complaint."""

    def reader(place: Place) -> tuple[Any, ...]:
        if not isinstance(place.node, yaml.SequenceNode):
            raise Unfit(f"{place.quoted} is not a list")
        if not place.node.value:
            raise Unfit(f"needs at least one {of}")
        return tuple(_take(item, read_item) for item in place.items())

    return reader


def group(
    fields: Mapping[str, Field],
    build: Callable[..., Any],
    check: Callable[[Place, Mapping[str, Any]], None] = lambda place, values: None,
) -> Reader:
    """A group of named fields, handed to `build` once all are good. `check` complains about how they fit
    together; it sees None for a field that is missing or unfit."""

    def reader(place: Place) -> Any:
        if not isinstance(place.node, yaml.MappingNode):
            raise Unfit(f"{place.quoted} is not a group of fields (name: value)")
        already = len(place.problems)
        _complain_about_names(place, fields)
        values = {name: _value_of(name, field, place) for name, field in fields.items()}
        check(place, values)
        return build(**values) if len(place.problems) == already else None

    return reader


def _complain_about_names(place: Place, fields: Mapping[str, Field]) -> None:
    for key, _ in place.pairs():
        if key.word not in fields:
            key.complain(f"there is no such field; known here are {', '.join(fields)}")
    complain_about_repeats(key for key, _ in place.pairs())


def _value_of(name: str, field: Field, place: Place) -> Any:
    found = place.field(name)
    if found is not None and not found.is_empty:
        return _take(found, field.read)
    if field.default is not REQUIRED:
        return field.default
    at = found or Place(place.node, f"{place.path}.{name}" if place.path else name, place.problems)
    at.complain("is missing" if found is None else "has nothing in it")
    return None


def complain_about_repeats(places: Iterable[Place]) -> None:
    """Complains at each place that says again, in whatever case, what an earlier one said."""
    first: dict[str, int] = {}
    for place in places:
        if place.word is None:
            continue
        said = place.word.casefold()
        if said in first:
            place.complain(f"{place.quoted} is there already, on line {first[said]}")
        first.setdefault(said, place.line)
