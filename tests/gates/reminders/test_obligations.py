from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gates import events
from gates.choices import Standing
from gates.reminders.obligations import (
    GateFacts,
    People,
    Person,
    news,
    obligation_of,
    reach,
    reminders,
    step_due,
    working_days_after,
)

MONDAY = date(2026, 3, 2)
FRIDAY = date(2026, 3, 6)

OLGA, SVEN, PETRA, GINA, ADA = (
    Person(pk, f"{name}@example.com")
    for pk, name in enumerate(["olga", "sven", "petra", "gina", "ada"], start=1)
)
CAST = People(owner=OLGA, sponsor=SVEN, managers=(PETRA,), gatekeepers=(GINA,), administrators=(ADA,))


def facts(**changes) -> GateFacts:
    given = {
        "gate": 12,
        "pilot": 7,
        "planned_on": MONDAY,
        "is_running": True,
        "in_review": False,
        "submitted_on": None,
        "people": CAST,
    }
    return GateFacts(**(given | changes))


def told(today: date, **changes) -> tuple[str, list[int]] | None:
    """The step and who hears of it."""
    dues = list(reminders([facts(**changes)], today=today))
    return (dues[0].step, [due.recipient for due in dues]) if dues else None


@pytest.mark.parametrize(
    ("planned", "today", "step"),
    [
        (MONDAY, "2026-03-01", None),
        (MONDAY, "2026-03-02", None),  # the planned day itself is not late
        (MONDAY, "2026-03-03", "overdue"),
        (MONDAY, "2026-03-04", "overdue_2"),
        (MONDAY, "2026-03-08", "overdue_2"),  # the weekend counts for nothing
        (MONDAY, "2026-03-09", "overdue_5"),
        (MONDAY, "2026-03-15", "overdue_5"),
        (MONDAY, "2026-03-16", "overdue_week_1"),
        (MONDAY, "2026-03-23", "overdue_week_2"),
        (MONDAY, "2027-03-08", "overdue_week_52"),
        (FRIDAY, "2026-03-07", "overdue"),
        (FRIDAY, "2026-03-09", "overdue"),  # Monday is the first working day late
        (FRIDAY, "2026-03-10", "overdue_2"),
        (FRIDAY, "2026-03-13", "overdue_5"),
        (date(2026, 12, 31), "2027-01-01", "overdue"),
        (date(2028, 2, 28), "2028-02-29", "overdue"),
    ],
)
def test_the_step_is_the_latest_one_by_today(planned, today, step):
    assert step_due(planned, date.fromisoformat(today)) == step


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 40))
def test_working_days_are_monday_to_friday(day, count):
    end = working_days_after(day, count)

    passed = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert sum(each.weekday() < 5 for each in passed) == count
    assert count == 0 or end.weekday() < 5


def test_escalation_adds_people_and_drops_nobody():
    assert told(date(2026, 3, 3)) == ("overdue", [OLGA.pk])
    assert told(date(2026, 3, 4)) == ("overdue_2", [OLGA.pk, SVEN.pk])
    assert told(date(2026, 3, 9)) == ("overdue_5", [OLGA.pk, SVEN.pk, PETRA.pk])
    assert told(date(2026, 3, 16)) == ("overdue_week_1", [OLGA.pk, SVEN.pk, PETRA.pk])


def test_a_gate_in_review_reminds_the_gatekeepers_and_spares_the_owner():
    review = {"in_review": True, "submitted_on": date(2026, 2, 20)}

    assert told(date(2026, 3, 3), **review) == ("overdue", [GINA.pk])
    assert told(date(2026, 3, 4), **review) == ("overdue_2", [GINA.pk, SVEN.pk])
    assert told(date(2026, 3, 9), **review) == ("overdue_5", [GINA.pk, SVEN.pk, PETRA.pk])


def test_gatekeepers_are_late_only_from_when_they_were_asked():
    asked_late = {"in_review": True, "submitted_on": date(2026, 3, 12)}

    assert told(date(2026, 3, 12), **asked_late) is None
    assert told(date(2026, 3, 13), **asked_late) == ("overdue", [GINA.pk])


def test_a_gatekeeper_who_owns_the_pilot_is_not_asked_to_decide():
    people = People(owner=GINA, gatekeepers=(GINA,), managers=(PETRA,))

    assert told(date(2026, 3, 3), in_review=True, people=people) == ("overdue", [PETRA.pk])


def test_a_pilot_that_does_not_run_owes_nothing():
    assert told(date(2026, 3, 9), is_running=False) is None


