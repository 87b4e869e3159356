"""The checks over registers: when each passes, and what it says where it does not."""

from datetime import date

import pytest

from gates.checks import CHECKS
from pilots.models import Pilot
from pilots.registers.actions import remove_entry
from tests.builders import make_entry, make_pilot

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


def reason(name: str, pilot: Pilot) -> str | None:
    return CHECKS[name](Pilot.objects.filter(pk=pilot.pk), TODAY).get(pilot.pk)


NO_SYSTEM = "No system is listed that it must work with."
NO_SHORTCUT = "No shortcut is logged; every pilot takes some."
LIVE = {"state": "live", "live_on": date(2026, 2, 2)}
HIGH = {"likelihood": 3, "impact": 5, "mitigation": "", "checkpoint": ""}


@pytest.mark.parametrize(
    ("check", "register", "entries", "answer"),
    [
        ("risk_register_opened", "risks", [], "The register of risks is empty."),
        ("risk_register_opened", "risks", [{}], None),
        ("high_risks_mitigated", "risks", [], None),
        ("high_risks_mitigated", "risks", [HIGH], "High risk without mitigation: “It invents a clause”."),
        ("high_risks_mitigated", "risks", [HIGH | {"impact": 4}], None),
        ("high_risks_mitigated", "risks", [HIGH | {"state": "closed"}], None),
        ("high_risks_mitigated", "risks", [HIGH | {"mitigation": "Read by a lawyer."}], None),
        ("systems_listed", "integrations", [], NO_SYSTEM),
        ("systems_listed", "integrations", [{"state": "dropped"}], NO_SYSTEM),
        ("systems_listed", "integrations", [{"state": "planned"}], None),
        ("integrations_live", "integrations", [], NO_SYSTEM),
        ("integrations_live", "integrations", [LIVE], None),
        ("integrations_live", "integrations", [LIVE, {"system": "ERP"}], "Not live yet: “ERP”."),
        ("integrations_live", "integrations", [LIVE, {"state": "dropped"}], None),
        ("pipelines_automated", "data", [], "No data source is listed."),
        ("pipelines_automated", "data", [{"supply": "automated", "access": "live"}], None),
        (
            "pipelines_automated",
            "data",
            [{"supply": "automated"}],
            "Not automated with live access: “Scanned contracts”.",
        ),
        (
            "pipelines_automated",
            "data",
            [{"access": "live"}],
            "Not automated with live access: “Scanned contracts”.",
        ),
        ("nothing_rekeyed", "integrations", [], None),
        ("nothing_rekeyed", "integrations", [{}], None),
        ("nothing_rekeyed", "integrations", [{"method": "manual"}], "Re-keyed by hand: “Contract archive”."),
        ("nothing_rekeyed", "integrations", [{"method": "manual", "state": "dropped"}], None),
        ("data_comes_by_itself", "data", [], None),
        ("data_comes_by_itself", "data", [{"supply": "automated"}], None),
        ("data_comes_by_itself", "data", [{}], "Supplied by hand: “Scanned contracts”."),
        ("data_is_refreshed", "data", [], None),
        ("data_is_refreshed", "data", [{}], None),
        ("data_is_refreshed", "data", [{"refresh": "static"}], "A fixed set: “Scanned contracts”."),
        ("data_access_live", "data", [], None),
        ("data_access_live", "data", [{"access": "live"}], None),
        ("data_access_live", "data", [{"access": "none"}], "Without live access: “Scanned contracts”."),
        ("shortcuts_logged", "debt", [], NO_SHORTCUT),
        ("shortcuts_logged", "debt", [{}], None),
        (
            "shortcuts_logged",
            "debt",
            [{"effort_days": None}],
            "Without an effort: “Exported by hand every Monday”.",
        ),
        ("shortcuts_logged", "debt", [{"effort_days": None, "paid_on": TODAY}], None),
        ("debt_due_paid", "debt", [], None),
        ("debt_due_paid", "debt", [{"pay_back_on": TODAY}], None),
        (
            "debt_due_paid",
            "debt",
            [{"pay_back_on": date(2026, 3, 1)}],
            "Past its pay-back day: “Exported by hand every Monday”.",
        ),
        ("debt_due_paid", "debt", [{"pay_back_on": date(2026, 3, 1), "paid_on": TODAY}], None),
    ],
)
def test_a_check_over_a_register(check, register, entries, answer):
    pilot = make_pilot()
    for facts in entries:
        make_entry(pilot, register, **facts)

    assert reason(check, pilot) == answer


@pytest.mark.parametrize(
    ("tier", "checkpoint", "passes"),
    [("high", "", False), ("high", "At the end.", True), ("limited", "", True)],
)
def test_a_high_risk_of_the_high_tier_needs_a_point_where_a_person_decides(tier, checkpoint, passes):
    pilot = make_pilot(risk_tier=tier)
    make_entry(pilot, likelihood=5, impact=5, mitigation="Watched.", checkpoint=checkpoint)

    answer = reason("high_risks_mitigated", pilot)

    assert answer == (None if passes else "High risk where no person decides: “It invents a clause”.")


@pytest.mark.parametrize(
    ("check", "register"),
    [("risk_register_opened", "risks"), ("systems_listed", "integrations"), ("shortcuts_logged", "debt")],
)
def test_what_was_removed_is_not_there(check, register, olga):
    pilot = make_pilot(owner=olga)
    entry = make_entry(pilot, register)
    assert reason(check, pilot) is None

    remove_entry(entry=entry, by=olga)

    assert reason(check, pilot)


def test_registers_of_other_pilots_say_nothing():
    pilot, other = make_pilot(), make_pilot()
    make_entry(other, "risks", **HIGH)
    make_entry(other, "debt", pay_back_on=date(2026, 1, 1))
    make_entry(other, "integrations")

    assert reason("risk_register_opened", pilot)
    assert [reason(name, pilot) for name in ("high_risks_mitigated", "debt_due_paid")] == [None, None]
    assert reason("integrations_live", pilot) == NO_SYSTEM
