"""What there is of evidence: behind criteria, of a pilot, and of one piece with all that it serves."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Prefetch, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from gates.choices import CURRENT, EvidenceKind, SignOffKind
from gates.models import (
    Assessment,
    Decision,
    Evidence,
    EvidenceOfReading,
    EvidenceRevision,
    Gate,
    SignOff,
    as_it_stands,
)
from metrics.models import Measurement
from pilots.models import Pilot

SOON = timedelta(days=30)


# --- Until when ---------------------------------------------------------------------------------
def dates_behind(assessments: Collection[int]) -> dict[int, list[date]]:
    """Assessment id → from when on each dated piece in force behind it no longer counts. One query."""
    found: dict[int, list[date]] = defaultdict(list)
    dated = Evidence.objects.in_force().filter(
        assessments__in=assessments, current__valid_until__isnull=False
    )
    for pk, day in dated.values_list("assessments", "current__valid_until"):
        found[pk].append(day)
    return found


def bytes_held(pilot: Pilot) -> int:
    """How many bytes the files of this pilot take up, every revision of them. One query."""
    files = EvidenceRevision.objects.filter(evidence__pilot=pilot)
    return files.aggregate(held=Sum("size"))["held"] or 0


# --- At a gate ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Piece:
    """One piece as it stands behind a criterion: at a decided gate as it was when that was decided."""

    evidence: Evidence
    revision: EvidenceRevision
    serves: int = 1  # how many criteria of this gate
    today: date | None = None

    @property
    def pk(self) -> int:
        return self.evidence.pk

    @property
    def title(self) -> str:
        return self.evidence.title

    @property
    def is_file(self) -> bool:
        return self.revision.kind == EvidenceKind.FILE

    @property
    def is_link(self) -> bool:
        return self.revision.kind == EvidenceKind.LINK

    @property
    def replaced(self) -> str:
        """How often it has been replaced, in words."""
        return times_replaced(self.revision.number)

    @property
    def has_expired(self) -> bool:
        return has_expired(self.revision, self.today)

    @property
    def is_superseded(self) -> bool:
        """Whether it has changed since the gate was decided."""
        return self.revision.pk != self.evidence.current_id


def times_replaced(number: int) -> str:
    """`number` is the revision's: 1 has not been replaced."""
    words = {1: "", 2: "replaced once", 3: "replaced twice"}
    return words.get(number, f"replaced {number - 1} times")


def has_expired(revision: EvidenceRevision, today: date | None) -> bool:
    return bool(today and revision.valid_until and revision.valid_until <= today)


def evidence_of(gate: Gate, *, today: date) -> dict[int, list[Piece]]:
    """Assessment id → the pieces behind it, newest first. One query, two at a decided gate."""
    return _pieces(gate, Evidence.objects.standing_at(gate), today)


def evidence_behind(assessment: Assessment, gate: Gate, *, today: date) -> list[Piece]:
    """The pieces behind one criterion, newest first. One query, two at a decided gate."""
    links = Evidence.assessments.through.objects.filter(assessment=assessment)
    found = Evidence.objects.standing_at(gate).filter(pk__in=links.values("evidence"))
    return _pieces(gate, found, today).get(assessment.pk, [])


def _pieces(gate: Gate, standing, today: date) -> dict[int, list[Piece]]:
    standing = standing.annotate(serves=F("assessments")).select_related("added_by", "current__author")
    rows = [(evidence, evidence.current) for evidence in standing]
    if gate.decided_at is not None:
        rows = _as_decided(gate, standing)
    count: dict[int, int] = defaultdict(int)
    for evidence, _ in rows:
        count[evidence.pk] += 1
    found: dict[int, list[Piece]] = defaultdict(list)
    for evidence, revision in rows:
        found[evidence.serves].append(Piece(evidence, revision, count[evidence.pk], today))
    return dict(found)


