"""What a person reads before signing: per seat what it answers for, as it is, and what has changed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from gates.choices import Area, AssessmentState, CriterionKind, GateStatus, SignOffKind
from gates.digest import EXPIRED, covered, differences, digest_of
from gates.models import Gate, SignOff
from gates.seats.queries import Seat, Words, latest_words, roles_of, seats_of
from gates.signoffs.queries import facts_now
from gates.signoffs.rules import only_in_review
from pilots.models import User

TONES = {
    AssessmentState.MET: "ok",
    AssessmentState.NOT_MET: "bad",
    EXPIRED: "bad",
    AssessmentState.WAIVED: "waived",
    AssessmentState.IN_PROGRESS: "half",
    AssessmentState.UNKNOWN: "new",
}


@dataclass(frozen=True)
class SignedCriterion:
    """One criterion as it is signed."""

    key: str
    title: str
    kind: str
    state: str
    tone: str
    evidence: int
    blocks: bool


@dataclass(frozen=True)
class SeatPage:
    """One seat on the page where it is signed. `digest` is of what is shown, and signed."""

    seat: Seat
    areas: list[str]
    digest: str
    criteria: list[SignedCriterion]
    kpis: list[tuple[str, str]]
    last: SignOff | None  # the last word of this seat
    changed: list[str]  # since the last signature, in sentences
    refused: list[str]  # why it cannot be signed now

    @property
    def value(self) -> str:
        """Its name in a form, with what it signs."""
        return f"{self.seat.holder.pk}-{self.digest[:20]}-{self.seat.role}"

    @property
    def label(self) -> str:
        return self.seat.label

    @property
    def can_sign(self) -> bool:
        return not self.refused and not self.is_current

    @property
    def open(self) -> list[SignedCriterion]:
        return [one for one in self.criteria if one.blocks]

    @property
    def is_signed(self) -> bool:
        return self.last is not None and self.last.kind == SignOffKind.SIGNED

    @property
    def is_current(self) -> bool:
        """Signed, on what is still so."""
        return self.last is not None and self.is_signed and self.last.digest == self.digest


def seat_pages(user: User, gate: Gate, *, today: date) -> list[SeatPage]:
    """The seats in which this person may sign, each with what it answers for. At most five queries.

    A seat in which they have signed before and no longer may is there to be taken back.
    """
    words = latest_words(gate)
    seats = seats_of(user, gate, today=today)
    seats += _left_behind(user, gate, words, seats)
    facts = facts_now(gate, today) if seats else {}
    return [_page(seat, gate, facts, words) for seat in seats]


def _left_behind(user: User, gate: Gate, words: Words, seats: list[Seat]) -> list[Seat]:
    shown = {(seat.role.casefold(), seat.holder.pk) for seat in seats}
    return [
        Seat(word.role, word.on_behalf_of or word.person, word.on_behalf_of, may_sign=False)
        for (key, holder), word in words.items()
        if word.person_id == user.pk and word.kind == SignOffKind.SIGNED and (key, holder) not in shown
    ]


def _page(seat: Seat, gate: Gate, facts: dict[str, Any], words: Words) -> SeatPage:
    areas = next((role.areas for role in roles_of(gate.definition) if role.key == seat.role.casefold()), ())
    now = covered(facts, areas)
    last = words.get((seat.role.casefold(), seat.holder.pk))
    signed = last is not None and last.kind == SignOffKind.SIGNED
    refused = [] if gate.status == GateStatus.SUBMITTED else [only_in_review(gate.status)]
    if not seat.may_sign:
        refused = ["You may no longer sign in this role. What you signed can be taken back."]
    return SeatPage(
        seat=seat,
        areas=[str(Area(area).label) for area in areas],
        digest=digest_of(now),
        criteria=[_criterion(key, item) for key, item in now["criteria"].items()],
        kpis=[(name, _reading(kpi)) for name, kpi in now["kpis"].items()],
        last=last,
        changed=[change.text for change in differences(last.seen, now)] if last and signed else [],
        refused=refused,
    )


def _criterion(key: str, item: dict[str, Any]) -> SignedCriterion:
    state = item["state"]
    must = item["kind"] == CriterionKind.MUST_MEET
    settled = (AssessmentState.MET, AssessmentState.WAIVED, AssessmentState.NOT_APPLICABLE)
    return SignedCriterion(
        key=key,
        title=item["title"],
        kind=str(CriterionKind(item["kind"]).label),
        state="Expired" if state == EXPIRED else str(AssessmentState(state).label),
        tone=TONES.get(state, "none"),
        evidence=len(item["evidence"]),
        blocks=must and state not in settled,
    )


def _reading(kpi: dict[str, Any]) -> str:
    unit = f" {kpi['unit']}" if kpi["unit"] else ""
    latest = f"{kpi['latest']}{unit}" if kpi["latest"] is not None else "not measured"
    return f"{latest}, target {kpi['target']}{unit}" if kpi["target"] is not None else latest
