"""Generated portfolios: the same for the same seed, and as true as real ones."""

import hashlib
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gates.checks import CHECKS
from gates.demo import generate as generating
from gates.demo.generate import Order, generate
from gates.models import Assessment, Condition, Decision, Gate, PhaseEntry
from gates.playbooks.files import load, shipped
from metrics.models import Kpi, Measurement
from pilots.models import Event, Membership, Pilot, Programme

pytestmark = pytest.mark.django_db

COLUMNS = {
    Programme: ("name", "slug"),
    Membership: ("user__email", "user__name", "programme__slug", "role"),
    Pilot: (
        "key", "title", "unit", "state", "phase", "phase_entered_on", "owner__email", "sponsor__email",
        "risk_tier", "approach", "vendor", "intake_on", "ended_on", "programme__slug", "created_at",
    ),
    Gate: (
        "pilot__key", "definition__key", "status", "planned_on", "forecast_on", "opened_at", "decided_at",
        "score", "floor", "floor_area", "unknown", "blocker_count", "passes",
    ),
    PhaseEntry: ("pilot__key", "phase__key", "entered_on", "left_on", "is_current"),
    Assessment: (
        "gate__pilot__key", "gate__definition__key", "criterion__key", "state", "note", "state_since",
        "stale_on",
    ),
    Kpi: ("pilot__key", "name", "kind", "baseline", "target", "latest_value", "latest_at", "fresh_until"),
    Measurement: ("kpi__pilot__key", "kpi__name", "value", "measured_at"),
    Decision: ("gate__pilot__key", "gate__definition__key", "outcome", "decided_by__email", "seen"),
    Condition: ("decision__gate__pilot__key", "text", "due_on", "met_at"),
    Event: ("pilot__key", "type", "at"),  # those of pilots: playbooks are loaded when they are loaded
}  # fmt: skip


def digest() -> str:
    """Of the main columns of every table that is generated."""
    said = {
        model.__name__: sorted(
            json.dumps(row, default=str) for row in model.objects.values_list(*names) if row[0] is not None
        )
        for model, names in COLUMNS.items()
    }
    assert all(said.values())
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def order(pilots: int = 80, seed: int = 7, readings: int = 4) -> Order:
    return Order(pilots=pilots, seed=seed, programmes=2, readings=readings, today=timezone.localdate())


def digest_of(wanted: Order) -> str:
    """What a database holds that was empty before; it is empty again afterwards."""
    with transaction.atomic():
        load(shipped(), known_checks=frozenset(CHECKS), by=None)
        generate(wanted, tell=lambda made: None)
        found = digest()
        transaction.set_rollback(True)
    return found


@pytest.fixture
def playbooks():
    load(shipped(), known_checks=frozenset(CHECKS), by=None)


def test_the_same_seed_gives_the_same_rows_in_chunks_of_any_size(monkeypatch):
    first = digest_of(order())
    monkeypatch.setattr(generating, "CHUNK", 33)
    assert digest_of(order()) == first


def test_another_seed_gives_another_portfolio():
    assert digest_of(order(seed=7)) != digest_of(order(seed=8))


def queries_for(wanted: Order) -> int:
    with CaptureQueriesContext(connection) as captured:
        generate(wanted, tell=lambda made: None)
    return len(captured)


def test_two_hundred_pilots_more_take_fewer_than_two_hundred_queries_more(playbooks):
    few = queries_for(order(pilots=40, seed=1))
    assert queries_for(order(pilots=240, seed=2)) - few < 200


def test_without_playbooks_the_command_says_what_to_do_first():
    with pytest.raises(CommandError, match="Load the playbooks first"):
        call_command("generate_portfolio", "--pilots", "10", "--seed", "7")


def test_the_command_shows_progress_and_what_it_made(playbooks, capsys):
    call_command("generate_portfolio", "--pilots", "12", "--seed", "3", "--readings", "0")
    said = capsys.readouterr()
    assert "12 of 12 pilots" in said.err
    assert "12 pilots in 1 programme (seed 3)." in said.out
    assert not Measurement.objects.exists()


@pytest.mark.parametrize("wrong", ["0", "-4", "many", "2000000"])
def test_a_number_of_pilots_that_cannot_be_is_refused_in_words(wrong):
    with pytest.raises(CommandError, match="not a whole number from 1 to 1,000,000"):
        call_command("generate_portfolio", f"--pilots={wrong}", "--seed=1")
