"""What a text comes down to, and how alike two are. No database."""

from itertools import combinations
from math import log, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gates.overlap.comparing import ALIKE, NEAREST, compare
from gates.overlap.words import (
    COMMON,
    commonplaces_of,
    length_of,
    rarity,
    sentences_of,
    shared_words,
    singular,
    weights_of,
    words_of,
)


@pytest.mark.parametrize(
    ("word", "one"),
    [
        ("policies", "policy"), ("invoices", "invoice"), ("claims", "claim"), ("analysis", "analysis"),
        ("status", "status"), ("process", "process"), ("shoes", "shoe"), ("gas", "gas"), ("bus", "bus"),
        ("series", "series"),
    ],
)  # fmt: skip
def test_plurals_lose_their_ending_by_rule(word, one):
    assert singular(word) == one


def test_words_are_folded_and_say_something():
    said = words_of("The AI reads Invoices (v2), e-mails and 4,000 CLAIMS — ﬁnd n/a")

    assert said == ("ai", "read", "invoice", "v2", "mail", "claim", "find")


def test_a_word_of_the_title_counts_twice_and_each_further_time_less():
    weights = weights_of(
        sentences_of("Invoice reading", "Clerks type each invoice. An invoice takes long."), ()
    )

    assert weights["invoice"] == pytest.approx(1 + log(4))
    assert weights["reading"] == pytest.approx(1 + log(2))
    assert weights["clerk"] == 1


def test_what_many_pilots_have_word_for_word_says_nothing_of_any():
    boiler = "Our agency protects the public."
    texts = [sentences_of(f"Topic{chr(97 + n)}", boiler) for n in range(COMMON + 1)]
    common = commonplaces_of(texts)

    assert weights_of(texts[0], common).keys() == {"topica"}
    assert "agency" in weights_of(texts[0], commonplaces_of(texts[:COMMON]))


def test_a_text_of_nothing_but_commonplaces_keeps_them():
    texts = [sentences_of(f"Analytics tools {n}") for n in range(COMMON + 1)]

    assert weights_of(texts[0], commonplaces_of(texts)).keys() == {"analytic", "tool"}


def test_the_words_that_make_two_alike_are_told_strongest_first_and_ties_by_name():
    assert shared_words({"b": 0.5, "a": 0.5, "c": 0.9}) == ["c", "a", "b"]


def test_nothing_to_compare_is_no_pair():
    assert compare({}).pairs == compare({1: {}, 2: {}}).pairs == []


def test_copies_are_alike_as_can_be_and_strangers_are_no_pair():
    texts = {1: {"invoice": 1.0, "clerk": 1.0}, 2: {"invoice": 1.0, "clerk": 1.0}, 3: {"whale": 1.0}}

    (pair,) = compare(texts).pairs

    assert (pair.pilot, pair.other, pair.score, pair.words) == (1, 2, 1.0, ("clerk", "invoice"))


def test_of_many_copies_each_keeps_a_bounded_number_of_pairs():
    copies = {n: {"invoice": 1.0} for n in range(60)}

    assert len(compare(copies).pairs) <= 60 * NEAREST


TEXTS = st.lists(
    st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from([1.0, 1 + log(2), 1 + log(5)]), max_size=6),
    max_size=7,
)


@given(TEXTS)
@settings(max_examples=30)
def test_scores_are_the_cosines_of_the_definition(found):
    """Worked out by hand, word by word; every pair at least ALIKE is there and no other."""
    texts = dict(enumerate(found))
    told = [weights for weights in found if weights]
    rare = {word: rarity(sum(word in one for one in told), len(told)) for one in told for word in one}

    compared = compare(texts)

    scores = {(pair.pilot, pair.other): pair.score for pair in compared.pairs}
    for one, other in combinations(range(len(found)), 2):
        a, b = found[one], found[other]
        if not a or not b:
            assert (one, other) not in scores
            continue
        product = sum(a[word] * b[word] * rare[word] ** 2 for word in a.keys() & b.keys())
        cosine = product / (length_of(a, rare) * length_of(b, rare))
        assert scores.get((one, other), 0) == pytest.approx(cosine if (one, other) in scores else 0, abs=1e-3)
        assert (one, other) in scores or cosine < ALIKE + 1e-3
    assert compared.rarities == pytest.approx(rare)
    assert all(
        length
        == pytest.approx(sqrt(sum((w * rare[word]) ** 2 for word, w in texts[pilot].items())), abs=1e-3)
        for pilot, length in compared.lengths.items()
    )