def test_another_planned_day_and_a_review_are_other_obligations():
    names = {
        obligation_of(facts()),
        obligation_of(facts(planned_on=FRIDAY)),
        obligation_of(facts(gate=13)),
        obligation_of(facts(in_review=True, submitted_on=FRIDAY)),
    }

    assert len(names) == 4
    assert obligation_of(facts()) == "gate:12:2026-03-02"


GONE = Person(OLGA.pk, OLGA.email, is_active=False)
SILENT = Person(OLGA.pk, "  ")


@pytest.mark.parametrize("owner", [None, GONE, SILENT], ids=["missing", "inactive", "without address"])
def test_without_an_owner_the_programme_managers_hear(owner):
    assert told(date(2026, 3, 3), people=People(owner, SVEN, managers=(PETRA,))) == ("overdue", [PETRA.pk])


@pytest.mark.parametrize(
    ("asked", "people", "reached"),
    [
        (Standing.OWNER, People(sponsor=SVEN, administrators=(ADA,)), {SVEN.pk: Standing.SPONSOR}),
        (Standing.OWNER, People(administrators=(ADA,)), {ADA.pk: Standing.ADMINISTRATOR}),
        (Standing.SPONSOR, People(owner=OLGA, managers=(PETRA,)), {PETRA.pk: Standing.PROGRAMME_MANAGER}),
        (Standing.GATEKEEPER, People(managers=(PETRA,)), {PETRA.pk: Standing.PROGRAMME_MANAGER}),
        (Standing.PROGRAMME_MANAGER, People(administrators=(ADA,)), {ADA.pk: Standing.ADMINISTRATOR}),
        (Standing.OWNER, People(), {}),
    ],
)
def test_the_next_in_the_chain_hears_when_nobody_else_can(asked, people, reached):
    assert reach([asked], people) == reached


def test_one_person_in_two_roles_hears_once_as_the_nearer():
    people = People(owner=OLGA, sponsor=OLGA, managers=(OLGA,))

    assert reach([Standing.OWNER, Standing.SPONSOR, Standing.PROGRAMME_MANAGER], people) == {
        OLGA.pk: Standing.OWNER
    }


@pytest.mark.parametrize(
    ("type", "hear"),
    [
        (events.GATE_DECIDED, [OLGA.pk, SVEN.pk]),
        (events.REVIEW_REQUESTED, [GINA.pk]),
        (events.GATE_BECAME_READY, [OLGA.pk]),
    ],
)
def test_news_reaches_those_it_concerns(type, hear):
    dues = list(news(event=77, type=type, pilot=7, gate=12, people=CAST))

    assert [due.recipient for due in dues] == hear
    assert {due.obligation for due in dues} == {"event:77"}


@pytest.mark.parametrize("type", [events.AMENDMENT_APPROVED, events.AMENDMENT_REFUSED])
@pytest.mark.parametrize(
    ("asker", "by", "hear"),
    [
        (PETRA, GINA, {PETRA.pk: Standing.AMENDER, OLGA.pk: Standing.OWNER}),
        (OLGA, GINA, {OLGA.pk: Standing.AMENDER}),
        (GONE, GINA, {OLGA.pk: Standing.OWNER}),
        (PETRA, OLGA, {PETRA.pk: Standing.AMENDER}),
    ],
    ids=["another asked", "the owner asked", "who asked has left", "the owner answers"],
)
def test_an_answer_reaches_who_asked_and_the_owner_once_and_not_who_gave_it(type, asker, by, hear):
    people = People(owner=OLGA, asker=asker, gatekeepers=(GINA,))

    dues = list(news(event=77, type=type, pilot=7, gate=12, people=people, by=by.pk))

    assert {due.recipient: due.standing for due in dues} == hear
    assert len(dues) == len(hear)


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(-10, 400))
def test_steps_only_ever_move_forward(planned, days):
    """So a mail of an earlier step is never owed after one of a later step."""
    places = {None: 0, "overdue": 1, "overdue_2": 2, "overdue_5": 3}

    def place(step):
        return places[step] if step in places else 3 + int(step.removeprefix("overdue_week_"))

    today = planned + timedelta(days=days)
    assert place(step_due(planned, today)) <= place(step_due(planned, today + timedelta(days=1)))


RENATE = Person(6, "renate@example.com")


def test_a_contributor_who_holds_everything_up_is_reminded_besides_the_owner():
    people = People(owner=OLGA, sponsor=SVEN, contributor=RENATE)

    assert told(date(2026, 3, 3), people=people) == ("overdue", [RENATE.pk, OLGA.pk])
    assert told(date(2026, 3, 3), people=people, in_review=True) is None


def test_a_contributor_out_of_reach_is_stood_for_by_the_owner_alone():
    people = People(owner=OLGA, contributor=Person(6, ""))

    assert told(date(2026, 3, 3), people=people) == ("overdue", [OLGA.pk])
