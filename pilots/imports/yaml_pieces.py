"""A YAML file as pieces that know their line, so that a mistake can be named where it stands."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import yaml

MAX_LENGTH = 500_000  # characters
MAX_DEPTH = 10


class MappingError(Exception):
    """A mapping file has mistakes; `reasons` are sentences for people, each with line and field."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = list(reasons)


@dataclass
class Mistakes:
    """Collects every mistake of one file, so that people can mend all of them at once."""

    file: str
    reasons: list[str] = field(default_factory=list)

    def add(self, piece: "Piece", reason: str) -> None:
        self.reasons.append(f"{self.file}, line {piece.line}, {piece.name or 'the file'}: {reason}")


@dataclass(frozen=True)
class Piece:
    """A part of a YAML file. Single values are always text: `no` and `2024` are words here."""

    value: "str | list[Piece] | dict[str, Piece]"
    line: int
    name: str  # the field, with those above it: columns.title
    mistakes: Mistakes

    def text(self) -> str:
        if isinstance(self.value, str):
            return self.value.strip()
        self.mistakes.add(self, "a single value is expected here.")
        return ""

    def items(self) -> "list[Piece]":
        """The entries of a list; a single value counts as a list of one."""
        if isinstance(self.value, dict):
            self.mistakes.add(self, "a list is expected here.")
            return []
        return self.value if isinstance(self.value, list) else [self]

    def fields(self, allowed: Iterable[str]) -> "dict[str, Piece]":
        """The named entries. A name that is not among `allowed` is a mistake."""
        if not isinstance(self.value, dict):
            self.mistakes.add(self, "named entries (name: value) are expected here.")
            return {}
        names = list(allowed)
        for name, piece in self.value.items():
            if name not in names:
                near = difflib.get_close_matches(name, names, n=1)
                meant = f"did you mean “{near[0]}”?" if near else f"known are {', '.join(names)}."
                self.mistakes.add(piece, f"this name is not known; {meant}")
        return {name: piece for name, piece in self.value.items() if name in names}


def pieces_of(text: str, file: str) -> Piece:
    """The whole file as one piece. Raises MappingError when it is not readable YAML."""
    try:
        if len(text) > MAX_LENGTH:
            raise MappingError(f"{file}: this is too long for a mapping file.")
        _check_shape(text, file)
        node = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise MappingError(f"{file}, line {line}: this is not readable: {error.problem}.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise MappingError(f"{file}: this is not a readable mapping file.") from error
    if node is None:
        raise MappingError(f"{file}: the mapping file is empty.")
    return _piece(node, "", Mistakes(file))


def _check_shape(text: str, file: str) -> None:
    """References could unfold to billions of pieces, and deep nesting takes minutes to read."""
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise MappingError(f"{file}: references (* and &) are not used in mapping files.")
        if depth > MAX_DEPTH:
            raise MappingError(f"{file}: this is not nested like a mapping file.")


def _piece(node: yaml.Node, name: str, mistakes: Mistakes) -> Piece:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return Piece(dict(_entries(node, name, mistakes)), line, name, mistakes)
    if isinstance(node, yaml.SequenceNode):
        return Piece([_piece(part, name, mistakes) for part in node.value], line, name, mistakes)
    return Piece("" if node.tag.endswith(":null") else node.value, line, name, mistakes)


def _entries(node: yaml.MappingNode, above: str, mistakes: Mistakes) -> Iterator[tuple[str, Piece]]:
    seen: set[str] = set()
    for key, value in node.value:
        name = str(key.value)
        piece = _piece(value, f"{above}.{name}" if above else name, mistakes)
        if name in seen:
            mistakes.add(piece, "this is here twice.")
        seen.add(name)
        yield name, piece
