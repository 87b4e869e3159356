"""What pages ask of the database: within limits, and the same however many rows there are.

PILOTAGE_MANY_PILOTS=10000 compares with a larger portfolio than the usual one.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gates.checks import CHECKS
from gates.demo.generate import Order, generate
from gates.models import Gate, Overlap
from gates.playbooks.files import load, shipped
from gates.summary.actions import refresh_stale
from pilots.choices import PilotState, Role
from pilots.models import ApiToken, Pilot, Programme, User
from pilots.models.token import digest_of
from pilots.registers.table import REGISTERS
from tests.builders import join, make_entry, make_overlap, make_pilot, make_user
from tests.made_once import made_once

FEW, MANY = 10, int(os.environ.get("PILOTAGE_MANY_PILOTS", "1000"))
# One of each page's queries counts the reviews that wait for the reader, for the navigation.
LIMITS = {"portfolio": 6, "overview": 8, "checklist": 9, "summary": 4, "api": 3, "file": 6}
# Of a register two find out whether the reader may change anything in it, where no role allows it.
LIMITS |= {"registers": 5, "register": 11, "register of a pilot": 7, "signs": 9, "overlaps": 9}
ASKED = (
    "",
    "q=a",
    "phase=pilot&state=active&overdue=true&q=a",
    "programme={programme}&owner=me&owner=none&health=at_risk&blocked=true",
    "submitted=false&due=30&value=measured&production=true&sort=-blockers,gate,title",
    "page=99999",
    "sort=-owner&page=2",
)
REGISTER_ASKED = ("", "overdue=false&removed=false", "q=a", "page=99999")
READERS = ("programme_manager", "executive", "auditor")  # of what does not depend on the single pilot
# Each finds some pilots: for an empty list the API does not even ask for the rows.
API_ASKED = ("", "q=e&overdue=false", "state=active&sort=-blockers", "page_size=5")

# Pages ask the same on any database.
pytestmark = [pytest.mark.django_db, pytest.mark.either]


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
        self.full = make_pilot(programme, owner=self.people["owner"])
        for register in REGISTERS:
            make_entry(self.full, register)
        self.requests = [*self._requests(programme), *self._of_lists()]
        self._fill()

    def grow(self) -> None:
        self._add(MANY - FEW, seed=2)
        Pilot.objects.update(programme=Programme.objects.order_by("pk").first())
        self._fill()

    def _fill(self) -> None:
        """Pairs that are alike, of the one pilot that has everything with all others."""
        known = {pk for two in Overlap.objects.values_list("pilot", "other") for pk in two} | {self.full.pk}
        for other in Pilot.objects.exclude(pk__in=known):
            make_overlap(self.full, other)

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

    def _of_lists(self) -> list[Asked]:
        """Registers, warning signs and overlaps, of a pilot and of all, on pages, in the API and as files."""
        key = self.full.key
        signs, overlaps = reverse("gates:signs"), reverse("gates:all_overlaps")
        pages = [
            ("registers", reverse("pilots:all_registers")),
            ("registers", reverse("pilots:registers", args=[key])),
        ]
        for register in REGISTERS:
            whole = reverse("pilots:register_all", args=[register])
            pages += [("register", f"{whole}?{query}") for query in REGISTER_ASKED]
            pages += [("register of a pilot", reverse("pilots:register", args=[key, register]))]
            pages += [("api", reverse(f"register-{register}-list"))]
            pages += [("file", reverse("pilots:register_export", args=[register]))]
        pages += [
            ("signs", f"{signs}?{query}") for query in ("", "by=programme", "phase=pilot", "view=pilots")
        ]
        pages += [("signs", reverse("gates:pilot_signs", args=[key])), ("file", reverse("gates:signs_csv"))]
        pages += [("overlaps", f"{overlaps}?{query}") for query in ("", "likely=on", "q=a", "page=99999")]
        pages += [("overlaps", reverse("gates:pilot_overlaps", args=[key]))]
        pages += [("file", reverse("gates:overlaps_file"))]
        pages += [("file", reverse("gates:inventory_file", args=["standard"]))]
        pages += [("api", reverse(name)) for name in ("sign-list", "overlap-list")]
        return [Asked(kind, who, path) for who in READERS for kind, path in pages]

    def _overviews(self, programme: Programme) -> list[str]:
        """Pilots in every state, with and without a gate to work towards."""
        bare = [make_pilot(programme, state=state).key for state in PilotState]
        return [*bare, *Pilot.objects.order_by("pk").values_list("key", flat=True)[:5]]

    def _count(self, asked: Asked) -> int:
        client, headers = Client(), {}
        if asked.path.startswith("/api/"):
            headers = {"authorization": f"Token {self.tokens[asked.who]}"}
        else:
            client.force_login(self.people[asked.who])
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(asked.path, headers=headers)
            list(answer)  # a file is asked for while it is sent
        assert answer.status_code == 200, asked
        assert answer.streaming == (asked.kind == "file"), asked
        return len(captured)


@pytest.fixture(scope="module")
def few_and_many(django_db_setup, django_db_blocker) -> Iterator[tuple[Counts, Counts]]:
    """What every request costs with few and with many pilots; made once, and undone."""
    with made_once(django_db_blocker):
        world = World()
        few = world.counts()
        world.grow()
        yield few, world.counts()


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
