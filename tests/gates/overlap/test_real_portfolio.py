"""The federal portfolio of 2024: do the pairs found agree with what a reader says?

labels.csv holds what was read, by record number of v2.csv: the 50 pairs most alike (top), pairs drawn by chance
from those less alike (band), and pairs of pilots on one subject, found by a word in their titles and judged the
same (subject). One reader judged all of them and had seen the scores (verdict); another judged those of top and
band, shuffled, without scores and without the first verdicts (blind_verdict). “Same” means: the same work of the
AI, on the same kind of input, so that two teams should talk. Pairs of the very same two texts are read once.
"""

import csv
from pathlib import Path

import pytest

from gates.models import Overlap
from gates.models.overlap import LIKELY
from gates.overlap.indexing import refresh_all_overlaps
from gates.overlap.queries import OverlapChoice, overlaps_seen
from pilots.choices import Role
from pilots.models import SourceRecord
from tests.builders import join, make_user
from tests.gates.imports.conftest import import_pilots, playbooks, shared_data  # noqa: F401

pytestmark = [pytest.mark.shared_data, pytest.mark.django_db, pytest.mark.either]

LABELS = Path(__file__).with_name("labels.csv")
Two = tuple[int, int]


def labels(because: str, reader: str = "verdict") -> dict[Two, bool]:
    """Pair of record numbers → is it the same."""
    with LABELS.open() as stream:
        rows = [row for row in csv.DictReader(stream) if row["read_because"] == because]
    return {(int(row["one"]), int(row["other"])): row[reader] == "same" for row in rows}


def share(verdicts) -> float:
    verdicts = list(verdicts)
    return sum(verdicts) / len(verdicts)


def test_two_readers_mean_the_same_by_the_same():
    """Agreement beyond chance: kappa of Cohen (1960), of which 0.8 is called almost perfect."""
    first = labels("top") | labels("band")
    second = labels("top", "blind_verdict") | labels("band", "blind_verdict")
    agreed = share(first[two] == second[two] for two in first)
    one, other = share(first.values()), share(second.values())
    by_chance = one * other + (1 - one) * (1 - other)

    assert (agreed - by_chance) / (1 - by_chance) >= 0.8  # measured: 147 of 160, 0.81


@pytest.mark.usefixtures("playbooks")
def test_the_pairs_that_are_most_alike_are_those_a_reader_would_name(shared_data):  # noqa: F811
    import_pilots(shared_data / "us-fed-2024/v2.csv")
    refresh_all_overlaps()
    number = dict(SourceRecord.objects.values_list("pilot", "record_number"))
    rows = Overlap.objects.values_list("pk", "pilot", "other", "score")
    pairs = {pk: tuple(sorted((number[one], number[other]))) for pk, one, other, _ in rows}
    scores = {pairs[pk]: score for pk, _, _, score in rows}

    listed = overlaps_seen(join(make_user(), None, Role.EXECUTIVE), OverlapChoice())
    first = [pairs[row["first"]] for row in listed[:50]]
    top, band, subject = labels("top"), labels("band"), labels("subject")
    unread = [two for two in first if two not in top]
    assert len(unread) <= 2, f"read these pairs: {unread}"
    assert share(top.get(two, False) for two in first) >= 0.94  # measured: 48 of 50
    blind = labels("top", "blind_verdict")
    assert share(blind.get(two, False) for two in first) >= 0.94  # measured: 48 of 50

    def drawn(low: float, high: float, read: dict[Two, bool] = band) -> float:
        return share(same for two, same in read.items() if low <= scores.get(two, 0) < high)

    assert drawn(LIKELY, 1) >= 0.65  # measured: 20 of 29
    assert drawn(0.3, LIKELY) >= 0.5  # measured: 47 of 81
    blind_band = labels("band", "blind_verdict")
    assert drawn(LIKELY, 1, blind_band) >= 0.65  # measured: 20 of 29
    assert drawn(0.3, LIKELY, blind_band) >= 0.45  # measured: 40 of 81
    assert share(two in scores for two in subject) >= 0.35  # measured: 12 of 32, for words must be shared
