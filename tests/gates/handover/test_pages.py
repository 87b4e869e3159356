"""The way through the pages, from the list to undoing, and leaving."""

import pytest
from django.contrib.messages import get_messages

from gates.models import Handover
from metrics.models import Kpi
from pilots.models import Event
from tests.api.world import BASE, program_of
from tests.builders import make_pilot
from tests.gates.handover.handing import give, prepare

# What these pages ask is asked of both databases in `tests/flows/test_every_page.py`.
pytestmark = [pytest.mark.django_db, pytest.mark.either]


def page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_all_the_way_and_back(everything, olga, otto, petra, client_of):
    browser, address = client_of(petra), f"/handover/{olga.pk}/"
    first = page(browser, address)
    for words in (
        "Pilots owned",
        "Invoice reading",
        "Conditions owed",
        "Buy the licence",
        "Gatekeeper roles",
    ):
        assert words in first
    ticked = [f"owner:{everything.pk}", f"kpi:{everything.kpis.get().pk}"]
    body = {"thing": ticked, "receiver": otto.pk, "receiver_kpi": petra.pk, "note": "Moves on."}
    looked = browser.post(address, body)
    handover = Handover.objects.get()
    assert looked["Location"] == f"/handovers/{handover.pk}/"

    preview = page(browser, looked["Location"])
    assert "Nothing has moved yet" in preview and "Hand over 2 things" in preview
    everything.refresh_from_db()
    assert everything.owner == olga
    browser.post(f"/handovers/{handover.pk}/confirm/")
    everything.refresh_from_db()
    assert (everything.owner, everything.kpis.get().owner) == (otto, petra)
    assert "Undo the handover" in page(browser, looked["Location"])

    browser.post(f"/handovers/{handover.pk}/undo/")
    everything.refresh_from_db()
    assert everything.owner == olga
    assert "Went back to Olga Owner" in page(browser, looked["Location"])
    assert "Undone" in page(browser, address)


def test_the_preview_says_what_stays_and_why(everything, olga, nils, ida, client_of):
    handover = prepare(olga, nils, by=ida)
    shown = page(client_of(ida), f"/handovers/{handover.pk}/")

    assert "Stays where it is" in shown
    assert "Nils Nobody has no role in Customer service" in shown
    assert "0 of " in shown
    answer = client_of(ida).post(f"/handovers/{handover.pk}/confirm/")
    assert answer.status_code == 422
    assert "Nothing of this can be handed over." in answer.content.decode()


def test_roles_are_not_ticked_until_somebody_ticks_them(everything, olga, ida, client_of):
    shown = page(client_of(ida), f"/handover/{olga.pk}/")
    role = olga.memberships.get()

    assert f'id="thing-owner-{everything.pk}" checked' in shown
    assert f'id="thing-role-{role.pk}">' in shown


def test_somebody_who_holds_a_thousand_things_hands_over_all_of_them(pilot, olga, otto, petra, client_of):
    facts = {"kind": "business", "direction": "higher", "unit": "h"}
    Kpi.objects.bulk_create(Kpi(pilot=pilot, owner=olga, name=f"No. {n}", **facts) for n in range(1_200))
    ticked = [f"kpi:{kpi.pk}" for kpi in pilot.kpis.all()]

    body = {"thing": ticked, "receiver": otto.pk, "note": "Moves on."}
    looked = client_of(petra).post(f"/handover/{olga.pk}/", body)
    assert looked.status_code == 302
    client_of(petra).post(f"{looked['Location']}confirm/")
    assert pilot.kpis.filter(owner=otto).count() == 1_200


def test_what_was_typed_wrongly_comes_back_as_it_was(everything, olga, ida, client_of):
    body = {"thing": [f"owner:{everything.pk}"], "note": ""}
    answer = client_of(ida).post(f"/handover/{olga.pk}/", body)
    shown = answer.content.decode()

    assert answer.status_code == 422
    assert "Choose who takes it over." in shown and "Write a note" in shown
    assert shown.count(" checked><label") == 1


def test_who_holds_nothing_reads_so(adam, client_of):
    assert "Nothing to hand over" in page(client_of(adam), f"/handover/{adam.pk}/")


