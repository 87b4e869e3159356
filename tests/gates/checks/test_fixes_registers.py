"""The fixes of checks over registers, done through their pages."""

import pytest
from django.urls import reverse

from tests.builders import days_ago, make_entry
from tests.gates.checks.walk import Walker, passes
from tests.samples_of_registers import SAMPLES

pytestmark = [pytest.mark.django_db, pytest.mark.either]


@pytest.mark.parametrize(
    ("name", "register"),
    [("risk_register_opened", "risks"), ("systems_listed", "integrations"), ("shortcuts_logged", "debt")],
)
def test_the_first_entry_is_written(name, register, pilot, olga, client_of):
    assert not passes(name, pilot)

    walker = Walker(client_of(olga), name, pilot)
    walker.follow(reverse("pilots:entry_new", args=[pilot.key, register]))
    walker.send(SAMPLES[register])

    assert passes(name, pilot)


@pytest.mark.parametrize(
    ("name", "register", "before", "said"),
    [
        ("high_risks_mitigated", "risks", {"mitigation": ""}, {"mitigation": "A lawyer reads it."}),
        ("integrations_live", "integrations", {}, {"state": "live", "live_on": days_ago(3)}),
        ("pipelines_automated", "data", {}, {"supply": "automated", "access": "live"}),
        ("nothing_rekeyed", "integrations", {"method": "manual"}, {"method": "api"}),
        ("data_comes_by_itself", "data", {}, {"supply": "automated"}),
        ("data_is_refreshed", "data", {"refresh": "static"}, {"refresh": "weekly"}),
        ("data_access_live", "data", {}, {"access": "live"}),
        ("shortcuts_logged", "debt", {"effort_days": None}, {"effort_days": "3"}),
        ("debt_due_paid", "debt", {"pay_back_on": days_ago(3)}, {"paid_on": days_ago(0).isoformat()}),
    ],
)
def test_an_entry_is_changed(name, register, before, said, pilot, olga, client_of):
    entry = make_entry(pilot, register, **before)
    assert not passes(name, pilot)

    walker = Walker(client_of(olga), name, pilot)
    walker.follow(reverse("pilots:entry", args=[pilot.key, register, entry.pk]))
    walker.follow(reverse("pilots:entry_edit", args=[pilot.key, register, entry.pk]))
    walker.send(said)

    assert passes(name, pilot)
