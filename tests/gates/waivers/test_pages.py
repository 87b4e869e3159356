"""What pages and mails say of waivers, to whom, and at which cost."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gates.choices import AskStatus, AssessmentState
from gates.models import Waiver
from gates.reminders.actions import send_waiting
from gates.waivers.actions import approve_waiver, refuse_waiver, revoke_waiver
from gates.waivers.rules import written
from pilots.choices import Role
from pilots.events import dispatch_waiting
from pilots.models import User
from tests.builders import criterion, days_ago, join, make_gate, make_pilot
from tests.gates.waivers.waiving import ask, fresh, row, waive

# What these pages ask is asked of both databases in `tests/flows/test_every_page.py`.
pytestmark = [pytest.mark.django_db, pytest.mark.either]
S = AssessmentState


def page_of(client, gate, tail="") -> str:
    answer = client.get(f"/pilots/{gate.pilot.key}/gates/G1/{tail}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_line_says_until_when_and_leads_to_the_waiver(gate, olga, ana, client_of):
    waiver = waive(gate, olga, ana)
    page = page_of(client_of(olga), gate)

    assert f"Waived until {written(waiver.expires_on)}" in page
    assert f'href="/pilots/{gate.pilot.key}/gates/G1/waivers/#of-V1"' in page
    assert 'id="of-V1"' in page_of(client_of(olga), gate, "waivers/")


def test_a_lapsed_waiver_is_a_blocker_that_says_why(gate, olga, ana, client_of, on):
    waiver = waive(gate, olga, ana)
    with on(waiver.expires_on):
        page = page_of(client_of(olga), gate)
    said = written(waiver.expires_on)
    assert f"Waiver expired on {said}" in page
    assert f"Its waiver expired on {said}." in page


def test_the_opened_row_offers_what_this_reader_may_do(gate, olga, ana, erik, adam, client_of):
    asking, deciding, revoking = "Ask for a waiver", ">Approve</button>", "Revoke this waiver"
    offered = {
        "nothing asked": lambda: None,
        "asked": lambda: ask(gate, olga),
        "in force": lambda: approve_waiver(waiver=Waiver.objects.get(), by=ana),
    }
    seen = {}
    for what, happens in offered.items():
        happens()
        for person in (olga, ana, adam):
            page = page_of(client_of(person), gate, "criteria/V1/")
            seen[what, person.name] = [
                words for words in (asking, deciding, revoking, ">Withdraw<") if words in page
            ]

    assert {key: words for key, words in seen.items() if words} == {
        ("nothing asked", "Olga Owner"): [asking],
        ("asked", "Olga Owner"): [">Withdraw<"],
        ("asked", "Ana Anders"): [deciding],
        ("in force", "Ana Anders"): [revoking],
    }


def test_who_may_not_decide_on_this_one_reads_why_instead_of_the_buttons(gate, olga, ana, client_of):
    ask(gate, olga)
    gate.assessments.update(responsible=ana)

    page = page_of(client_of(ana), gate, "waivers/")
    assert ">Approve</button>" not in page
    assert "Whoever has to show a criterion does not decide on its waiver." in page
    answer = client_of(ana).post(f"/waivers/{Waiver.objects.get().pk}/approve/", {"note": "Typed."})
    assert answer.status_code == 422
    assert "Whoever has to show a criterion does not decide on its waiver." in answer.content.decode()


def test_the_named_person_asks_and_nobody_else_from_outside(gate, ana, erik, client_of):
    gate.assessments.filter(criterion__key="V1").update(responsible=erik)
    body = {"reason": "It comes.", "expires_on": days_ago(-9).isoformat()}
    address = f"/pilots/{gate.pilot.key}/gates/G1/criteria/V1/waiver/"

    assert client_of(ana).post(address, body).status_code == 403
    assert client_of(erik).post(address, body).status_code == 302
    assert Waiver.objects.get().asked_by == erik


def test_a_refusal_without_words_is_said_at_the_field_of_that_waiver(gate, olga, ana, client_of):
    first, second = ask(gate, olga), ask(gate, olga, "R1")
    answer = client_of(ana).post(f"/waivers/{first.pk}/refuse/", {"note": ""})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("Say why the waiver is refused.") == 2  # in the summary and at the field
    assert f'href="#note_{first.pk}_note"' in page
    assert f'id="note_{second.pk}_note"' in page
    assert fresh(first).status == AskStatus.ASKED


def test_whoever_comes_second_is_told_on_the_page(gate, olga, ana, erik, client_of):
    waiver = ask(gate, olga)
    refuse_waiver(waiver=waiver, note="No.", by=ana)

    answer = client_of(erik).post(f"/waivers/{waiver.pk}/approve/", {"note": ""})

    assert answer.status_code == 422
    assert "This waiver has already been refused by Ana Anders on " in answer.content.decode()


def test_the_checklist_offers_a_waived_criterion_only_what_can_be_said(gate, olga, ana, client_of):
    waive(gate, olga, ana)
    page = client_of(olga).get(f"/pilots/{gate.pilot.key}/gates/G1/criteria/V1/")
    states = [value for value, _ in page.context["form"].fields["state"].choices]
    assert states == [S.WAIVED, S.MET]

    body = {"state": "waived", "note": "Booked for May.", "responsible": ""}
    client_of(olga).post(f"/pilots/{gate.pilot.key}/gates/G1/criteria/V1/", body)
    assert (row(gate).state, row(gate).note) == (S.WAIVED, "Booked for May.")


def test_a_gatekeeper_sees_on_the_gate_that_a_waiver_waits(gate, olga, ana, client_of):
    assert "A waiver waits for a decision" not in page_of(client_of(ana), gate)
    waiver = ask(gate, olga)
    assert "A waiver waits for a decision" in page_of(client_of(ana), gate)
    assert "A waiver waits for a decision" not in page_of(client_of(olga), gate)
    approve_waiver(waiver=waiver, by=ana)
    assert "A waiver waits for a decision" not in page_of(client_of(ana), gate)


# --- The list over everything --------------------------------------------------------------------
@pytest.fixture
def many(programme, olga, ana):
    """One waiver that waits, one that ends soon, one that ends late, one refused, one elsewhere."""
    found = {}
    for name, days in (("late", 200), ("soon", 20), ("refused", 50), ("asked", 90)):
        gate = make_gate([criterion("V1")], pilot=make_pilot(programme, owner=olga, title=f"Pilot {name}"))
        found[name] = ask(gate, olga, days=days)
    approve_waiver(waiver=found["late"], by=ana)
    approve_waiver(waiver=found["soon"], by=ana)
    refuse_waiver(waiver=found["refused"], note="No.", by=ana)
    return found


def listed(client, query="") -> list[str]:
    answer = client.get(f"/waivers/{query}")
    assert answer.status_code == 200
    return [line[0].assessment.gate.pilot.title.split()[1] for line in answer.context["rows"]]


def test_the_list_begins_with_what_waits_and_then_what_ends_first(many, ana, nils, client_of, on):
    assert listed(client_of(ana)) == ["asked", "soon", "late", "refused"]
    assert listed(client_of(ana), "?show=asked") == ["asked"]
    assert listed(client_of(ana), "?show=expiring") == ["soon"]
    assert listed(client_of(ana), "?show=valid") == ["soon", "late"]
    assert listed(client_of(ana), "?show=expired") == []
    with on(many["soon"].expires_on):
        assert listed(client_of(ana), "?show=expired") == ["soon"]
        assert listed(client_of(ana), "?show=valid") == ["late"]
    assert listed(client_of(ana), "?show=no-such&page=99") == ["asked", "soon", "late", "refused"]
    assert listed(client_of(nils)) == []


def test_the_lists_cost_the_same_however_many_there_are(many, programme, olga, ana, client_of):
    def cost(address: str) -> int:
        client = client_of(ana)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    gate = many["asked"].assessment.gate
    places = ["/waivers/", "/waivers/?show=valid", f"/pilots/{gate.pilot.key}/gates/G1/waivers/"]
    few = [cost(place) for place in places]
    for number in range(30):
        other = make_gate([criterion("V1")], pilot=make_pilot(programme, owner=olga))
        waive(other, olga, ana)
        Waiver.objects.create(
            assessment=gate.assessments.get(), reason=str(number), asked_by=olga, asked_at=many["asked"].asked_at,
            expires_on=days_ago(-9), status=AskStatus.WITHDRAWN,
        )  # fmt: skip
    assert [cost(place) for place in places] == few
    assert max(few) <= 8


def test_those_who_approve_have_it_in_their_menu(ana, olga, client_of):
    assert 'href="/waivers/"' in client_of(ana).get("/pilots/").content.decode()
    assert 'href="/waivers/"' not in client_of(olga).get("/pilots/").content.decode()


# --- Mail ----------------------------------------------------------------------------------------
@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """`sent()`: the subjects and addresses of the mails that the events so far have led to."""

    def send() -> list[tuple[str, str]]:
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            dispatch_waiting()
        send_waiting(today=days_ago(0))
        return sorted((message.to[0].split("@")[0], message.subject.split(":")[0]) for message in mail.outbox)

    return send


def test_who_may_approve_is_told_and_then_the_asker(gate, olga, ana, sven, sent):
    waiver = ask(gate, olga)
    asked = "Please decide on a waiver"
    assert sent() == [("ana", asked), ("sven", asked)]
    assert f"/pilots/{gate.pilot.key}/gates/G1/waivers/" in mail.outbox[0].body
    assert "The test comes in May." in mail.outbox[0].body
    assert "V1 Criterion V1" in mail.outbox[0].alternatives[0].content

    approve_waiver(waiver=waiver, note="Until then.", by=ana)
    assert sent() == [("olga", "Waiver approved")]
    assert "Until then." in mail.outbox[0].body
    assert "because you asked for this waiver" in mail.outbox[0].body

    revoke_waiver(waiver=waiver, reason="Two complaints.", by=sven)
    assert sent() == [("olga", "Waiver revoked")]
    assert "Two complaints." in mail.outbox[0].body


def test_an_asker_who_keeps_the_gate_is_not_asked_to_decide(gate, ana, sven, sent):
    refuse_waiver(waiver=ask(gate, ana), note="Do it.", by=sven)
    assert sent() == [("ana", "Waiver refused"), ("sven", "Please decide on a waiver")]


def test_where_the_asker_has_left_the_owner_hears(gate, programme, olga, ana, sent):
    left = join(
        User.objects.create_user("leo@example.com", name="Leo Left"), programme, Role.PROGRAMME_MANAGER
    )
    waiver = ask(gate, left)
    sent()
    User.objects.filter(pk=left.pk).update(is_active=False)
    refuse_waiver(waiver=waiver, note="No.", by=ana)
    assert sent() == [("olga", "Waiver refused")]
