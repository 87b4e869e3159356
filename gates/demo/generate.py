"""Portfolios of any size, made up in bulk: to try things at scale, and to measure speed.

The same order on the same day gives the same rows. Work goes in chunks of pilots, so that memory does
not grow with their number.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from gates.choices import VersionStatus
from gates.demo.made_up import words
from gates.demo.made_up.draws import draw_course
from gates.demo.made_up.pilots import Drawn, Step, Team, kpi_rows, noon, pilot_row
from gates.demo.made_up.writing import write_chunk
from gates.models import PlaybookVersion
from gates.signs.actions import refresh_signs
from gates.summary.actions import refresh_stale
from pilots.actions.pilots import new_keys
from pilots.choices import Role
from pilots.models import Membership, Pilot, Programme, User
from pilots.rules import RuleViolation

PLAYBOOK = "standard"
CHUNK = 250  # pilots held in memory at a time
PEOPLE = {Role.PROGRAMME_MANAGER: 1, Role.GATEKEEPER: 3, Role.OWNER: 12}  # of each programme


@dataclass(frozen=True)
class Order:
    """What to make: so many pilots in so many programmes, so many readings of each of their KPIs."""

    pilots: int
    seed: int
    programmes: int
    readings: int
    today: date


@transaction.atomic
def generate(order: Order, *, tell: Callable[[int], None]) -> None:
    """Make the portfolio, all or nothing; `tell` hears after each chunk how many pilots are made.

    Raises RuleViolation when this seed's portfolio is there already, or the playbook is not.
    """
    if Programme.objects.filter(slug__startswith=f"generated-{order.seed}-").exists():
        raise RuleViolation(f"The portfolio of seed {order.seed} is already here. Choose another seed.")
    steps = _steps()
    teams = [_make_team(order, number) for number in range(1, order.programmes + 1)]
    for start in range(0, order.pilots, CHUNK):
        numbers = range(start, min(start + CHUNK, order.pilots))
        write_chunk(list(_draw(order, numbers, steps, teams)), steps, today=order.today)
        tell(numbers.stop)
    _find_signs(order)
    refresh_stale(today=order.today)


def _find_signs(order: Order) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # or PostgreSQL plans for the few rows that were there before
    made = Pilot.objects.filter(programme__slug__startswith=f"generated-{order.seed}-")
    refresh_signs(made.values_list("pk", flat=True), today=order.today)


def _steps() -> list[Step]:
    published = PlaybookVersion.objects.filter(playbook__key=PLAYBOOK, status=VersionStatus.PUBLISHED)
    version = published.first()
    if version is None:
        raise RuleViolation("Load the playbooks first: manage.py load_playbooks")
    phases = version.phases.select_related("gate").prefetch_related("gate__criteria").order_by("position")
    return [Step(phase, phase.gate, list(phase.gate.criteria.all())) for phase in phases]


def _make_team(order: Order, number: int) -> Team:
    rng = Random(f"team {order.seed} {number}")
    since = noon(order.today - timedelta(days=1_500))
    area = words.PROGRAMMES[number % len(words.PROGRAMMES)]
    programme = Programme.objects.create(
        name=f"{area} {order.seed}.{number}",
        slug=f"generated-{order.seed}-{number}",
        description="Made up by generate_portfolio.",
        created_at=since,
    )
    roles = [role for role, count in PEOPLE.items() for _ in range(count)]
    people = User.objects.bulk_create(
        _person(rng, f"{order.seed}.{number}.{place}", since) for place in range(len(roles))
    )
    held = list(zip(people, roles, strict=True))
    Membership.objects.bulk_create(
        Membership(user=user, programme=programme, role=role, created_at=since) for user, role in held
    )
    return Team(
        programme,
        owners=[user for user, role in held if role == Role.OWNER],
        gatekeepers=[user for user, role in held if role == Role.GATEKEEPER],
    )


def _person(rng: Random, mark: str, since: datetime) -> User:
    first, last = rng.choice(words.FIRST_NAMES), rng.choice(words.LAST_NAMES)
    return User(
        email=f"{first}.{last}.{mark}@example.org".lower(),
        name=f"{first} {last}",
        password=make_password(None),  # nobody signs in as them
        created_at=since,
    )


def _draw(order: Order, numbers: range, steps: Sequence[Step], teams: Sequence[Team]) -> Iterator[Drawn]:
    typical_days = [step.phase.typical_days for step in steps]
    for number, key in zip(numbers, new_keys(len(numbers)), strict=True):
        rng = Random(f"pilot {order.seed} {number}")
        course = draw_course(rng, typical_days=typical_days, today=order.today)
        team = rng.choice(teams)
        pilot = pilot_row(rng, course, steps, team, key)
        kpis = kpi_rows(rng, pilot, course=course, readings=order.readings, today=order.today)
        register_rng = Random(f"registers {order.seed} {number}")
        yield Drawn(rng, register_rng, course, team, pilot, list(kpis))
