"""The two playbooks that come with Pilotage: nothing is missing, and each gate is as strict as it says."""

import re
from pathlib import Path

import pytest

import gates.playbooks
from gates.checks import CHECKS
from gates.choices import CriterionKind
from gates.playbooks.schema import CriterionSpec, GateSpec, PlaybookFile, dump, parse
from pilots.choices import RiskTier, Role

FOLDER = Path(gates.playbooks.__file__).parent
LETTERS = {
    "value": "V",
    "data": "D",
    "technical": "T",
    "operational": "O",
    "organisational": "C",
    "risk": "R",
    "finance": "F",
}
HIGH = (RiskTier.HIGH, RiskTier.UNACCEPTABLE)

# What a gate must ask for: area, kind, words of the title, and the check that decides it.
READY_TO_PILOT = [
    ("value", "must_meet", "business problem and the workflow", ""),
    ("value", "must_meet", "success in business terms", "business_kpi_defined"),
    ("value", "must_meet", "baseline for every KPI", "baselines_taken"),
    ("value", "should_meet", "error rate that users can accept", ""),
    ("value", "must_meet", "when to stop", ""),
    ("data", "must_meet", "where the data will come from in production", ""),
    ("data", "should_meet", "how often the data must refresh and what pipeline", ""),
    ("technical", "must_meet", "the scale it must handle", ""),
    ("technical", "must_meet", "systems it must work with", "systems_listed"),
    ("technical", "should_meet", "shortcuts taken, with the effort", "shortcuts_logged"),
    ("organisational", "must_meet", "accountable owner", "accountable_owner"),
    ("organisational", "must_meet", "a sponsor", "sponsor_named"),
    ("organisational", "should_meet", "future users in the design", ""),
    ("operational", "must_meet", "who would run it after the pilot", "operator_named"),
    ("finance", "must_meet", "budget for the whole journey", "whole_journey_budgeted"),
    ("risk", "must_meet", "risk tier and the reason", "risk_tier_recorded"),
    ("risk", "should_meet", "risk register", "risk_register_opened"),
]
VALUE_PROVEN = [
    ("value", "must_meet", "Measure every business KPI", "business_kpis_measured"),
    ("value", "must_meet", "every business KPI to its target", "business_kpis_at_target"),
    ("value", "should_meet", "users say in their own words", ""),
    ("technical", "must_meet", "edge cases", ""),
    ("technical", "should_meet", "pilot users accept", ""),
    ("data", "must_meet", "real, messy data", ""),
    ("organisational", "must_meet", "results to the people who decide", ""),
    ("organisational", "must_meet", "sponsor confirm", ""),
    ("organisational", "should_meet", "what was learned", "learnings_written"),
    ("risk", "must_meet", "human checkpoint for critical decisions", ""),
    ("risk", "must_meet", "bias and inconsistent output", ""),
]
READY_FOR_PRODUCTION = [
    ("technical", "must_meet", "handles production volume", ""),
    ("technical", "must_meet", "Automate the data pipelines", "pipelines_automated"),
    ("technical", "must_meet", "integrations live", "integrations_live"),
    ("technical", "must_meet", "performance", ""),
    ("technical", "must_meet", "security review", ""),
    ("technical", "must_meet", "Check the input and detect drift", ""),
    ("technical", "must_meet", "rollback", ""),
    ("operational", "must_meet", "dashboards into operation", ""),
    ("operational", "must_meet", "alert thresholds", ""),
    ("operational", "must_meet", "incident plan", ""),
    ("operational", "must_meet", "maintenance and retraining", ""),
    ("operational", "must_meet", "backup and recovery", ""),
    ("operational", "must_meet", "every role of the operating model", "roles_filled"),
    ("organisational", "must_meet", "Train the users", ""),
    ("organisational", "must_meet", "Update the processes", ""),
    ("organisational", "must_meet", "Set up support", ""),
    ("organisational", "must_meet", "Tell those affected", ""),
    ("organisational", "must_meet", "Hand over the runbooks", ""),
    ("value", "must_meet", "baselines in place", "baselines_taken"),
    ("finance", "must_meet", "infrastructure, integration, training and running cost", "journey_funded"),
    ("risk", "must_meet", "Reduce the high risks", "high_risks_mitigated"),
    ("risk", "must_meet", "documentation for an audit", ""),
]
STABLE = [
    ("operational", "must_meet", "in waves", "rolled_out_in_waves"),
    ("value", "must_meet", "readings of every KPI up to date", "kpis_fresh"),
    ("risk", "must_meet", "every guardrail", "no_guardrail_broken"),
    ("organisational", "must_meet", "adoption target", "adoption_at_target"),
    ("value", "must_meet", "agreed share of the target value", "value_at_agreed_share"),
    ("risk", "must_meet", "every condition", "no_condition_open"),
    ("technical", "must_meet", "technical debt that is due", "debt_due_paid"),
]
BENEFITS = [
    ("value", "must_meet", "verified by someone other than the owner", "benefits_verified"),
    ("organisational", "should_meet", "Publish the lessons", "lessons_published"),
    ("value", "should_meet", "next use cases", ""),
    ("organisational", "must_meet", "continue, extend or retire", ""),
]
AT_VOLUME = ("technical", "should_meet", "Try it at production volume", "")
ASKED = {
    "standard": [READY_TO_PILOT, [*VALUE_PROVEN, AT_VOLUME], READY_FOR_PRODUCTION, STABLE, BENEFITS],
    # One gate for value and readiness, where volume is asked for once, as a must.
    "express": [READY_TO_PILOT, VALUE_PROVEN + READY_FOR_PRODUCTION, STABLE, BENEFITS],
}


