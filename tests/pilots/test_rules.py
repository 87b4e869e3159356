"""The rules of pilots and people as truth tables, with every sentence of refusal."""

from datetime import date

import pytest

from pilots.choices import PilotState, Role
from pilots.rules import Access, RuleViolation, archive_blockers, date_blockers, edit_blockers

EARLY, LATE = date(2026, 1, 1), date(2026, 6, 1)
END_FIRST = "The planned end is before the pilot was proposed."
ENDED_FIRST = "The end is before the pilot was proposed."


def test_an_archived_pilot_is_restored_before_it_is_changed():
    assert edit_blockers(archived=False) == []
    assert edit_blockers(archived=True) == ["This pilot is archived. Restore it before changing it."]


@pytest.mark.parametrize(
    ("state", "running"),
    [
        (PilotState.INTAKE, False),
        (PilotState.ACTIVE, True),
        (PilotState.ON_HOLD, True),
        (PilotState.STOPPED, False),
        (PilotState.RETIRED, False),
    ],
)
def test_a_running_pilot_is_not_archived(state, running):
    refusal = ["A running pilot cannot be archived. Decide to stop it at its gate first."]

    assert archive_blockers(archived=False, state=state) == (refusal if running else [])
    assert archive_blockers(archived=True, state=state) == ["This pilot is already archived."]


@pytest.mark.parametrize(
    ("intake", "ends", "ended", "reasons"),
    [
        (None, None, None, []),
        (EARLY, LATE, LATE, []),
        (EARLY, EARLY, EARLY, []),
        (None, EARLY, EARLY, []),
        (LATE, EARLY, None, [END_FIRST]),
        (LATE, None, EARLY, [ENDED_FIRST]),
        (LATE, EARLY, EARLY, [END_FIRST, ENDED_FIRST]),
    ],
)
def test_dates_that_contradict_each_other(intake, ends, ended, reasons):
    assert date_blockers(intake_on=intake, ends_on=ends, ended_on=ended) == reasons


def test_a_refusal_reads_as_its_sentences_and_keeps_them_apart():
    refusal = RuleViolation("Not now.", "Not you.")

    assert (str(refusal), refusal.reasons) == ("Not now. Not you.", ["Not now.", "Not you."])


def test_roles_held_everywhere_hold_in_each_programme():
    access = Access(frozenset({Role.AUDITOR}), {7: frozenset({Role.OWNER})})

    assert access.roles_in(7) == {Role.AUDITOR, Role.OWNER}
    assert access.roles_in(8) == {Role.AUDITOR}
    assert access.roles_in(None) == {Role.AUDITOR}
    assert access.roles == {Role.AUDITOR, Role.OWNER}
    assert access.sees_all_programmes


def test_a_role_in_one_programme_says_nothing_of_another():
    access = Access(by_programme={7: frozenset({Role.OWNER})})

    assert access.roles_in(8) == frozenset()
    assert not access.sees_all_programmes
