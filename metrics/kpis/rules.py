"""The terms of a KPI that are fixed when its pilot has begun: which they are, how they are written, and whether others
would be easier to reach. Pure.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from metrics.choices import Direction
from metrics.rules import as_kept, improves, number_problem, outside

Facts = Mapping[str, Any]  # fields of Kpi by name
Written = dict[str, str | None]  # the same as JSON: numbers and days as text, null for none

# Term → the fields of Kpi that change together.
TERMS = {
    "baseline": ("baseline", "baseline_on", "baseline_source"),
    "target": ("target", "target_high", "target_on"),
    "range": ("lowest", "highest"),
}
DATES = ("baseline_on", "target_on")
TEXTS = ("baseline_source",)
LONGEST_SOURCE = 300  # characters


def written(term: str, facts: Facts) -> Written:
    """The fields of a term as JSON keeps them, the same for equal values."""
    return {name: _as_text(facts[name]) for name in TERMS[term]}


def _as_text(value: Any) -> str | None:
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
        return "0" if plain == "-0" else plain
    return None if value is None else str(value)


def read(term: str, said: object) -> Facts:
    """The facts of a term from JSON, complete or some of its fields. Raises ValueError with a sentence."""
    if not isinstance(said, dict) or not said:
        raise ValueError(f"Give an object with {_listed(TERMS[term])}.")
    unknown = [name for name in said if name not in TERMS[term]]
    if unknown:
        raise ValueError(f"Give nothing besides {_listed(TERMS[term])}.")
    return {name: _read(name, value) for name, value in said.items()}


def whole_term(term: str, now: object, said: object) -> Any:
    """What is said of a term, completed by what holds `now`, as `written`; what cannot be read is given back."""
    try:
        facts = {**read(term, now), **read(term, said)}
    except ValueError:
        return said
    return written(term, facts)


def _listed(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _read(name: str, value: object) -> Any:
    if name in TEXTS:
        if not isinstance(value, str) or len(value) > LONGEST_SOURCE or "\0" in value:
            raise ValueError(f"{name}: give a text of at most {LONGEST_SOURCE} characters.")
        return value
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError(f"{name}: give a text, such as {'2026-12-31' if name in DATES else '9.5'}.")
    try:
        return date.fromisoformat(value) if name in DATES else _number(value)
    except (ValueError, InvalidOperation):
        raise ValueError(f"{name}: “{value}” cannot be read, or is too large.") from None


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if problem := number_problem(number):
        raise ValueError(problem)
    return as_kept(number)


def missing(term: str, facts: Facts) -> str:
    """Why a fixed term cannot become empty; "" means it says something. A range may be open on both sides."""
    return f"Give the new {term}." if term != "range" and facts[term] is None else ""


def is_easier(term: str, before: Facts, after: Facts) -> bool:
    """Whether the KPI is in any respect easier to reach with `after` than with `before`.

    Both are all fields of `TERMS` and the direction. Easier is a target that some reading meets which did not
    before, or a later day for it; a baseline that some reading improves on which did not before; a range that holds
    some value which it did not. Harder is the same the other way round; a band that is moved is both.
    """
    if term == "baseline":
        return _surpassed_sooner(before, after)
    if term == "range":
        return _reaches_farther(before["lowest"], before["highest"], after["lowest"], after["highest"])
    return _met_sooner(before, after) or _is_later(before["target_on"], after["target_on"])


def _met_sooner(before: Facts, after: Facts) -> bool:
    if before["target"] is None or after["target"] is None:
        return before["target"] is not None
    match after["direction"]:
        case Direction.HIGHER:
            return after["target"] < before["target"]
        case Direction.LOWER:
            return after["target"] > before["target"]
    return _reaches_farther(before["target"], before["target_high"], after["target"], after["target_high"])


def _is_later(before: date | None, after: date | None) -> bool:
    return before is not None and (after is None or after > before)


def _surpassed_sooner(before: Facts, after: Facts) -> bool:
    """Whether the old baseline is better than the new one."""
    old, new = before["baseline"], after["baseline"]
    if old is None or new is None:
        return old is not None
    low, high = after["target"], after["target_high"]
    if after["direction"] == Direction.WITHIN:
        return low is not None and outside(new, low, high) > outside(old, low, high)
    return improves(old, new, after["direction"])


def _reaches_farther(
    low: Decimal | None, high: Decimal | None, new_low: Decimal | None, new_high: Decimal | None
) -> bool:
    """Whether the new range holds a value that the old one did not; None is no edge on that side."""
    below = low is not None and (new_low is None or new_low < low)
    return below or (high is not None and (new_high is None or new_high > high))
