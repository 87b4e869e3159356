"""Benefits through their actions: what is written, what is told, what is refused, what stays readable."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from metrics import events
from metrics.choices import Band
from metrics.models import Benefit, BenefitPeriod
from metrics.value.actions import (
    archive_benefit,
    create_benefit,
    create_pool,
    edit_benefit,
    expect_benefit,
    record_actual,
    rename_pool,
    support_actual,
    verify_actual,
)
from pilots.models import Event, Pilot
from pilots.rules import RuleViolation
from tests.builders import bring, days_ago, make_benefit, make_kpi, make_pilot, make_programme

pytestmark = pytest.mark.django_db
MONTH = days_ago(40).replace(day=1)
NEXT = days_ago(0).replace(day=1)


def told(type_: str) -> Event:
    return Event.objects.filter(type=type_).latest("pk")


def current(benefit: Benefit, month: date = MONTH) -> BenefitPeriod:
    return benefit.periods.current().get(month=month)


@pytest.fixture
def benefit(pilot, olga) -> Benefit:
    return make_benefit(pilot, by=olga)


# --- What it is --------------------------------------------------------------------------------
def test_a_new_benefit_is_told_with_what_it_begins_with(pilot, olga):
    benefit = make_benefit(pilot, unit="hours", rate=Decimal("42.5"), rate_source="HR, 2026", owner=olga)

    event = told(events.BENEFIT_ADDED)
    assert (event.pilot, event.actor, event.data["name"]) == (pilot, olga, "Fewer reworks")
    assert event.changes["rate"] == [None, "42.5"]
    assert "is_disbenefit" not in event.changes
    assert not benefit.in_hours
    pilot.programme.refresh_from_db()
    assert pilot.programme.currency_is_fixed


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"name": "FEWER REWORKS"}, "already has a benefit of this name"),
        ({"rate": Decimal(5), "rate_source": "HR"}, "Only hours have a rate"),
        ({"unit": "hours", "rate": Decimal(5)}, "where the rate comes from"),
        ({"share": Decimal(5)}, "Choose the saving"),
    ],
)
def test_a_benefit_that_cannot_be_is_not_written(benefit, pilot, facts, why):
    with pytest.raises(RuleViolation, match=why):
        make_benefit(pilot, **{"name": "Other"} | facts)
    assert Benefit.objects.count() == 1


def test_a_benefit_names_nothing_of_another_pilot_or_programme(pilot, olga, nils):
    elsewhere = make_pilot(make_programme())
    pool = create_pool(programme=elsewhere.programme, name="Hotline", by=None)
    for facts, why in (
        ({"kpi": make_kpi(elsewhere)}, "KPI is of another pilot"),
        ({"pool": pool, "share": Decimal(5)}, "of another programme"),
        ({"owner": nils}, "has no role in"),
    ):
        with pytest.raises(RuleViolation, match=why):
            make_benefit(pilot, **facts)


def test_nothing_is_added_to_an_archived_pilot(benefit, pilot, olga):
    Pilot.objects.filter(pk=pilot.pk).update(archived_at=timezone.now())
    for attempt in (
        lambda: make_benefit(pilot, "Other"),
        lambda: edit_benefit(benefit=benefit, name="Other", by=olga),
        lambda: record_actual(benefit=benefit, month=MONTH, actual=Decimal(1), by=olga),
    ):
        with pytest.raises(RuleViolation, match="archived"):
            attempt()


def test_another_rate_counts_again_what_is_not_verified(pilot, olga):
    benefit = make_benefit(pilot, unit="hours")
    expect_benefit(benefit=benefit, first=MONTH, months=2, amount=Decimal(20), by=olga)
    bring(benefit, MONTH, 10, by=olga)
    assert current(benefit).actual_counts == Decimal(10)

    edit_benefit(benefit=benefit, rate=Decimal(50), rate_source="HR, 2026", by=olga)

    assert (current(benefit).actual_counts, current(benefit).expected_counts) == (500, 1000)
    assert told(events.BENEFIT_EDITED).changes == {"rate": [None, "50"], "rate_source": ["", "HR, 2026"]}


def test_what_is_verified_is_not_moved_by_its_terms(pilot, olga, ana):
    benefit = make_benefit(pilot, unit="hours", rate=Decimal(50), rate_source="HR, 2026")
    bring(benefit, MONTH, 10, band="verified", by=olga, verifier=ana)

    with pytest.raises(RuleViolation, match="Correct that first"):
        edit_benefit(benefit=benefit, rate=Decimal(60), by=olga)
    with pytest.raises(RuleViolation, match="unit stays"):
        edit_benefit(benefit=benefit, unit="money", rate=None, rate_source="", by=olga)
    edit_benefit(benefit=benefit, reckoning="By time sheet.", by=olga)

    assert current(benefit).actual_counts == 500


def test_what_is_no_longer_counted_stays_readable_and_takes_nothing_more(benefit, olga):
    bring(benefit, MONTH, 10, by=olga)
    archive_benefit(benefit=benefit, by=olga)
    archive_benefit(benefit=benefit, by=olga)

    assert Event.objects.filter(type=events.BENEFIT_ARCHIVED).count() == 1
    assert not BenefitPeriod.objects.counted().exists()
    assert benefit.periods.get().actual == 10
    with pytest.raises(RuleViolation, match="no longer counted"):
        bring(benefit, MONTH, 11, by=olga)
    make_benefit(benefit.pilot)  # the name is free again


# --- What is expected --------------------------------------------------------------------------
def test_the_same_is_expected_of_many_months_in_one_event(benefit, olga):
    expect_benefit(benefit=benefit, first=MONTH, months=12, amount=Decimal("100.5"), by=olga)
    expect_benefit(benefit=benefit, first=MONTH, months=12, amount=Decimal("100.50"), by=olga)
    expect_benefit(benefit=benefit, first=MONTH, months=1, amount=Decimal(7), by=olga)

    assert benefit.periods.count() == 12
    first, second = Event.objects.filter(type=events.BENEFIT_EXPECTED).order_by("pk")
    assert len(first.changes) == 12
    assert second.changes == {f"{MONTH:%b %Y}": ["100.50", "7.00"]}
    assert current(benefit).expected_counts == 7


def test_a_one_off_benefit_is_expected_and_comes_once(pilot, olga):
    benefit = make_benefit(pilot, pattern="one_off")
    expect_benefit(benefit=benefit, first=MONTH, months=1, amount=Decimal(100), by=olga)
    for months, first in ((2, MONTH), (1, NEXT)):
        with pytest.raises(RuleViolation, match="comes once"):
            expect_benefit(benefit=benefit, first=first, months=months, amount=Decimal(100), by=olga)
    bring(benefit, MONTH, 90, by=olga)
    with pytest.raises(RuleViolation, match="comes once"):
        bring(benefit, NEXT, 90, by=olga)
    bring(benefit, MONTH, 0, by=olga)
    bring(benefit, NEXT, 90, by=olga)


# --- What came ---------------------------------------------------------------------------------
def test_an_actual_climbs_the_bands_as_more_is_said(benefit, olga, ana):
    bands = []
    for step in (
        lambda: record_actual(benefit=benefit, month=MONTH.replace(day=9), actual=Decimal(90), by=olga),
        lambda: support_actual(benefit=benefit, month=MONTH, basis="Ledger.", by=olga),
        lambda: support_actual(benefit=benefit, month=MONTH, basis="Ledger.", comparison="Team B.", by=olga),
        lambda: verify_actual(benefit=benefit, month=MONTH, note="Seen.", by=ana),
    ):
        bands.append(step().band)

    assert bands == Band.values
    assert told(events.ACTUAL_RECORDED).changes == {"actual": [None, "90.00"], "band": [None, "asserted"]}
    assert told(events.ACTUAL_SUPPORTED).changes == {
        "band": ["measured", "attributed"],
        "comparison": ["", "Team B."],
    }
    assert told(events.ACTUAL_VERIFIED).changes["band"] == ["attributed", "verified"]
    assert told(events.ACTUAL_VERIFIED).actor == ana


def test_another_number_counts_as_asserted_again(benefit, olga):
    bring(benefit, MONTH, 90, band="attributed", by=olga)
    bring(benefit, MONTH, 95, by=olga)

    period = current(benefit)
    assert (period.actual, period.band, period.basis, period.comparison) == (95, "asserted", "", "")
    assert period.supported_by is None
    changes = told(events.ACTUAL_RECORDED).changes
    assert changes["actual"] == ["90.00", "95.00"]
    assert changes["band"] == ["attributed", "asserted"]
    assert changes["basis"] == ["Time sheets.", ""]


def test_the_same_number_again_changes_nothing(benefit, olga, petra):
    bring(benefit, MONTH, 90, band="attributed", by=olga)
    before = Event.objects.count()
    record_actual(benefit=benefit, month=MONTH, actual=Decimal("90.00"), by=petra)
    support_actual(
        benefit=benefit,
        month=MONTH,
        basis="Time sheets.",
        comparison="The team next door had no such fall.",
        by=petra,
    )
    assert Event.objects.count() == before
    assert (current(benefit).band, current(benefit).recorded_by) == ("attributed", olga)


def test_a_verified_number_is_corrected_only_with_a_reason_and_stays_readable(benefit, olga, ana):
    bring(benefit, MONTH, 90, band="verified", by=olga, verifier=ana)
    with pytest.raises(RuleViolation, match="is verified. Say why"):
        bring(benefit, MONTH, 95, by=olga)
    for attempt in (
        lambda: support_actual(benefit=benefit, month=MONTH, basis="", by=olga),
        lambda: expect_benefit(benefit=benefit, first=MONTH, months=1, amount=Decimal(1), by=olga),
        lambda: verify_actual(benefit=benefit, month=MONTH, note="Again.", by=ana),
    ):
        with pytest.raises(RuleViolation, match=r"verified|Verified"):
            attempt()

    fixed = {
        "benefit": benefit,
        "month": MONTH,
        "actual": Decimal(80),
        "reason": "Counted twice.",
        "by": olga,
    }
    record_actual(**fixed)
    record_actual(**fixed)

    new = current(benefit)
    assert (new.actual, new.band, new.correction_reason) == (80, "asserted", "Counted twice.")
    old = new.supersedes
    assert (old.actual, old.band, old.verified_by, old.verification) == (
        90,
        "verified",
        ana,
        "Checked against the ledger.",
    )
    assert told(events.ACTUAL_CORRECTED).changes == {
        "actual": ["90.00", "80.00"],
        "band": ["verified", "asserted"],
    }
    assert told(events.ACTUAL_CORRECTED).data["reason"] == "Counted twice."


def test_a_verification_is_taken_back_with_a_reason_even_if_the_number_stays(benefit, olga, ana):
    bring(benefit, MONTH, 90, band="verified", by=olga, verifier=ana)
    record_actual(benefit=benefit, month=MONTH, actual=Decimal(90), reason="Wrong ledger.", by=olga)
    assert (current(benefit).actual, current(benefit).band) == (90, "asserted")
    assert benefit.periods.count() == 2


def test_who_has_a_part_in_it_does_not_verify(pilot, olga, ana, sven, erik):
    benefit = make_benefit(pilot, owner=sven)
    record_actual(benefit=benefit, month=MONTH, actual=Decimal(90), by=ana)
    support_actual(benefit=benefit, month=MONTH, basis="x", comparison="x", by=petra_of(pilot))
    for person in (olga, sven, ana):
        with pytest.raises(RuleViolation, match=r"Owners do not|answer for|You entered"):
            verify_actual(benefit=benefit, month=MONTH, note="Seen.", by=person)
    assert current(benefit).band == "attributed"
    assert verify_actual(benefit=benefit, month=MONTH, note="Seen.", by=erik).verified_by == erik


def petra_of(pilot):
    return pilot.programme.memberships.order_by("pk").first().user


# --- Shared savings ----------------------------------------------------------------------------
def test_shares_of_one_saving_never_pass_the_whole(pilot, olga, ida):
    pool = create_pool(programme=pilot.programme, name="Fewer calls", by=ida)
    one = make_benefit(pilot, "One", pool=pool, share=Decimal(60))
    with pytest.raises(RuleViolation, match="Only 40 % of this saving is left"):
        make_benefit(pilot, "Two", pool=pool, share=Decimal("40.01"))
    two = make_benefit(pilot, "Two", pool=pool, share=Decimal(40))
    with pytest.raises(RuleViolation, match="Only 40 %"):
        edit_benefit(benefit=two, share=Decimal(50), by=olga)

    bring(one, MONTH, "1000.01", by=olga)
    bring(two, MONTH, "1000.01", by=olga)
    assert current(one).actual_counts + current(two).actual_counts == 1000
    archive_benefit(benefit=one, by=olga)
    edit_benefit(benefit=two, share=Decimal(100), by=olga)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "edit", "move", "archive"]),
        st.integers(0, 3),
        st.integers(1, 10_000).map(lambda hundredths: Decimal(hundredths) / 100),
    ),
    max_size=15,
)


@given(steps=STEPS)
def test_no_order_of_actions_gives_away_more_than_the_whole(pilot, olga, steps):
    pools = [create_pool(programme=pilot.programme, name=name, by=olga) for name in ("Calls", "Letters")]
    made: list[Benefit] = []
    for number, (what, which, share) in enumerate(steps):
        pool = pools[which % 2]
        try:
            if what == "add" or not made:
                made.append(make_benefit(pilot, f"B{number}", pool=pool, share=share))
            elif what == "archive":
                archive_benefit(benefit=made[which % len(made)], by=olga)
            else:
                moved = {"pool": pool} if what == "move" else {}
                edit_benefit(benefit=made[which % len(made)], share=share, by=olga, **moved)
        except RuleViolation:
            pass
        for one in pools:
            assert sum(benefit.share for benefit in one.benefits.listed()) <= 100
    Benefit.objects.all().delete()
    for one in pools:
        one.delete()


def test_a_shared_saving_has_a_name_of_its_own(programme, petra):
    pool = create_pool(programme=programme, name="Calls", by=petra)
    other = create_pool(programme=programme, name="Letters", by=petra)
    with pytest.raises(RuleViolation, match="already has a shared saving"):
        create_pool(programme=programme, name="CALLS", by=petra)
    with pytest.raises(RuleViolation, match="already has a shared saving"):
        rename_pool(pool=other, name="calls", by=petra)
    rename_pool(pool=pool, name="Phone calls", by=petra)
    assert told(events.BENEFIT_POOL_RENAMED).changes == {"name": ["Calls", "Phone calls"]}


def test_the_action_takes_a_benefit_as_a_program_sends_it(pilot, olga):
    benefit = create_benefit(
        pilot=pilot, by=olga, name="Hours", unit="hours", pattern="one_off", reckoning="Time sheets."
    )
    assert benefit.in_hours
