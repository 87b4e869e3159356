"""What a pilot's text comes down to: words with weights. Pure.

A text is a vector of its words, each weighted by how often the text has it (1 + ln n) and by how few
texts have it (inverse document frequency); two texts are as alike as the cosine of the angle between
them. This is the weighting that G. Salton and C. Buckley found to be best for long and short texts:
"Term-weighting approaches in automatic text retrieval", Information Processing & Management 24(5), 1988.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import log, sqrt
from pathlib import Path

TITLE_COUNTS = 2  # a word of the title is worth this many of the text
COMMON = 8  # a sentence that more pilots than this have word for word says nothing of any of them
LONGEST_WORD = 40
TOLD = 5  # so many of the words two texts share are shown

WORD = re.compile(r"[^\W\d_][^\W_]*")
UNCHANGED = frozenset({"series", "species"})  # one and many of them are called the same
SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n+")

Weights = dict[str, float]  # word → 1 + ln of how often the text has it


@dataclass(frozen=True)
class Sentence:
    words: tuple[str, ...]
    counts: int  # how often each of its words counts

    @property
    def digest(self) -> str:
        return digest_of(self.words)


def digest_of(words: Iterable[str]) -> str:
    return hashlib.sha256(" ".join(words).encode()).hexdigest()


@cache
def stop_words() -> frozenset[str]:
    """Words of English so common that they say nothing of what a text is about."""
    return frozenset(Path(__file__).with_name("stop_words.txt").read_text("utf-8").split())


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in their order: folded, in the singular, without those that say nothing."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    found = (word[:LONGEST_WORD] for word in WORD.findall(folded))
    return tuple(singular(word) for word in found if len(word) > 1 and word not in stop_words())


def singular(word: str) -> str:
    """An English plural without its ending, by the rules of the S stemmer (Harman, JASIS 42, 1991)."""
    if word in UNCHANGED:
        return word
    if len(word) > 4 and word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("us", "ss", "is")):
        return word[:-1]
    return word


def sentences_of(title: str, *texts: str) -> list[Sentence]:
    """The title and the sentences of the texts, without those that have no word left."""
    found = [Sentence(words_of(title), TITLE_COUNTS)]
    found += [Sentence(words_of(part), 1) for text in texts for part in SENTENCE.split(text)]
    return [sentence for sentence in found if sentence.words]


def commonplaces_of(texts: Iterable[Sequence[Sentence]]) -> set[str]:
    """The digests of the sentences that more than COMMON of the texts have."""
    counted = Counter(digest for text in texts for digest in {sentence.digest for sentence in text})
    return {digest for digest, count in counted.items() if count > COMMON}


def weights_of(sentences: Sequence[Sentence], commonplaces: Collection[str]) -> Weights:
    """The weighted words of a text without its commonplaces; a text of nothing else keeps them."""
    telling = [one for one in sentences if one.digest not in commonplaces] or sentences
    counted: Counter[str] = Counter()
    for sentence in telling:
        for word in sentence.words:
            counted[word] += sentence.counts
    return {word: 1 + log(count) for word, count in counted.items()}


def rarity(having: int, texts: int) -> float:
    """The inverse document frequency of a word that so many of the texts have; smoothed, as a number kept."""
    return round(log((1 + texts) / (1 + having)) + 1, 3)


def length_of(weights: Weights, rarities: Mapping[str, float]) -> float:
    return sqrt(sum((weight * rarities[word]) ** 2 for word, weight in weights.items()))


def shared_words(products: Mapping[str, float]) -> list[str]:
    """Of the words two texts share, those that make them alike most, strongest first."""
    return sorted(products, key=lambda word: (-round(products[word], 6), word))[:TOLD]
