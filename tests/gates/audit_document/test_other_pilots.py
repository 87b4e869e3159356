"""An audit document of a pilot without anything, of one with long texts, and of one with much of everything."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gates.audit_document.document import document_of
from gates.audit_document.pdf import BOXED, FITS, pdf_of
from tests.builders import make_entry, make_kpi, make_pilot
from tests.gates.audit_document.reading import text_of, whole, words_of

pytestmark = pytest.mark.django_db


def test_a_bare_pilot_says_what_is_missing(programme):
    said = words_of(document_of(whole(make_pilot(programme))))

    for words in (
        "Not written down.",
        "Nothing has been decided yet.",
        "No KPI is followed.",
        "Nobody has signed.",
        "No gate that was entered has a criterion of risk, data, technology or operation.",
        "Nothing has changed yet.",
        "Nothing is written down.",
        "Not verified yet.",
    ):
        assert words in said, words


@pytest.mark.parametrize("length", [FITS - 1, FITS + 1, 20_000])
def test_a_text_of_any_length_fits(programme, olga, length):
    pilot = make_pilot(programme, owner=olga, problem="long " * (length // 5), title="Größe ≥ 5 → ok")
    make_entry(pilot, "risks", by=olga, mitigation="word " * (length // 5))
    text = text_of(pdf_of(document_of(whole(pilot))))

    assert text.count("word") == length // 5
    assert "Größe ≥ 5 → ok" in text


def test_letters_that_cannot_be_drawn_show_as_boxes_and_the_sheet_says_so(programme, olga):
    pilot = make_pilot(
        programme, title="Größe 🎉 roster", problem="مرحبا, 你好, e\u0301t\u0301 and \u202eback\u202c."
    )
    make_entry(pilot, "risks", by=olga, mitigation="Ask the שומר")
    text = text_of(pdf_of(document_of(whole(pilot))))

    assert BOXED in text
    assert "Größe □ roster" in text
    assert "□□□□□, □□," in text
    assert "Ask the □□□□" in text
    assert text.count("□") == 1 + 1 + 5 + 2 + 4
    assert BOXED not in text_of(pdf_of(document_of(whole(make_pilot(programme)))))


def test_it_costs_the_same_with_little_and_with_much(programme, olga):
    pilot = make_pilot(programme, owner=olga)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            document_of(whole(pilot))
        return len(captured)

    make_kpi(pilot)
    make_entry(pilot, "risks", by=olga, checkpoint="A person looks")
    few = cost()
    for number in range(12):
        make_kpi(pilot, f"KPI {number}")
        make_entry(pilot, "risks", by=olga, title=f"Risk {number}", checkpoint="A person looks")
    assert cost() == few
