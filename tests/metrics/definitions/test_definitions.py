"""Definitions of KPIs: the library, following one, and changing what is followed."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from metrics import events
from metrics.choices import Direction, KpiKind
from metrics.definitions.actions import archive_definition, create_definition, edit_definition, load_library
from metrics.definitions.library import entries
from metrics.definitions.queries import DefinitionChoice, library, measured_by
from metrics.kpis.actions import create_kpi, edit_kpi
from metrics.models import Kpi, KpiDefinition
from pilots.choices import Role
from pilots.models import Event, Pilot
from pilots.rules import RuleViolation
from tests.api.world import BASE, nothing_written, program_of
from tests.builders import days_ago, join, make_kpi, make_pilot, make_programme, make_user, measure

pytestmark = pytest.mark.django_db
FACTS = {
    "name": "Time per case",
    "kind": KpiKind.BUSINESS,
    "unit": "min",
    "direction": Direction.LOWER,
    "measures": "How long one case takes.",
    "method": "Median of the week.",
    "cadence_days": 7,
}


@pytest.fixture
def definition(petra) -> KpiDefinition:
    return create_definition(by=petra, **FACTS)


@pytest.fixture
def kpi(pilot, definition, olga) -> Kpi:
    return create_kpi(pilot=pilot, by=olga, name="Time per letter", kind="business", follows=definition)


def begin(pilot: Pilot) -> None:
    """Into its second phase."""
    facts = {"phase": "pilot", "phase_name": "Pilot", "phase_number": 2, "phase_count": 3}
    Pilot.objects.filter(pk=pilot.pk).update(state="active", **facts)


# --- The library -------------------------------------------------------------------------------
def test_the_shipped_ones_are_loaded_once_and_then_ours(petra):
    assert len(load_library()) == len(entries()) >= 12
    wanted = {"time-per-case", "error-rate", "throughput", "customer-satisfaction", "cost-per-case"}
    wanted |= {"revenue", "active-users", "override-rate", "drift"}
    assert wanted <= set(KpiDefinition.objects.values_list("shipped_as", flat=True))
    ours = KpiDefinition.objects.get(shipped_as="drift")
    edit_definition(definition=ours, by=petra, name="Input drift", unit="points")
    archive_definition(definition=KpiDefinition.objects.get(shipped_as="revenue"), by=petra)

    call_command("load_kpi_library", verbosity=0)

    assert KpiDefinition.objects.count() == len(entries())
    ours.refresh_from_db()
    assert (ours.name, ours.unit) == ("Input drift", "points")
    assert Event.objects.filter(type=events.DEFINITION_CREATED).count() == len(entries())


def test_a_shipped_one_whose_name_is_taken_is_left_out(definition):
    load_library()
    assert KpiDefinition.objects.filter(name__iexact="time per case").get() == definition


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry["shipped_as"])
def test_each_shipped_one_is_complete(entry):
    KpiDefinition(**entry).full_clean()
    assert all(entry[name] for name in ("measures", "method", "range_hint", "pitfalls", "cadence_days"))


def test_one_name_is_there_once_whatever_the_case(definition, petra):
    with pytest.raises(RuleViolation, match="already a definition of this name"):
        create_definition(by=petra, **FACTS | {"name": "TIME per case"})
    archive_definition(definition=definition, by=petra)
    create_definition(by=petra, **FACTS)
    with pytest.raises(IntegrityError), transaction.atomic():
        KpiDefinition.objects.update(archived_at=None)


def test_the_library_is_searched_in_few_queries(kpi, olga, django_assert_num_queries):
    load_library()
    other = join(make_user("Nils Nobody"), make_programme("Logistics"), Role.OWNER)

    assert [(row.name, row.used) for row in library(olga, DefinitionChoice(q="median week"))] == [
        ("Time per case", 1)
    ]
    assert library(other, DefinitionChoice(q="median week")).get().used == 0
    assert not library(olga, DefinitionChoice(kind="nonsense"))
    assert {row.kind for row in library(olga, DefinitionChoice(kind="guardrail"))} == {"guardrail"}
    assert olga.access
    with django_assert_num_queries(1):
        list(library(olga, DefinitionChoice()))


# --- Following ---------------------------------------------------------------------------------
def test_who_follows_has_unit_direction_and_method_from_it(kpi, definition):
    said = ("min", "lower", "Median of the week.", definition)
    assert (kpi.unit, kpi.direction, kpi.definition, kpi.follows) == said
    told = Event.objects.get(type=events.KPI_CREATED)
    assert told.changes["follows"] == [None, "Time per case"]


def test_what_the_definition_says_cannot_be_said_otherwise(kpi, pilot, definition, olga):
    with pytest.raises(RuleViolation, match="Unit: The definition says this"):
        create_kpi(pilot=pilot, by=olga, name="B", kind="business", follows=definition, unit="h")
    with pytest.raises(RuleViolation, match="Unit: The definition says this"):
        edit_kpi(kpi=kpi, by=olga, unit="h")
    edit_kpi(kpi=kpi, by=olga, unit="min", definition="Median  of the\r\nweek.")
    assert Kpi.objects.get(pk=kpi.pk).definition == "Median of the week."

    edit_kpi(kpi=kpi, by=olga, follows=None, unit="h")
    assert Kpi.objects.get(pk=kpi.pk).unit == "h"


def test_a_fixed_kpi_follows_only_what_measures_in_the_same_unit_and_direction(
    pilot, definition, petra, olga
):
    kpi = make_kpi(pilot)
    begin(pilot)
    with pytest.raises(RuleViolation, match="fixed when the pilot began"):
        edit_kpi(kpi=kpi, by=olga, follows=definition)

    same = create_definition(
        by=petra, **FACTS | {"name": "Speed", "unit": "per hour", "direction": Direction.HIGHER}
    )
    assert edit_kpi(kpi=kpi, by=olga, follows=same).follows == same


# --- Changing what is followed -----------------------------------------------------------------
def test_a_change_reaches_every_kpi_that_follows_and_each_says_so(kpi, definition, petra):
    measure(kpi, 12)
    edit_kpi(kpi=kpi, by=petra, target=Decimal(9), target_on=date(2027, 1, 1))

    edit_definition(definition=definition, by=petra, unit="h", pitfalls="Waiting is not work.")

    kpi.refresh_from_db()
    assert kpi.unit == "h"
    told = Event.objects.filter(type=events.KPI_EDITED).latest("pk")
    assert (told.changes, told.data["definition"]) == ({"unit": ["min", "h"]}, "Time per case")
    edited = Event.objects.get(type=events.DEFINITION_EDITED)
    assert edited.changes == {"unit": ["min", "h"], "pitfalls": ["", "Waiting is not work."]}
    assert edited.data == {"name": "Time per case", "kpis": 1}


def test_while_a_kpi_is_fixed_what_it_is_measured_by_stays_and_the_rest_moves(kpi, pilot, definition, petra):
    begin(pilot)

    with nothing_written(), pytest.raises(RuleViolation, match=r"Time per letter \(PIL-001\)\. Make a new"):
        edit_definition(definition=definition, by=petra, method="Mean of the week.")

    edit_definition(definition=definition, by=petra, cadence_days=14, name="Minutes per case")


def test_pilots_one_cannot_see_are_counted_and_not_named(kpi, pilot, definition, olga):
    begin(pilot)
    elsewhere = join(make_user("Mara"), make_programme("Logistics"), Role.PROGRAMME_MANAGER)

    with pytest.raises(RuleViolation, match=r"it: 1 of programmes you do not see\. Make"):
        edit_definition(definition=definition, by=elsewhere, unit="h")


def test_a_direction_that_leaves_a_target_without_its_edge_is_refused(kpi, definition, petra):
    edit_kpi(kpi=kpi, by=petra, target=Decimal(9), target_on=date(2027, 1, 1))

    with (
        nothing_written(),
        pytest.raises(RuleViolation, match=r"Time per letter \(PIL-001\): Give the upper"),
    ):
        edit_definition(definition=definition, by=petra, direction=Direction.WITHIN)


def test_archiving_leaves_those_that_follow(kpi, definition, petra, pilot, olga):
    archive_definition(definition=definition, by=petra)
    archive_definition(definition=definition, by=petra)

    edit_kpi(kpi=kpi, by=olga, cadence_days=3, follows=definition)
    assert Event.objects.filter(type=events.DEFINITION_ARCHIVED).count() == 1


# --- Pages and API -----------------------------------------------------------------------------
def test_who_measures_by_it_stands_side_by_side_in_one_query(
    kpi, definition, olga, django_assert_num_queries
):
    measure(kpi, 12, on=days_ago(2))
    second = make_pilot(kpi.pilot.programme, owner=olga, title="Letters")
    create_kpi(pilot=second, by=olga, name="Time", kind="business", follows=definition)
    hidden = make_pilot(make_programme("Logistics"), title="Hidden")
    create_kpi(pilot=hidden, by=olga, name="Time", kind="business", follows=definition)
    assert olga.access

    with django_assert_num_queries(1):
        rows = measured_by(olga, definition, today=timezone.localdate())

    assert {kpi.pilot.title for kpi, _ in rows} == {kpi.pilot.title, "Letters"}


def test_using_one_fills_in_the_form_and_writes_nothing_before_it_is_saved(
    pilot, definition, olga, client_of
):
    client = client_of(olga)
    use = reverse("metrics:definition_use", args=[definition.pk])
    with nothing_written():
        answer = client.get(use, {"pilot": pilot.key})
        form = client.get(answer.url).content.decode()
    for part in ('value="Time per case"', 'value="min"', "Median of the week.", 'value="7"'):
        assert part in form
    assert client.get(use, {"pilot": "PIL-999"}).status_code == 404
    assert client.get(use).status_code == 302

    sent = {"name": "Time", "kind": "business", "follows": definition.pk, "cadence_days": "7"}
    client.post(answer.url, sent)

    kpi = Kpi.objects.get()
    assert (kpi.unit, kpi.direction, kpi.definition) == ("min", "lower", "Median of the week.")
    page = client.get(reverse("metrics:kpi", args=[pilot.key, kpi.pk])).content.decode()
    assert reverse("metrics:definition", args=[definition.pk]) in page


def test_without_a_definition_the_unit_is_asked_for_and_with_one_it_is_not_said_anew(
    pilot, definition, olga, client_of
):
    client, url = client_of(olga), reverse("metrics:create", args=[pilot.key])
    sent = {"name": "Time", "kind": "business", "direction": "lower", "cadence_days": "7"}
    with nothing_written():
        without = client.post(url, sent)
        other = client.post(url, sent | {"follows": definition.pk, "unit": "hours"})
    assert (without.status_code, other.status_code) == (422, 422)
    assert "Give its unit." in without.content.decode()
    assert "The definition says this." in other.content.decode()
    assert 'value="hours"' in other.content.decode()


def test_a_name_that_is_taken_is_said_at_the_field_and_nothing_typed_is_lost(definition, petra, client_of):
    sent = FACTS | {"pitfalls": "Easy cases <first>."}
    client = client_of(petra)
    with nothing_written():
        answer = client.post(reverse("metrics:definition_new"), sent)
    assert answer.status_code == 422
    assert "already a definition of this name" in answer.content.decode()
    assert "Easy cases &lt;first&gt;." in answer.content.decode()


def test_a_program_defines_follows_and_lists(pilot, petra):
    program = program_of(petra)
    made = program.post(f"{BASE}kpi-definitions/", FACTS, format="json").json()
    sent = {"pilot": pilot.key, "name": "Time", "kind": "business"}

    for wrong, field in (
        (sent, "unit"),
        (sent | {"follows": made["id"] + 1}, "follows"),
        (sent | {"follows": 10**30}, "follows"),
        (sent | {"follows": made["id"], "unit": "h"}, "unit"),
        (
            sent | {"follows": made["id"], "target": "5", "target_on": "2027-01-01", "target_high": "7"},
            "target_high",
        ),
    ):
        with nothing_written():
            assert field in program.post(f"{BASE}kpis/", wrong, format="json").json()
    kpi = program.post(f"{BASE}kpis/", sent | {"follows": made["id"]}, format="json").json()

    assert (kpi["follows"], kpi["unit"], kpi["direction"]) == (made["id"], "min", "lower")
    assert program.get(f"{BASE}kpis/?definition={made['id']}").json()["count"] == 1
    answer = program.patch(f"{BASE}kpi-definitions/{made['id']}/", {"unit": "h"}, format="json")
    assert answer.json()["unit"] == "h"
    assert program.get(f"{BASE}kpis/{kpi['id']}/").json()["unit"] == "h"
    program.patch(f"{BASE}kpis/{kpi['id']}/", {"follows": None, "unit": "s"}, format="json")
    assert Kpi.objects.get().unit == "s"
