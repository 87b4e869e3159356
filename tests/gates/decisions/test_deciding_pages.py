"""The pages of deciding: rows that grow, everything typed kept, one sentence to confirm, then recorded."""

import re
from datetime import timedelta
from html import unescape

import pytest

from gates.choices import Outcome
from gates.decisions.actions import Promise
from gates.decisions.conditions import step_down_lapsed
from gates.decisions.corrections import correct_decision
from gates.models import Condition, Decision
from pilots.choices import PilotState
from tests.builders import make_kpi, make_playbook, measure, start
from tests.gates.decisions.deciding import DAY, conditional, current, go, hold, met, stop

# What these pages ask is asked of both databases in `tests/flows/test_every_page.py`.
pytestmark = [pytest.mark.django_db, pytest.mark.either]


@pytest.fixture
def keeper(client_of, ana):
    return client_of(ana)


def address(gate, page: str = "decision/") -> str:
    return f"/pilots/{gate.pilot.key}/gates/{gate.definition.key}/{page}"


def text(answer) -> str:
    return unescape(answer.content.decode())


STOP = {
    "outcome": "stop",
    "code_stop": "no_value",
    "reason": "No effect on handling time.",
    "lesson": "Measure first.",
    "freed_amount": "120000",
    "archive": "on",
}


def test_outcomes_stand_in_one_order_on_every_page_and_in_the_api(gate, keeper):
    order = ["go", "conditional_go", "recycle", "hold", "stop"]

    page = text(keeper.get(address(gate)))
    filters = text(keeper.get("/decisions/"))
    schemas = keeper.get("/api/v1/schema/?format=json").json()["components"]["schemas"]

    assert re.findall(r'name="outcome" value="([a-z_]+)"', page) == order
    assert re.findall(r'form-section for-([a-z_]+)"', page) == ["conditional_go", "recycle", "hold", "stop"]
    assert re.findall(r'<option value="([a-z_]+)"', filters)[:5] == order
    assert schemas["OutcomeEnum"]["enum"] == order


def test_first_everything_in_one_sentence_then_recorded(gate, pilot, keeper):
    confirm = keeper.post(address(gate), STOP)

    assert confirm.status_code == 200
    assert not Decision.objects.exists()
    sentence = text(confirm)
    for said in (
        "Stop at",
        "Invoice reading",
        "does not deliver",
        "No effect",
        "120,000",
        "Measure first.",
        "archived",
    ):
        assert said in sentence

    sent = dict(confirm.context["hidden"]) | {"confirm": "yes"}
    answer = keeper.post(address(gate), sent)

    decision = Decision.objects.get()
    assert answer["Location"] == f"/pilots/{pilot.key}/decisions/{decision.pk}/"
    pilot.refresh_from_db()
    assert (pilot.state, pilot.archived_at is not None) == (PilotState.STOPPED, True)


def test_changing_something_brings_everything_back(gate, keeper):
    form = keeper.post(address(gate), STOP | {"change": "yes"})

    assert form.status_code == 200
    for typed in ("No effect on handling time.", "Measure first.", "120000"):
        assert typed in text(form)
    assert 'value="stop" checked' in text(form)


def test_what_cannot_be_recorded_is_refused_before_it_is_confirmed(gate, keeper):
    answer = keeper.post(address(gate), {"outcome": "go", "code_go": "ready", "reason": "Now."})

    assert answer.status_code == 422
    assert "Go is not possible: 2 must-meets are still open." in text(answer)


def conditions_of(gate, count: int) -> dict:
    said = {"outcome": "conditional_go", "code_conditional_go": "small_gaps", "reason": "Nearly."}
    said |= {"scope_cap": "At most 200 users", "rows": str(count)}
    criteria = [row.criterion for row in gate.assessments.select_related("criterion")]
    for number in range(1, count + 1):
        said |= {f"condition_{number}": f"Task {number}", f"due_{number}": str(DAY + timedelta(number))}
        said |= {f"owner_{number}": "", f"closes_{number}": str(criteria[number % 3].pk)}
    return said


