"""Fills one throwaway database and says, as JSON, which addresses to measure and what they query.

`python -m tests.bench.stage PILOTS SEED` is a process of its own, because Django has one database in each.
"""

import json
import sys
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
from gates.portfolio.queries import PAGE_SIZE  # noqa: E402
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
    json.dump(told(manager, addresses()), sys.stdout)


def keep_house() -> None:
    with connection.cursor() as cursor:
        cursor.execute(HOUSEKEEPING[connection.vendor])


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
