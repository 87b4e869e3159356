"""The checks over procedures, the change plan and what was bought: when each passes, what it says, how it is fixed."""

from datetime import date

import pytest
from django.urls import reverse

from gates.checks import CHECKS
from pilots.models import Pilot
from tests.builders import make_entry, make_user
from tests.gates.checks.walk import Walker, passes
from tests.samples_of_registers import SAMPLES

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
TEAM = {"team": "Platform"}
OPEN = {"done_on": None, "outcome": ""}
WATCH = {"kind": "monitoring"}


def reason(name: str, pilot: Pilot) -> str | None:
    return CHECKS[name](Pilot.objects.filter(pk=pilot.pk), TODAY).get(pilot.pk)


TABLE = [
    ("someone_monitors", [], "Nobody watches it in production."),
    ("someone_monitors", [("roles", {"role": "product_owner"} | TEAM)], "Nobody watches it in production."),
    ("someone_monitors", [("roles", {"role": "infrastructure"} | TEAM)], None),
    ("someone_monitors", [("roles", {"role": "infrastructure"})], "Nobody watches it in production."),
    ("someone_monitors", [("procedures", WATCH | TEAM)], None),
    ("someone_monitors", [("procedures", WATCH)], "Nobody watches it in production."),
    ("retraining_planned", [], "Nobody has said when and how it is retrained."),
    ("retraining_planned", [("procedures", WATCH)], "Nobody has said when and how it is retrained."),
    ("retraining_planned", [("procedures", {"kind": "retraining", "state": "planned"})], None),
    ("incident_plan", [], "There is no incident plan."),
    ("incident_plan", [("procedures", {"state": "planned"})], "The incident plan is not in place yet."),
    ("incident_plan", [("procedures", {"state": "planned"}), ("procedures", {"state": "tried"})], None),
    ("incident_plan", [("procedures", {})], None),
    ("users_involved", [], "Nobody who is to use it was involved."),
    ("users_involved", [("change", {})], "Nobody who is to use it was involved."),
    (
        "users_involved",
        [("change", {"kind": "involvement", "what": "Talks"} | OPEN)],
        "Not done yet: “Talks”.",
    ),
    (
        "users_involved",
        [("change", {"kind": "involvement"} | OPEN), ("change", {"kind": "involvement"})],
        None,
    ),
    ("training_planned", [], "No training of its users is planned."),
    ("training_planned", [("change", {"planned_on": None, "what": "Day"} | OPEN)], "Without a day: “Day”."),
    ("training_planned", [("change", OPEN)], None),
    ("training_planned", [("change", {"planned_on": None})], None),
    ("processes_updated", [], "Nobody has said what changes in the work around it."),
    (
        "processes_updated",
        [("change", {"kind": "process"}), ("change", {"kind": "process", "what": "Sign-off"} | OPEN)],
        "Not changed yet: “Sign-off”.",
    ),
    ("processes_updated", [("change", {"kind": "process"})], None),
    ("fit_recorded", [], "Nobody has said how the tool fits the workflow."),
    ("fit_recorded", [("options", {})], None),
    (
        "fit_recorded",
        [("options", {"verdict": "rejected"})],
        "Nobody has said how the tool fits the workflow.",
    ),
    (
        "fit_recorded",
        [("options", {"verdict": "considered", "fit": ""})],
        "Nobody has said how the tool fits the workflow.",
    ),
]


@pytest.mark.parametrize(("check", "entries", "answer"), TABLE)
def test_a_check_reads_the_registers(check, entries, answer, pilot):
    Pilot.objects.filter(pk=pilot.pk).update(approach="off_the_shelf")
    for register, facts in entries:
        make_entry(pilot, register, **facts)

    assert reason(check, pilot) == answer


def test_what_was_taken_out_counts_no_more(pilot):
    for check, register in (("incident_plan", "procedures"), ("training_planned", "change")):
        entry = make_entry(pilot, register)
        assert reason(check, pilot) is None

        type(entry).objects.filter(pk=entry.pk).update(removed_at="2026-03-01T12:00Z")

        assert reason(check, pilot) is not None


def test_who_has_left_watches_nothing(pilot):
    gone = make_user("Gwen")
    entry = make_entry(pilot, "procedures", **WATCH)
    type(entry).objects.filter(pk=entry.pk).update(owner=gone)
    assert reason("someone_monitors", pilot) is None

    gone.is_active = False
    gone.save()

    assert reason("someone_monitors", pilot) == "Nobody watches it in production."


def test_what_is_built_needs_no_fit(pilot):
    Pilot.objects.filter(pk=pilot.pk).update(approach="custom")

    assert reason("fit_recorded", pilot) is None


WALKS = [
    ("someone_monitors", {"role": "infrastructure", "team": "Platform"}),
    ("retraining_planned", {"kind": "retraining"}),
    ("incident_plan", {}),
    ("users_involved", {"kind": "involvement"}),
    ("training_planned", {}),
    ("processes_updated", {"kind": "process"}),
    ("fit_recorded", {}),
]


@pytest.mark.either
@pytest.mark.parametrize(("check", "facts"), WALKS)
def test_what_a_check_names_as_its_fix_makes_it_pass(check, facts, pilot, olga, client_of):
    Pilot.objects.filter(pk=pilot.pk).update(approach="hybrid")
    assert not passes(check, pilot)
    [register] = CHECKS[check].fix.args

    walker = Walker(client_of(olga), check, pilot)
    walker.follow(reverse("pilots:entry_new", args=[pilot.key, register]))
    walker.send(SAMPLES[register] | facts)

    assert passes(check, pilot)
