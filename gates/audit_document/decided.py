"""What was decided about a pilot and who agreed, as its audit document tells it."""

from collections.abc import Iterator

from gates.audit_document.parts import Content, day, joined, moment, table, who
from gates.decisions.queries import decisions_of, is_superseded
from gates.models import Condition, Decision, DecisionPack, SignOff
from pilots.models import Pilot


def decisions(pilot: Pilot) -> Content:
    """Every decision, oldest first, with its reason, its conditions and what it was made on. Six queries."""
    packs = _packs(pilot)
    rows = (_decision(one, packs) for one in reversed(decisions_of(pilot)))
    head = ("Decision", "By whom, when", "Why", "On what", "Conditions")
    return table(head, rows, name="Decisions", empty="Nothing has been decided yet.")


def _packs(pilot: Pilot) -> dict[int, list[DecisionPack]]:
    """Gate id → its packs, newest first, without what they hold."""
    found: dict[int, list[DecisionPack]] = {}
    rows = DecisionPack.objects.filter(gate__pilot=pilot).defer("content").order_by("-number")
    for pack in rows:
        found.setdefault(pack.gate_id, []).append(pack)
    return found


def _decision(decision: Decision, packs: dict[int, list[DecisionPack]]) -> tuple[str, ...]:
    gate = f"{decision.gate.definition}"
    corrected = "Corrected by a later entry." if is_superseded(decision) else ""
    override = f"Override: {decision.override_reason}" if decision.is_override else ""
    code = str(decision.get_reason_code_display()) if decision.reason_code else ""
    return (
        joined(f"{decision.get_outcome_display()} at {gate}", corrected, by=". "),
        f"{who(decision.decided_by, 'Pilotage')}, {moment(decision.decided_at)}",
        joined(code, decision.reason, override, _correction(decision), by=". "),
        _footing(decision, packs.get(decision.gate_id, [])),
        joined(*(_condition(one) for one in decision.conditions.all())) or "None",
    )


def _correction(decision: Decision) -> str:
    if decision.supersedes_id is None:
        return ""
    by = f"{who(decision.corrected_by)}, {moment(decision.corrected_at)}"
    return f"Corrects an earlier entry ({by}): {decision.correction_reason}"


def _footing(decision: Decision, packs: list[DecisionPack]) -> str:
    """Readiness and quorum as they were, and the fingerprints of what was seen."""
    ready = {True: "The gate was ready", False: "The gate was not ready", None: ""}[decision.passed]
    quorum = {True: "enough had signed", False: "not enough had signed", None: ""}[decision.quorum_reached]
    digest = f"SHA-256 {decision.digest}" if decision.digest else "no fingerprint was kept"
    pack = next((one for one in packs if one.frozen_at <= decision.decided_at), None)
    frozen = f"pack v{pack.number}, SHA-256 {pack.digest}" if pack else ""
    return joined(ready, quorum, digest, frozen)


def _condition(condition: Condition) -> str:
    met = f"met {moment(condition.met_at)}" if condition.met_at else "open"
    return f"{condition.text} ({who(condition.owner)}, due {day(condition.due_on)}, {met})"


def signatures(pilot: Pilot) -> Content:
    """Who agreed in which role, or took it back. One query."""
    found = SignOff.objects.filter(gate__pilot=pilot).defer("seen")
    found = found.select_related("gate__definition", "person", "on_behalf_of").order_by("at", "pk")
    head = ("Gate", "Role", "Person", "What", "On what")
    return table(head, _signed(found), name="Sign-offs", empty="Nobody has signed.")


def _signed(found) -> Iterator[tuple[str, ...]]:
    for one in found:
        instead = f" for {one.on_behalf_of}" if one.on_behalf_of else ""
        yield (
            one.gate.definition.key,
            one.role,
            f"{who(one.person)}{instead}",
            joined(f"{one.get_kind_display()}, {moment(one.at)}", one.comment),
            f"SHA-256 {one.digest}",
        )
