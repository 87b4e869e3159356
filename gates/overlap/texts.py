"""What is read of each pilot, and which pilots are near a text. Writes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from gates.models import ComparedText, WordOfText
from gates.overlap.words import Sentence, Weights, sentences_of, shared_words
from pilots.choices import ENDED
from pilots.models import DataSource, Pilot
from pilots.models.pilot import LISTED

FIELDS = ("title", "problem", "workflow")  # of a pilot: what is read to compare it, and its data sources


@dataclass(frozen=True)
class Near:
    """A pilot near a text, how near (0 to 1), and the words that make it so."""

    pilot: int
    score: float
    words: tuple[str, ...]


def compared() -> QuerySet[Pilot]:
    """The pilots that are compared: also archived ones that ended, for what was tried before matters most."""
    return Pilot.objects.filter(LISTED | Q(state__in=ENDED))


def sentences_by_pilot(pilots: QuerySet[Pilot]) -> dict[int, list[Sentence]]:
    """Pilot id → what it writes about itself. Two queries."""
    sources: dict[int, list[str]] = defaultdict(list)
    for pilot, name in DataSource.objects.standing().filter(pilot__in=pilots).values_list("pilot", "name"):
        sources[pilot].append(name)
    rows = pilots.order_by().values_list("pk", *FIELDS)
    return {pilot: sentences_of(title, *texts, *sources[pilot]) for pilot, title, *texts in rows}


def near(
    weights: Weights,
    *,
    length: float,
    rarities: Mapping[str, float],
    among: QuerySet[ComparedText],
    looked_at: Iterable[str] | None = None,
) -> list[Near]:
    """The texts that share a word, nearest first. `looked_at`: only these words are looked up, else all.

    The work grows with how many texts have those words, not with how many pilots there are.
    """
    found: dict[int, dict[str, float]] = defaultdict(dict)
    lengths: dict[int, float] = {}
    asked = list(weights if looked_at is None else looked_at)
    rows = WordOfText.objects.filter(word__text__in=asked, text__in=among).order_by()
    for pilot, other_length, word, weight in rows.values_list(
        "text__pilot_id", "text__length", "word__text", "weight"
    ):
        found[pilot][word] = weights[word] * weight * rarities[word] ** 2
        lengths[pilot] = other_length
    scored = [
        Near(
            pilot,
            round(min(1.0, sum(products.values()) / (length * lengths[pilot])), 4),
            tuple(shared_words(products)),
        )
        for pilot, products in found.items()
    ]
    return sorted(scored, key=lambda one: (-one.score, one.pilot))
