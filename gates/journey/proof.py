"""What the open gates of pilots ask of KPIs that are to be at target, told to those who judge the KPIs."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from gates.choices import PROOF_TERMS, PROVEN_BY, AssessmentState
from gates.models import Assessment, Gate
from gates.rules import strictest_proof
from metrics.readings.asking import Wanted, ask_terms, percent


def ask_proof(gates: Collection[Gate]) -> bool:
    """From now on the KPIs of these open gates' pilots are judged by what their criteria ask.

    Of several criteria at one gate the strictest holds; one that does not apply asks nothing. Returns whether
    KPIs were judged anew, so that what checks say of them has to be asked again.
    """
    rows = Assessment.objects.filter(gate__in=gates, check_name__in=PROVEN_BY).exclude(
        state=AssessmentState.NOT_APPLICABLE
    )
    found: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    named = [f"criterion__{term}" for term in PROOF_TERMS]
    for pilot, gate, key, check, *asked in rows.order_by("criterion__position").values_list(
        "gate__pilot", "gate__definition__key", "criterion__key", "check_name", *named
    ):
        said = dict(zip(PROOF_TERMS, asked, strict=True))
        found[pilot, PROVEN_BY[check]].append({"by": f"{gate} {key}", **said})
    wanted: Wanted = {place: _terms(rows) for place, rows in found.items() if _is_special(rows)}
    return ask_terms({gate.pilot_id for gate in gates}, wanted)


def _is_special(rows: list[dict[str, Any]]) -> bool:
    return any(row[term] is not None for row in rows for term in PROOF_TERMS)


def _terms(rows: list[dict[str, Any]]) -> dict[str, Any]:
    most = strictest_proof(rows)
    most["confidence"] = percent(most["confidence"])
    return {**most, "asked_by": ", ".join(row["by"] for row in rows)[:200]}