def test_as_many_conditions_as_wanted_without_javascript(gate, keeper, olga):
    typed = conditions_of(gate, 2)
    for count in (3, 4, 5):
        form = keeper.post(address(gate), typed | {"add": "condition"})
        assert form.status_code == 200
        assert f'name="condition_{count}"' in text(form)
        assert f'name="condition_{count + 1}"' not in text(form)
        assert all(f"Task {number}" in text(form) for number in range(1, count))
        typed = conditions_of(gate, count)

    confirm = keeper.post(address(gate), typed)
    assert "on 5 conditions: “Task 1” by 3 Mar 2026 (Olga Owner, closes" in text(confirm)
    keeper.post(address(gate), typed | {"confirm": "yes"})

    assert Condition.objects.filter(owner=olga).count() == 5


def test_no_more_rows_than_twenty(gate, keeper):
    form = keeper.post(address(gate), {"rows": "20", "add": "condition"})

    assert 'name="condition_20"' in text(form)
    assert 'name="condition_21"' not in text(form)
    assert "Add another condition" not in text(form)


@pytest.mark.parametrize("rows", ["", "many", "-4", "0", "999999", "1e9"])
def test_a_number_of_rows_that_makes_no_sense_breaks_nothing(gate, keeper, rows):
    assert keeper.post(address(gate), {"rows": rows, "add": "condition"}).status_code == 200


def test_who_may_override_is_asked_why_and_nobody_else(pilot, client_of, ana, erik):
    gate = start(pilot, make_playbook(override_roles=["executive"]), on=DAY)

    assert "override_reason" not in text(client_of(ana).get(address(gate)))
    page = text(client_of(erik).get(address(gate)))
    assert "override_reason" in page
    assert "You may override that with a written reason." in page

    said = {"outcome": "go", "code_go": "strategic", "reason": "Go.", "override_reason": "I take the risk."}
    confirm = client_of(erik).post(address(gate), said)
    assert "overriding what stands in its way, because: “I take the risk.”" in text(confirm)
    client_of(erik).post(address(gate), said | {"confirm": "yes"})

    decision = Decision.objects.get()
    for page in (f"/pilots/{pilot.key}/decisions/", f"/pilots/{pilot.key}/decisions/{decision.pk}/"):
        assert "I take the risk." in text(client_of(ana).get(page))
    assert "Override" in text(client_of(ana).get("/decisions/?override=on"))
    assert f"decision-{decision.pk}" not in text(client_of(ana).get("/decisions/?reason_code=ready"))


# --- What was decided --------------------------------------------------------------------------
def page_of(client, decision) -> str:
    return text(client.get(f"/pilots/{decision.gate.pilot.key}/decisions/{decision.pk}/"))


def test_the_page_of_a_decision_shows_what_it_was_decided_on(gate, pilot, ana, keeper):
    measure(make_kpi(pilot), 15, on=DAY - timedelta(1))
    decision = hold(gate, ana)

    page = page_of(keeper, decision)

    assert decision.digest in page
    assert "What it was decided on" in page
    assert "Nothing that it was decided on has changed since." in page
    assert "15 per hour" in page


def test_a_kpi_that_was_not_measured_by_then_shows_no_unit(gate, pilot, ana, keeper):
    make_kpi(pilot)

    page = page_of(keeper, hold(gate, ana))

    assert "–" in page
    assert "– per hour" not in page


def test_it_shows_what_has_changed_since(gate, pilot, ana, keeper):
    kpi = make_kpi(pilot)
    measure(kpi, 15, on=DAY - timedelta(1))
    decision = hold(gate, ana)
    measure(kpi, 9, on=DAY)
    met(gate)

    page = page_of(keeper, decision)

    assert "Changed since" in page
    assert "the latest value was 15 and is now 9." in page
    assert "was not started and is now met." in page


def test_of_a_go_it_no_longer_matters_what_changes(gate, pilot, ana, keeper):
    kpi = make_kpi(pilot)
    decision = go(gate, ana)
    measure(kpi, 9, on=DAY)

    assert "Changed since" not in page_of(keeper, decision)


def test_a_decision_from_before_fingerprints_is_shown_all_the_same(gate, ana, keeper):
    decision = hold(gate, ana)
    old = {
        name: value
        for name, value in decision.seen.items()
        if name not in ("facts", "fired", "quorum_missing")
    }
    old = Decision.objects.create(
        gate=gate,
        outcome="hold",
        reason="Then.",
        review_on=DAY,
        decided_by=ana,
        decided_at=decision.decided_at,
        seen=old,
    )

    assert "From before fingerprints were kept." in page_of(keeper, old)