def _as_decided(gate: Gate, standing) -> list[tuple[Evidence, EvidenceRevision]]:
    pieces = list(standing.annotate(then=as_it_stands(gate, "pk")))
    revisions = EvidenceRevision.objects.select_related("author").in_bulk({piece.then for piece in pieces})
    return [(piece, revisions.get(piece.then, piece.current)) for piece in pieces]


# --- Of a pilot ---------------------------------------------------------------------------------
VALIDITY = (
    ("in_force", "In force"),
    ("expiring", "Expires within 30 days"),
    ("expired", "Expired"),
    ("removed", "Removed"),
)


def narrowed(pieces, *, validity: str, today: date):
    """Pieces of one of VALIDITY; anything else means all of them."""
    in_force = pieces.filter(removed_at__isnull=True)
    if validity == "expiring":
        return in_force.filter(current__valid_until__gt=today, current__valid_until__lte=today + SOON)
    if validity == "expired":
        return in_force.filter(current__valid_until__lte=today)
    if validity == "removed":
        return pieces.filter(removed_at__isnull=False)
    return in_force if validity == "in_force" else pieces


def evidence_counts(pilot: Pilot, *, today: date) -> dict[str, int]:
    """How many pieces there are of each of VALIDITY. One query."""
    of_pilot = Evidence.objects.filter(pilot=pilot)
    kinds = {
        name: Count("pk", filter=Q(pk__in=narrowed(of_pilot, validity=name, today=today).values("pk")))
        for name, _ in VALIDITY
    }
    return of_pilot.aggregate(**kinds)


def documents(pilot: Pilot, *, validity: str = "", text: str = "", today: date):
    """The pieces of a pilot with the criteria and readings that each serves, newest first. Three queries for a page."""
    pieces = narrowed(Evidence.objects.filter(pilot=pilot), validity=validity, today=today)
    if text:
        pieces = pieces.filter(Q(title__icontains=text) | Q(current__file_name__icontains=text))
    served = Assessment.objects.select_related("criterion", "gate__definition").order_by(
        "gate_id", "criterion__position"
    )
    pieces = pieces.select_related("current__author", "removed_by").order_by("-current__at", "-pk")
    shown = EvidenceOfReading.objects.select_related("measurement__kpi").order_by("measurement_id")
    return pieces.prefetch_related(
        Prefetch("assessments", queryset=served, to_attr="served"),
        Prefetch("readings", queryset=shown, to_attr="shows"),
    )


def linkable(assessment: Assessment, pilot: Pilot, *, text: str = "", limit: int = 20) -> list[Evidence]:
    """Pieces of the pilot in force that do not serve this criterion yet, newest first. One query."""
    links = Evidence.assessments.through.objects.filter(evidence=OuterRef("pk"), assessment=assessment)
    return _linkable(pilot, links, text, limit)


def linkable_to(reading: Measurement, pilot: Pilot, *, text: str = "", limit: int = 20) -> list[Evidence]:
    """Pieces of the pilot in force that do not show this reading yet, newest first. One query."""
    links = EvidenceOfReading.objects.filter(evidence=OuterRef("pk"), measurement=reading)
    return _linkable(pilot, links, text, limit)


def _linkable(pilot: Pilot, links, text: str, limit: int) -> list[Evidence]:
    found = Evidence.objects.in_force().filter(~Exists(links), pilot=pilot)
    if text:
        found = found.filter(Q(title__icontains=text) | Q(current__file_name__icontains=text))
    return list(found.select_related("current").order_by("-current__at", "-pk")[:limit])


# --- Of readings --------------------------------------------------------------------------------
def evidence_of_readings(readings: Collection[int]) -> dict[int, list[Evidence]]:
    """Reading id → the pieces in force that show it, oldest first. One query."""
    found: dict[int, list[Evidence]] = defaultdict(list)
    links = EvidenceOfReading.objects.filter(measurement__in=readings, evidence__removed_at__isnull=True)
    for link in links.select_related("evidence__current__author").order_by("pk"):
        found[link.measurement_id].append(link.evidence)
    return dict(found)


