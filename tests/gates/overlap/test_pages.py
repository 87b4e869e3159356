"""The pages of pilots that try the same, as people use them."""

import csv
import io

import pytest
from django.urls import reverse

from gates.models import Distinction
from gates.overlap.indexing import refresh_all_overlaps
from tests.builders import make_overlap
from tests.gates.overlap.conftest import INVOICES

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(portfolio, olga):
    """Olga's pilot, and one that tries the same."""
    pilot, other = portfolio["invoices"], portfolio["bills"]
    pilot.owner = olga
    pilot.save(update_fields=["owner"])
    make_overlap(pilot, other)
    return pilot, other


def page(client, name, *args, data=None) -> str:
    return client.get(reverse(f"gates:{name}", args=args), data or {}).content.decode()


def test_the_overview_names_them_and_leads_to_the_page(two, olga, client_of):
    pilot, other = two

    overview = page(client_of(olga), "overview", pilot.key)

    assert other.title in overview and "62% alike: invoice, clerk" in overview
    assert reverse("gates:pilot_overlaps", args=[pilot.key]) in overview
    assert "Pilots that try the same" not in page(client_of(olga), "overview", _alone(two).key)


def _alone(two):
    return type(two[0]).objects.get(title="Whale counting")


def test_the_owner_tells_them_apart_and_undoes_it(two, olga, client_of):
    pilot, other = two
    client = client_of(olga)
    here = reverse("gates:pilot_overlaps", args=[pilot.key])

    client.post(reverse("gates:tell_apart", args=[pilot.key, other.key]), {"reason": "Theirs are bills."})
    told = client.get(here).content.decode()
    assert "Theirs are bills." in told and "No other pilot tries the same" in told

    said = Distinction.objects.get()
    client.post(reverse("gates:undo_distinction", args=[pilot.key, said.pk]))
    assert "Theirs are bills." not in client.get(here).content.decode()


def test_without_a_reason_the_form_says_so_beside_the_field(two, olga, client_of):
    pilot, other = two

    answer = client_of(olga).post(reverse("gates:tell_apart", args=[pilot.key, other.key]), {"reason": ""})

    assert answer.status_code == 422
    assert answer.content.decode().count("Say why they are not the same.") == 2  # summary and field
    assert not Distinction.objects.exists()


def test_what_is_not_alike_cannot_be_told_apart(two, olga, client_of):
    pilot, _ = two
    for key in (_alone(two).key, pilot.key, "PIL-999"):
        answer = client_of(olga).post(reverse("gates:tell_apart", args=[pilot.key, key]), {"reason": "No."})
        assert answer.status_code == 404


def test_the_list_and_its_file_say_the_same(two, olga, client_of):
    client = client_of(olga)
    listed = page(client, "all_overlaps")
    assert "1 pair<" in listed and "62%" in listed
    assert "No pair matches" in page(client, "all_overlaps", data={"q": "zebra"})
    assert "Choose one of these programmes." in page(client, "all_overlaps", data={"programme": "nowhere"})

    text = client.get(reverse("gates:overlaps_file")).getvalue().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[-1][:5] == ["62", "invoice, clerk", "1", two[0].key, two[0].title]


def test_a_file_that_leaves_pairs_out_says_how_many(two, olga, client_of, monkeypatch):
    make_overlap(two[0], _alone(two), score=0.4)
    client, file = client_of(olga), reverse("gates:overlaps_file")
    assert "Left out" not in client.get(file).getvalue().decode()

    monkeypatch.setattr("gates.overlap.views.MOST", 1)
    text = client.get(file).getvalue().decode()
    assert "Left out,1 less alike than these" in text
    assert text.strip().splitlines()[-1].startswith("62,")


def test_an_empty_list_says_why(portfolio, olga, client_of):
    assert "No two pilots try the same" in page(client_of(olga), "all_overlaps")


def test_the_form_of_a_new_pilot_offers_them_as_a_fragment_and_as_a_page(portfolio, olga, client_of):
    refresh_all_overlaps()
    client, sent = client_of(olga), {"title": "Reading invoices", "problem": INVOICES}
    form = client.get(reverse("pilots:create")).content.decode()
    assert f'formaction="{reverse("gates:similar")}"' in form

    fragment = client.post(reverse("gates:similar"), sent, headers={"HX-Request": "true"}).content.decode()
    whole = client.post(reverse("gates:similar"), sent).content.decode()

    assert fragment.strip().startswith('<div id="similar"') and "<html" not in fragment
    assert "2 pilots may try the same." in fragment
    assert "<html" in whole and "Invoice capture" in whole and "as “Reading invoices”" in whole
    assert (
        "No pilot that you may see"
        in client.post(
            reverse("gates:similar"), {"title": "Zebra"}, headers={"HX-Request": "true"}
        ).content.decode()
    )
