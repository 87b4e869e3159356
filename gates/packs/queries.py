"""Finding packs: those of a gate, the one before, and what has changed since one was frozen."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from gates.choices import GateStatus
from gates.models import Assessment, Decision, DecisionPack, EvidenceRevision, Gate
from gates.packs.comparing import compared, kpis_since
from gates.packs.content import Content, content_of
from gates.packs.rules import freeze_due


def packs_of(gate: Gate) -> list[DecisionPack]:
    """The packs of a gate without their content, newest first. One query."""
    return list(DecisionPack.objects.filter(gate=gate).defer("content").select_related("frozen_by"))


def find_pack(gate: Gate, number: int | None = None) -> DecisionPack | None:
    """This pack of a gate, whole, or the latest; None where there is none. One query."""
    found = DecisionPack.objects.filter(gate=gate).select_related("frozen_by")
    return found.filter(number=number).first() if number is not None else found.first()


def pack_before(gate: Gate, number: int) -> DecisionPack | None:
    """The pack frozen before this one: of the same gate, else the last of the pilot's other gates. Two queries."""
    of_gate = DecisionPack.objects.filter(gate=gate, number__lt=number).first()
    if of_gate is not None:
        return of_gate
    earlier = DecisionPack.objects.filter(gate__pilot=gate.pilot_id, gate__opened_at__lt=gate.opened_at)
    return earlier.exclude(gate=gate).select_related("gate__definition").order_by("-frozen_at", "-pk").first()


def what_changed(gate: Gate, number: int, content: Content) -> Content | None:
    """What section 7 of a pack says: since when, and what has changed; None where there is nothing before.

    Without an earlier pack the last decision about the pilot stands in, where it kept its facts.
    """
    before = pack_before(gate, number)
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


def due_freezes(now: datetime) -> dict[int, date]:
    """Gate id → the freeze that is due there and has no pack yet. Two queries, however many gates."""
    in_review = Gate.objects.filter(
        status=GateStatus.SUBMITTED, planned_on__isnull=False, pilot__archived_at__isnull=True
    ).order_by("pk")
    zone = timezone.get_current_timezone()
    due: dict[int, date] = {}
    for pk, planned_on, days in in_review.values_list("pk", "planned_on", "definition__freeze_days_before"):
        day = freeze_due(planned_on, days, now=now, zone=zone)
        if day is not None:
            due[pk] = day
    frozen: dict[int, set[date]] = defaultdict(set)
    packs = DecisionPack.objects.filter(gate__status=GateStatus.SUBMITTED, freeze_on__isnull=False)
    for pk, freeze_on in packs.values_list("gate_id", "freeze_on"):
        assert freeze_on is not None
        frozen[pk].add(freeze_on)
    return {pk: day for pk, day in due.items() if day not in frozen[pk]}
