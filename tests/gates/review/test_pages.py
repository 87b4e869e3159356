"""The reviewer's way: what waits, criterion by criterion, feedback, sending back; and what the owner sees."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from config.navigation import Standing
from gates.checklist.actions import assess_criterion
from gates.choices import GateStatus
from gates.digest import covered, digest_of
from gates.feedback.actions import answer_feedback, give_feedback
from gates.journey.actions import request_review
from gates.journey.asking import ask_seats
from gates.models import Delegation, Feedback, Gate, Gatekeeper, SignOff
from gates.review.actions import send_back
from gates.review.turns import reviews_of
from gates.signoffs.actions import sign_off
from gates.signoffs.queries import facts_now
from pilots.choices import Role
from pilots.models import Pilot, User
from tests.api.world import BASE, program_of
from tests.builders import days_ago, join, make_gate, make_pilot, make_playbook, make_user, start
from tests.gates.signoffs.conftest import RISK, SPONSOR, fresh, in_review

# What these pages ask is asked of both databases in `tests/flows/test_every_page.py`.
pytestmark = [pytest.mark.django_db, pytest.mark.either]
QUERIES = 12  # of the list: who asks, the navigation's count, two pages with their counts, what stands there


@pytest.fixture
def gate(pilot, olga, on):
    with on(days_ago(9)):
        return request_review(gate=start(pilot), message="The vendor <b>is</b> chosen.", by=olga)


def at(name: str, gate, *more) -> str:
    return reverse(f"gates:{name}", args=[gate.pilot.key, gate.definition.key, *more])


def waiting_for(person) -> list[str]:
    return [gate.pilot.title for gate in reviews_of(person, today=days_ago(0))]


# --- What waits for me -------------------------------------------------------------------------
def many_in_review(number: int, programme, signer, by: User | None = None) -> None:
    """So many gates in review at which the signer signs as Risk, and Sven as Sponsor; signed `by`, where given."""
    version = make_playbook(phases=["pilot"], criteria=(), gatekeeper_roles=[SPONSOR, RISK])
    definition = version.phases.get().gate
    pilots = Pilot.objects.bulk_create(
        Pilot(programme=programme, key=f"M{definition.pk}-{place}", title=f"Pilot {place}", sponsor=signer)
        for place in range(number)
    )
    thresholds = {"score_threshold": 0, "floor_threshold": 0}
    gates = Gate.objects.bulk_create(
        Gate(pilot=pilot, definition=definition, status=GateStatus.SUBMITTED, **thresholds)
        for pilot in pilots
    )
    if by is not None:
        seen = facts_now(fresh(gates[0]), days_ago(0))
        facts = {"seen": covered(seen, ["risk"]), "digest": digest_of(covered(seen, ["risk"]))}
        SignOff.objects.bulk_create(
            SignOff(gate=gate, role="Risk", person=by, kind="signed", at=timezone.now(), **facts)
            for gate in gates
        )
    ask_seats([gate.pk for gate in gates], today=days_ago(0))


@pytest.fixture
def rita(programme):
    rita = join(make_user("Rita Risk", "rita@example.com"), programme, Role.OWNER)
    Gatekeeper.objects.create(programme=programme, role="Risk", person=rita)
    return rita


def test_reviews_wait_for_those_who_decide_longest_first_and_never_for_the_owner(
    gate, programme, olga, ana, erik, petra, adam, ida, nils, on
):
    join(olga, programme, Role.GATEKEEPER)
    with on(days_ago(20)):
        make_gate(pilot=make_pilot(programme, title="Older"), status=GateStatus.SUBMITTED)
    make_gate(pilot=make_pilot(programme, title="Open"))

    assert waiting_for(ana) == waiting_for(erik) == ["Older", "Invoice reading"]
    assert waiting_for(olga) == ["Older"]
    assert waiting_for(petra) == waiting_for(adam) == waiting_for(ida) == waiting_for(nils) == []


def test_a_gate_that_names_no_role_waits_neither_for_its_sponsor_nor_for_who_is_named(gate, programme, petra):
    gate.pilot.sponsor = petra
    gate.pilot.save()
    named = join(make_user("Renate Huber"), programme, Role.OWNER)
    Gatekeeper.objects.create(programme=programme, role="Security", person=named)

    assert waiting_for(petra) == waiting_for(named) == []


def test_the_list_says_what_to_do_since_when_and_the_navigation_how_many(
    gate, ana, client_of, django_assert_num_queries
):
    page = client_of(ana).get(reverse("gates:reviews")).content.decode()

    assert "(9 days)" in page and "With the gatekeepers" in page
    assert f'<a class="link" href="{at("decide", gate)}">Decide</a>' in page
    assert '<span class="nav-count">1</span>' in page
    assert "Signed by you" not in page


def test_what_is_signed_stands_apart_with_whom_it_waits_for_and_does_not_count(
    pilot, programme, olga, sven, rita, client_of, on
):
    with on(days_ago(9)):
        gate = in_review(pilot)
        sign_off(gate=gate, role="Risk", by=rita)

    page = client_of(rita).get(reverse("gates:reviews")).content.decode()
    assert "No review waits for you" in page and "nav-count" not in page
    mine = page.split("Signed by you, waiting for others")[1]
    assert f"As Risk on {date_format(days_ago(9), 'j M Y')}" in mine
    assert "Sven Sponsor has not signed as Sponsor." in mine and "(9 days)" in mine

    change = {"state": "not_met", "note": "Found out.", "by": olga}
    assess_criterion(assessment=gate.assessments.get(criterion__key="R1"), **change)
    page = client_of(rita).get(reverse("gates:reviews")).content.decode()
    assert "Sign again as Risk" in page and "What was signed has changed." in page
    assert "Signed by you" not in page and '<span class="nav-count">1</span>' in page


def test_it_says_for_whom_one_signs_or_who_did(pilot, programme, rita, ana, client_of):
    gate = in_review(pilot)
    Delegation.objects.create(
        giver=rita, receiver=ana, starts_on=days_ago(1), ends_on=days_ago(-1), reason="Away"
    )
    assert "Sign as Risk, for Rita Risk" in client_of(ana).get(reverse("gates:reviews")).content.decode()

    sign_off(gate=gate, role="Risk", by=ana, holder=rita)

    assert "As Risk for Rita Risk on" in client_of(ana).get(reverse("gates:reviews")).content.decode()
    assert "Ana Anders for you as Risk on" in client_of(rita).get(reverse("gates:reviews")).content.decode()


def test_once_all_have_signed_who_cannot_decide_reads_who_does(pilot, sven, rita, client_of):
    gate = in_review(pilot)
    sign_off(gate=gate, role="Risk", by=rita)
    sign_off(gate=gate, role="Sponsor", by=sven)

    page = client_of(rita).get(reverse("gates:reviews")).content.decode()

    assert "Enough have signed. A gatekeeper or executive decides." in page


def test_a_thousand_gates_in_review_take_as_many_queries_as_ten(
    programme, sven, rita, ana, client_of, django_assert_num_queries
):
    client = client_of(rita)
    for more in (5, 495):  # twice: to be signed, and signed already
        many_in_review(more, programme, sven)
        many_in_review(more, programme, sven, by=rita)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as the database does by itself once that much has been committed
        with django_assert_num_queries(QUERIES):
            page = client.get(reverse("gates:reviews")).content.decode()
        for person in (rita, sven, ana):
            person.access  # noqa: B018, the roles are read once per request
            with django_assert_num_queries(1):
                assert Standing(person).reviews >= 0

    assert "500 gates in review wait for you" in page and "All 500 that you signed" in page
    assert Standing(sven).reviews == 1_000
    page = client.get(reverse("gates:reviews"), {"show": "signed", "page": "2"}).content.decode()
    assert "51 to 100 of 500" in page and "For you to do" not in page


def test_the_owner_reads_that_it_is_the_own_turn_and_why(gate, olga, ana, on, client_of):
    gate.assessments.update(responsible=ana)  # everything that blocks it is with somebody else
    with on(days_ago(2)):
        send_back(gate=gate, reason="Measure longer.", by=ana)

    client = client_of(olga)
    for address in (at("gate", gate), reverse("gates:overview", args=[gate.pilot.key])):
        page = client.get(address).content.decode()
        assert "With Olga Owner since " in page
        assert " (2 days), to answer the reviewers</dd>" in page
    assert "<b>Sent back by Ana Anders on " in client.get(at("gate", gate)).content.decode()

    request_review(gate=gate, by=olga)
    page = client.get(at("gate", gate)).content.decode()
    assert "to answer the reviewers" not in page and "Sent back by" not in page


def test_a_program_reads_the_same_list(pilot, programme, sven, rita, olga, django_assert_num_queries):
    many_in_review(12, programme, sven, by=rita)
    gate = in_review(pilot)
    program = program_of(rita)

    with django_assert_num_queries(3):
        mine = program.get(f"{BASE}gates/?waiting_for_me=true").json()
    others = program.get(f"{BASE}gates/?waiting_for_me=false&status=submitted").json()

    assert [row["id"] for row in mine["results"]] == [gate.pk]
    assert others["count"] == 12
    assert program_of(olga).get(f"{BASE}gates/?waiting_for_me=true").json()["count"] == 0
    assert program.get(f"{BASE}gates/?waiting_for_me=me").status_code == 400


# --- Criterion by criterion --------------------------------------------------------------------
def test_one_press_per_criterion_leads_through_the_gate_to_its_end(gate, ana, client_of):
    client = client_of(ana)
    answer = client.get(at("reading", gate))

    walked = []
    while "/criteria/" in answer.url:
        walked.append(answer.url.rstrip("/").rsplit("/", 1)[-1])
        answer = client.post(answer.url, {"level": "fine"})

    assert walked == ["V1", "T1", "O1"]
    assert answer.url == at("review_end", gate)
    assert list(Feedback.objects.values_list("level", flat=True)) == ["fine"] * 3
    assert client.get(at("reading", gate)).url == at("review_end", gate)


def test_a_review_goes_on_where_it_was_left(gate, ana, client_of):
    client = client_of(ana)
    client.post(at("review_criterion", gate, "V1"), {"level": "fine"})

    assert client.get(at("reading", gate)).url == at("review_criterion", gate, "T1")


def test_an_issue_without_words_is_refused_at_the_field(gate, ana, client_of):
    answer = client_of(ana).post(at("review_criterion", gate, "V1"), {"level": "major", "comment": ""})

    assert answer.status_code == 422
    assert answer.context["form"].errors["comment"] == ["Say what the issue is."]
    assert not Feedback.objects.exists()


def test_what_does_not_apply_is_not_reviewed(gate, ana, client_of):
    gate.assessments.filter(criterion__key="T1").update(state="not_applicable")
    client = client_of(ana)

    assert client.get(at("review_criterion", gate, "T1")).status_code == 404
    assert client.post(at("review_criterion", gate, "V1"), {"level": "fine"}).url == at(
        "review_criterion", gate, "O1"
    )


def test_an_owner_who_is_gatekeeper_too_reads_why_not(gate, programme, olga, client_of):
    join(olga, programme, Role.GATEKEEPER)

    answer = client_of(olga).get(at("review_criterion", gate, "V1"))

    assert "Owners do not give feedback on their own pilots." in answer.content.decode()
    assert 'name="level"' not in answer.content.decode()


def test_a_seated_person_reviews_and_sends_back_without_any_such_role(pilot, programme, olga, client_of):
    gate = request_review(
        gate=start(pilot, make_playbook(gatekeeper_roles=[{"role": "Risk", "quorum": "any", "areas": []}])),
        by=olga,
    )
    seated = join(make_user("Renate Huber"), programme, Role.OWNER)
    client = client_of(seated)
    assert client.get(at("reading", gate)).status_code == 403
    Gatekeeper.objects.create(programme=programme, role="Risk", person=seated)

    assert client.get(at("reading", gate)).status_code == 302
    assert client.post(at("send_back", gate), {"reason": "More."}).status_code == 302
    gate.refresh_from_db()
    assert gate.status == GateStatus.OPEN


# --- What the owner sees -----------------------------------------------------------------------
def test_the_request_names_who_is_told_and_is_never_locked(pilot, olga, ana, sven, client_of):
    page = client_of(olga).get(at("review", start(pilot))).content.decode()

    assert "Told by e-mail: Ana Anders, Sven Sponsor." in page
    assert "Request with conditions" in page and "disabled" not in page.split("<form method")[-1]


def test_the_gate_shows_the_message_then_why_it_was_sent_back_until_asked_again(gate, olga, ana, client_of):
    client = client_of(olga)
    assert "The vendor &lt;b&gt;is&lt;/b&gt; chosen." in client.get(at("gate", gate)).content.decode()

    send_back(gate=gate, reason="Measure longer.", by=ana)
    assert "Measure longer." in client.get(at("gate", gate)).content.decode()

    request_review(gate=gate, by=olga)
    assert "Measure longer." not in client.get(at("gate", gate)).content.decode()


def test_issues_are_counted_on_gate_and_overview_and_read_in_the_opened_row(gate, olga, ana, client_of):
    row = gate.assessments.select_related("criterion").get(criterion__key="V1")
    said = give_feedback(gate=gate, assessment=row, level="major", comment="Ask <users>.", by=ana)
    give_feedback(gate=gate, level="major", comment="Too early.", by=ana)
    answer_feedback(feedback=said, comment="Ten are asked.", by=olga)
    client = client_of(olga)

    for page in (at("gate", gate), reverse("gates:overview", args=[gate.pilot.key])):
        assert "2 major issues" in client.get(page).content.decode()
    opened = client.get(at("criterion", gate, "V1")).content.decode()
    assert "Ask &lt;users&gt;." in opened and "Ten are asked." in opened


def test_the_owner_answers(gate, olga, ana, client_of):
    said = give_feedback(gate=gate, level="minor", comment="Too early.", by=ana)

    answer = client_of(olga).post(reverse("gates:answer_feedback", args=[said.pk]), {"comment": "Why?"})

    assert answer.url == at("gate", gate)
    assert said.replies.get().comment == "Why?"


def test_the_owner_takes_the_request_back(gate, olga, client_of):
    client_of(olga).post(at("withdraw_review", gate))

    gate.refresh_from_db()
    assert gate.status == GateStatus.OPEN
