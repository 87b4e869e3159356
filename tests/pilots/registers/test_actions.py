"""Writing, changing and removing entries, the same for every register."""

import pytest

from pilots import events
from pilots.actions.pilots import archive_pilot
from pilots.models import Event, Pilot, Risk
from pilots.registers.actions import add_entry, edit_entry, remove_entry, restore_entry
from pilots.registers.table import REGISTERS
from pilots.rules import RuleViolation
from tests.builders import days_ago, make_entry, make_pilot, make_user

pytestmark = pytest.mark.django_db


def told(entry) -> list[Event]:
    return list(Event.objects.filter(subject=f"{entry._meta.label}:{entry.pk}").order_by("pk"))


@pytest.mark.parametrize("key", REGISTERS)
def test_what_becomes_of_an_entry_is_in_the_log(pilot, olga, key):
    entry = make_entry(pilot, key)
    edit_entry(entry=entry, team="Legal", by=olga)
    edit_entry(entry=entry, team="Legal", by=olga)
    remove_entry(entry=entry, by=olga)
    remove_entry(entry=entry, by=olga)
    restore_entry(entry=entry, by=olga)
    restore_entry(entry=entry, by=olga)

    found = told(entry)
    assert [event.type for event in found] == [
        events.ENTRY_ADDED,
        events.ENTRY_EDITED,
        events.ENTRY_REMOVED,
        events.ENTRY_RESTORED,
    ]
    assert found[1].changes == {"team": ["", "Legal"]}
    assert {(event.pilot, event.actor, event.data["title"]) for event in found} == {(pilot, olga, str(entry))}


@pytest.mark.parametrize("key", REGISTERS)
def test_a_removed_entry_is_kept_but_stands_no_more(pilot, olga, key):
    entry = make_entry(pilot, key)

    remove_entry(entry=entry, by=olga)

    assert not REGISTERS[key].model.objects.standing().exists()
    with pytest.raises(RuleViolation, match="Put it back"):
        edit_entry(entry=entry, team="Legal", by=olga)


def test_the_same_said_twice_at_once_makes_one_entry(pilot, olga, petra):
    first, again = make_entry(pilot), make_entry(pilot)
    others = make_entry(pilot, by=petra)

    assert first.pk == again.pk
    assert others.pk != first.pk
    assert len(told(first)) == 1


def test_what_says_less_is_another_entry(pilot, olga):
    facts = {"pilot": pilot, "title": "It sleeps", "likelihood": 3, "impact": 3, "by": olga}
    more = add_entry(model=Risk, mitigation="Wake it.", **facts)

    assert add_entry(model=Risk, **facts).pk != more.pk


def test_what_somebody_wrote_meanwhile_is_not_overwritten_unseen(pilot, olga, petra):
    entry = make_entry(pilot, likelihood=2)
    seen = entry.version
    edit_entry(entry=entry, likelihood=4, by=petra, seen=seen)

    with pytest.raises(RuleViolation) as refused:
        edit_entry(entry=entry, likelihood=1, by=olga, seen=seen)

    assert refused.value.reasons[0].startswith("Petra Plan has changed this")
    assert refused.value.reasons[1:] == ["Likelihood is now “4 Likely”."]
    entry.refresh_from_db()
    assert entry.likelihood == 4
    assert edit_entry(entry=entry, likelihood=1, by=olga, seen=entry.version).likelihood == 1


def test_saying_what_stands_already_is_never_in_conflict(pilot, olga):
    entry = make_entry(pilot)
    edit_entry(entry=entry, team="Legal", by=olga, seen=1)

    assert edit_entry(entry=entry, team="Legal", by=olga, seen=1).version == 2


@pytest.mark.parametrize(("state", "why"), [("mitigated", "Say what was done"), ("accepted", "Say why")])
def test_a_risk_is_not_settled_without_a_word(pilot, state, why):
    with pytest.raises(RuleViolation, match=why):
        make_entry(pilot, state=state, mitigation="")


def test_nobody_without_a_role_looks_after_an_entry_but_who_has_left_may_stay(pilot, olga, ana):
    entry = make_entry(pilot, owner=ana)
    ana.memberships.all().delete()

    assert edit_entry(entry=entry, owner=ana, team="Legal", by=olga).team == "Legal"
    with pytest.raises(RuleViolation, match="has no role in Customer service"):
        edit_entry(entry=entry, owner=make_user("Stella Stranger"), by=olga)


def test_registers_of_an_archived_pilot_stand_still(programme, olga):
    pilot = make_pilot(programme, owner=olga)
    entry = make_entry(pilot)
    archive_pilot(pilot=pilot, by=olga)

    for act in (remove_entry, restore_entry):
        with pytest.raises(RuleViolation, match="archived"):
            act(entry=entry, by=olga)
    with pytest.raises(RuleViolation, match="archived"):
        make_entry(pilot, title="Another")


@pytest.mark.parametrize("key", REGISTERS)
def test_what_is_over_is_the_same_of_one_as_of_all(pilot, key):
    entry = make_entry(pilot, key, review_on=days_ago(1))
    model = REGISTERS[key].model

    assert model.objects.live().filter(pk=entry.pk).exists() == (not entry.is_over)
    assert model.objects.overdue(days_ago(0)).filter(pk=entry.pk).exists() == entry.is_overdue(days_ago(0))


@pytest.mark.parametrize(("state", "due"), [("intake", True), ("on_hold", True), ("stopped", False)])
def test_nobody_owes_a_look_at_what_a_pilot_that_is_over_left(pilot, state, due):
    Pilot.objects.filter(pk=pilot.pk).update(state=state)
    pilot.refresh_from_db()
    entry = make_entry(pilot, owner=None, team="", review_on=days_ago(1))

    assert entry.is_overdue(days_ago(0)) == due
    assert Risk.objects.overdue(days_ago(0)).exists() == Risk.objects.vacant().exists() == due
    assert Risk.objects.live().exists()


@pytest.mark.parametrize("state", ["open", "mitigated", "accepted", "closed"])
def test_a_risk_is_over_once_it_is_closed(pilot, state):
    entry = make_entry(pilot, state=state, review_on=days_ago(1))

    assert entry.is_over == (state == "closed")
    assert Risk.objects.live().exists() == Risk.objects.overdue(days_ago(0)).exists() == (not entry.is_over)


def test_who_left_looks_after_nothing(pilot, olga, ana):
    entry = make_entry(pilot, owner=ana)
    assert not Risk.objects.vacant().exists()

    ana.is_active = False
    ana.save()

    assert Risk.objects.vacant().get() == entry
    edit_entry(entry=entry, team="Legal", by=olga)
    assert not Risk.objects.vacant().exists()
