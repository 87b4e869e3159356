"""Tags and templates: what words they write for people, dates, states, lists and forms."""

import re
from datetime import UTC, date, datetime
from html import unescape

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.utils import timezone

from pilots.widgets import RadioCards


def draw(source: str, query: str = "", **context) -> str:
    request = RequestFactory().get(f"/list/?{query}")
    return Template(source).render(Context({"request": request, **context})).strip()


def text(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


class TestTime:
    def test_a_date_is_a_date_in_every_zone(self):
        for zone in ("America/Los_Angeles", "Pacific/Auckland"):
            with timezone.override(zone):
                drawn = draw("{% when day %}", day=date(2026, 11, 20))
            assert drawn == '<time datetime="2026-11-20">20 Nov 2026</time>'

    def test_a_moment_names_its_zone(self):
        with timezone.override("Europe/Vienna"):
            drawn = draw("{% when moment weekday=True %}", moment=datetime(2026, 11, 24, 17, tzinfo=UTC))
        assert text(drawn) == "Tue 24 Nov 2026, 18:00 CET"

    def test_no_date_is_a_dash_or_the_words_given(self):
        assert draw("{% when None %}") == "–"
        assert draw('{% when None empty="No date" %}') == "No date"

    def test_slip_always_shows_its_sign(self):
        assert (
            draw("{{ 14|signed_days }}, {{ -1|signed_days }}, {{ 0|signed_days }}")
            == "+14 days, −1 day, on plan"
        )


class TestWords:
    def test_a_state_is_a_mark_and_a_word(self):
        drawn = draw('{% status "warn" "At risk" %}')
        assert text(drawn) == "At risk" and "#g-warn" in drawn and 'aria-hidden="true"' in drawn

    def test_what_is_done_stays_plain_and_what_failed_is_red(self):
        assert 'class="pill plain"' in draw('{% pill "ok" "Met" %}')
        assert 'class="pill bad"' in draw('{% pill "bad" "Not met" %}')

    def test_a_person_is_initials_and_name_and_nobody_is_said(self):
        assert text(draw('{% person "Ingrid Lindqvist" "Owner" %}')) == "IL Ingrid Lindqvist Owner"
        assert "Nobody yet" in draw("{% person None %}")

    def test_words_from_people_are_escaped(self):
        assert "<script" not in draw('{% person who who %}{% pill "bad" who %}', who="<script>")


class TestLists:
    def test_paging_keeps_the_filters_and_says_where_it_is(self):
        page = Paginator(range(2133), 50).get_page(7)
        drawn = draw("{% pagination page %}", "owner=me&page=7", page=page)
        assert "301 to 350 of 2,133" in drawn
        assert 'rel="next" href="?owner=me&amp;page=8"' in drawn
        assert re.search(r'aria-current="page">.*7</span>', drawn)

    def test_nothing_found_needs_no_paging(self):
        assert draw("{% pagination page %}", page=Paginator([], 50).get_page(1)) == ""


class Sample(forms.Form):
    name = forms.CharField(help_text="What it does.")
    note = forms.CharField(required=False)
    outcome = forms.ChoiceField(
        choices=[("go", "Go"), ("hold", "Hold")], widget=RadioCards({"go": "All is met."})
    )
    sure = forms.BooleanField(label="I am sure")


class TestForms:
    def test_a_field_is_tied_to_its_hint_and_error(self):
        drawn = str(Sample({})["name"].as_field_group())
        assert 'aria-describedby="id_name_helptext id_name_error"' in drawn and 'aria-invalid="true"' in drawn
        assert 'id="id_name_helptext"' in drawn and 'id="id_name_error"' in drawn

    def test_optional_fields_say_so_and_required_ones_do_not(self):
        drawn = str(Sample())
        assert text(drawn).count("(optional)") == 1

    def test_the_summary_leads_to_every_field_with_the_field_s_own_words(self):
        form = Sample({})
        summary = render_to_string("components/form_errors.html", {"form": form})
        for target in re.findall(r'href="#([^"]+)"', summary):
            assert f'id="{target}"' in str(form)
        assert summary.count("This field is required.") == 3

    def test_a_form_without_errors_has_no_summary(self):
        assert render_to_string("components/form_errors.html", {"form": Sample()}).strip() == ""

    def test_a_card_explains_its_choice(self):
        drawn = str(Sample()["outcome"])
        assert drawn.count("choice-card") == 3 and "All is met." in drawn


class TestBreakable:
    def test_a_digest_may_break_and_a_word_may_not(self):
        drawn = draw("{{ text|breakable }}", text="operational " + "0123456789abcdef" * 4)
        assert drawn == "operational " + "<wbr>".join(["0123456789abcdef"] * 4)

    def test_what_was_typed_stays_text(self):
        typed = "<script>alert(1)</script>" + "&" * 40 + "'\""
        drawn = draw("{{ text|breakable }}", text=typed)
        assert "<script" not in drawn
        assert unescape(drawn.replace("<wbr>", "")) == typed


def test_a_cell_goes_with_what_stands_above_it():
    source = "{% for name, cell in row|under:heads %}{{ name }}={{ cell }};{% endfor %}"
    assert draw(source, row=["a", "b"], heads=["One", "Two"]) == "One=a;Two=b;"


class TestErrorPages:
    @pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "500.html", "403_csrf.html"])
    def test_each_leads_back_without_needing_anything(self, name):
        assert 'href="/"' in render_to_string(name)

    @override_settings(DEBUG=False)
    def test_the_failure_page_names_the_request_to_quote(self):
        from pilots.views.errors import server_error

        request = RequestFactory().get("/")
        request.id = "abc123"
        response = server_error(request)
        assert response.status_code == 500 and "abc123" in response.content.decode()
