"""The signs of one pilot on its pages and in the API."""

import pytest
from django.urls import reverse
from django.utils import timezone

from gates.choices import Question, Sign
from gates.models import DeclaredAnswer, SignSpell
from gates.signs.actions import answer_question, refresh_signs
from gates.signs.table import SIGNS
from pilots.choices import PilotState
from pilots.models import Pilot
from tests.api.world import BASE, nothing_written, program_of
from tests.builders import days_ago
from tests.gates.signs.test_refresh import under_way

pytestmark = [pytest.mark.django_db, pytest.mark.either]


@pytest.fixture
def shown(programme, olga):
    """Under way in its third phase without a sponsor; its signs are found."""
    pilot = under_way(programme, phase=3, owner=olga, title="Invoice reading")
    refresh_signs([pilot.pk], today=timezone.localdate())
    SignSpell.objects.update(since=days_ago(3))
    return pilot


@pytest.fixture
def address(shown):
    return reverse("gates:pilot_signs", args=[shown.key])


def test_the_first_page_tells_each_sign_with_its_fix_and_its_page(shown, olga, client_of):
    text = client_of(olga).get(reverse("gates:overview", args=[shown.key])).content.decode()

    assert "<b>No sponsor</b><p>No sponsor is named.</p>" in text
    assert "(3 days)" in text
    for group in shown.sign_spells.standing():
        fix = SIGNS[group.sign].fix
        assert f'href="{fix.address(shown.key)}">{fix.words}</a>' in text


def test_who_may_change_nothing_is_told_the_fix_and_not_led_there(shown, adam, client_of):
    text = client_of(adam).get(reverse("gates:overview", args=[shown.key])).content.decode()

    assert "Fix: Name a sponsor." in text
    assert ">Name a sponsor</a>" not in text


def test_what_is_over_stays_to_be_read(shown, address, olga, client_of):
    Pilot.objects.update(workflow="Accounts payable.")
    refresh_signs([shown.pk], today=timezone.localdate())

    page = client_of(olga).get(address)

    assert [one.sign.sign for one in page.context["past"]] == [Sign.NO_WORKFLOW]
    assert Sign.NO_WORKFLOW not in [one.sign.sign for group in page.context["groups"] for one in group.signs]


def test_without_a_sign_the_page_says_so(pilot, olga, client_of):
    text = client_of(olga).get(reverse("gates:pilot_signs", args=[pilot.key])).content.decode()

    assert "None of the known ways to fail shows here." in text
    assert "Nothing is asked in this phase." in text


def test_a_question_is_answered_on_its_page(shown, address, olga, client_of):
    client = client_of(olga)
    answer = reverse("gates:answer_question", args=[shown.key, "load_tested"])
    assert answer in client.get(address).content.decode()

    refused = client.post(answer, {"yes": "yes", "note": " "})
    assert refused.status_code == 422
    assert "Say what the answer rests on." in refused.content.decode()
    assert client.post(answer, {"yes": "no", "note": "In May."}).status_code == 302

    assert (DeclaredAnswer.objects.get().yes, DeclaredAnswer.objects.get().by) == (False, olga)
    assert "Olga Owner on" in client.get(address).content.decode()
    assert client.get(reverse("gates:answer_question", args=[shown.key, "made_up"])).status_code == 404


def test_an_old_answer_is_asked_again(shown, address, olga, client_of, on):
    with on(days_ago(91)):
        answer_question(pilot=shown, question=Question.LOAD_TESTED, yes=True, note="Done.", by=olga)

    assert "so it is asked again" in client_of(olga).get(address).content.decode()


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        ({"state": PilotState.STOPPED}, "This pilot is over"),
        ({"archived_at": timezone.now()}, "This pilot is archived"),
    ],
)
def test_of_a_pilot_that_is_over_nothing_is_asked_or_looked_for(
    gone, words, shown, address, olga, client_of, on
):
    with on(days_ago(91)):
        answer_question(pilot=shown, question=Question.LOAD_TESTED, yes=True, note="Done.", by=olga)
    Pilot.objects.filter(pk=shown.pk).update(**gone)
    refresh_signs([shown.pk], today=timezone.localdate())
    text = client_of(olga).get(address).content.decode()

    assert f"{words}, so no signs are looked for any more." in text
    assert "Olga Owner on" in text
    for untrue in ("None of the known ways to fail", "asked again", "every night", 'class="button small"'):
        assert untrue not in text


