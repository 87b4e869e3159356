"""What a gate is decided on, as facts: what a sign-off and a decision fingerprint."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from gates.choices import AssessmentState
from gates.digest import EXPIRED
from gates.models import Assessment, Evidence, Gate, as_it_stands
from metrics.models import Kpi

LAPSES = (AssessmentState.MET, AssessmentState.WAIVED)


def facts_of(gate: Gate, assessments: Iterable[Assessment], *, today: date) -> dict[str, Any]:
    """The material facts of a gate in plain JSON values, for `gates.digest`. Two queries.

    `assessments` are the gate's, with their criteria; the gate brings definition, phase, version and
    playbook. Who is on what, notes and dates of work are not material. Nothing in it is a database id,
    so the same facts give the same digest in every installation.
    """
    version = gate.definition.phase.version
    evidence = _evidence_of(gate)
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
        "kpis": {kpi.name: _kpi(kpi) for kpi in Kpi.objects.listed().filter(pilot=gate.pilot_id)},
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


def _evidence_of(gate: Gate) -> dict[int, list[dict[str, str]]]:
    """Assessment id → title and fingerprint of each piece behind it, in an order that no database sets."""
    found: dict[int, list[dict[str, str]]] = defaultdict(list)
    standing = Evidence.objects.standing_at(gate).annotate(then=as_it_stands(gate, "sha256"))
    for pk, title, sha256 in standing.values_list("assessments", "title", "then"):
        found[pk].append({"title": title, "sha256": sha256})
    return {
        pk: sorted(pieces, key=lambda piece: (piece["sha256"], piece["title"]))
        for pk, pieces in found.items()
    }


def _kpi(kpi: Kpi) -> dict[str, Any]:
    return {
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
