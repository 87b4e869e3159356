"""Keeping signs current: what comes, what goes, what is written, and how often may it run."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gates.choices import Point, Question, Sign
from gates.models import SignSpell
from gates.signs import actions, tasks
from gates.signs.actions import answer_question, refresh_signs
from gates.signs.rules import Place, concerns
from gates.signs.table import KPI_SIGNS, SIGNS
from metrics.choices import KpiKind
from pilots.choices import PilotState, Role
from pilots.models import Event, Pilot
from pilots.registers.table import REGISTERS
from pilots.rules import RuleViolation
from tests.builders import join, make_budget, make_entry, make_kpi, make_pilot, make_programme, make_user

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)
TUESDAY = MONDAY + timedelta(days=1)


def under_way(programme=None, phase: int = 1, **facts) -> Pilot:
    facts = {
        "state": PilotState.ACTIVE,
        "phase": "pilot",
        "phase_number": phase,
        "phase_name": "Pilot",
    } | facts
    return make_pilot(programme, **facts)


def refresh(*pilots: Pilot, today: date = MONDAY, **more) -> None:
    refresh_signs([pilot.pk for pilot in pilots or Pilot.objects.all()], today=today, **more)


def standing(pilot: Pilot) -> set[str]:
    return set(pilot.sign_spells.standing().values_list("sign", flat=True))


def test_a_sign_comes_and_goes():
    pilot = under_way()
    refresh(pilot)
    spell = pilot.sign_spells.get(sign=Sign.NO_OWNER)
    assert (spell.since, spell.until, spell.reason) == (MONDAY, None, "Nobody owns this pilot.")

    Pilot.objects.update(owner=make_user("Olga Owner"))
    refresh(pilot, today=TUESDAY)
    spell.refresh_from_db()
    assert (spell.since, spell.until) == (MONDAY, TUESDAY)

    Pilot.objects.update(owner=None)
    refresh(pilot, today=TUESDAY)
    assert list(pilot.sign_spells.filter(sign=Sign.NO_OWNER).values_list("since", "until")) == [
        (MONDAY, TUESDAY),
        (TUESDAY, None),
    ]


def test_a_sign_that_stays_keeps_its_day_and_gives_its_reason_of_today():
    person = make_user("Olga Owner")
    pilot = under_way(owner=None)
    refresh(pilot)
    person.is_active = False
    person.save()
    Pilot.objects.update(owner=person)

    refresh(pilot, today=TUESDAY)

    spell = pilot.sign_spells.get(sign=Sign.NO_OWNER)
    assert (spell.since, spell.reason) == (MONDAY, "Olga Owner owned it and has left; name a new owner.")


@pytest.mark.parametrize(
    "facts",
    [{}, {"state": PilotState.STOPPED}, {"archived_at": timezone.now()}],
    ids=["intake", "stopped", "archived"],
)
def test_only_signs_that_concern_a_pilot_where_it_is_are_looked_for(facts):
    pilot = make_pilot(**facts)
    refresh(pilot)

    place = Place(pilot.state, 0, in_production=False, is_archived=bool(pilot.archived_at))
    assert all(concerns(SIGNS[key].since, place) for key in standing(pilot))
    assert standing(pilot) == (set() if facts else {Sign.NO_OWNER, Sign.NO_WORKFLOW})


def test_what_ends_ends_its_signs():
    pilot = under_way()
    refresh(pilot)
    Pilot.objects.update(state=PilotState.STOPPED)

    refresh(pilot, today=TUESDAY)

    assert standing(pilot) == set()
    assert set(pilot.sign_spells.values_list("until", flat=True)) == {TUESDAY}


def test_twice_writes_nothing_more():
    pilots = [under_way(phase=2), make_pilot()]
    refresh(*pilots)
    before = list(SignSpell.objects.order_by("pk").values())

    with CaptureQueriesContext(connection) as captured:
        refresh(*pilots)

    assert list(SignSpell.objects.order_by("pk").values()) == before
    assert not [query for query in captured if query["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]


def test_after_half_of_it_the_rest_is_made_up():
    pilots = [under_way(phase=3) for _ in range(3)]
    refresh(*pilots)
    whole = set(SignSpell.objects.values_list("pilot", "sign"))
    SignSpell.objects.filter(pk__in=list(SignSpell.objects.values_list("pk", flat=True))[1::3]).delete()

    refresh(*pilots, today=TUESDAY)

    assert set(SignSpell.objects.standing().values_list("pilot", "sign")) == whole


def test_only_those_asked_for_are_looked_at():
    pilot = under_way()
    refresh(pilot, of=KPI_SIGNS)
    assert standing(pilot) == {Sign.NO_BUSINESS_KPI}

    refresh(pilot)
    make_kpi(pilot)
    Pilot.objects.update(owner=make_user())
    refresh(pilot, of=KPI_SIGNS)
    assert Sign.NO_BUSINESS_KPI not in standing(pilot)
    assert Sign.NO_OWNER in standing(pilot)


def test_the_number_of_queries_does_not_depend_on_the_number_of_pilots():
    pilots = with_everything(60)
    refresh(*pilots)  # what is written goes in batches

    assert queries_of(pilots[:3]) == queries_of(pilots[3:])


def with_everything(count: int) -> list[Pilot]:
    """Pilots in production with KPIs, a budget and an entry in every register."""
    programme = make_programme()
    owner = join(make_user(), programme, Role.OWNER)
    pilots = [under_way(programme, phase=3, in_production=True, owner=owner) for _ in range(count)]
    for pilot in pilots:
        make_kpi(pilot, kind=KpiKind.TECHNICAL)
        make_budget(pilot, "pilot", 10_000)
        for register in REGISTERS:
            make_entry(pilot, register)
    return pilots


def queries_of(pilots: list[Pilot]) -> int:
    with CaptureQueriesContext(connection) as captured:
        refresh(*pilots)
    return len(captured)


def test_what_several_signs_look_at_is_asked_once_for_all_of_them(monkeypatch):
    """The stays of the whole portfolio once in a run; KPIs and budgets once for each thousand pilots."""
    pilots = with_everything(4)
    refresh(*pilots)
    monkeypatch.setattr(actions, "CHUNK", 2)
    with CaptureQueriesContext(connection) as captured:
        refresh(*pilots)

    asked = [query["sql"].split("WHERE")[0] for query in captured]
    for table, times in (("gates_phaseentry", 1), ("metrics_kpi", 2), ("metrics_budgetperiod", 2)):
        assert sum(f'FROM "{table}"' in sql or f'JOIN "{table}"' in sql for sql in asked) == times, table


def test_a_later_run_sees_what_changed_since():
    (pilot,) = with_everything(1)
    refresh(pilot)
    pilot.kpis.update(kind=KpiKind.BUSINESS)
    refresh(pilot)

    assert Sign.NO_BUSINESS_KPI not in standing(pilot)


def test_a_sign_that_a_release_did_away_with_warns_of_nothing():
    pilot = make_pilot()
    SignSpell.objects.create(pilot=pilot, sign="long_gone", since=MONDAY, reason="So.")

    assert standing(pilot) == set()


# --- Tasks -------------------------------------------------------------------------------------
def test_tasks_look_at_whom_an_event_is_about():
    person = make_user()
    pilot, other, sponsored = under_way(owner=person), under_way(), under_way(sponsor=person)
    facts = {"subject": f"pilots.User:{person.pk}", "at": timezone.now()}
    of_pilot = Event.objects.create(type="pilots.pilot_edited", pilot=pilot, **facts)
    of_person = Event.objects.create(type="pilots.person_deactivated", **facts)

    tasks.refresh_kpi_signs(of_pilot.pk)
    assert standing(pilot) == {Sign.NO_BUSINESS_KPI}
    tasks.refresh_signs(of_pilot.pk)
    assert Sign.NO_WORKFLOW in standing(pilot)
    tasks.refresh_signs(of_person.pk)
    assert not standing(other) | standing(sponsored)
    tasks.refresh_signs_of_person(of_person.pk)
    assert standing(sponsored)
    assert not standing(other)
    tasks.refresh_all_signs()
    assert standing(other)


# --- Answers -----------------------------------------------------------------------------------
def test_an_answer_ends_its_sign_and_is_asked_again(on):
    ana = make_user("Ana Anders")
    pilot = under_way(phase=3)
    with on(MONDAY):
        refresh(pilot)
        assert Sign.NOT_LOAD_TESTED in standing(pilot)
        answer_question(pilot=pilot, question=Question.LOAD_TESTED, yes=False, note="In May.", by=ana)
        refresh(pilot)
        spell = pilot.sign_spells.standing().get(sign=Sign.NOT_LOAD_TESTED)
        assert spell.reason == "Ana Anders said no on 2 Mar 2026: In May."
        answer_question(pilot=pilot, question=Question.LOAD_TESTED, yes=True, note="Done.", by=ana)
        refresh(pilot)
    assert Sign.NOT_LOAD_TESTED not in standing(pilot)

    refresh(pilot, today=MONDAY + timedelta(days=90))
    assert Sign.NOT_LOAD_TESTED not in standing(pilot)
    refresh(pilot, today=MONDAY + timedelta(days=91))
    assert Sign.NOT_LOAD_TESTED in standing(pilot)


def test_each_question_has_its_own_answer_of_its_own_pilot():
    ana, pilot, other = make_user(), under_way(phase=3), under_way(phase=3)
    answer_question(pilot=pilot, question=Question.LOAD_TESTED, yes=True, note="Done.", by=ana)

    refresh(pilot, other, today=timezone.localdate())

    assert {Sign.NOT_LOAD_TESTED, Sign.ERRORS_NOT_ACCEPTED} & standing(pilot) == {Sign.ERRORS_NOT_ACCEPTED}
    assert {Sign.NOT_LOAD_TESTED, Sign.ERRORS_NOT_ACCEPTED} <= standing(other)


def test_who_changes_their_mind_twice_at_once_is_heard():
    ana, pilot = make_user(), under_way()
    for yes in (True, False, True):
        answer_question(pilot=pilot, question=Question.LOAD_TESTED, yes=yes, note="Done.", by=ana)

    assert [answer.yes for answer in pilot.declared_answers.all()] == [True, False, True]


def test_an_answer_is_an_event_and_sent_twice_is_kept_once():
    ana, pilot = make_user(), under_way()
    said = {"pilot": pilot, "question": Question.LOAD_TESTED, "note": "Done.", "by": ana}
    first = answer_question(yes=False, **said)
    assert answer_question(yes=False, **said) == first
    answer_question(yes=True, **said)

    events = Event.objects.filter(type="gates.question_answered").order_by("pk")
    assert [event.changes for event in events] == [{"answer": [None, False]}, {"answer": [False, True]}]
    with pytest.raises(TypeError):
        first.save()
    with pytest.raises(TypeError):
        pilot.declared_answers.all().delete()


def test_nothing_is_asked_about_a_pilot_that_is_over():
    pilot = make_pilot(state=PilotState.STOPPED)
    with pytest.raises(RuleViolation, match="is over"):
        answer_question(pilot=pilot, question=Question.LOAD_TESTED, yes=True, note="So.", by=make_user())


def test_every_point_has_a_sign():
    assert {sign.since for sign in SIGNS.values()} == set(Point)


def test_what_comes_in_bulk_shows_its_signs_at_once(tmp_path):
    call_command("load_playbooks")
    call_command("generate_portfolio", pilots=3, seed=1, readings=0)
    assert SignSpell.objects.standing().exists()

    file = tmp_path / "portfolio.csv"
    file.write_text("Title,Unit,Phase,Owner\nInvoice reading,Accounts,Pilot,\n")
    call_command("import_pilots", str(file), "--programme", "Imported")

    assert Sign.NO_OWNER in standing(Pilot.objects.get(programme__name="Imported"))