def test_the_scope_shows_while_conditions_are_open(gate, pilot, ana, olga, keeper):
    decision = conditional(met(gate), ana, Promise("Train", DAY + timedelta(9)))
    pages = [f"/pilots/{pilot.key}/", f"/pilots/{pilot.key}/decisions/", address(current(pilot), "")]
    assert all("Only so far: At most 200 users." in text(keeper.get(page)) for page in pages)

    condition = decision.conditions.get()
    answer = keeper.post(f"/pilots/{pilot.key}/conditions/{condition.pk}/met/", {"note": "Done."})
    assert answer.status_code == 403
    from_owner = olga_says(keeper, olga, pilot, condition, note="All 12 trained.")

    assert from_owner.status_code == 302
    assert not any("Only so far" in text(keeper.get(page)) for page in pages)
    assert "All 12 trained." in page_of(keeper, decision)


def olga_says(client, olga, pilot, condition, **said):
    client.force_login(olga)
    return client.post(f"/pilots/{pilot.key}/conditions/{condition.pk}/met/", said)


def test_whoever_owes_a_condition_says_that_it_is_met(gate, pilot, ana, client_of, adam):
    condition = conditional(met(gate), ana, Promise("Train", DAY + timedelta(9), adam)).conditions.get()

    answer = client_of(adam).post(f"/pilots/{pilot.key}/conditions/{condition.pk}/met/", {"note": "Done."})

    assert answer.status_code == 302
    assert Condition.objects.get().met_by == adam


def test_both_a_decision_and_its_correction_can_be_read(gate, pilot, ana, keeper):
    decision = stop(gate, ana)
    correction = correct_decision(
        decision=decision, correction_reason="Wrong kind.", reason_code="cost", by=ana
    )

    assert "Superseded by" in page_of(keeper, decision)
    assert "Wrong kind." in page_of(keeper, correction)
    assert "1 decision<" in text(keeper.get("/decisions/"))  # what the summary counts
    assert "<small>Superseded</small>" in text(keeper.get("/decisions/?superseded=on"))


def test_a_correction_form_starts_as_the_decision_is_and_grows(gate, pilot, ana, keeper):
    decision = conditional(met(gate), ana, Promise("Train", DAY + timedelta(9)))
    url = f"/pilots/{pilot.key}/decisions/{decision.pk}/correction/"
    page = text(keeper.get(url))
    assert 'value="Train"' in page and "At most 200 users" in page

    typed = {
        "reason_code": "other",
        "reason": "Nearly.",
        "scope_cap": "At most 300 users",
        "correction_reason": "It was 300.",
        "condition_1": "Train everybody",
        "due_1": str(DAY + timedelta(20)),
        "owner_1": "",
        "rows": "2",
    }
    grown = keeper.post(url, typed | {"add": "condition"})
    assert "Train everybody" in text(grown) and 'name="condition_3"' in text(grown)
    taken_back = keeper.post(url, typed | {"condition_1": "", "due_1": ""})
    assert taken_back.status_code == 422 and "A condition cannot be taken back" in text(taken_back)

    assert keeper.post(url, typed).status_code == 302
    correction = Decision.objects.get(supersedes=decision)
    assert (correction.scope_cap, correction.conditions.get().text) == (
        "At most 300 users",
        "Train everybody",
    )


def test_what_pilotage_decided_is_signed_by_it(gate, pilot, ana, keeper, on):
    conditional(met(gate), ana, Promise("Train", DAY + timedelta(9)))
    late = DAY + timedelta(10)
    with on(late):
        step_down_lapsed(today=late)
        page = text(keeper.get(f"/pilots/{pilot.key}/decisions/"))

    assert "Pilotage," in page
    assert "was not met in time: Train (due 11 Mar 2026)." in page
    assert Decision.objects.get(outcome=Outcome.HOLD).decided_by is None


def test_pages_ask_the_database_a_fixed_number_of_times(
    gate, pilot, ana, keeper, django_assert_max_num_queries
):
    conditional(met(gate), ana, *[Promise(f"Task {n}", DAY + timedelta(n)) for n in range(1, 12)])
    decision = Decision.objects.get()
    with django_assert_max_num_queries(14):
        keeper.get(f"/pilots/{pilot.key}/decisions/{decision.pk}/")
    with django_assert_max_num_queries(14):
        keeper.get(f"/pilots/{pilot.key}/decisions/")
    with django_assert_max_num_queries(35):
        keeper.get(address(current(pilot)))
