"""What a playbook file may say: reads it, writes it, and tells two of them apart by meaning. Pure."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

import yaml

from gates.choices import (
    ANY,
    CONFIDENCE,
    HOLD,
    PROOF_TERMS,
    PROVEN_BY,
    READINGS,
    Area,
    CriterionKind,
    GatekeeperRole,
)
from gates.playbooks.strict_yaml import (
    Field,
    Place,
    Reader,
    Unfit,
    amount,
    code,
    complain_about_repeats,
    flag,
    group,
    list_of,
    one_of,
    read,
    text,
    whole,
)
from pilots.choices import RiskTier, Role

Checks = frozenset[str] | None
SHORT_KEY = r"[A-Z][0-9]{1,2}"
DEFAULT_WEIGHT = {
    CriterionKind.MUST_MEET: 2,
    CriterionKind.SHOULD_MEET: 1,
    CriterionKind.KILL: 1,
}


class PlaybookError(ValueError):
    """A playbook file that cannot be used; `messages` says why, each with its line and field."""

    def __init__(self, messages: tuple[str, ...]) -> None:
        super().__init__("\n".join(messages))
        self.messages = list(messages)


@dataclass(frozen=True, kw_only=True)
class CriterionSpec:
    key: str
    title: str
    area: Area
    kind: CriterionKind
    weight: int
    guidance: str
    evidence_example: str
    role: str  # label of who usually provides it
    effort_days: Decimal
    validity_days: int | None = None  # None: never goes stale
    risk_tiers: tuple[RiskTier, ...] = ()  # none named: every tier
    check: str = ""  # name of the check that decides it; empty: a person does
    depends_on: tuple[str, ...] = ()  # keys of criteria above it that come first
    # When a KPI counts as at target, where the check asks that; None: as usual, see docs/kpis.md.
    readings: int | None = None
    hold: int | None = None  # so many of the latest
    confidence: Decimal | None = None  # percent


@dataclass(frozen=True, kw_only=True)
class GateSpec:
    key: str
    name: str
    question: str
    gatekeeper_roles: tuple[GatekeeperRole, ...]
    quorum: str  # "all", "any", or how many of the gatekeeper roles, in digits
    score_threshold: int  # percent
    floor_threshold: int  # percent, for the weakest area
    freeze_days_before: int
    every_months: int | None = None
    override_roles: tuple[Role, ...] = ()  # none named: nobody may override a failing readiness
    criteria: tuple[CriterionSpec, ...]

    @property
    def recurring(self) -> bool:
        return self.every_months is not None


@dataclass(frozen=True, kw_only=True)
class PhaseSpec:
    key: str
    name: str
    description: str
    typical_days: int
    in_production: bool
    gate: GateSpec  # the one that closes the phase


@dataclass(frozen=True, kw_only=True)
class PlaybookFile:
    key: str
    name: str
    description: str
    phases: tuple[PhaseSpec, ...]


@lru_cache(maxsize=32)  # a large file takes a third of a second, and a page of the editor reads it twice
def parse(text: str, *, known_checks: Checks, unfinished: bool = False) -> PlaybookFile:
    """The playbook that the YAML text describes; PlaybookError with everything that is wrong with it.

    An `unfinished` one may lack phases, and its gates criteria. Without `known_checks` any name will do
    for a check, as in what was published before a check was given up.
    """
    playbook, complaints = read(text, _playbook(known_checks, unfinished))
    if complaints:
        raise PlaybookError(complaints)
    assert isinstance(playbook, PlaybookFile)
    return playbook


def dump(playbook: PlaybookFile) -> str:
    """The playbook as YAML text that parses back to an equal one; the same text for equal playbooks."""
    return yaml.safe_dump(_plain(playbook), sort_keys=False, allow_unicode=True, width=110)


def digest(playbook: PlaybookFile) -> str:
    """SHA-256, in hex, of what the playbook means: comments, layout and order of fields do not count."""
    meaning = json.dumps(_plain(playbook), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(meaning.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """The value in plain YAML and JSON types; what is left at nothing is left out, so that a field
    added to the format one day changes no digest of today."""
    if isinstance(value, GatekeeperRole):
        return _plain_role(value)
    if hasattr(value, "__dataclass_fields__"):
        named = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: _plain(content) for name, content in named if content not in (None, "", ())}
    match value:
        case tuple():
            return [_plain(item) for item in value]
        case Enum():
            return value.value
        case Decimal():
            return int(value) if value == int(value) else float(value)
        case _:
            return value


def _plain_role(role: GatekeeperRole) -> str | dict[str, Any]:
    """Its label alone where the file would say no more."""
    more: dict[str, Any] = {} if role.quorum == ANY else {"quorum": role.quorum}
    if role.areas:
        more["areas"] = _plain(role.areas)
    return {"role": role.label, **more} if more else role.label


def _label(longest: int) -> Field:
    return Field(text(longest))


def _short_key(example: str) -> Field:
    return Field(code(SHORT_KEY, f"a capital letter and a number, such as {example}"))


SLUG = Field(
    code(
        r"[a-z][a-z0-9_-]{0,39}",
        "lower-case letters, digits, - and _ (at most 40), such as pilot",
    )
)


CRITERION_KEY = _short_key("V1")


def _playbook(known_checks: Checks, unfinished: bool) -> Reader:
    described = {
        "key": SLUG,
        "name": _label(80),
        "description": _label(2000),
        "phases": Field(list_of(_phase(known_checks, unfinished), of="phase"), **_optional(unfinished)),
    }
    return group(described, PlaybookFile, check=_check_playbook)


def _optional(unfinished: bool) -> dict[str, Any]:
    return {"default": ()} if unfinished else {}


def _phase(known_checks: Checks, unfinished: bool) -> Reader:
    described = {
        "key": SLUG,
        "name": _label(80),
        "description": _label(2000),
        "typical_days": Field(whole(1, 3650)),
        "in_production": Field(flag),
        "gate": Field(_gate(known_checks, unfinished)),
    }
    return group(described, PhaseSpec)


def _gate(known_checks: Checks, unfinished: bool) -> Reader:
    described = {
        "key": _short_key("G1"),
        "name": _label(80),
        "question": _label(500),
        "gatekeeper_roles": Field(list_of(_gatekeeper, of="role")),
        "quorum": Field(_quorum("roles")),
        "score_threshold": Field(whole(0, 100)),
        "floor_threshold": Field(whole(0, 100)),
        "freeze_days_before": Field(whole(0, 90)),
        "every_months": Field(whole(1, 120), default=None),
        "override_roles": Field(list_of(one_of(Role), of="role"), default=()),
        "criteria": Field(list_of(_criterion(known_checks), of="criterion"), **_optional(unfinished)),
    }
    return group(described, GateSpec, check=_check_gate)


def _criterion(known_checks: Checks) -> Reader:
    described = {
        "key": CRITERION_KEY,
        "title": _label(200),
        "area": Field(one_of(Area)),
        "kind": Field(one_of(CriterionKind)),
        "weight": Field(whole(1, 100), default=None),
        "guidance": _label(2000),
        "evidence_example": _label(2000),
        "role": _label(60),
        "effort_days": Field(amount(1000)),
        "validity_days": Field(whole(1, 3650), default=None),
        "risk_tiers": Field(list_of(one_of(RiskTier), of="risk tier"), default=()),
        "check": Field(_check_name(known_checks), default=""),
        "depends_on": Field(list_of(CRITERION_KEY.read, of="criterion"), default=()),
        "readings": Field(whole(*READINGS), default=None),
        "hold": Field(whole(*HOLD), default=None),
        "confidence": Field(_confidence, default=None),
    }
    return group(described, _build_criterion, check=_check_criterion)


def _confidence(place: Place) -> Decimal:
    percent: Decimal = amount(CONFIDENCE[1])(place)
    if percent < CONFIDENCE[0]:
        raise Unfit(f"{place.quoted} is not a number from {CONFIDENCE[0]} to {CONFIDENCE[1]}, in percent")
    return percent


def _check_name(known_checks: Checks) -> Reader:
    if known_checks is None:
        return code(r"[a-z][a-z0-9_]{0,59}", "the name of a check")
    return one_of(sorted(known_checks))


def _build_criterion(
    *,
    kind: CriterionKind,
    weight: int | None,
    risk_tiers: tuple[RiskTier, ...],
    **rest: Any,
) -> CriterionSpec:
    in_order = tuple(tier for tier in RiskTier if tier in risk_tiers)
    return CriterionSpec(kind=kind, weight=weight or DEFAULT_WEIGHT[kind], risk_tiers=in_order, **rest)


def _quorum(of: str) -> Reader:
    def reader(place: Place) -> str:
        if place.word is None or not re.fullmatch(r"all|any|[1-9]\d?", place.word):
            raise Unfit(f"{place.quoted} is not all, any or a number of {of}")
        return place.word

    return reader


def _gatekeeper(place: Place) -> GatekeeperRole:
    """A label alone, or a group that also says how many must sign and for what."""
    if not isinstance(place.node, yaml.MappingNode):
        return GatekeeperRole(text(60)(place))
    described = {
        "role": _label(60),
        "quorum": Field(_quorum("people"), default=ANY),
        "areas": Field(list_of(one_of(Area), of="area"), default=()),
    }
    role: GatekeeperRole = group(described, _build_gatekeeper, check=_check_gatekeeper)(place)
    return role


def _build_gatekeeper(*, role: str, quorum: str, areas: tuple[Area, ...]) -> GatekeeperRole:
    return GatekeeperRole(role, quorum, tuple(area for area in Area if area in areas))


def _check_gatekeeper(place: Place, values: Mapping[str, Any]) -> None:
    complain_about_repeats(place.find("areas"))
    label, quorum = values["role"], values["quorum"]
    if label and quorum and GatekeeperRole(label).is_sponsor and quorum.isdigit() and int(quorum) > 1:
        place.complain(f"quorum {quorum} cannot be reached: a pilot has one sponsor")


def _check_criterion(place: Place, values: Mapping[str, Any]) -> None:
    complain_about_repeats(place.find("risk_tiers"))
    for term in PROOF_TERMS:
        if values[term] is not None and values["check"] not in PROVEN_BY:
            place.complain(f"{term} has a meaning only with the check {' or '.join(PROVEN_BY)}")


def _check_gate(place: Place, values: Mapping[str, Any]) -> None:
    for names in (("override_roles",), ("criteria", "key")):
        complain_about_repeats(place.find(*names))
    complain_about_repeats(role.field("role") or role for role in place.find("gatekeeper_roles"))
    _check_what_comes_first(place.find("criteria"))

    quorum, roles = values["quorum"], values["gatekeeper_roles"]
    if quorum and roles and quorum.isdigit() and int(quorum) > len(roles):
        place.complain(f"quorum {quorum} cannot be reached with {len(roles)} gatekeeper roles")


def _check_what_comes_first(criteria: Sequence[Place]) -> None:
    """What a criterion depends on stands above it, so no circle can come about, and can be met."""
    above: dict[str, str | None] = {}  # key → kind
    for criterion in criteria:
        key, kind, check, needed = (criterion.field(name) for name in ("key", "kind", "check", "depends_on"))
        for first in needed.items() if needed else ():
            if not re.fullmatch(SHORT_KEY, first.word or ""):
                continue  # complained about already
            if first.word not in above:
                first.complain(f"{first.quoted} is not the key of a criterion above this one in the gate")
            elif above[first.word] == CriterionKind.KILL:
                first.complain(f"{first.quoted} is a kill criterion, which nobody works towards")
        complain_about_repeats(needed.items() if needed else ())
        if needed and not needed.is_empty and check and not check.is_empty:
            needed.complain("a criterion that a check decides cannot wait for others")
        if needed and not needed.is_empty and kind and kind.word == CriterionKind.KILL:
            needed.complain("a kill criterion cannot wait for others")
        if key and key.word:
            above[key.word] = kind.word if kind else None


def _check_playbook(place: Place, values: Mapping[str, Any]) -> None:
    complain_about_repeats(place.find("phases", "key"))
    complain_about_repeats(place.find("phases", "gate", "key"))
    for phase in place.find("phases")[:-1]:
        for recurring in phase.find("gate", "every_months"):
            if not recurring.is_empty:
                recurring.complain("only the gate of the last phase can recur, since no phase follows it")
