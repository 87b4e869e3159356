"""Waivers shaped for reading: how each stands today, and what this reader may do with it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from gates.choices import CURRENT, AskStatus
from gates.models import Assessment, Gate, Waiver
from gates.waivers import rules
from pilots.models import User

TONES = {
    AskStatus.ASKED: "wait",
    AskStatus.REFUSED: "plain",
    AskStatus.WITHDRAWN: "plain",
    AskStatus.REVOKED: "plain",
    AskStatus.ENDED: "plain",
    rules.VALID: "waived",
    rules.LAPSED: "bad",
}


@dataclass(frozen=True)
class WaiverCard:
    """One waiver as pages show it."""

    waiver: Waiver
    standing: str  # as rules.standing_of says
    label: str
    tone: str
    may_decide: bool  # has the right to, and it waits for that
    decide_refused: list[str]  # why this reader in particular cannot
    may_withdraw: bool
    may_revoke: bool
    expires_soon: bool
    is_latest: bool  # the first of its criterion in the order given


def standing_of(waiver: Waiver, *, today: date) -> str:
    """How it stands today, as `gates.waivers.rules.standing_of` says. No query."""
    return rules.standing_of(
        status=waiver.status,
        expires_on=waiver.expires_on,
        is_put_away=waiver.ended_at is not None,
        today=today,
    )


def decided_words(waiver: Waiver) -> str:
    """`by Ana Anders on 3 Mar 2026`: who decided last, and when; blank where nobody has."""
    who, at = waiver.revoked_by or waiver.decided_by, waiver.revoked_at or waiver.decided_at
    return f"by {who} on {rules.written(timezone.localdate(at))}" if who and at else ""


def cards(
    waivers: Iterable[Waiver], *, gate: Gate, reader: User, may: Collection[str], today: date
) -> list[WaiverCard]:
    """Waivers of one gate (from `waivers_of`) for a reader with these permissions. No query."""
    seen: set[int] = set()
    found = []
    for waiver in waivers:
        found.append(_card(waiver, gate, reader, may, today, waiver.assessment_id not in seen))
        seen.add(waiver.assessment_id)
    return found


def _card(
    waiver: Waiver, gate: Gate, reader: User, may: Collection[str], today: date, is_latest: bool
) -> WaiverCard:
    standing = standing_of(waiver, today=today)
    asked = waiver.status == AskStatus.ASKED
    return WaiverCard(
        waiver=waiver,
        standing=standing,
        label=label_of(waiver, standing),
        tone=TONES[standing],
        may_decide=asked and "approve_waiver" in may,
        decide_refused=decision_blockers_of(waiver, waiver.assessment, gate, reader),
        may_withdraw=asked and waiver.asked_by_id == reader.pk,
        may_revoke=standing == rules.VALID and gate.status in CURRENT and "approve_waiver" in may,
        expires_soon=rules.ends_soon(standing=standing, expires_on=waiver.expires_on, today=today),
        is_latest=is_latest,
    )


def decision_blockers_of(waiver: Waiver, assessment: Assessment, gate: Gate, by: User) -> list[str]:
    """Why this person cannot approve or refuse this waiver. No query; the gate has its pilot."""
    return rules.decision_blockers(
        status=waiver.status,
        decided=decided_words(waiver),
        is_asker=waiver.asked_by_id == by.pk,
        owns_pilot=gate.pilot.owner_id == by.pk,
        is_responsible=assessment.responsible_id == by.pk,
    )


def label_of(waiver: Waiver, standing: str) -> str:
    """Its state in words, with the day that matters."""
    if standing == rules.VALID:
        return f"Valid until {rules.written(waiver.expires_on)}"
    if standing == rules.LAPSED:
        return f"Expired on {rules.written(waiver.expires_on)}"
    return str(AskStatus(waiver.status).label)


def lines(waivers: Iterable[Waiver], *, today: date) -> list[tuple[Waiver, str, str, bool]]:
    """Each waiver with its state in words, its tone, and whether it ends soon. No query."""
    found = []
    for waiver in waivers:
        standing = standing_of(waiver, today=today)
        soon = rules.ends_soon(standing=standing, expires_on=waiver.expires_on, today=today)
        found.append((waiver, label_of(waiver, standing), "warn" if soon else TONES[standing], soon))
    return found


def waivers_of(gate: Gate) -> QuerySet[Waiver]:
    """All waivers of a gate, those that wait first, then the newest. One query."""
    return _with_people(Waiver.objects.filter(assessment__gate=gate)).order_by(*WAITING_FIRST)


@dataclass(frozen=True)
class WaiverPanel:
    """What the opened row of a criterion says about waiving it."""

    card: WaiverCard | None  # the latest
    ask_refused: list[str]  # why none can be asked for now; empty when one can
    earliest: date
    latest: date


def panel_of(
    assessment: Assessment, gate: Gate, *, reader: User, may: Collection[str], today: date
) -> WaiverPanel:
    """The latest waiver of a criterion, and whether another can be asked for. One query."""
    known = list(_with_people(assessment.waivers.all())[:1])
    newest = cards(known, gate=gate, reader=reader, may=may, today=today)
    card = newest[0] if newest else None
    return WaiverPanel(
        card=card,
        ask_refused=subject_blockers_of(assessment, gate, today)
        + standing_blockers_of(card.waiver if card else None, today),
        earliest=today + rules.SHORTEST,
        latest=today + rules.LONGEST,
    )


def subject_blockers_of(assessment: Assessment, gate: Gate, today: date) -> list[str]:
    """Why this criterion cannot be waived now. No query."""
    return rules.subject_blockers(
        gate_status=gate.status,
        kind=assessment.kind,
        state=assessment.state,
        stale=assessment.stale_on is not None and assessment.stale_on <= today,
    )


def standing_blockers_of(waiver: Waiver | None, today: date) -> list[str]:
    """Why no waiver can be asked for beside the latest. No query."""
    if waiver is None:
        return []
    in_force = standing_of(waiver, today=today) == rules.VALID
    return rules.standing_blockers(
        asked=waiver.status == AskStatus.ASKED, in_force_until=waiver.expires_on if in_force else None
    )


SHOWS = {
    "asked": "Waiting for a decision",
    "expiring": "Expiring within 30 days",
    "valid": "In force",
    "expired": "Expired",
}
WAITING_FIRST = (
    Case(When(status=AskStatus.ASKED, then=Value(0)), default=Value(1), output_field=IntegerField()),
    "-asked_at",
    "-pk",
)


@dataclass(frozen=True)
class WaiverChoice:
    """What the list of waivers is narrowed to; blank means everything."""

    show: str = ""
    programme: str = ""  # slug


def waivers_seen(user: User, choice: WaiverChoice, *, today: date) -> QuerySet[Waiver]:
    """Every waiver this person may see: those that wait first, then those that end soonest, then the rest."""
    found = _with_people(Waiver.objects.visible_to(user))
    if choice.show in SHOWS:
        found = found.filter(_shown(choice.show, today))
    if choice.programme:
        found = found.filter(assessment__gate__pilot__programme__slug=choice.programme)
    place = Case(
        When(_shown("asked", today), then=Value(0)),
        When(_shown("expiring", today), then=Value(1)),
        When(_shown("valid", today), then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    ends = Case(When(_shown("valid", today), then="expires_on"))
    return found.order_by(place, ends, "-asked_at", "-pk")


def _shown(show: str, today: date) -> Q:
    if show == "asked":
        return Q(status=AskStatus.ASKED)
    standing = Q(status=AskStatus.APPROVED, ended_at__isnull=True, assessment__gate__status__in=CURRENT)
    if show == "expired":
        return standing & Q(expires_on__lte=today)
    valid = standing & Q(expires_on__gt=today)
    return valid if show == "valid" else valid & Q(expires_on__lte=today + rules.SOON)


def _with_people(waivers: QuerySet[Waiver]) -> QuerySet[Waiver]:
    return waivers.select_related(
        "assessment__criterion",
        "assessment__responsible",
        "assessment__gate__definition",
        "assessment__gate__pilot",
        "asked_by",
        "decided_by",
        "revoked_by",
    )
