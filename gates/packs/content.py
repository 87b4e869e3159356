"""What a pack holds: everything its page shows, as plain JSON values.

Decimals are text, days and moments ISO 8601, people their names. Nothing in it is looked up again, so
nothing that happens later can change a pack.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.utils import timezone

from gates.amendments.queries import amendments_of, moved_of, words_of
from gates.checklist.queries import Checklist, CriterionRow, checklist
from gates.choices import AskStatus, FeedbackLevel, ReviewStep
from gates.decisions.footing import Now
from gates.decisions.queries import decisions_of, is_superseded, open_scope, recommendation_for
from gates.evidence.queries import Piece, evidence_of
from gates.feedback.queries import feedback_of
from gates.journey.facts import facts_of
from gates.journey.readiness import explain
from gates.models import Assessment, Condition, Decision, Gate, ReviewTurn, Waiver
from gates.packs.numbers import Content, day, kpis, money, plan
from gates.rules import freeze_day, freeze_moment
from gates.signoffs.queries import Quorum, RoleStanding, SeatStanding, quorum_of
from gates.waivers.queries import standing_of, waivers_of
from gates.waivers.rules import VALID
from pilots.models import Pilot, User
from pilots.registers.risks import RiskLine, live_risks_of, risk_lines

DECISIONS = 3
NOBODY_IN_PARTICULAR = User()  # a pack is read by everybody alike


def content_of(gate: Gate, assessments: Sequence[Assessment], *, today: date) -> Content:
    """The gate as it is, as a pack keeps it. A fixed number of queries.

    The gate brings its definition down to the playbook, and its pilot with programme, owner and sponsor;
    `assessments` come from `checklist_of`.
    """
    pilot = gate.pilot
    evidence = evidence_of(gate, today=today)
    page = checklist(gate, assessments, reader=NOBODY_IN_PARTICULAR, today=today, evidence=evidence)
    quorum = quorum_of(gate, today=today)
    missing = [] if quorum.reached else quorum.missing or ["Not enough people have signed off."]
    now = Now(gate, list(assessments), explain(gate, assessments, today=today), missing)
    waivers = list(waivers_of(gate))
    frozen_from = _frozen_from(gate)
    content = {
        "pilot": _pilot(pilot, today),
        "gate": _gate(gate),
        "ask": _ask(gate),
        "readiness": _readiness(page),
        "recommendation": _recommendation(now, today),
        "blockers": [_blocker(row) for row in page.blockers],
        "criteria": [_criterion(row, frozen_from) for row in page.rows],
        "kpis": kpis(pilot, today),
        "money": money(pilot, today),
        "plan": plan(pilot, today),
        "risks": [_risk(line) for line in risk_lines(live_risks_of(pilot), today=today)],
        "quorum": _quorum(quorum),
        "dissent": _dissent(gate),
        "waivers": _waivers(waivers, today),
        "waivers_ended": _ended(waivers),
        "terms": _terms(gate),
        "conditions": _conditions(pilot, today),
        "scope": [_scope(decision) for decision in open_scope(pilot)],
        "decisions": [_decision(row) for row in _standing_decisions(pilot)],
        "facts": facts_of(gate, assessments, today=today),
    }
    return json.loads(json.dumps(content))  # as it is read again, so that two can be compared


def _frozen_from(gate: Gate) -> datetime | None:
    """The moment of the evidence freeze that the plan asks for."""
    found = freeze_day(gate.planned_on, gate.definition.freeze_days_before)
    return freeze_moment(found, timezone.get_current_timezone()) if found is not None else None


def _moment(value: datetime | None) -> str | None:
    return timezone.localtime(value).isoformat(timespec="seconds") if value else None


def _name(person: User | None) -> str:
    return str(person) if person else ""


def _pilot(pilot: Pilot, today: date) -> Content:
    entered = pilot.phase_entered_on
    return {
        "key": pilot.key,
        "title": pilot.title,
        "programme": str(pilot.programme),
        "unit": pilot.unit,
        "owner": _name(pilot.owner),
        "sponsor": _name(pilot.sponsor),
        "risk_tier": str(pilot.get_risk_tier_display()) if pilot.risk_tier else "",
        "risk_rationale": pilot.risk_rationale,
        "problem": pilot.problem,
        "phase": pilot.phase_name,
        "phase_entered_on": day(entered),
        "days_in_phase": (today - entered).days if entered else None,
    }


def _risk(line: RiskLine) -> Content:
    risk = line.risk
    return {
        "title": risk.title,
        "tone": line.tone,
        "word": line.word,
        "mitigation": risk.mitigation,
        "who": _name(risk.owner) or risk.team,
    }


def _gate(gate: Gate) -> Content:
    return {
        "key": gate.definition.key,
        "name": gate.definition.name,
        "question": gate.definition.question,
        "attempt": gate.attempt,
        "status": str(gate.status),
        "planned_on": day(gate.planned_on),
        "forecast_on": day(gate.forecast_on),
    }


def _ask(gate: Gate) -> Content | None:
    """What the owner said when asking for the review that is under way, and why it had been sent back before."""
    turns: list[ReviewTurn] = list(gate.turns.select_related("by")[:2])
    if not turns or turns[0].step != ReviewStep.REQUESTED:
        return None
    was_sent_back = turns[-1].step == ReviewStep.SENT_BACK
    return _said(turns[0]) | {"sent_back": _said(turns[-1]) if was_sent_back else None}


def _said(turn: ReviewTurn) -> Content:
    return {"said": turn.said, "who": _name(turn.by), "at": _moment(turn.at)}


def _readiness(page: Checklist) -> Content:
    return {
        "passes": page.readiness.passes,
        "score": page.score,
        "score_threshold": page.gate.score_threshold,
        "floor": page.floor,
        "floor_area": page.floor_name,
        "floor_threshold": page.gate.floor_threshold,
        "unknown": page.unknown,
        "fired": list(page.readiness.fired),
        "must_met": page.must_met,
        "must_total": page.must_total,
        "should_met": page.should_met,
        "should_total": page.should_total,
    }


def _recommendation(now: Now, today: date) -> Content:
    found = recommendation_for(now, today=today)
    return {"outcome": str(found.outcome), "label": str(found.outcome.label), "why": list(found.why)}


def _blocker(row: CriterionRow) -> Content:
    return {
        "key": row.key,
        "title": row.title,
        "state": row.label,
        "reason": row.reason,
        "who": _name(row.who),
        "since": day(row.since),
        "days": row.days,
    }


def _criterion(row: CriterionRow, frozen_from: datetime | None) -> Content:
    return {
        "key": row.key,
        "title": row.title,
        "area": row.area,
        "kind": row.kind_label,
        "weight": row.weight,
        "state": row.label,
        "tone": row.tone,
        "segment": str(row.segment),
        "counts": row.counts,
        "must": row.is_must,
        "blocks": row.blocks,
        "note": row.reason or row.note,
        "who": _name(row.who),
        "since": day(row.since),
        "evidence": [_evidence(piece, frozen_from) for piece in row.evidence],
    }


def _evidence(piece: Piece, frozen_from: datetime | None) -> Content:
    return {
        "title": piece.evidence.title,
        "revision": piece.revision.number,
        "kind": str(piece.revision.get_kind_display()),
        "sha256": piece.revision.sha256,
        "valid_until": day(piece.revision.valid_until),
        # a review asked for after the evidence freeze has evidence that came later
        "late": frozen_from is not None and piece.revision.at > frozen_from,
    }


def _quorum(quorum: Quorum) -> Content:
    return {
        "reached": quorum.reached,
        "signed": quorum.signed,
        "needed": quorum.needed,
        "words": quorum.words,
        "missing": list(quorum.missing),
        "roles": [_role(role) for role in quorum.roles],
    }


def _role(role: RoleStanding) -> Content:
    seats = [_seat(seat) for seat in role.seats]
    return {"label": role.label, "words": role.words, "reached": role.reached, "seats": seats}


def _seat(seat: SeatStanding) -> Content:
    return {
        "person": _name(seat.person),
        "state": seat.label,
        "tone": seat.tone,
        "at": _moment(seat.at),
        "signer": _name(seat.signer),
        "comment": seat.comment,
        "note": seat.note,
        "changed": list(seat.difference),
    }


def _dissent(gate: Gate) -> list[Content]:
    """Who sees an issue, the major ones first."""
    found = [one for one in feedback_of(gate).remarks if one.feedback.level != FeedbackLevel.FINE]
    found.sort(key=lambda one: (one.feedback.level != FeedbackLevel.MAJOR, one.feedback.pk))
    return [
        {
            "level": str(one.feedback.get_level_display()),
            "tone": one.tone,
            "about": one.feedback.assessment.criterion.key if one.feedback.assessment else "",
            "comment": one.feedback.comment,
            "who": _name(one.feedback.by),
            "at": _moment(one.feedback.at),
            "answers": [{"comment": row.comment, "who": _name(row.by)} for row in one.answers],
        }
        for one in found
    ]


def _waivers(waivers: Iterable[Waiver], today: date) -> list[Content]:
    return [
        {
            "key": waiver.assessment.criterion.key,
            "title": waiver.assessment.criterion.title,
            "reason": waiver.reason,
            "until": day(waiver.expires_on),
            "approved_by": _name(waiver.decided_by),
        }
        for waiver in waivers
        if standing_of(waiver, today=today) == VALID
    ]


def _ended(waivers: Iterable[Waiver]) -> list[Content]:
    """Of `waivers_of` those that ended by themselves, where nobody has asked for another since."""
    latest: dict[int, Waiver] = {}
    for waiver in waivers:
        latest.setdefault(waiver.assessment_id, waiver)
    return [
        {
            "key": waiver.assessment.criterion.key,
            "why": str(waiver.get_ended_because_display()),
            "at": _moment(waiver.ended_at),
        }
        for waiver in latest.values()
        if waiver.status == AskStatus.ENDED
    ]


def _terms(gate: Gate) -> Content:
    amendments = amendments_of(gate)
    moved = [row for row in amendments if row.status == AskStatus.APPROVED]
    return {
        "words": moved_of(amendments).words,
        "rows": [
            {
                "words": words_of(row),
                "direction": str(row.get_direction_display()),
                "reason": row.reason,
                "who": _name(row.decided_by),
                "at": _moment(row.decided_at),
            }
            for row in moved
        ],
    }


def _conditions(pilot: Pilot, today: date) -> list[Content]:
    """What earlier gates still ask for."""
    found = Condition.objects.open().filter(decision__gate__pilot=pilot)
    rows = found.select_related("decision__gate__definition", "owner").order_by("due_on", "pk")
    return [
        {
            "gate": row.decision.gate.definition.key,
            "text": row.text,
            "owner": _name(row.owner),
            "due_on": day(row.due_on),
            "lapsed": row.due_on < today,
        }
        for row in rows
    ]


def _scope(decision: Decision) -> Content:
    return {"gate": decision.gate.definition.key, "cap": decision.scope_cap}


def _standing_decisions(pilot: Pilot) -> list[Decision]:
    return [row for row in decisions_of(pilot) if not is_superseded(row)][:DECISIONS]


def _decision(decision: Decision) -> Content:
    return {
        "gate": decision.gate.definition.key,
        "outcome": str(decision.outcome),
        "label": str(decision.get_outcome_display()),
        "reason": decision.reason,
        "who": _name(decision.decided_by) or "Pilotage",
        "at": _moment(decision.decided_at),
        "override": decision.is_override,
    }
