"""The checks over operating roles and waves: when each passes, what it says where not, and how it is fixed."""

from datetime import date

import pytest
from django.urls import reverse

from gates.checks import CHECKS
from pilots.choices import OperatingDuty
from pilots.models import Pilot
from tests.builders import make_entry, make_user
from tests.gates.checks.walk import Walker, passes
from tests.samples_of_registers import SAMPLES

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
NEITHER = "Neither the business nor IT has named who answers for it after the pilot."
ALL = {duty.value: "Team A" for duty in OperatingDuty}


def reason(name: str, pilot: Pilot) -> str | None:
    return CHECKS[name](Pilot.objects.filter(pk=pilot.pk), TODAY).get(pilot.pk)


@pytest.mark.parametrize(
    ("check", "held", "answer"),
    [
        ("operator_named", {}, "Nobody would run it after the pilot."),
        ("operator_named", {"product_owner": ""}, "Nobody would run it after the pilot."),
        ("operator_named", {"adoption": "Team A"}, "Nobody would run it after the pilot."),
        ("operator_named", {"product_owner": "Team A"}, None),
        ("business_or_it_owner", {}, NEITHER),
        ("business_or_it_owner", {"adoption": "Team A", "infrastructure": ""}, NEITHER),
        ("business_or_it_owner", {"product_owner": "Team A"}, None),
        ("business_or_it_owner", {"infrastructure": "Team A"}, None),
        ("roles_filled", ALL, None),
        (
            "roles_filled",
            ALL | {"adoption": "", "user_support": ""},
            "Nobody yet for user support, adoption.",
        ),
    ],
)
def test_a_role_is_held_by_somebody(check, held, answer, pilot):
    for role, team in held.items():
        make_entry(pilot, "roles", role=role, team=team)

    assert reason(check, pilot) == answer


def test_who_has_left_holds_no_role(pilot):
    for role, team in ALL.items():
        make_entry(pilot, "roles", role=role, team="" if role == "product_owner" else team, owner=None)
    gone = make_user("Gwen")
    pilot.operatingrole_set.filter(role="product_owner").update(owner=gone)
    assert reason("roles_filled", pilot) is None

    gone.is_active = False
    gone.save()

    pilot.operatingrole_set.exclude(role="product_owner").update(team="")
    assert reason("business_or_it_owner", pilot) == NEITHER
    pilot.operatingrole_set.exclude(role="product_owner").update(team="Team A")
    assert reason("operator_named", pilot) == "Gwen was to run it after the pilot and has left."
    assert reason("roles_filled", pilot) == "Left: Gwen (product owner)."


@pytest.mark.parametrize(
    ("waves", "answer"),
    [
        ([], "No wave is planned."),
        ([{}], "One wave reaches everybody at once."),
        ([{}, {"cohort": "All", "tried_on": None}], None),
        ([{}, {"cohort": "All", "actual_on": None, "users": None}], "Not begun: All."),
        ([{}, {"cohort": "All", "trigger": ""}], "Nobody has said what would roll back All."),
        ([{"tried_on": None}, {"cohort": "All", "tried_on": None}], "Rolling back was never tried."),
    ],
)
def test_a_roll_out_comes_in_waves_with_a_way_back(waves, answer, pilot):
    for facts in waves:
        make_entry(pilot, "waves", **facts)

    assert reason("rolled_out_in_waves", pilot) == answer


@pytest.mark.either
def test_naming_every_role_through_its_page_fills_them(pilot, olga, client_of):
    client = client_of(olga)
    for role in OperatingDuty:
        assert not passes("roles_filled", pilot)
        walker = Walker(client, "operator_named", pilot)
        walker.follow(reverse("pilots:entry_new", args=[pilot.key, "roles"]))
        walker.send({"role": role, "team": "Service desk"})

    assert all(passes(name, pilot) for name in ("operator_named", "roles_filled", "business_or_it_owner"))


@pytest.mark.either
def test_writing_two_waves_through_their_page_passes(pilot, olga, client_of):
    for cohort in ("Two teams", "Everybody"):
        assert not passes("rolled_out_in_waves", pilot)
        walker = Walker(client_of(olga), "rolled_out_in_waves", pilot)
        walker.follow(reverse("pilots:entry_new", args=[pilot.key, "waves"]))
        walker.send(SAMPLES["waves"] | {"cohort": cohort})

    assert passes("rolled_out_in_waves", pilot)