def shipped(name: str) -> PlaybookFile:
    return parse((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), known_checks=frozenset(CHECKS))


def gates_of(name: str) -> list[GateSpec]:
    return [phase.gate for phase in shipped(name).phases]


EVERY_CRITERION = [
    pytest.param(criterion, id=f"{name} {gate.key} {criterion.key}")
    for name in ASKED
    for gate in gates_of(name)
    for criterion in gate.criteria
]


@pytest.mark.parametrize("name", ASKED)
def test_a_shipped_playbook_survives_being_written_out(name):
    playbook = shipped(name)

    assert playbook.key == name
    assert parse(dump(playbook), known_checks=frozenset(CHECKS)) == playbook


def test_standard_has_five_phases_of_which_two_are_in_production():
    assert [(phase.key, phase.in_production, phase.gate.name) for phase in shipped("standard").phases] == [
        ("proof_of_concept", False, "Ready to pilot"),
        ("pilot", False, "Value proven"),
        ("production_planning", False, "Ready for production"),
        ("production_deployment", True, "Stable in operation"),
        ("scaled_adoption", True, "Benefits review"),
    ]


def test_express_goes_from_pilot_straight_to_production():
    assert [(phase.key, phase.in_production, phase.gate.name) for phase in shipped("express").phases] == [
        ("proof_of_concept", False, "Ready to pilot"),
        ("pilot", False, "Ready for production"),
        ("production_deployment", True, "Stable in operation"),
        ("scaled_adoption", True, "Benefits review"),
    ]


@pytest.mark.parametrize(
    ("gate", "asked"),
    [
        pytest.param(gate, asked, id=f"{name} {gate.name}")
        for name in ASKED
        for gate, asked in zip(gates_of(name), ASKED[name], strict=True)
    ],
)
def test_a_gate_asks_for_everything_it_must_and_nothing_else(gate, asked):
    def fits(criterion: CriterionSpec, wanted: tuple[str, str, str, str]) -> bool:
        area, kind, words, check = wanted
        return (criterion.area, criterion.kind, criterion.check) == (
            area,
            kind,
            check,
        ) and words in criterion.title

    found = [[criterion.key for criterion in gate.criteria if fits(criterion, wanted)] for wanted in asked]

    assert [wanted for wanted, keys in zip(asked, found, strict=True) if len(keys) != 1] == []
    assert sorted(key for keys in found for key in keys) == sorted(
        criterion.key for criterion in gate.criteria
    )


@pytest.mark.parametrize("name", ASKED)
def test_gates_are_numbered_and_only_the_benefits_review_recurs(name):
    gates = gates_of(name)

    assert [gate.key for gate in gates] == [f"G{number}" for number in range(1, len(gates) + 1)]
    assert [gate.every_months for gate in gates] == [None] * (len(gates) - 1) + [6]


@pytest.mark.parametrize("name", ASKED)
def test_only_an_executive_may_override(name):
    assert {gate.override_roles for gate in gates_of(name)} == {(Role.EXECUTIVE,)}


@pytest.mark.parametrize("criterion", EVERY_CRITERION)
def test_a_criterion_is_short_and_keyed_by_its_area(criterion):
    assert criterion.key[0] == LETTERS[criterion.area]
    assert criterion.title[0].isupper()
    assert len(criterion.title) <= 70
    assert 1 <= len(re.findall(r"[.?!](?:\s|$)", criterion.guidance)) <= 2
    assert criterion.evidence_example.endswith(".")
    assert criterion.effort_days > 0


@pytest.mark.parametrize("criterion", EVERY_CRITERION)
def test_only_the_safeguards_of_high_risk_depend_on_the_tier(criterion):
    high_only = "human checkpoint" in criterion.title or "bias" in criterion.title

    assert criterion.risk_tiers == (HIGH if high_only else ())


@pytest.mark.parametrize("name", ASKED)
def test_a_security_review_counts_for_a_year(name):
    (review,) = [c for gate in gates_of(name) for c in gate.criteria if "security review" in c.title]

    assert review.validity_days == 365


@pytest.mark.parametrize("tier", [RiskTier.MINIMAL, RiskTier.HIGH])
@pytest.mark.parametrize(("name", "waivers"), [("standard", [2, 1, 2, 1, 1]), ("express", [2, 2, 1, 1])])
def test_a_gate_leaves_room_for_as_many_waivers_as_its_file_says(name, waivers, tier):
    assert [waivers_before_the_score_fails(gate, tier) for gate in gates_of(name)] == waivers


def waivers_before_the_score_fails(gate: GateSpec, tier: RiskTier) -> int:
    """How many must-meets may earn nothing, all else being met, before the score is below the threshold."""
    applicable = [c for c in gate.criteria if not c.risk_tiers or tier in c.risk_tiers]
    musts = [c.weight for c in applicable if c.kind == CriterionKind.MUST_MEET]
    total = sum(c.weight for c in applicable)
    scores = [100 * (total - sum(musts[:count])) / total for count in range(len(musts) + 1)]
    return sum(score >= gate.score_threshold for score in scores) - 1


@pytest.mark.parametrize("name", ASKED)
def test_all_must_meets_of_an_area_leave_it_above_the_floor(name):
    for gate in gates_of(name):
        for area in {criterion.area for criterion in gate.criteria}:
            weights = [(c.kind, c.weight) for c in gate.criteria if c.area == area]
            met = sum(weight for kind, weight in weights if kind == CriterionKind.MUST_MEET)
            assert 100 * met / sum(weight for _, weight in weights) >= gate.floor_threshold, (gate.name, area)