def test_where_a_question_no_longer_counts_it_is_not_asked_again(shown, address, olga, client_of, on):
    with on(days_ago(91)):
        answer_question(pilot=shown, question=Question.LOAD_TESTED, yes=True, note="Done.", by=olga)
    Pilot.objects.filter(pk=shown.pk).update(phase_number=1, in_production=False)
    text = client_of(olga).get(address).content.decode()

    assert "Olga Owner on" in text
    assert "asked again" not in text


def test_every_question_has_its_sign_and_its_page_ends_it(shown, olga, client_of):
    for question, sign in (
        (Question.LOAD_TESTED, Sign.NOT_LOAD_TESTED),
        (Question.ERRORS_ACCEPTED, Sign.ERRORS_NOT_ACCEPTED),
    ):
        assert shown.sign_spells.standing().filter(sign=sign).exists()
        page = SIGNS[sign].fix.address(shown.key)
        assert page == reverse("gates:answer_question", args=[shown.key, question.value])
        client_of(olga).post(page, {"yes": "yes", "note": "Seen."})
        refresh_signs([shown.pk], today=timezone.localdate())
        assert not shown.sign_spells.standing().filter(sign=sign).exists()


# --- The API -----------------------------------------------------------------------------------
def test_the_api_lists_signs_that_stand_and_those_that_are_over(shown, olga):
    SignSpell.objects.filter(sign=Sign.NO_SPONSOR).update(until=timezone.localdate())
    program = program_of(olga)

    (over,) = program.get(f"{BASE}signs/?standing=false").json()["results"]
    assert over == {
        "id": over["id"],
        "pilot": shown.key,
        "sign": "no_sponsor",
        "title": "No sponsor",
        "mode": "wrong_problem",
        "since": days_ago(3).isoformat(),
        "until": timezone.localdate().isoformat(),
        "reason": "No sponsor is named.",
        "fix": "Name a sponsor.",
    }
    here = program.get(f"{BASE}pilots/{shown.key}/signs/").json()
    assert (
        here["count"]
        == program.get(f"{BASE}signs/?standing=true").json()["count"]
        == shown.sign_spells.count() - 1
    )
    modes = program.get(f"{BASE}signs/?mode=budget_too_small").json()["results"]
    assert {row["mode"] for row in modes} == {"budget_too_small"}


def test_the_api_narrows_pilots_by_sign(shown, pilot, olga):
    program = program_of(olga)

    assert [row["key"] for row in program.get(f"{BASE}pilots/?sign=no_sponsor").json()["results"]] == [
        shown.key
    ]
    assert program.get(f"{BASE}pilots/?sign=made_up").status_code == 400


def test_the_api_takes_answers(shown, olga):
    address = f"{BASE}pilots/{shown.key}/answers/"
    program = program_of(olga)
    said = {"question": "load_tested", "yes": True, "note": "4,000 an hour."}

    first = program.post(address, said, format="json").json()
    assert program.post(address, said, format="json").json() == first
    assert program.get(address).json()["results"] == [first]
    with nothing_written():
        answer = program.post(address, said | {"note": " "}, format="json")
    assert answer.status_code == 400


def test_over_pilots_are_asked_nothing(shown, olga):
    Pilot.objects.update(state="stopped")
    said = {"question": "load_tested", "yes": True, "note": "So."}

    answer = program_of(olga).post(f"{BASE}pilots/{shown.key}/answers/", said, format="json")

    assert answer.status_code == 409
