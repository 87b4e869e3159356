"""What pages and imports ask of the database: within limits, and the same however many rows there are.

PILOTAGE_MANY_PILOTS=10000 compares with a larger portfolio than the usual one.
"""

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gates.checks import CHECKS
from gates.demo.generate import Order, generate
from gates.imports.actions import import_portfolio
from gates.models import Gate, PlaybookVersion
from gates.playbooks.files import load, shipped
from gates.summary.actions import refresh_stale
from pilots.choices import PilotState, Role
from pilots.imports.reading import read_file
from pilots.models import ApiToken, Pilot, Programme, User
from pilots.models.token import digest_of
from tests.builders import join, make_pilot, make_user

FEW, MANY = 10, int(os.environ.get("PILOTAGE_MANY_PILOTS", "1000"))
# One of each page's queries counts the reviews that wait for the reader, for the navigation.
LIMITS = {"portfolio": 7, "overview": 14, "checklist": 17, "summary": 5, "api": 4}
ASKED = (
    "",
    "q=a",
    "phase=pilot&state=active&overdue=true&q=a",
    "programme={programme}&owner=me&owner=none&health=at_risk&blocked=true",
    "submitted=false&due=30&value=measured&production=true&sort=-blockers,gate,title",
    "page=99999",
    "sort=-owner&page=2",
)
# Each finds some pilots: for an empty list the API does not even ask for the rows.
API_ASKED = ("", "q=e&overdue=false", "state=active&sort=-blockers", "page_size=5")


@dataclass(frozen=True)
class Asked:
    """One request: which limit it is held to, and who asks for what."""

    kind: str
    who: str
    path: str


Counts = dict[Asked, int]


class World:
    """A generated portfolio that grows, and people of every role, in one programme and everywhere."""

    def __init__(self) -> None:
        load(shipped(), known_checks=frozenset(CHECKS), by=None)
        self._add(FEW, seed=1)
        programme = Programme.objects.get()
        self.people = {str(role): join(make_user(), programme, role) for role in Role}
        self.people["executive everywhere"] = join(make_user(), None, Role.EXECUTIVE)
        self.tokens = {who: self._token(person) for who, person in self.people.items()}
        Pilot.objects.filter(pk__in=Pilot.objects.order_by("pk")[:3]).update(owner=self.people["owner"])
        self.requests = self._requests(programme)

    def grow(self) -> None:
        self._add(MANY - FEW, seed=2)
        Pilot.objects.update(programme=Programme.objects.order_by("pk").first())

    def counts(self) -> Counts:
        refresh_stale(today=timezone.localdate())
        return {asked: self._count(asked) for asked in self.requests}

    def _add(self, pilots: int, *, seed: int) -> None:
        today = timezone.localdate()
        generate(Order(pilots, seed, programmes=1, readings=1, today=today), tell=lambda made: None)

    def _token(self, person: User) -> str:
        secret = ApiToken.new_secret()
        ApiToken.objects.create(user=person, name="count", digest=digest_of(secret))
        return secret

    def _requests(self, programme: Programme) -> list[Asked]:
        portfolio, api = reverse("gates:portfolio"), reverse("pilot-list")
        queries = [query.format(programme=programme.slug) for query in ASKED]
        pages = [("portfolio", f"{portfolio}?{query}") for query in queries]
        pages += [("api", f"{api}?{query}") for query in API_ASKED]
        pages += [("summary", reverse("gates:summary"))]
        pages += [("summary", f"{reverse('gates:summary')}?programme={programme.slug}")]
        overviews = self._overviews(programme)
        pages += [("overview", reverse("gates:overview", args=[key])) for key in overviews]
        gates = Gate.objects.current().order_by("pk").values_list("pilot__key", "definition__key")
        pages += [("checklist", reverse("gates:gate", args=gate)) for gate in gates[:2]]
        return [Asked(kind, who, path) for who in self.people for kind, path in pages]

    def _overviews(self, programme: Programme) -> list[str]:
        """Pilots in every state, with and without a gate to work towards."""
        bare = [make_pilot(programme, state=state).key for state in PilotState]
        return [*bare, *Pilot.objects.order_by("pk").values_list("key", flat=True)[:5]]

    def _count(self, asked: Asked) -> int:
        client, headers = Client(), {}
        if asked.kind == "api":
            headers = {"authorization": f"Token {self.tokens[asked.who]}"}
        else:
            client.force_login(self.people[asked.who])
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(asked.path, headers=headers)
        assert answer.status_code == 200, asked
        return len(captured)


@pytest.fixture(scope="module")
def few_and_many(django_db_setup, django_db_blocker) -> Iterator[tuple[Counts, Counts]]:
    """What every request costs with few and with many pilots; made once, and undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = World()
        few = world.counts()
        world.grow()
        yield few, world.counts()
        transaction.set_rollback(True)


@pytest.mark.either
@pytest.mark.django_db  # or pytest makes no test database when this file runs by itself
@pytest.mark.parametrize("kind", LIMITS)
def test_a_page_keeps_within_its_queries(few_and_many, kind):
    _, many = few_and_many
    costly = {asked: count for asked, count in many.items() if asked.kind == kind and count > LIMITS[kind]}

    assert not costly


@pytest.mark.parametrize("kind", LIMITS)
def test_a_page_costs_the_same_with_few_and_many_pilots(few_and_many, kind):
    few, many = few_and_many

    assert {a: n for a, n in many.items() if a.kind == kind} == {
        a: n for a, n in few.items() if a.kind == kind
    }


@pytest.mark.parametrize("kind", ["portfolio", "checklist", "summary", "api"])
def test_a_page_costs_the_same_for_every_role(few_and_many, kind):
    _, many = few_and_many
    by_path: dict[str, set[int]] = {}
    for asked, count in many.items():
        if asked.kind == kind:
            by_path.setdefault(asked.path, set()).add(count)

    assert all(len(counts) == 1 for counts in by_path.values()), by_path


# --- Imports -----------------------------------------------------------------------------------
# For 500 rows more. One query for each row would be 500; SQLite takes 999 values in a statement.
MORE_BATCHES = {"sqlite": 170, "postgresql": 30}


@pytest.mark.django_db
def test_an_import_of_twice_the_rows_costs_only_some_more_batches(tmp_path):
    load(shipped(), known_checks=frozenset(CHECKS), by=None)
    few, many = _import_queries(tmp_path, 500), _import_queries(tmp_path, 1000)

    assert many - few <= MORE_BATCHES[connection.vendor]


def _import_queries(folder, rows: int) -> int:
    path = folder / f"{rows}.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Title", "Unit", "Phase", "Owner"])
        writer.writerows([f"Pilot {number}", f"Unit {number % 7}", "Pilot", ""] for number in range(rows))
    version = PlaybookVersion.objects.get(playbook__key="standard")
    reading = read_file(path, today=timezone.localdate())
    assert len(reading.accepted) == rows
    name = f"Imported {rows}"
    with CaptureQueriesContext(connection) as captured:
        import_portfolio(reading=reading, programme=name, version=version, file_name=path.name, by=None)
    assert Gate.objects.filter(pilot__programme__name=name).current().count() == rows
    return len(captured)
