"""A small playbook to change and break, and playbooks as Hypothesis draws them: any that a file can hold."""

from hypothesis import strategies as st

from gates.choices import ANY, Area, CriterionKind, GatekeeperRole
from gates.playbooks.schema import CriterionSpec, GateSpec, PhaseSpec, PlaybookFile, parse
from pilots.choices import RiskTier, Role

CHECKS = frozenset({"sponsor_named", "kpis_fresh"})
SMALL = """\
key: small
name: Small
description: One phase is enough to try the format.
phases:
  - key: pilot
    name: Pilot
    description: Try it.
    typical_days: 30
    in_production: false
    gate:
      key: G1
      name: Value proven
      question: Did it help?
      gatekeeper_roles: [Sponsor, Risk]
      quorum: all
      score_threshold: 80
      floor_threshold: 50
      freeze_days_before: 2
      override_roles: [executive]
      criteria:
        - key: C1
          title: Name a sponsor
          area: organisational
          kind: must_meet
          guidance: Someone backs it.
          evidence_example: A message.
          role: Owner
          effort_days: 0.5
          check: sponsor_named
        - key: R1
          title: Look at bias
          area: risk
          kind: should_meet
          weight: 3
          guidance: Test it by group.
          evidence_example: A report.
          role: Risk
          effort_days: 4
          validity_days: 365
          risk_tiers: [limited, high]
"""


def read(text: str) -> PlaybookFile:
    return parse(text, known_checks=CHECKS)


def with_change(old: str, new: str, text: str = SMALL) -> str:
    assert text.count(old) == 1, f"{old!r} must stand in the text exactly once"
    return text.replace(old, new)


def words(longest: int) -> st.SearchStrategy[str]:
    """Text without control characters and spare spaces, and text that YAML takes for something else."""
    shown = st.characters(exclude_categories=["Cc", "Cs"])
    any_text = st.text(shown, min_size=1, max_size=longest).map(lambda text: " ".join(text.split()))
    return any_text.filter(bool) | st.sampled_from(
        ["no", "1:30", "2024-01-01", "~", "- a", "a: b", "# a", "&a", "!a"]
    )


@st.composite
def criteria(draw: st.DrawFn, key: str, above: list[str]) -> CriterionSpec:
    """Any criterion; it may wait for those of the keys above it that can be waited for."""
    chosen = draw(st.sets(st.sampled_from(RiskTier)))
    kind, check = draw(st.sampled_from(CriterionKind)), draw(st.sampled_from(["", *sorted(CHECKS)]))
    may_wait = above and kind != CriterionKind.KILL and not check
    return CriterionSpec(
        key=key,
        title=draw(words(200)),
        area=draw(st.sampled_from(Area)),
        kind=kind,
        weight=draw(st.integers(1, 100)),
        guidance=draw(words(300)),
        evidence_example=draw(words(300)),
        role=draw(words(60)),
        effort_days=draw(st.decimals(0, 1000, places=1)),
        validity_days=draw(st.none() | st.integers(1, 3650)),
        risk_tiers=tuple(tier for tier in RiskTier if tier in chosen),
        check=check,
        depends_on=tuple(draw(st.lists(st.sampled_from(above), unique=True))) if may_wait else (),
    )


@st.composite
def criteria_of_a_gate(draw: st.DrawFn) -> tuple[CriterionSpec, ...]:
    found: list[CriterionSpec] = []
    for number in range(1, draw(st.integers(2, 4))):
        above = [one.key for one in found if one.kind != CriterionKind.KILL]
        found.append(draw(criteria(f"V{number}", above)))
    return tuple(found)


@st.composite
def gatekeepers(draw: st.DrawFn, label: str) -> GatekeeperRole:
    chosen = draw(st.sets(st.sampled_from(Area)))
    counts = st.just("1") if GatekeeperRole(label).is_sponsor else st.integers(1, 99).map(str)
    return GatekeeperRole(
        label=label,
        quorum=draw(st.sampled_from([ANY, "all"]) | counts),
        areas=tuple(area for area in Area if area in chosen),
    )


@st.composite
def gates(draw: st.DrawFn, key: str, last: bool) -> GateSpec:
    labels = draw(st.lists(words(60), min_size=1, max_size=4, unique_by=str.casefold))
    roles = tuple(draw(gatekeepers(label)) for label in labels)
    return GateSpec(
        key=key,
        name=draw(words(80)),
        question=draw(words(200)),
        gatekeeper_roles=roles,
        quorum=draw(st.sampled_from(["all", "any", *map(str, range(1, len(roles) + 1))])),
        score_threshold=draw(st.integers(0, 100)),
        floor_threshold=draw(st.integers(0, 100)),
        freeze_days_before=draw(st.integers(0, 90)),
        every_months=draw(st.none() | st.integers(1, 120)) if last else None,
        override_roles=tuple(draw(st.lists(st.sampled_from(Role), unique=True))),
        criteria=draw(criteria_of_a_gate()),
    )


@st.composite
def playbooks(draw: st.DrawFn) -> PlaybookFile:
    count = draw(st.integers(1, 3))
    phases = tuple(
        PhaseSpec(
            key=f"phase_{number}",
            name=draw(words(80)),
            description=draw(words(300)),
            typical_days=draw(st.integers(1, 3650)),
            in_production=draw(st.booleans()),
            gate=draw(gates(f"G{number}", last=number == count)),
        )
        for number in range(1, count + 1)
    )
    return PlaybookFile(key="drawn", name=draw(words(80)), description=draw(words(300)), phases=phases)
