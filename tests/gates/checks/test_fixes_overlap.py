"""The fix of the check over pilots that try the same, done through its page."""

import pytest
from django.urls import reverse

from pilots.choices import PilotState
from tests.builders import make_overlap, make_pilot
from tests.gates.checks.walk import Walker, passes

pytestmark = [pytest.mark.django_db, pytest.mark.either]


def test_a_pilot_is_told_apart_from_the_other(pilot, olga, client_of):
    other = make_pilot(pilot.programme, title="Invoice capture", state=PilotState.ACTIVE)
    make_overlap(pilot, other)
    assert not passes("no_overlap", pilot)

    walker = Walker(client_of(olga), "no_overlap", pilot)
    address = reverse("gates:tell_apart", args=[pilot.key, other.key])
    assert f'action="{address}"' in walker.page
    walker.client.post(address, {"reason": "Theirs reads contracts."})

    assert passes("no_overlap", pilot)
