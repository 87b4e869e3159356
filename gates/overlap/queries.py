"""Pilots that try the same, shaped for reading. Only pairs both of which the reader may see exist."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery

from gates.choices import Outcome, ReasonCode
from gates.models import ComparedText, Decision, Distinction, Overlap, Word
from gates.models.overlap import LIKELY
from gates.overlap.comparing import ALIKE
from gates.overlap.rules import outcome_in_words
from gates.overlap.texts import Near, near
from gates.overlap.words import length_of, sentences_of, weights_of
from pilots.models import Pilot, User

OFFERED = 5  # so many at most on a card or below a form
LOOKED_AT = 40  # of the words of a text that is being typed: those that tell most
PAGE_SIZE = 50
WITH = ("programme", "owner")


@dataclass(frozen=True)
class Similar:
    """A pilot that tries the same, as pages show it."""

    pilot: Pilot
    score: float
    words: list[str]
    outcome: str
    overlap: Overlap | None = None
    distinction: Distinction | None = None

    @property
    def percent(self) -> int:
        return round(100 * self.score)

    @property
    def is_likely(self) -> bool:
        return self.score >= LIKELY


@dataclass(frozen=True)
class Two:
    """Two pilots that try the same; `copies` is how many pairs have these very texts."""

    overlap: Overlap
    left: Similar
    right: Similar
    copies: int = 1
    distinction: Distinction | None = None


@dataclass(frozen=True)
class OverlapChoice:
    """What the list is narrowed to; blank means everything."""

    programme: str = ""  # slug
    phase: str = ""  # its key
    q: str = ""
    likely: bool = False
    apart: bool = False  # those that somebody has told apart, instead of the others


def alike(pilot: int) -> set[int]:
    """The ids of the pilots that try the same as this one, and its own where there are any. One query."""
    pairs = Overlap.objects.filter(Q(pilot=pilot) | Q(other=pilot)).values_list("pilot", "other")
    return {one for two in pairs for one in two}


def overlaps_of(pilot: Pilot, user: User, *, apart: bool = False, limit: int | None = None) -> list[Similar]:
    """The pilots that try the same as this one, nearest first. One query, two for those told apart.

    `apart`: those of which somebody has said that they are not the same, each with that.
    """
    found = Overlap.objects.visible_to(user).about(pilot)
    found = found.told_apart() if apart else found.standing()
    rows = list(_told(found)[:limit])
    said = _distinctions(rows) if apart else {}
    return [_side(row, row.pilot_id != pilot.pk, said.get((row.pilot_id, row.other_id))) for row in rows]


def overlaps_seen(user: User, choice: OverlapChoice) -> QuerySet:
    """The pairs this person may see, the most alike first; those of the same two texts are one row."""
    found = Overlap.objects.visible_to(user)
    found = found.told_apart() if choice.apart else found.standing()
    if choice.likely:
        found = found.filter(score__gte=LIKELY)
    for path, value in (("programme__slug", choice.programme), ("phase", choice.phase)):
        if value:
            found = found.filter(Q(**{f"pilot__{path}": value}) | Q(**{f"other__{path}": value}))
    if choice.q:
        # Each pilot is read once, however many pairs it is in
        saying = Pilot.objects.filter(_says(choice.q)).order_by().values("pk")
        found = found.filter(Q(pilot__in=saying) | Q(other__in=saying))
    grouped = found.order_by().values("texts")
    counted = grouped.annotate(first=Min("pk"), copies=Count("pk"), top=Max("score"))
    return counted.order_by("-top", "first")


def _says(text: str) -> Q:
    fields = ("key", "title", "problem", "workflow")
    return Q.create([(f"{field}__icontains", text) for field in fields], connector=Q.OR)


def page_of(rows: QuerySet, number: str | None) -> tuple[Page, list[Two]]:
    """A page of `overlaps_seen` with its pairs. Four queries at most."""
    page = Paginator(rows, PAGE_SIZE).get_page(number)
    return page, pairs_of(page.object_list)


def pairs_of(rows: Iterable[Mapping]) -> list[Two]:
    """The rows of `overlaps_seen` with all that is told of them. Two queries."""
    rows = list(rows)
    told = _told(Overlap.objects.filter(pk__in=[row["first"] for row in rows]))
    found = {row.pk: row for row in told}
    said = _distinctions(found.values())
    return [_two(found[row["first"]], row["copies"], said) for row in rows]


def _two(row: Overlap, copies: int, said: dict) -> Two:
    distinction = said.get((row.pilot_id, row.other_id))
    return Two(row, _side(row, True), _side(row, False), copies, distinction)


def similar_to(user: User, *, title: str, problem: str, workflow: str = "") -> list[Similar]:
    """The pilots this person may see that try what is being written down. Three queries, none without words."""
    weights = weights_of(sentences_of(title, problem, workflow), ())
    if not weights:
        return []
    rarities = dict(Word.objects.filter(text__in=list(weights)).values_list("text", "rarity"))
    texts = ComparedText.objects.filter(pilot__in=Pilot.objects.visible_to(user))
    new = max(rarities.values(), default=1.0)  # a word that no pilot has is as rare as the rarest
    length = length_of(weights, {word: rarities.get(word, new) for word in weights})
    telling = sorted(rarities, key=lambda word: -weights[word] * rarities[word])[:LOOKED_AT]
    found = near(weights, length=length, rarities=rarities, among=texts, looked_at=telling)
    return _with_pilots([one for one in found if one.score >= ALIKE][:OFFERED])


def _with_pilots(found: list[Near]) -> list[Similar]:
    known = Pilot.objects.select_related(*WITH).annotate(stopped_for=_stopped_for("pk"))
    pilots = known.in_bulk([one.pilot for one in found])
    return [
        Similar(pilot, one.score, list(one.words), _outcome(pilot, pilot.stopped_for))
        for one, pilot in ((one, pilots[one.pilot]) for one in found)
    ]


def _told(found: QuerySet[Overlap]) -> QuerySet[Overlap]:
    """With both pilots, and why each was stopped."""
    joined = [f"{side}__{name}" for side in ("pilot", "other") for name in WITH]
    return found.select_related(*joined).annotate(
        pilot_stopped_for=_stopped_for("pilot"), other_stopped_for=_stopped_for("other")
    )


def _stopped_for(pilot: str) -> Subquery:
    stops = Decision.objects.standing().filter(gate__pilot=OuterRef(pilot), outcome=Outcome.STOP)
    return Subquery(stops.order_by("-decided_at", "-pk").values("reason_code")[:1])


def _side(row: Any, first: bool, distinction: Distinction | None = None) -> Similar:
    """One of the two pilots of a row of `_told`."""
    pilot = row.pilot if first else row.other
    code = row.pilot_stopped_for if first else row.other_stopped_for
    return Similar(pilot, row.score, row.words, _outcome(pilot, code), row, distinction)


def _outcome(pilot: Pilot, code: str | None) -> str:
    return outcome_in_words(
        state=pilot.state,
        phase=pilot.phase_name,
        since=pilot.phase_entered_on or pilot.intake_on,
        ended_on=pilot.ended_on,
        stopped_for=str(ReasonCode(code).label) if code else "",
    )


def _distinctions(rows: Iterable[Overlap]) -> dict[tuple[int, int], Distinction]:
    """What was said of these pairs. One query, none without pairs."""
    ids = [row.pilot_id for row in rows]
    if not ids:
        return {}
    said = Distinction.objects.standing().filter(pilot__in=ids).select_related("said_by")
    return {(one.pilot_id, one.other_id): one for one in said}
