"""The pages of a register: listed, written, changed and removed through the browser."""

import pytest
from django.urls import reverse

from pilots.models import Risk
from pilots.registers.table import REGISTERS
from tests.builders import days_ago, make_entry, make_pilot
from tests.samples_of_registers import SAMPLES

# What these pages ask is asked of both databases in `tests/flows/test_every_page.py`.
pytestmark = [pytest.mark.django_db, pytest.mark.either]


def url(name, pilot, *args):
    return reverse(f"pilots:{name}", args=[pilot.key, *args])


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("key", REGISTERS)
def test_an_entry_goes_through_its_life_on_the_pages(pilot, olga, client_of, key):
    client, model = client_of(olga), REGISTERS[key].model
    body = SAMPLES[key] | {"owner": olga.pk, "team": "", "review_on": "2027-01-31"}

    added = client.post(url("entry_new", pilot, key), body, follow=True)
    entry = model.objects.get()
    assert added.status_code == 200
    assert str(entry) in words(added)
    page = words(client.get(url("entry", pilot, key, entry.pk)))
    assert "31 Jan 2027" in page and "Entry added" in page

    form = client.get(url("entry_edit", pilot, key, entry.pk))
    again = client.post(url("entry_edit", pilot, key, entry.pk), body | {"team": "Legal", "seen": 1})
    assert (form.status_code, again.status_code) == (200, 302)
    assert "Legal" in words(client.get(url("register", pilot, key)))

    assert "can be put back" in words(client.get(url("entry_remove", pilot, key, entry.pk)))
    client.post(url("entry_remove", pilot, key, entry.pk))
    assert "Nothing here yet" in words(client.get(url("register", pilot, key)))
    assert "Removed" in words(client.get(url("register", pilot, key) + "?removed=true"))
    client.post(url("entry_restore", pilot, key, entry.pk))
    assert model.objects.standing().get() == entry


def test_a_long_address_in_a_list_may_break(pilot, olga, client_of):
    address = "https://example.com/" + "a" * 90
    make_entry(pilot, title=f"As in {address}", mitigation=address, team="T" * 40)

    for page in (url("register", pilot, "risks"), reverse("pilots:register_all", args=["risks"])):
        text = words(client_of(olga).get(page))
        assert text.count("https://example.<wbr>com/") == 2
        assert "T" * 40 not in text


def test_an_amount_says_its_currency(pilot, olga, client_of):
    pilot.programme.currency = "CHF"
    pilot.programme.save()
    entry = make_entry(pilot, "debt", cost="3000.50")

    for page in (url("register", pilot, "debt"), url("entry", pilot, "debt", entry.pk)):
        assert "3,000.5 CHF" in words(client_of(olga).get(page))


def test_the_form_shows_what_somebody_else_wrote_and_keeps_what_was_typed(pilot, olga, petra, client_of):
    entry = make_entry(pilot, "risks")
    body = SAMPLES["risks"] | {"mitigation": "A lawyer reads it.", "seen": 1}
    others = body | {"mitigation": "Two people read it."}
    client_of(petra).post(url("entry_edit", pilot, "risks", entry.pk), others)

    answer = client_of(olga).post(url("entry_edit", pilot, "risks", entry.pk), body)

    assert answer.status_code == 422
    text = words(answer)
    assert "Petra Plan has changed this since you opened it; version 2 stands now." in text
    assert "Mitigation is now “Two people read it.”." in text
    assert "A lawyer reads it.</textarea>" in text
    assert 'name="seen" value="2"' in text
    client_of(olga).post(url("entry_edit", pilot, "risks", entry.pk), body | {"seen": 2})
    assert Risk.objects.get().mitigation == "A lawyer reads it."


def test_a_form_with_a_mistake_still_tells_what_somebody_else_wrote(pilot, olga, petra, client_of):
    entry = make_entry(pilot, "risks", mitigation="Nothing yet.")
    page, client = url("entry_edit", pilot, "risks", entry.pk), client_of(olga)
    body = SAMPLES["risks"] | {"mitigation": "Nothing yet.", "seen": 1}
    client_of(petra).post(page, body | {"mitigation": "Two people read it."})

    mistaken = client.post(page, body | {"title": ""})
    assert 'name="seen" value="1"' in words(mistaken)
    answer = client.post(page, body | {"title": "It invents a law"})

    assert "Mitigation is now “Two people read it.”." in words(answer)
    assert Risk.objects.get().mitigation == "Two people read it."


