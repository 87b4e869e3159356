"""Fills one throwaway database and says, as JSON, which addresses to measure and what they query.

`python -m tests.bench.stage PILOTS SEED` is a process of its own, because Django has one database in each.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from config.preparation import prepare  # noqa: E402
from gates.models import Gate  # noqa: E402
from gates.overlap.indexing import refresh_all_overlaps  # noqa: E402
from gates.portfolio.queries import PAGE_SIZE  # noqa: E402
from gates.signs.actions import refresh_signs  # noqa: E402
from gates.summary.actions import refresh_stale  # noqa: E402
from pilots.choices import Role  # noqa: E402
from pilots.models import ApiToken, Membership, Pilot, Programme, User  # noqa: E402
from pilots.models.token import digest_of  # noqa: E402

# What the database does by itself in its first minutes
HOUSEKEEPING = {"postgresql": "VACUUM ANALYZE", "sqlite": "ANALYZE"}
EMAIL, PASSWORD = "bench@example.org", "only-for-measuring"


def main(pilots: int, seed: int) -> None:
    prepare(lambda said: print(said, file=sys.stderr))
    call_command("generate_portfolio", pilots=pilots, seed=seed, stdout=sys.stderr)
    manager = make_manager()
    refresh_stale(today=timezone.localdate())
    keep_house()
    refresh_all_overlaps()  # before the first night there are none to compare with
    found = nights()
    keep_house()
    json.dump(told(manager, addresses()) | {"nights": found}, sys.stdout)


def keep_house() -> None:
    with connection.cursor() as cursor:
        cursor.execute(HOUSEKEEPING[connection.vendor])


def nights() -> list[dict[str, Any]]:
    """What the work of a night costs where little has changed: its seconds, its own CPU seconds, its queries."""
    today, pilots = timezone.localdate(), Pilot.objects.order_by().values_list("pk", flat=True)
    return [
        night("Warning signs", lambda: refresh_signs(pilots, today=today)),
        night("Overlaps", refresh_all_overlaps),
        night("Facts of the summary", lambda: refresh_stale(today=today)),
    ]


def night(name: str, work: Callable[[], object]) -> dict[str, Any]:
    began, cpu = time.perf_counter(), time.process_time()
    with Counted() as asked:
        work()
    return {
        "name": name,
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "queries": asked.queries,
    }


class Counted:
    """Counts queries without keeping them, as there may be many."""

    def __enter__(self) -> "Counted":
        self.queries = 0
        connection.execute_wrappers.append(self._count)
        return self

    def __exit__(self, *error) -> None:
        connection.execute_wrappers.remove(self._count)

    def _count(self, execute, *asked):
        self.queries += 1
        return execute(*asked)


def told(manager: User, pages: list[tuple[str, str]]) -> dict[str, Any]:
    """How to sign in, and what to ask for: (name, path with its query)."""
    token = ApiToken.new_secret()
    ApiToken.objects.create(user=manager, name="bench", digest=digest_of(token))
    return {
        "email": EMAIL,
        "password": PASSWORD,
        "token": token,
        "pages": [
            {"name": name, "path": path, "queries": queries(path, manager, token)} for name, path in pages
        ],
    }


def make_manager() -> User:
    """A manager with an ordinary role in every programme, so that each row is one of permission."""
    user = User.objects.create_user(EMAIL, PASSWORD, name="Bench Manager")
    Membership.objects.bulk_create(
        Membership(user=user, programme=programme, role=Role.PROGRAMME_MANAGER)
        for programme in Programme.objects.all()
    )
    return user


def addresses() -> list[tuple[str, str]]:
    """The pages, with filters and a text that leave some rows: (name, path with its query)."""
    portfolio = reverse("gates:portfolio")
    programme = Programme.objects.order_by("pk").first()
    word = Pilot.objects.filter(programme=programme, phase="pilot").order_by("pk")[0].title.split()[0]
    last = -(-Pilot.objects.listed().count() // PAGE_SIZE)
    gate = Gate.objects.current().filter(submitted_at=None).order_by("-must_total", "pk")
    key, gate_key = gate.values_list("pilot__key", "definition__key")[0]
    narrowed = f"programme={programme.slug}&phase=pilot&state=active&q={word}"
    return [
        ("Empty page, signed in (A)", reverse("empty")),
        ("Portfolio", portfolio),
        ("Portfolio, 3 filters and text", f"{portfolio}?{narrowed}"),
        ("Portfolio, last page", f"{portfolio}?page={last}"),
        ("Pilot overview", reverse("gates:overview", args=[key])),
        ("Audit log", reverse("pilots:audit")),
        ("Checklist", reverse("gates:gate", args=[key, gate_key])),
        ("Summary", reverse("gates:summary")),
        ("Warning signs", reverse("gates:signs")),
        ("Warning signs by pilot", f"{reverse('gates:signs')}?view=pilots"),
        ("API, 50 pilots", reverse("pilot-list")),
        *register_addresses(key),
        *other_addresses(key),
    ]


def register_addresses(key: str) -> list[tuple[str, str]]:
    risks = reverse("pilots:register_all", args=["risks"])
    return [
        ("Registers", reverse("pilots:all_registers")),
        ("Risks of all pilots", risks),
        ("Risks, 3 filters and text", f"{risks}?phase=pilot&owner=none&owner=me&overdue=true&q=house"),
        ("Operating roles, last page", f"{reverse('pilots:register_all', args=['roles'])}?page=99999"),
        ("Registers of a pilot", reverse("pilots:registers", args=[key])),
        ("Risks of a pilot", reverse("pilots:register", args=[key, "risks"])),
        ("API, 50 risks", reverse("register-risks-list")),
    ]


def other_addresses(key: str) -> list[tuple[str, str]]:
    signs = reverse("gates:signs")
    owner = Pilot.objects.exclude(owner=None).order_by("pk").values_list("owner", flat=True)[0]
    return [
        ("Warning signs by programme", f"{signs}?by=programme"),
        ("Warning signs of a pilot", reverse("gates:pilot_signs", args=[key])),
        ("API, 50 warning signs", reverse("sign-list")),
        ("Overlaps", reverse("gates:all_overlaps")),
        ("Overlaps of a pilot", reverse("gates:pilot_overlaps", args=[key])),
        ("API, 50 overlaps", reverse("overlap-list")),
        ("Work of a person", reverse("gates:hand_over", args=[owner])),
        ("Audit document", reverse("gates:audit_document", args=[key])),
        ("Portfolio as a file, choosing", reverse("gates:inventory")),
    ]


def queries(path: str, user: User, token: str, sent: Callable[[], dict[str, str]] | None = None) -> int:
    """How many SQL queries one request needs, with finding out who asks; a POST where something is sent."""
    client = Client(SERVER_NAME="127.0.0.1")
    headers: dict[str, Any] = {}
    if path.startswith("/api/"):
        headers = {"headers": {"authorization": f"Token {token}"}}
    else:
        client.force_login(user)

    def ask():
        if sent is None:
            return client.get(path, **headers)
        return client.post(path, sent(), content_type="application/json", **headers)

    ask()  # what only the first request of a process does
    with CaptureQueriesContext(connection) as captured:
        answer = ask()
    if answer.status_code not in (200, 201):
        raise SystemExit(f"{path} answered {answer.status_code} instead of 200.")
    return len(captured)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
