"""What a gate is decided on, as facts: what a sign-off and a decision fingerprint."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from gates.choices import AssessmentState
from gates.digest import EXPIRED
from gates.models import Assessment, Evidence, Gate, as_it_stands
from metrics.models import Kpi

Facts = dict[str, Any]
Pieces = dict[int, list[dict[str, str]]]  # assessment id → title and fingerprint of each piece behind it

LAPSES = (AssessmentState.MET, AssessmentState.WAIVED)


def facts_of(gate: Gate, assessments: Iterable[Assessment], *, today: date) -> Facts:
    """The material facts of a gate in plain JSON values, for `gates.digest`. Two queries.

    `assessments` are the gate's, with their criteria; the gate brings definition, phase, version and
    playbook. Who is on what, notes and dates of work are not material. Nothing in it is a database id,
    so the same facts give the same digest in every installation.
    """
    return _facts(
        gate, assessments, _evidence_of(gate), Kpi.objects.listed().filter(pilot=gate.pilot_id), today
    )


def facts_of_many(gates: Sequence[Gate], *, today: date) -> dict[int, Facts]:
    """Gate id → the facts of each of these gates, none of them decided. Three queries, none for no gates."""
    if not gates:
        return {}
    assessments: dict[int, list[Assessment]] = defaultdict(list)
    for row in Assessment.objects.filter(gate__in=gates).select_related("criterion"):
        assessments[row.gate_id].append(row)
    standing = Evidence.objects.in_force().filter(assessments__gate__in=gates)
    evidence = _by_assessment(standing.values_list("assessments", "title", "current__sha256"))
    kpis: dict[int, list[Kpi]] = defaultdict(list)
    for kpi in Kpi.objects.listed().filter(pilot__in=[gate.pilot_id for gate in gates]):
        kpis[kpi.pilot_id].append(kpi)
    return {
        gate.pk: _facts(gate, assessments[gate.pk], evidence, kpis[gate.pilot_id], today) for gate in gates
    }


def _facts(
    gate: Gate, assessments: Iterable[Assessment], evidence: Pieces, kpis: Iterable[Kpi], today: date
) -> Facts:
    version = gate.definition.phase.version
    return {
        "playbook": {"key": version.playbook.key, "version": version.number, "digest": version.digest},
        "gate": {
            "key": gate.definition.key,
            "attempt": gate.attempt,
            "score_threshold": gate.score_threshold,
            "floor_threshold": gate.floor_threshold,
        },
        "criteria": {
            row.criterion.key: _criterion(row, evidence.get(row.pk, []), today) for row in assessments
        },
        "kpis": {kpi.name: _kpi(kpi) for kpi in kpis},
    }


def _criterion(assessment: Assessment, evidence: list[dict[str, str]], today: date) -> dict[str, Any]:
    lapsed = assessment.stale_on is not None and assessment.stale_on <= today
    waived = assessment.state == AssessmentState.WAIVED
    return {
        "title": assessment.criterion.title,
        "area": str(assessment.area),
        "kind": str(assessment.kind),
        "weight": assessment.weight,
        "state": EXPIRED if lapsed and assessment.state in LAPSES else str(assessment.state),
        "until": str(assessment.stale_on) if waived and assessment.stale_on else None,
        "evidence": evidence,
    }


def _evidence_of(gate: Gate) -> Pieces:
    standing = Evidence.objects.standing_at(gate).annotate(then=as_it_stands(gate, "sha256"))
    return _by_assessment(standing.values_list("assessments", "title", "then"))


def _by_assessment(rows: Iterable[tuple[int, str, str]]) -> Pieces:
    """The pieces behind each assessment, in an order that no database sets."""
    found: dict[int, list[dict[str, str]]] = defaultdict(list)
    for pk, title, sha256 in rows:
        found[pk].append({"title": title, "sha256": sha256})
    return {
        pk: sorted(pieces, key=lambda piece: (piece["sha256"], piece["title"]))
        for pk, pieces in found.items()
    }


def _kpi(kpi: Kpi) -> dict[str, Any]:
    edges = {name: getattr(kpi, name) for name in ("target_high", "lowest", "highest")}
    # Said only where they are set: what was signed before they existed is not another fact.
    return {name: _number(edge) for name, edge in edges.items() if edge is not None} | {
        "kind": str(kpi.kind),
        "unit": kpi.unit,
        "direction": str(kpi.direction),
        "baseline": _number(kpi.baseline),
        "target": _number(kpi.target),
        "latest": _number(kpi.latest_value),  # measured again with the same value is no other fact
    }


def _number(value: Decimal | None) -> str | None:
    """A number as text, the same however many zeros a database gives it."""
    if value is None:
        return None
    return f"{value.normalize():f}" if value else "0"
