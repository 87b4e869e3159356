"""What has moved of the terms on which a gate is decided, and what waits for an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef

from gates.amendments.rules import Moved, Value, approval_blockers, in_words
from gates.choices import KPI_TERMS, PROOF_TERMS, AmendedField, AskStatus, AssessmentState, Direction
from gates.models import Amendment, Assessment, Gate
from metrics.kpis.queries import term_in_words, term_now
from metrics.models import Kpi
from pilots.models import User
from pilots.models.lists import ListOf


@dataclass(frozen=True)
class AmendmentRow:
    """One amendment as the page shows it to one reader."""

    amendment: Amendment
    before: str
    after: str
    is_looser: bool
    is_asked: bool
    is_own: bool  # the reader asked for it
    blockers: list[str]  # why the reader cannot approve it


def amendments_of(gate: Gate) -> list[Amendment]:
    """Every amendment of a gate, newest first, each with criterion, KPI and people. One query."""
    return list(_with_people(Amendment.objects.filter(gate=gate)))


def amendments_of_kpi(kpi: Kpi) -> list[Amendment]:
    """Every amendment of a KPI, newest first, each with its gate and people. One query."""
    found = _with_people(Amendment.objects.filter(kpi=kpi)).select_related(
        "gate__definition", "gate__pilot", "kpi", "asked_by", "decided_by", "version__playbook"
    )
    return list(found)


def _with_people(amendments):
    found = amendments.defer("version__source")  # the whole playbook as text
    return found.select_related("assessment__criterion", "kpi", "asked_by", "decided_by", "version__playbook")


def moved_of(amendments: Sequence[Amendment]) -> Moved:
    """What those in effect add up to. No query."""
    return Moved.of(row.direction for row in amendments if row.status == AskStatus.APPROVED)


@dataclass(frozen=True)
class Terms:
    """How the terms of a gate stand against what was frozen."""

    moved: Moved
    asked: int  # amendments that wait for an answer


def amended_at(gate: str = "pk") -> ListOf:
    """What `terms_of` reads, to annotate rows with; `gate` is the way to its id from them."""
    return ListOf(Amendment.objects.filter(gate=OuterRef(gate)).order_by("pk"), "direction", "status")


def terms_of(gate: Any) -> Terms:
    """Of a gate with `amended=amended_at()`. No query."""
    rows = [Amendment(**row) for row in gate.amended]
    return Terms(moved_of(rows), sum(row.status == AskStatus.ASKED for row in rows))


def row_of(amendment: Amendment, gate: Gate, *, reader: User) -> AmendmentRow:
    """A loaded amendment as this reader sees it. No query."""
    asked_it = amendment.asked_by_id == reader.pk
    return AmendmentRow(
        amendment=amendment,
        before=_said(amendment, amendment.before),
        after=_said(amendment, amendment.after),
        is_looser=amendment.direction == Direction.LOOSER,
        is_asked=amendment.status == AskStatus.ASKED,
        is_own=asked_it,
        blockers=approval_blockers(
            status=amendment.status,
            gate_status=gate.status,
            asked_it=asked_it,
            owns_pilot=gate.pilot.owner_id == reader.pk,
            moved=frozen_value(gate, amendment.assessment, amendment.field, amendment.kpi)
            != amendment.before,
        ),
    )


def frozen_value(gate: Gate, assessment: Assessment | None, field: str, kpi: Kpi | None = None) -> Value:
    """The value this term has now, on the gate, on the criterion's assessment or on the KPI."""
    if kpi is not None:
        return term_now(kpi, KPI_TERMS[field])
    if assessment is None:
        return getattr(gate, field)
    if field in PROOF_TERMS:
        return assessment.criterion.proof[field]
    if field == AmendedField.APPLIES:
        return assessment.state != AssessmentState.NOT_APPLICABLE
    return getattr(assessment, field)


def words_of(amendment: Amendment) -> str:
    """It in one line: "Weight of T3 Tried at production volume: 3 → 1"."""
    where = f" of {amendment.about}" if amendment.about else ""
    before, after = _said(amendment, amendment.before), _said(amendment, amendment.after)
    return f"{amendment.get_field_display()}{where}: {before} → {after}"


def _said(amendment: Amendment, value: Value) -> str:
    if amendment.kpi is not None and isinstance(value, dict):
        return term_in_words(KPI_TERMS[amendment.field], value, amendment.kpi.unit)
    return in_words(amendment.field, value)
