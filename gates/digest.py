"""The one fingerprint of what a gate was decided on, and the difference between two such states. Pure.

Facts are plain JSON values, as `gates.journey.facts.facts_of` gives them: dicts by name, lists in order,
text, whole numbers, true, false and null. Decimals are text, so that no database rounds them.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gates.choices import Area, AssessmentState, CriterionKind

Facts = Mapping[str, Any]

EXPIRED = "expired"  # met or waived, but what showed it or allowed it is past its day

# The area whose gatekeepers answer for a KPI of this kind.
KPI_AREAS = {
    "business": Area.VALUE,
    "adoption": Area.ORGANISATIONAL,
    "technical": Area.TECHNICAL,
    "guardrail": Area.RISK,
}


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was. `key` is the criterion's, blank where it is none."""

    key: str
    text: str  # a sentence


def digest_of(facts: Facts) -> str:
    """SHA-256 in hex over the canonical JSON of these facts (RFC 8785's idea: sorted keys, no spaces).

    The same facts give the same digest on every database and machine. Raises TypeError for a float or
    any other value that could be written in two ways.
    """
    _refuse_ambiguity(facts)
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse_ambiguity(value: Any) -> None:
    if isinstance(value, Mapping):
        for name, inside in value.items():
            if not isinstance(name, str):
                raise TypeError(f"A name among facts is text, not {name!r}.")
            _refuse_ambiguity(inside)
    elif isinstance(value, list):
        for inside in value:
            _refuse_ambiguity(inside)
    elif not (value is None or isinstance(value, (str, int))):
        raise TypeError(f"{value!r} can be written in two ways; make it text first.")


def covered(facts: Facts, areas: Collection[str]) -> dict[str, Any]:
    """The part of the facts that a role answers for; no area named means everything.

    Playbook and thresholds concern every role. A KPI belongs to the area that its kind speaks of.
    """
    if not areas:
        return dict(facts)
    criteria = {key: item for key, item in facts["criteria"].items() if item["area"] in areas}
    kpis = {name: kpi for name, kpi in facts["kpis"].items() if KPI_AREAS.get(kpi["kind"]) in areas}
    return {**facts, "criteria": criteria, "kpis": kpis}


def differences(before: Facts, now: Facts) -> list[Difference]:
    """What is not as it was, each in a sentence: terms first, then criteria, then KPIs.

    Empty exactly when the digests are equal.
    """
    found = [*_terms(before, now), *_criteria(before, now), *_kpis(before, now)]
    if not found and digest_of(before) != digest_of(now):
        found = [Difference("", "What this gate is decided on has changed.")]
    return found


def _terms(before: Facts, now: Facts) -> Iterator[Difference]:
    was, is_now = before["playbook"], now["playbook"]
    if was != is_now:
        yield Difference("", f"The playbook was {_playbook(was)} and is now {_playbook(is_now)}.")
    named = {"score_threshold": "The score it needs", "floor_threshold": "The weakest area's score it needs"}
    for field, words in named.items():
        old, new = before["gate"][field], now["gate"][field]
        if old != new:
            yield Difference("", f"{words} was {old}% and is now {new}%.")


def _playbook(playbook: Mapping[str, Any]) -> str:
    return f"{playbook['key']} v{playbook['version']}"


def _criteria(before: Facts, now: Facts) -> Iterator[Difference]:
    was, is_now = before["criteria"], now["criteria"]
    for key in sorted(was.keys() | is_now.keys()):
        if key not in was:
            yield Difference(key, f"{key} “{is_now[key]['title']}” was added.")
        elif key not in is_now:
            yield Difference(key, f"{key} “{was[key]['title']}” was taken away.")
        else:
            yield from _criterion(key, was[key], is_now[key])


def _criterion(key: str, was: Mapping[str, Any], is_now: Mapping[str, Any]) -> Iterator[Difference]:
    name = f"{key} “{is_now['title']}”"
    if was["kind"] != is_now["kind"]:
        yield Difference(key, f"{name} was a {_kind(was)} and is now a {_kind(is_now)}.")
    if was["weight"] != is_now["weight"]:
        yield Difference(key, f"{name} weighed {was['weight']} and now weighs {is_now['weight']}.")
    if _standing(was) != _standing(is_now):
        yield Difference(key, f"{name} was {_standing(was)} and is now {_standing(is_now)}.")
    yield from _evidence(key, name, was["evidence"], is_now["evidence"])


def _kind(criterion: Mapping[str, Any]) -> str:
    words = {CriterionKind.MUST_MEET: "must-meet", CriterionKind.SHOULD_MEET: "should-meet"}
    return words.get(criterion["kind"], "kill criterion")


def _standing(criterion: Mapping[str, Any]) -> str:
    if criterion["state"] == EXPIRED:
        return "expired"
    words = str(AssessmentState(criterion["state"]).label).lower()
    waived = criterion["state"] == AssessmentState.WAIVED and criterion["until"]
    return f"{words} until {date.fromisoformat(criterion['until']):%-d %b %Y}" if waived else words


def _evidence(key: str, name: str, was: list[Any], is_now: list[Any]) -> Iterator[Difference]:
    old, new = ({piece["sha256"]: piece["title"] for piece in pieces} for pieces in (was, is_now))
    for sha256, title in new.items():
        if sha256 not in old:
            yield Difference(key, f"Evidence “{title}” was added or replaced at {name}.")
    for sha256, title in old.items():
        if sha256 not in new:
            yield Difference(key, f"Evidence “{title}” no longer stands at {name} as it was.")


KPI_FIELDS = {"baseline": "baseline", "target": "target", "latest": "latest value", "direction": "direction"}


def _kpis(before: Facts, now: Facts) -> Iterator[Difference]:
    was, is_now = before["kpis"], now["kpis"]
    for name in sorted(was.keys() | is_now.keys()):
        if name not in was:
            yield Difference("", f"KPI “{name}” was added.")
        elif name not in is_now:
            yield Difference("", f"KPI “{name}” was taken away.")
        else:
            yield from _kpi(name, was[name], is_now[name])


def _kpi(name: str, was: Mapping[str, Any], is_now: Mapping[str, Any]) -> Iterator[Difference]:
    for field, words in KPI_FIELDS.items():
        if was[field] != is_now[field]:
            old, new = (value if value is not None else "not set" for value in (was[field], is_now[field]))
            yield Difference("", f"KPI “{name}”: the {words} was {old} and is now {new}.")
