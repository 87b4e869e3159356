"""Keeps what is compared of each pilot, and which are alike. Only here is it written."""

from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.db.models import Q, QuerySet

from gates.models import Commonplace, ComparedText, Overlap, Word, WordOfText
from gates.overlap.comparing import ALIKE, NEAREST, Pair, compare
from gates.overlap.texts import compared, near, sentences_by_pilot
from gates.overlap.words import Weights, commonplaces_of, digest_of, length_of, rarity, weights_of
from pilots import clock

BATCH = 500  # rows per statement
MANY = 50  # pilots, from which on all are compared in one go
Two = tuple[int, int]  # ids of two pilots, the smaller first


@transaction.atomic
def refresh_all_overlaps() -> set[int]:
    """Read every pilot, weigh all words anew, compare each with all others. Returns whose overlaps changed.

    Doing it twice says the same and writes nothing the second time.
    """
    list(ComparedText.objects.select_for_update().order_by("pk").values_list("pk"))  # one at a time
    sentences = sentences_by_pilot(compared())
    commonplaces = commonplaces_of(sentences.values())
    texts = {pilot: weights_of(said, commonplaces) for pilot, said in sentences.items()}
    comparison = compare(texts)
    _keep_commonplaces(commonplaces)
    _keep_rarities(comparison.rarities)
    _keep_texts({pilot: texts[pilot] for pilot in comparison.lengths}, comparison.lengths)
    ComparedText.objects.exclude(pilot__in=compared()).delete()
    left = Overlap.objects.filter(Q(pilot__compared_text=None) | Q(other__compared_text=None))
    parted = _both(left)
    left.delete()
    known = {
        (pilot, other): (pk, score, texts)
        for pk, pilot, other, score, texts in Overlap.objects.order_by().values_list(
            "pk", "pilot_id", "other_id", "score", "texts"
        )
    }
    read = {two: kept for two, kept in known.items() if two[0] in texts and two[1] in texts}
    return _keep_pairs(comparison.pairs, read) | parted


@transaction.atomic
def refresh_overlaps_of(pilot: int) -> set[int]:
    """Read one pilot anew and compare it with those that share its words. Returns whose overlaps changed.

    Words weigh what they weighed last night; one never seen before weighs what a new word does. Of more
    than NEAREST pilots alike the last are found at night.
    """
    ComparedText.objects.select_for_update().filter(pilot=pilot).first()  # waits while all are compared
    sentences = sentences_by_pilot(compared().filter(pk=pilot)).get(pilot, [])
    digests = {sentence.digest for sentence in sentences}
    known = Commonplace.objects.filter(digest__in=digests).values_list("digest", flat=True)
    weights = weights_of(sentences, set(known))
    before = Overlap.objects.filter(Q(pilot=pilot) | Q(other=pilot))
    if not weights:
        ComparedText.objects.filter(pilot=pilot).delete()
        touched = _both(before)
        before.delete()
        return touched
    rarities = _rarities_of(weights)
    length = round(length_of(weights, rarities), 4)
    _keep_texts({pilot: weights}, {pilot: length})
    others = ComparedText.objects.exclude(pilot=pilot)
    alike = [
        one for one in near(weights, length=length, rarities=rarities, among=others) if one.score >= ALIKE
    ]
    pairs = [
        Pair(min(pilot, one.pilot), max(pilot, one.pilot), one.score, one.words) for one in alike[:NEAREST]
    ]
    rows = before.values_list("pk", "pilot_id", "other_id", "score", "texts")
    return _keep_pairs(pairs, {(a, b): (pk, score, texts) for pk, a, b, score, texts in rows})


def refresh_overlaps_of_many(pilots: Collection[int], *, many: int = MANY) -> set[int]:
    """Compare these pilots anew, so many or more by comparing all. Returns whose overlaps changed."""
    if len(pilots) >= many:
        return refresh_all_overlaps()
    changed: set[int] = set()
    for pilot in sorted(pilots):
        changed |= refresh_overlaps_of(pilot)
    return changed


def refresh_missing(*, many: int = MANY) -> set[int]:
    """Compare the pilots that never were. Returns whose overlaps changed."""
    missing = compared().filter(compared_text=None).order_by("pk").values_list("pk", flat=True)
    return refresh_overlaps_of_many(list(missing[:many]), many=many)


def _both(overlaps: QuerySet[Overlap]) -> set[int]:
    return {one for two in overlaps.values_list("pilot", "other") for one in two}


