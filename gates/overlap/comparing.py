"""All texts compared with all others at once. Needs scikit-learn, which only workers load: it takes a second."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gates.overlap.words import Weights, shared_words

ALIKE = 0.3  # from this score on two pilots are said to try the same; measured, see docs/using.md
NEAREST = 20  # a pair counts while each is among so many nearest of one of the two
CHUNK = 500  # texts compared with all at once: what bounds the memory


@dataclass(frozen=True)
class Pair:
    """Two pilots whose texts are alike; the smaller id first."""

    pilot: int
    other: int
    score: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    rarities: dict[str, float]
    lengths: dict[int, float]
    pairs: list[Pair]


def compare(texts: Mapping[int, Weights]) -> Comparison:
    """Pilot id → weighted words of its text, compared each with all others in products of sparse matrices."""
    told = {pilot: weights for pilot, weights in sorted(texts.items()) if weights}
    if not told:
        return Comparison({}, {}, [])
    import numpy
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.preprocessing import normalize

    words = DictVectorizer()
    counted = words.fit_transform(told.values())
    weighing = TfidfTransformer(norm=None).fit(counted != 0)
    weighing.idf_ = weighing.idf_.round(3)  # as it is kept: a night with little news changes few rows
    weighed = weighing.transform(counted)
    lengths = numpy.sqrt(weighed.multiply(weighed).sum(axis=1)).A1
    names = words.get_feature_names_out()
    return Comparison(
        rarities=dict(zip(names.tolist(), weighing.idf_.tolist(), strict=True)),
        lengths=dict(zip(told, lengths.round(4).tolist(), strict=True)),
        pairs=list(_pairs(normalize(weighed), list(told), names)),
    )


def _pairs(vectors: Any, pilots: list[int], names: Any) -> Iterator[Pair]:
    """The pairs at least ALIKE, among the NEAREST of either."""
    seen = set()
    for start in range(0, len(pilots), CHUNK):
        products = (vectors[start : start + CHUNK] @ vectors.T).tocsr()
        for row in range(products.shape[0]):
            here = slice(products.indptr[row], products.indptr[row + 1])
            for at, score in _nearest(products.indices[here], products.data[here], start + row):
                pair = (min(start + row, at), max(start + row, at))
                if pair not in seen:
                    seen.add(pair)
                    shared = vectors[pair[0]].multiply(vectors[pair[1]]).tocoo()
                    told = dict(zip(names[shared.col].tolist(), shared.data.tolist(), strict=True))
                    yield Pair(pilots[pair[0]], pilots[pair[1]], score, tuple(shared_words(told)))


def _nearest(others: Any, scores: Any, itself: int) -> list[tuple[int, float]]:
    alike = scores.round(4) >= ALIKE
    found = zip(others[alike].tolist(), scores[alike].round(4).tolist(), strict=True)
    ranked = sorted((-score, at) for at, score in found if at != itself)
    return [(at, -score) for score, at in ranked[:NEAREST]]
