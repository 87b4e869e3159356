"""Finding packs: those of a gate, the one before, and what has changed since one was frozen."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from gates.choices import GateStatus, ReviewStep
from gates.models import Assessment, Decision, DecisionPack, EvidenceRevision, Gate, ReviewTurn
from gates.models.gate import GateQuerySet
from gates.packs.comparing import compared, kpis_since
from gates.packs.content import Content, content_of
from gates.packs.rules import Frozen, freeze_due


def packs_of(gate: Gate) -> list[DecisionPack]:
    """The packs of a gate without their content, newest first. One query."""
    return list(DecisionPack.objects.filter(gate=gate).defer("content").select_related("frozen_by"))


def find_pack(gate: Gate, number: int | None = None) -> DecisionPack | None:
    """This pack of a gate, whole, or the latest; None where there is none. One query."""
    found = DecisionPack.objects.filter(gate=gate).select_related("frozen_by")
    return found.filter(number=number).first() if number is not None else found.first()


def pack_before(gate: Gate, pack: DecisionPack | None = None) -> DecisionPack | None:
    """The pack frozen before this one, or before the next: of the same gate, else the pilot's last of another.

    Two queries.
    """
    packs = DecisionPack.objects.filter(gate__pilot=gate.pilot_id)
    if pack is not None:
        packs = packs.filter(pk__lt=pack.pk)
    return packs.filter(gate=gate).first() or packs.exclude(gate=gate).order_by("-pk").first()


def what_changed(gate: Gate, content: Content) -> Content | None:
    """What section 7 of the next pack says: since when, and what has changed; None with nothing before.

    Without an earlier pack the last decision about the pilot stands in, where it kept its facts.
    """
    before = pack_before(gate)
    if before is not None:
        since = f"v{before.number}" if before.gate_id == gate.pk else before.content["gate"]["key"]
        sentences = compared(before.content, content)
        return {"before": f"pack {since}", "on": _iso(before.frozen_at), "sentences": sentences}
    decision = _last_decision(gate)
    if decision is None or "facts" not in decision.seen:
        return None
    sentences = kpis_since(decision.seen["facts"], content)
    since = f"the decision at {decision.gate.definition.key}"
    return {"before": since, "on": _iso(decision.decided_at), "sentences": sentences}


def _last_decision(gate: Gate) -> Decision | None:
    found = Decision.objects.standing().filter(gate__pilot=gate.pilot_id).select_related("gate__definition")
    return found.first()


def _iso(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")


@dataclass(frozen=True)
class Later:
    """What has happened since a pack was frozen, at a gate that is still to be decided."""

    changed: list[str]
    evidence: list[EvidenceRevision]  # added or replaced after the freeze


def since_frozen(
    pack: DecisionPack, gate: Gate, assessments: Sequence[Assessment], *, today: date
) -> Later | None:
    """None at a gate that is not open. As many queries as `content_of`, and one."""
    if not gate.is_current:
        return None
    now = content_of(gate, assessments, today=today)
    return Later(compared(pack.content, now), evidence_after(pack))


def evidence_after(pack: DecisionPack) -> list[EvidenceRevision]:
    """What was put behind the criteria of the gate after the freeze, oldest first. One query."""
    added = EvidenceRevision.objects.filter(evidence__assessments__gate=pack.gate_id, at__gt=pack.frozen_at)
    return list(added.distinct().select_related("evidence", "author").order_by("at", "pk"))


def due_freezes(now: datetime, gates: GateQuerySet | None = None) -> dict[int, date]:
    """Gate id → the freeze that the request for review there wants its pack of now. Two queries, however many.

    Every request has packs of its own: what was frozen before a gate was sent back is of another one.
    `gates` narrows where to look.
    """
    in_review = (Gate.objects.all() if gates is None else gates).filter(
        status=GateStatus.SUBMITTED, planned_on__isnull=False, pilot__archived_at__isnull=True
    )
    frozen = _frozen_for(in_review)
    zone = timezone.get_current_timezone()
    rows = in_review.annotate(request=REQUEST).order_by("pk")
    found = (
        (pk, freeze_due(planned_on, days, frozen=frozen[pk, request], now=now, zone=zone))
        for pk, request, planned_on, days in rows.values_list(
            "pk", "request", "planned_on", "definition__freeze_days_before"
        )
    )
    return {pk: day for pk, day in found if day is not None}


# The request for review under way, at a gate in review.
REQUEST = Subquery(
    ReviewTurn.objects.filter(gate=OuterRef("pk"), step=ReviewStep.REQUESTED).order_by("-pk").values("pk")[:1]
)


def _frozen_for(gates: GateQuerySet) -> dict[tuple[int, int | None], list[Frozen]]:
    """Gate id and request id → what Pilotage has frozen for that request."""
    found: dict[tuple[int, int | None], list[Frozen]] = defaultdict(list)
    packs = DecisionPack.objects.filter(gate__in=gates.values("pk"), freeze_on__isnull=False).order_by()
    for gate, request, freeze_on, frozen_at in packs.values_list(
        "gate_id", "request_id", "freeze_on", "frozen_at"
    ):
        assert freeze_on is not None
        found[gate, request].append(Frozen(freeze_on, frozen_at))
    return found