def _keep_commonplaces(digests: set[str]) -> None:
    known = set(Commonplace.objects.values_list("digest", flat=True))
    for gone in _batches(sorted(known - digests)):
        Commonplace.objects.filter(digest__in=gone).delete()
    new = [Commonplace(digest=digest) for digest in sorted(digests - known)]
    Commonplace.objects.bulk_create(new, ignore_conflicts=True, batch_size=BATCH)


def _keep_rarities(rarities: Mapping[str, float]) -> None:
    """Words that no text has any more stay; nobody looks them up."""
    known = dict(Word.objects.order_by().values_list("text", "rarity"))
    changed = [
        Word(text=text, rarity=rare) for text, rare in sorted(rarities.items()) if known.get(text) != rare
    ]
    Word.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["text"], update_fields=["rarity"], batch_size=BATCH
    )


def _rarities_of(weights: Weights) -> dict[str, float]:
    """What each of these words weighs; new ones are written down as words of one text."""
    known = dict(Word.objects.filter(text__in=list(weights)).values_list("text", "rarity"))
    new = rarity(1, max(1, ComparedText.objects.count()))
    Word.objects.bulk_create(
        [Word(text=word, rarity=new) for word in sorted(weights.keys() - known.keys())],
        ignore_conflicts=True,
        batch_size=BATCH,
    )
    return {word: known.get(word, new) for word in weights}


def _keep_texts(texts: Mapping[int, Weights], lengths: Mapping[int, float]) -> None:
    """Write the texts that changed, and their words."""
    stored = ComparedText.objects.filter(pilot__in=texts) if len(texts) == 1 else ComparedText.objects.all()
    known = {
        pilot: (digest, length) for pilot, digest, length in stored.values_list("pilot", "digest", "length")
    }
    told = {pilot: (_digest(weights), lengths[pilot]) for pilot, weights in texts.items()}
    changed = [pilot for pilot, facts in told.items() if known.get(pilot) != facts]
    ComparedText.objects.bulk_create(
        [ComparedText(pilot_id=pilot, digest=told[pilot][0], length=told[pilot][1]) for pilot in changed],
        update_conflicts=True,
        unique_fields=["pilot"],
        update_fields=["digest", "length"],
        batch_size=BATCH,
    )
    reworded = [pilot for pilot in changed if pilot not in known or known[pilot][0] != told[pilot][0]]
    for batch in _batches(reworded):
        _keep_words({pilot: texts[pilot] for pilot in batch})


def _keep_words(texts: Mapping[int, Weights]) -> None:
    ids = dict(ComparedText.objects.filter(pilot__in=texts).values_list("pilot", "pk"))
    WordOfText.objects.filter(text__in=ids.values()).delete()
    used = sorted({word for weights in texts.values() for word in weights})
    words: dict[str, int] = {}
    for batch in _batches(used):
        words |= dict(Word.objects.filter(text__in=batch).values_list("text", "pk"))
    WordOfText.objects.bulk_create(
        [
            WordOfText(text_id=ids[pilot], word_id=words[word], weight=weight)
            for pilot, weights in texts.items()
            for word, weight in weights.items()
        ],
        batch_size=BATCH * 4,
    )


def _digest(weights: Weights) -> str:
    return digest_of(f"{word}:{weight:.4f}" for word, weight in sorted(weights.items()))


def _keep_pairs(pairs: Iterable[Pair], known: Mapping[Two, tuple[int, float, str]]) -> set[int]:
    """Make the pairs kept (with id, score and texts) these ones. Returns the pilots for whom that changes anything."""
    digests = dict(ComparedText.objects.order_by().values_list("pilot", "digest"))
    found, changed, now = set(), [], clock.now()
    for pair in pairs:
        two = (pair.pilot, pair.other)
        found.add(two)
        texts = digest_of(sorted((digests[pair.pilot], digests[pair.other])))
        if two not in known or known[two][1:] != (pair.score, texts):
            facts = {"score": pair.score, "words": list(pair.words), "texts": texts, "found_at": now}
            changed.append(Overlap(pilot_id=pair.pilot, other_id=pair.other, **facts))
    Overlap.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["pilot", "other"],
        update_fields=["score", "words", "texts"],
        batch_size=BATCH,
    )
    gone = {two: facts[0] for two, facts in known.items() if two not in found}
    for batch in _batches(sorted(gone.values())):
        Overlap.objects.filter(pk__in=batch).delete()
    return {one for row in changed for one in (row.pilot_id, row.other_id)} | {
        one for two in gone for one in two
    }


def _batches(rows: list) -> Iterable[list]:
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))
