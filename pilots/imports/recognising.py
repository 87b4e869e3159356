"""Which mapping fits a file, and where in the file the columns of a mapping are."""

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path

from pilots.imports.mapping import (
    NUMBERED,
    STANDARD_PHASES,
    ColumnName,
    FileMapping,
    parse_mapping,
    read_mapping,
)
from pilots.imports.spelling import listed, words_of
from pilots.imports.table import Table, UnreadableFile
from pilots.imports.yaml_pieces import MappingError

BUILT_IN = Path(__file__).parent / "mappings"
BRACKETED = re.compile(r"\s*\([^()]*\)\s*$")


def built_in_names() -> list[str]:
    """The names of the mappings that come with the product."""
    return sorted(path.stem for path in BUILT_IN.glob("*.yaml"))


def named_mapping(name: str, phases: Collection[str] = STANDARD_PHASES) -> FileMapping:
    """The mapping with this built-in name, or in the YAML file at this path. Raises MappingError."""
    if name in built_in_names():
        return _built_in(name)
    if Path(name).is_file():
        return read_mapping(Path(name), phases)
    raise MappingError(
        f"There is no mapping {name}. Give the path of a mapping file or one of these names: "
        f"{', '.join(built_in_names())}."
    )


@cache
def _built_in(name: str) -> FileMapping:
    return parse_mapping((BUILT_IN / f"{name}.yaml").read_text(encoding="utf-8"), f"{name}.yaml")


def detected_mapping(table: Table) -> FileMapping:
    """The built-in mapping that fits best: all columns it is recognised by, and the most columns of all.

    Raises UnreadableFile naming the columns when none fits.
    """
    fitting = []
    for name in built_in_names():
        mapping = named_mapping(name)
        found = column_positions(table, mapping)
        if all(field in found for field in mapping.recognised_by):
            fitting.append((len(mapping.recognised_by), len(found), mapping))
    if not fitting:
        raise UnreadableFile(
            "No column holds the title of the pilots (such as Title, Project or Use case). The file has "
            f"{listed(_named(table))}. Rename a column, or say in a mapping file which one it is."
        )
    return max(fitting, key=lambda fit: fit[:2])[2]


def column_positions(table: Table, mapping: FileMapping) -> dict[str, list[int]]:
    """For each field of the mapping that the file has: its columns in the order of the mapping, from 0."""
    places = _places(table)
    found = {}
    for field, names in mapping.all_columns():
        positions = [place for name in names if (place := _place(places, name)) is not None]
        if positions:
            found[field] = list(dict.fromkeys(positions))
    return found


def missing_columns(table: Table, mapping: FileMapping) -> list[str]:
    """The first column name of each field that the mapping names and the file does not have."""
    found = column_positions(table, mapping)
    return [names[0].name for field, names in mapping.all_columns() if names and field not in found]


def check_title(table: Table, mapping: FileMapping) -> None:
    """Raises UnreadableFile when the file has no column for the title."""
    if "title" not in column_positions(table, mapping):
        wanted = [name.name for name in mapping.columns["title"]]
        raise UnreadableFile(
            f"The mapping {mapping.name} expects the title in the column {listed(wanted, 3)}; "
            f"the file has {listed(_named(table))}."
        )


def _places(table: Table) -> list[dict[str, list[int]]]:
    """Where each header is: as written, without a number before it, and without a bracket after it."""
    written: dict[str, list[int]] = {}
    loosely: dict[str, list[int]] = {}
    for place, name in enumerate(table.header):
        written.setdefault(words_of(name), []).append(place)
        loosely.setdefault(NUMBERED.sub("", words_of(BRACKETED.sub("", name))), []).append(place)
    return [written, loosely]


def _place(places: list[dict[str, list[int]]], wanted: ColumnName) -> int | None:
    for way in places:
        positions = way.get(words_of(wanted.name), [])
        if len(positions) >= wanted.occurrence:
            return positions[wanted.occurrence - 1]
    return None


def _named(table: Table) -> list[str]:
    return [name for name in table.header if name]
