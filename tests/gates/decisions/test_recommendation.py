"""What the facts recommend: every reason, and that what has been spent never changes it."""

import dataclasses
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gates.choices import Outcome
from gates.decisions.recommendation import Outlook, recommend
from tests.builders import make_outlook
from tests.gates.decisions.deciding import met

READY = Outlook(
    passes=True, open_must_meets=0, score_is_enough=True, cost_to_go=Decimal(100), value_to_go=Decimal(250)
)
OPEN = replace(READY, passes=False, open_must_meets=2)
WORTH = "From here on it brings at least what it costs."


@pytest.mark.parametrize(
    ("outlook", "outcome", "sentence"),
    [
        (READY, Outcome.GO, "The gate is ready."),
        (READY, Outcome.GO, WORTH),
        (replace(READY, cost_to_go=None), Outcome.GO, "Nobody has said what going on costs and brings."),
        (replace(READY, quorum_missing=["Sven has not signed."]), Outcome.HOLD, "Sven has not signed."),
        (
            replace(READY, lapsed=["Train"]),
            Outcome.HOLD,
            "A condition of an earlier gate was not met in time: Train.",
        ),
        (replace(READY, value_to_go=Decimal(99)), Outcome.STOP, "From here on it costs more than it brings."),
        (replace(READY, value_to_go=Decimal(100)), Outcome.GO, WORTH),
        (
            replace(READY, passes=False, fired=["K1", "K2"]),
            Outcome.STOP,
            "A kill criterion has come true: K1, K2.",
        ),
        (OPEN, Outcome.CONDITIONAL_GO, "2 must-meets are open."),
        (replace(OPEN, open_must_meets=1), Outcome.CONDITIONAL_GO, "1 must-meet is open."),
        (replace(OPEN, open_must_meets=3), Outcome.HOLD, "3 must-meets are open."),
        (replace(OPEN, quorum_missing=["Sven has not signed."]), Outcome.HOLD, "Sven has not signed."),
        (replace(OPEN, value_to_go=Decimal(0)), Outcome.STOP, "From here on it costs more than it brings."),
        (
            replace(OPEN, open_must_meets=0, score_is_enough=False),
            Outcome.HOLD,
            "The score or its weakest area is below what the gate needs.",
        ),
    ],
)
def test_what_is_recommended_and_why(outlook, outcome, sentence):
    found = recommend(outlook)

    assert found.outcome == outcome
    assert sentence in found.why


@given(
    st.builds(
        Outlook,
        passes=st.booleans(),
        open_must_meets=st.integers(0, 9),
        score_is_enough=st.booleans(),
        fired=st.lists(st.just("K"), max_size=2),
        quorum_missing=st.lists(st.just("Sven has not signed."), max_size=2),
        lapsed=st.lists(st.just("Train"), max_size=2),
        cost_to_go=st.none() | st.decimals(0, 1000),
        value_to_go=st.none() | st.decimals(0, 1000),
    )
)
def test_a_go_is_recommended_only_of_what_could_be_recorded(outlook):
    found = recommend(outlook)

    assert all(sentence.endswith(".") for sentence in found.why) and found.why
    if found.outcome == Outcome.GO:
        assert outlook.passes and not (outlook.fired or outlook.quorum_missing or outlook.lapsed)
    if found.outcome == Outcome.CONDITIONAL_GO:
        assert not (outlook.fired or outlook.quorum_missing)


def test_it_is_never_told_what_has_been_spent():
    told = {field.name for field in dataclasses.fields(Outlook)}

    assert told - {"quorum_missing", "lapsed", "cost_to_go", "value_to_go"} == {
        "passes",
        "open_must_meets",
        "score_is_enough",
        "fired",
    }


# --- On the page -------------------------------------------------------------------------------
def outside_the_details(page: str) -> str:
    """The page as it is before anybody clicks, without what differs at every request."""
    page = re.sub(r"<details>.*?</details>", "", page, flags=re.S)
    return re.sub(r'(csrfmiddlewaretoken" value=|nonce=|X-CSRFToken": )"[^"]*"', "", page)


@pytest.mark.django_db
@pytest.mark.parametrize("spent", [None, Decimal(1), Decimal(90_000), Decimal(999_000_000)])
def test_what_was_spent_is_behind_a_click_and_changes_nothing_else(gate, ana, client_of, spent):
    met(gate)
    make_outlook(gate.pilot, spent=Decimal(50_000))
    client, address = client_of(ana), f"/pilots/{gate.pilot.key}/gates/G1/decision/"
    before = client.get(address)

    make_outlook(gate.pilot, spent=spent)
    after = client.get(address)

    assert before.context["recommendation"] == after.context["recommendation"]
    assert outside_the_details(before.content.decode()) == outside_the_details(after.content.decode())
    assert ("999,000,000" in after.content.decode()) == (spent == 999_000_000)


@pytest.mark.django_db
def test_the_page_recommends_a_stop_where_going_on_costs_more_than_it_brings(gate, ana, client_of):
    make_outlook(gate.pilot, value_to_go=Decimal(99_000))

    page = client_of(ana).get(f"/pilots/{gate.pilot.key}/gates/G1/decision/").content.decode()

    assert "The facts recommend: Stop" in page
    assert "From here on it costs more than it brings." in page