def readings_of(evidence: Evidence) -> list[EvidenceOfReading]:
    """The readings that a piece shows, newest first, each with `others`: further pieces in force. One query."""
    other = EvidenceOfReading.objects.filter(
        measurement=OuterRef("measurement"), evidence__removed_at__isnull=True
    ).exclude(evidence=evidence.pk)
    count = other.order_by().values("measurement").annotate(found=Count("pk")).values("found")
    links = evidence.readings.annotate(others=Coalesce(Subquery(count), 0))
    return list(
        links.select_related("measurement__kpi", "added_by").order_by("-measurement__measured_at", "-pk")
    )


# --- One piece ----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Use:
    """A criterion that a piece serves, and what was decided and signed at its gate while it did."""

    assessment: Assessment
    others: int  # further pieces in force behind the same criterion
    decisions: list[Decision] = field(default_factory=list)
    sign_offs: list[SignOff] = field(default_factory=list)  # in force, and given on this very piece

    @property
    def gate(self) -> Gate:
        return self.assessment.gate

    @property
    def is_open(self) -> bool:
        return self.gate.is_current

    @property
    def state(self) -> str:
        return str(self.assessment.get_state_display())

    @property
    def left(self) -> str:
        """What the criterion is left with when this piece goes."""
        if not self.others:
            return "is left without evidence"
        return f"is left with {self.others} other piece{'' if self.others == 1 else 's'}"


def uses_of(evidence: Evidence) -> list[Use]:
    """Every criterion that this piece serves, open gates first. Four queries."""
    other = Q(evidence__removed_at__isnull=True) & ~Q(evidence=evidence.pk)
    rows = (
        Assessment.objects.filter(pk__in=evidence.assessments.values("pk"))
        .annotate(beside=FilteredRelation("evidence", condition=other), others=Count("beside"))
        .select_related("criterion", "gate__definition__phase")
        .order_by("-gate_id", "criterion__position")
    )
    prints = set(evidence.revisions.values_list("sha256", flat=True))
    gates = {row.gate_id for row in rows}
    decisions = Decision.objects.filter(gate__in=gates, decided_at__gte=evidence.added_at)
    decided = list(decisions.select_related("decided_by").order_by("decided_at", "pk"))
    signed = _in_force(SignOff.objects.filter(gate__in=gates).select_related("person"))
    uses = [
        Use(
            row,
            row.others,
            [one for one in decided if _saw(one.gate_id, one.seen.get("facts"), row, prints)],
            [one for one in signed if _saw(one.gate_id, one.seen, row, prints)],
        )
        for row in rows
    ]
    return sorted(uses, key=lambda use: not use.is_open)


def _in_force(words: Iterable[SignOff]) -> list[SignOff]:
    """Of the rows of one seat the latest counts, unless it takes the sign-off back."""
    latest = {(word.gate_id, word.role, word.holder_id): word for word in words}
    return [word for word in latest.values() if word.kind == SignOffKind.SIGNED]


def _saw(gate_id: int, facts: Mapping[str, Any] | None, row: Assessment, prints: set[str]) -> bool:
    """Whether one of these fingerprints stood behind this criterion when somebody signed or decided.

    Decisions from before facts were kept saw whatever was there by then.
    """
    if gate_id != row.gate_id or facts is None:
        return gate_id == row.gate_id
    seen = facts.get("criteria", {}).get(row.criterion.key, {})
    return any(piece["sha256"] in prints for piece in seen.get("evidence", ()))


def revisions_of(evidence: Evidence) -> list[EvidenceRevision]:
    """Newest first, with their authors. One query."""
    return list(evidence.revisions.select_related("author").order_by("-number"))


def keeper_of(evidence: Evidence) -> int | None:
    """The id of the one person who is on every criterion that it serves at the open gate. One query."""
    served = evidence.assessments.filter(gate__status__in=CURRENT)
    people = set(served.values_list("responsible", flat=True))
    return people.pop() if len(people) == 1 else None
