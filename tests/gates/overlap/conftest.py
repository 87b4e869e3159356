"""A few pilots of which some try the same."""

from collections.abc import Callable

import pytest

from pilots.models import Pilot
from tests.builders import make_pilot

INVOICES = "Clerks type invoices by hand from scanned paper."
LEASES = "Lawyers search leases for clauses about renewal."
WHALES = "Biologists count whales on photographs from the air."


@pytest.fixture
def write(programme) -> Callable[..., Pilot]:
    """`write("Invoice reading", INVOICES)`: a pilot of Customer service unless told otherwise."""

    def write(title: str, problem: str = "", **facts) -> Pilot:
        return make_pilot(facts.pop("programme", programme), title=title, problem=problem, **facts)

    return write


@pytest.fixture
def portfolio(write) -> dict[str, Pilot]:
    return {
        "invoices": write("Invoice reading", INVOICES),
        "bills": write("Invoice capture", "Clerks type invoices from scanned paper, and err."),
        "leases": write("Lease abstracts", LEASES),
        "whales": write("Whale counting", WHALES),
    }
