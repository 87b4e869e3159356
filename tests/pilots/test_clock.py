"""The clock that everything written reads."""

from datetime import UTC, datetime
from threading import Thread

import pytest
from django.utils import timezone

from pilots import clock
from pilots.events import PILOT_EDITED, record
from pilots.models import Pilot
from tests.builders import make_programme

MOMENT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_it_is_now_unless_history_is_told():
    before = timezone.now()
    assert before <= clock.now() <= timezone.now()
    assert not clock.tells_history()


def test_inside_it_is_the_moment_told_of_and_afterwards_now_again():
    with clock.at(MOMENT):
        assert clock.now() == MOMENT
        assert clock.today() == timezone.localdate(MOMENT)
        assert clock.tells_history()
    assert not clock.tells_history()


def test_other_threads_do_not_notice():
    seen = []
    with clock.at(MOMENT):
        thread = Thread(target=lambda: seen.append(clock.tells_history()))
        thread.start()
        thread.join()
    assert seen == [False]


@pytest.mark.django_db
def test_rows_and_events_carry_the_moment_and_old_news_starts_no_reactions():
    with clock.at(MOMENT):
        pilot = Pilot.objects.create(programme=make_programme(), key="PIL-900", title="Reader")
        event = record(PILOT_EDITED, subject=pilot, pilot=pilot, actor=None)

    assert pilot.created_at == MOMENT
    assert event.at == event.dispatched_at == MOMENT


@pytest.mark.django_db
def test_news_waits_for_its_reactions():
    pilot = Pilot.objects.create(programme=make_programme(), key="PIL-900", title="Reader")
    assert record(PILOT_EDITED, subject=pilot, pilot=pilot, actor=None).dispatched_at is None
