"""The reviewer's way: what waits, criterion by criterion, feedback, sending back; and what the owner sees."""

import pytest
from django.urls import reverse

from gates.choices import GateStatus
from gates.feedback.actions import answer_feedback, give_feedback
from gates.journey.actions import request_review
from gates.models import Feedback, Gatekeeper
from gates.review.actions import send_back
from gates.review.queries import review_count, reviews_of
from pilots.choices import Role
from tests.builders import days_ago, join, make_gate, make_pilot, make_playbook, make_user, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def gate(pilot, olga, on):
    with on(days_ago(9)):
        return request_review(gate=start(pilot), message="The vendor <b>is</b> chosen.", by=olga)


def at(name: str, gate, *more) -> str:
    return reverse(f"gates:{name}", args=[gate.pilot.key, gate.definition.key, *more])


def waiting_for(person) -> list[str]:
    return [gate.pilot.title for gate in reviews_of(person, today=days_ago(0))]


# --- What waits for me -------------------------------------------------------------------------
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


def test_reviews_wait_for_sponsors_and_for_those_named_as_gatekeepers(gate, programme, petra, ida):
    gate.pilot.sponsor = petra
    gate.pilot.save()
    named = join(make_user("Renate Huber"), programme, Role.OWNER)
    assert waiting_for(named) == []
    Gatekeeper.objects.create(programme=programme, role="Risk", person=named)

    assert waiting_for(petra) == waiting_for(named) == ["Invoice reading"]


def test_the_list_says_since_when_and_the_navigation_how_many(
    gate, ana, client_of, django_assert_num_queries
):
    assert review_count(ana) == 1

    page = client_of(ana).get(reverse("gates:reviews")).content.decode()

    assert "(9 days)" in page and "With the gatekeepers" in page
    assert '<span class="nav-count">1</span>' in page


def test_the_list_takes_as_many_queries_for_many_gates(
    gate, programme, ana, client_of, django_assert_num_queries
):
    client = client_of(ana)
    for _ in range(2):
        with django_assert_num_queries(6):
            client.get(reverse("gates:reviews"))
        for number in range(5):
            make_gate(pilot=make_pilot(programme, title=f"Pilot {number}"), status=GateStatus.SUBMITTED)


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