def test_managers_are_told_where_the_work_of_others_is(everything, petra, olga, client_of):
    hint = "For the work of somebody else"
    assert hint in client_of(petra).get(f"/handover/{petra.pk}/").content.decode()
    assert hint not in client_of(petra).get(f"/handover/{olga.pk}/").content.decode()
    assert hint not in client_of(olga).get(f"/handover/{olga.pk}/").content.decode()


def test_a_handover_is_read_by_those_it_concerns(everything, olga, otto, nils, ida, client_of):
    prepared, done = prepare(olga, otto, by=ida), give(olga, otto, by=ida)

    assert client_of(otto).get(f"/handovers/{prepared.pk}/").status_code == 404
    assert "Handed" in page(client_of(otto), f"/handovers/{done.pk}/").title()
    assert client_of(nils).get(f"/handovers/{done.pk}/").status_code == 404


def test_of_another_programme_nothing_is_shown(everything, olga, otto, nils, ida, client_of):
    mine = make_pilot(nils.memberships.get().programme, owner=olga, title="Secret routes")
    otto.memberships.create(programme=mine.programme, role="owner")
    done = give(olga, otto, by=ida)

    shown = page(client_of(nils), f"/handovers/{done.pk}/")
    assert "Secret routes" in shown and "Invoice reading" not in shown


def test_deactivating_somebody_who_holds_work_leads_to_handing_it_over(everything, olga, ida, client_of):
    browser = client_of(ida)
    answer = browser.post(f"/settings/people/{olga.pk}/active/", {"active": "false"})

    assert answer["Location"] == f"/handover/{olga.pk}/"
    assert "still holds" in str(next(iter(get_messages(answer.wsgi_request))))
    olga.refresh_from_db()
    assert olga.is_active
    left = page(browser, f"/handover/{olga.pk}/")
    assert "Leave the work and deactivate" in left

    browser.post(f"/settings/people/{olga.pk}/active/", {"active": "false", "reason": "No successor yet."})
    olga.refresh_from_db()
    assert not olga.is_active
    assert "has left" in page(browser, f"/pilots/{everything.key}/")


def test_who_has_left_can_still_be_relieved(everything, olga, otto, ida, client_of):
    olga.is_active = False
    olga.save()

    give(olga, otto, by=ida)
    everything.refresh_from_db()
    assert everything.owner == otto


def test_the_api_says_409_until_a_reason_is_given(everything, olga, ida):
    program, address = program_of(ida), f"{BASE}people/{olga.pk}/deactivate/"
    refused = program.post(address, {}, format="json")

    assert refused.status_code == 409
    assert "still holds" in refused.json()["reasons"][0]
    done = program.post(address, {"reason": "No successor yet."}, format="json")
    assert (done.status_code, done.json()["is_active"]) == (200, False)


def test_the_api_prepares_shows_what_stays_confirms_and_undoes(everything, olga, otto, petra):
    program = program_of(petra)
    body = {"person": olga.pk, "receiver": otto.pk, "note": "Moves on."}
    prepared = program.post(f"{BASE}handovers/", body, format="json").json()
    assert {one["thing"].split(":")[0] for one in prepared["things"]} >= {"owner", "seat", "kpi"}
    assert {one["why"] for one in prepared["things"]} == {""}

    address = f"{BASE}handovers/{prepared['id']}/"
    done = program.post(f"{address}confirm/", {}, format="json").json()
    assert {one["passing"] for one in done["things"]} == {"moved"}
    back = program.post(f"{address}undo/", {}, format="json").json()
    assert {one["passing"] for one in back["things"]} == {"returned"}
    assert Event.objects.filter(type="gates.work_handed_back").count() == 1


def test_the_api_refuses_a_thing_that_is_not_theirs(everything, olga, otto, petra):
    body = {"person": olga.pk, "receiver": otto.pk, "note": "Moves on.", "things": ["owner:999"]}
    answer = program_of(petra).post(f"{BASE}handovers/", body, format="json")

    assert answer.status_code == 400
    assert answer.json() == {"things": ["There is nothing here of this name: owner:999."]}