def test_the_overview_says_what_nobody_has_in_hand(pilot, olga, client_of):
    for number in range(3):
        make_entry(
            pilot, title=f"Risk {number}", review_on=days_ago(number - 1), owner=olga if number else None
        )
    make_entry(pilot, title="Over", state="closed", review_on=days_ago(9))

    text = words(client_of(olga).get(url("registers", pilot)))

    row = text.split(">Risks</a>")[1].split("</tr>")[0]
    assert row.index(">4<") < row.index(">3<")
    assert 'Review overdue: <b class="num">1</b>' in row
    assert 'nobody: <b class="num">1</b>' in row


def test_who_is_named_changes_an_entry_but_does_not_remove_it(pilot, ana, client_of):
    entry, other = make_entry(pilot, owner=ana), make_entry(pilot, title="Another")
    client, body = client_of(ana), SAMPLES["risks"] | {"owner": ana.pk, "impact": 1}

    assert client.post(url("entry_edit", pilot, "risks", entry.pk), body).status_code == 302
    assert client.get(url("entry_edit", pilot, "risks", other.pk)).status_code == 403
    assert client.post(url("entry_remove", pilot, "risks", entry.pk)).status_code == 403
    page = words(client.get(url("entry", pilot, "risks", entry.pk)))
    assert "/edit/" in page and "/remove/" not in page


def test_an_entry_of_another_pilot_or_register_is_not_there(pilot, olga, client_of, programme):
    entry, other = make_entry(pilot), make_pilot(programme, owner=olga)
    client = client_of(olga)

    assert client.get(url("entry", other, "risks", entry.pk)).status_code == 404
    assert client.get(url("register", pilot, "nonsense")).status_code == 404


def test_who_has_left_stays_on_an_entry_and_is_said_to_have_left(pilot, olga, ana, client_of):
    entry = make_entry(pilot, owner=ana)
    ana.is_active = False
    ana.save()
    client = client_of(olga)

    assert "(left)" in words(client.get(url("register", pilot, "risks")))
    assert "Ana Anders (left)" in words(client.get(url("entry_edit", pilot, "risks", entry.pk)))


def test_a_list_takes_as_many_queries_for_many(pilot, olga, client_of, django_assert_max_num_queries):
    client = client_of(olga)
    for number in range(60):
        make_entry(pilot, title=f"Risk {number}", owner=olga)

    for address in (url("register", pilot, "risks"), url("registers", pilot)):
        with django_assert_max_num_queries(8):
            assert client.get(address).status_code == 200


def test_what_should_be_in_a_register_and_is_not_stands_there_as_missing(pilot, olga, adam, client_of):
    client, page = client_of(olga), url("register", pilot, "roles")
    assert words(client.get(page)).count("Nobody yet") == 7
    make_entry(pilot, "roles", role="adoption", team="Trainers")

    shown = words(client.get(page))

    assert shown.count("Nobody yet") == 6 and "?role=adoption" not in shown
    assert f'href="{url("entry_new", pilot, "roles")}?role=user_support"' in shown
    assert "?role=" not in words(client_of(adam).get(page))
    assert "Nobody yet" not in words(client.get(page + "?role=adoption"))
    form = client.get(url("entry_new", pilot, "roles") + "?role=user_support").context["form"]
    assert form["role"].value() == "user_support"
    assert client.get(url("entry_new", pilot, "roles") + "?role=cook").status_code == 200


def test_a_link_in_a_register_can_be_followed(pilot, olga, client_of):
    entry = make_entry(pilot, "procedures")

    for page in (url("register", pilot, "procedures"), url("entry", pilot, "procedures", entry.pk)):
        assert f'href="{SAMPLES["procedures"]["link"]}" rel="noreferrer"' in words(client_of(olga).get(page))


def test_a_number_too_small_is_said_in_plain_words(pilot, olga, client_of):
    answer = client_of(olga).post(url("entry_new", pilot, "waves"), SAMPLES["waves"] | {"cap": "0"})

    assert answer.status_code == 422
    assert "This must be at least 1." in words(answer)
    assert "Ensure" not in words(answer)
