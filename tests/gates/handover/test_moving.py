"""What a person holds, what moves to whom, what cannot and why, and what comes back."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from gates import events
from gates.choices import Passing
from gates.handover.actions import hand_over, undo_handover
from gates.handover.queries import work_left, work_of
from gates.handover.rules import UNDO_WITHIN
from gates.handover.table import HOLDINGS
from gates.models import Assessment, Gatekeeper, HandedThing
from pilots.actions.people import set_active
from pilots.choices import Role
from pilots.models import Event, Membership, Pilot
from pilots.registers.table import REGISTERS
from pilots.rules import RuleViolation, WorkHeld
from tests.builders import join, make_pilot, make_playbook, make_programme, make_user, start
from tests.gates.handover.handing import give, held, prepare, what

pytestmark = pytest.mark.django_db


ENDING = {key for key, holding in HOLDINGS.items() if holding.ends}


def in_a_month() -> str:
    return date_format(timezone.localdate() + timedelta(days=30), "j M Y")


def kinds_held() -> set[str]:
    """Every kind; of a register only if what the sample says is not over."""
    over = {key for key, register in REGISTERS.items() if not register.model.objects.live().exists()}
    return set(HOLDINGS) - over


def test_everything_of_today_is_in_one_list_and_nothing_of_the_past(everything, olga, ida):
    lines = {key: [str(REGISTERS[key].model.objects.get())] for key in kinds_held() if key in REGISTERS}
    assert held(olga, by=ida) == lines | {
        "owner": ["Invoice reading"],
        "sponsor": ["Claims triage"],
        "criterion": ["V1 Criterion V1"],
        "condition": ["Buy the licence"],
        "kpi": ["Invoices per hour"],
        "benefit": ["Fewer reworks"],
        "meeting": ["May meeting"],
        "presenter": ["May meeting"],
        "invitation": ["May meeting"],
        "stand_in": [f"Olga Owner signs for Ana Anders in Customer service until {in_a_month()}"],
        "delegation": [f"Ana Anders signs for Olga Owner in Customer service until {in_a_month()}"],
        "seat": ["Finance in Customer service"],
        "role": ["Pilot owner in Customer service"],
    }
    assert set(held(olga, by=ida)) == kinds_held()


def test_a_manager_passes_on_what_is_of_the_own_programmes_and_no_roles(everything, olga, petra, nils):
    make_pilot(nils.memberships.get().programme, owner=olga, title="Routes")

    assert "Routes" not in held(olga, by=petra)["owner"]
    assert set(held(olga, by=petra)) == kinds_held() - {"role"}
    assert held(olga, by=nils) == {}


def test_ones_own_work_is_passed_on_but_not_who_signs(everything, olga):
    assert set(held(olga, by=olga)) == kinds_held() - {"role", "seat"}


def test_all_of_it_moves_as_one_and_each_thing_says_so_in_its_own_way(everything, olga, otto, ida):
    Pilot.objects.filter(title="Claims triage").update(owner=ida)
    handover = give(olga, otto, by=ida, kinds=list(HOLDINGS), note="Moves to Logistics.")

    assert what(handover) == {
        **{key: (Passing.MOVED, "") for key in kinds_held() if key != "role"},
        "role": (Passing.KEPT, "Otto Other has this role already."),
    }
    assert set(held(otto, by=ida)) == kinds_held() - ENDING
    assert set(held(olga, by=ida)) == {"role"}
    found = Event.objects.filter(data__handover=handover.pk).order_by("type", "pk")
    told = found.exclude(type="pilots.entry_edited")
    assert found.count() == told.count() + len(kinds_held() & set(REGISTERS))
    assert [(one.type, one.changes) for one in told] == [
        ("gates.condition_handed_over", {"owner": ["Olga Owner", "Otto Other"]}),
        ("gates.criterion_assessed", {"responsible": ["Olga Owner", "Otto Other"]}),
        ("gates.delegation_ended", {"in_force": [True, False]}),
        ("gates.delegation_ended", {"in_force": [True, False]}),
        ("gates.gatekeeper_dismissed", {"holds_the_role": [True, False]}),
        ("gates.gatekeeper_named", {"holds_the_role": [False, True]}),
        ("gates.meeting_changed", {"called_by": ["Olga Owner", "Otto Other"]}),
        ("gates.meeting_changed", {"presenter": ["Olga Owner", "Otto Other"]}),
        ("gates.meeting_invited", {"person": ["Olga Owner", "Otto Other"]}),
        ("metrics.benefit_edited", {"owner": ["Olga Owner", "Otto Other"]}),
        ("metrics.kpi_edited", {"owner": ["Olga Owner", "Otto Other"]}),
        ("pilots.pilot_edited", {"owner": ["Olga Owner", "Otto Other"]}),
        ("pilots.pilot_edited", {"sponsor": ["Olga Owner", "Otto Other"]}),
    ]
    assert {one.data["note"] for one in told} == {"Moves to Logistics."}
    whole = Event.objects.get(type=events.WORK_HANDED_OVER)
    assert (whole.data["person"], whole.data["receiver"], whole.data["things"]) == (
        "Olga Owner",
        "Otto Other",
        len(kinds_held() - ENDING) - 1,
    )


def test_done_twice_it_moves_once(everything, olga, otto, ida):
    handover = give(olga, otto, by=ida)
    count = Event.objects.count()

    hand_over(handover=handover, by=ida)
    assert Event.objects.count() == count


def test_the_gate_waits_on_the_new_people_at_once(gate, olga, otto, ida):
    give(olga, otto, by=ida)

    gate.refresh_from_db()
    assert gate.waiting_for == otto


def test_what_changed_since_it_was_looked_at_is_left_out_and_told(everything, olga, otto, petra, ida):
    handover = prepare(olga, otto, by=ida)
    Pilot.objects.filter(pk=everything.pk).update(owner=petra)
    hand_over(handover=handover, by=ida)

    everything.refresh_from_db()
    assert everything.owner == petra
    assert what(handover)["owner"] == (Passing.KEPT, "It has moved on meanwhile, or is over.")
    assert what(handover)["kpi"][0] == Passing.MOVED


def test_what_came_later_does_not_move(everything, olga, otto, ida):
    handover = prepare(olga, otto, by=ida)
    later = make_pilot(everything.programme, owner=olga, title="Newer")
    hand_over(handover=handover, by=ida)

    later.refresh_from_db()
    assert later.owner == olga


def test_who_may_no_longer_pass_it_on_does_not(everything, olga, otto, petra):
    handover = prepare(olga, otto, by=petra)
    Membership.objects.filter(user=petra).delete()
    petra.__dict__.pop("access", None)

    with pytest.raises(RuleViolation, match="Nothing of this can be handed over"):
        hand_over(handover=handover, by=petra)


def test_a_receiver_without_a_role_in_the_programme_gets_nothing_there(everything, olga, nils, ida):
    with pytest.raises(RuleViolation, match="Nils Nobody has no role in Customer service"):
        give(olga, nils, by=ida, kinds=["owner"])


def test_a_receiver_who_gets_the_role_with_it_gets_the_pilot_too(everything, olga, nils, ida):
    handover = give(olga, nils, by=ida, kinds=["owner", "role"])

    assert {one for one, _ in what(handover).values()} == {Passing.MOVED}
    everything.refresh_from_db()
    assert everything.owner == nils
    assert not olga.memberships.exists()


def test_a_role_stays_while_pilots_stay_that_need_it(everything, olga, otto, nils, ida):
    handover = prepare(olga, nils, by=ida, kinds=["role", "kpi"])
    with pytest.raises(RuleViolation) as refused:
        hand_over(handover=handover, by=ida)

    assert sorted(refused.value.reasons) == [
        "Nils Nobody has no role in Customer service. Add them to its people first.",
        "Nothing of this can be handed over.",
        "Olga Owner would still own a running pilot there without a role. Hand those over too.",
    ]


def test_nobody_owns_a_pilot_and_signs_at_its_gate(pilot, olga, otto, ida):
    start(pilot, make_playbook(gatekeeper_roles=[{"role": "Risk", "quorum": "any"}]))
    Gatekeeper.objects.create(programme=pilot.programme, role="risk", person=otto)

    with pytest.raises(RuleViolation, match="Otto Other signs as Risk at G1"):
        give(olga, otto, by=ida, kinds=["owner"])


def test_the_sponsor_who_signs_does_not_become_the_owner(pilot, olga, sven, ida):
    start(pilot, make_playbook(gatekeeper_roles=[{"role": "Sponsor", "quorum": "any"}]))

    with pytest.raises(RuleViolation, match="Sven Sponsor signs as Sponsor"):
        give(olga, sven, by=ida, kinds=["owner"])


def test_nothing_goes_to_somebody_who_has_left(everything, olga, otto, ida):
    handover = prepare(olga, otto, by=ida)
    set_active(person=otto, active=False, reason="Gone.", by=ida)

    with pytest.raises(RuleViolation, match="Otto Other has left"):
        hand_over(handover=handover, by=ida)


@pytest.mark.parametrize("how", [{"note": " "}, {"kinds": []}])
def test_without_a_note_or_a_thing_nothing_is_prepared(everything, olga, otto, ida, how):
    with pytest.raises(RuleViolation):
        prepare(olga, otto, by=ida, **how)
    with pytest.raises(RuleViolation, match="somebody else"):
        prepare(olga, olga, by=ida)


# --- Undoing ----------------------------------------------------------------------------------
def test_undone_all_is_as_it_was(everything, olga, otto, ida):
    before = held(olga, by=ida)
    kinds = set(HOLDINGS) - {"role"}
    handover = undo_handover(handover=give(olga, otto, by=ida, kinds=kinds), by=ida)

    assert held(olga, by=ida) == before
    assert {one for one, _ in what(handover).values()} == {Passing.RETURNED}
    assert Event.objects.filter(type=events.WORK_HANDED_BACK).count() == 1


def test_only_what_is_still_there_goes_back(everything, olga, otto, petra, ida):
    handover = give(olga, otto, by=ida)
    Pilot.objects.filter(pk=everything.pk).update(owner=petra)
    undo_handover(handover=handover, by=ida)

    everything.refresh_from_db()
    assert everything.owner == petra
    assert what(handover)["owner"] == (Passing.MOVED, "It has moved on meanwhile, or is over.")
    assert Assessment.objects.get(criterion__key="V1").responsible == olga


@pytest.mark.parametrize(
    "later, reason",
    [
        (UNDO_WITHIN + timedelta(hours=1), "more than 30 days ago"),
        (UNDO_WITHIN - timedelta(hours=1), None),
    ],
)
def test_it_is_undone_within_thirty_days(everything, olga, otto, ida, later, reason):
    handover = give(olga, otto, by=ida)
    with time_machine.travel(timezone.now() + later, tick=False):
        if reason is None:
            assert undo_handover(handover=handover, by=ida).undone_by == ida
        else:
            with pytest.raises(RuleViolation, match=reason):
                undo_handover(handover=handover, by=ida)


def test_nothing_goes_back_twice_nor_to_somebody_who_left(everything, olga, otto, ida):
    handover = give(olga, otto, by=ida)
    set_active(person=olga, active=False, by=ida)
    with pytest.raises(RuleViolation, match="Olga Owner has left"):
        undo_handover(handover=handover, by=ida)

    set_active(person=olga, active=True, by=ida)
    undo_handover(handover=handover, by=ida)
    with pytest.raises(RuleViolation, match="undone already"):
        undo_handover(handover=handover, by=ida)


# --- Leaving ----------------------------------------------------------------------------------
def test_whoever_holds_work_leaves_only_with_a_reason(everything, olga, ida):
    with pytest.raises(WorkHeld, match="still holds"):
        set_active(person=olga, active=False, by=ida)

    set_active(person=olga, active=False, reason="The office is closed.", by=ida)
    left = Event.objects.get(type="pilots.person_deactivated")
    assert (left.data["without_anybody"], left.data["reason"]) == (
        len(kinds_held() - ENDING - {"role", "presenter", "invitation"}),
        "The office is closed.",
    )


def test_a_seat_that_others_hold_too_keeps_nobody(programme, olga, otto):
    for person in (olga, otto):
        Gatekeeper.objects.create(programme=programme, role="Risk", person=person)

    assert work_left(olga) == 0
    otto.is_active = False
    otto.save()
    assert work_left(olga) == 1


# --- Cost -------------------------------------------------------------------------------------
def count_queries(person, receiver, by) -> int:
    handover = prepare(person, receiver, by=by)
    with CaptureQueriesContext(connection) as captured:
        hand_over(handover=handover, by=by)
    return len(captured)


def test_it_costs_the_same_for_one_pilot_and_for_forty(programme, otto, ida):
    few, many = (join(make_user(name), programme, Role.OWNER) for name in ("Few", "Many"))
    make_pilot(programme, owner=few)
    for _ in range(40):
        make_pilot(programme, owner=many)

    assert count_queries(few, otto, ida) == count_queries(many, otto, ida)
    assert HandedThing.objects.filter(passing=Passing.MOVED).count() == 41


def test_the_list_costs_the_same_with_few_and_with_many(programme, olga, ida):
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            work_of(olga, by=ida)
        return len(captured)

    make_pilot(programme, owner=olga)
    assert ida.access  # which is read once
    few = cost()
    for _ in range(20):
        make_pilot(make_programme(), owner=olga)
    assert cost() == few
