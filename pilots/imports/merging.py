"""What a new import may change in a pilot that people have edited since the last one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Merge:
    take: dict[str, Any] = field(default_factory=dict)  # field → new value, to be written
    kept: dict[str, Any] = field(default_factory=dict)  # field → what the file says; the person's value stays
    warnings: list[str] = field(default_factory=list)  # a sentence per kept field


def merge(*, last: Mapping[str, Any], new: Mapping[str, Any], current: Mapping[str, Any]) -> Merge:
    """What to write into a pilot, field by field.

    last: the values of the last import; new: those of this one; current: what the pilot says now, for the
    fields that it has. The file did not change: leave. Changed, and nobody edited: take. Both: the person's
    value stays and a warning names the other. Empty texts and nothing are the same.
    """
    merged = Merge()
    for name, value in current.items():
        before, after = last.get(name), new.get(name)
        if _same(before, after) or _same(value, after):
            continue
        if _same(value, before):
            merged.take[name] = after
        else:
            merged.kept[name] = after
            merged.warnings.append(_kept(name, after))
    return merged


def _same(one: Any, other: Any) -> bool:
    return (one or None) == (other or None)


def _kept(name: str, after: Any) -> str:
    label = name.replace("_", " ")
    if not after:
        return f"The {label} was edited here and is now empty in the file; the edited one was kept."
    return f"The {label} was edited here and also changed in the file (“{after}”); the edited one was kept."
