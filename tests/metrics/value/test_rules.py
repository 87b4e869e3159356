"""What counts of a benefit, how far it can be trusted, and that totals are the sum of their parts."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.choices import Band
from metrics.value.rules import (
    HUNDRED,
    LARGEST_AMOUNT,
    Terms,
    actual_problems,
    amount_in_words,
    band_of,
    counting_problem,
    counts,
    edit_benefit_blockers,
    expect_blockers,
    months_from,
    once_blockers,
    plan_problems,
    share_blockers,
    support_blockers,
    terms_problems,
    verify_blockers,
)
from metrics.value.totals import Part, Sum, totals

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
CENTS = st.decimals(0, 10**9, places=2)


# --- What counts -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("amount", "terms", "counted"),
    [
        (None, Terms("money"), None),
        ("100", Terms("money"), "100.00"),
        ("10", Terms("hours"), "10.00"),
        ("10", Terms("hours", rate=Decimal("42.50")), "425.00"),
        ("1000", Terms("money", share=Decimal(40)), "400.00"),
        ("10", Terms("hours", rate=Decimal(50), share=Decimal("33.33")), "166.65"),
        ("0.01", Terms("money", share=Decimal("99.99")), "0.00"),
    ],
)
def test_what_counts_of_an_amount(amount, terms, counted):
    found = counts(None if amount is None else Decimal(amount), terms)
    assert found == (None if counted is None else Decimal(counted))


@given(whole=CENTS, cuts=st.lists(st.integers(1, 10_000), max_size=12))
def test_shares_of_one_saving_never_count_more_than_it(whole, cuts):
    shares, left = [], 10_000
    for cut in cuts:
        if cut <= left:
            shares.append(Decimal(cut) / 100)
            left -= cut
    assert sum(counts(whole, Terms("money", share=share)) for share in shares) <= whole


def test_what_a_rate_makes_too_large_does_not_count():
    terms = Terms("hours", rate=Decimal(2))
    assert counting_problem([LARGEST_AMOUNT, None], terms) == "With this rate the amount is too large."
    assert counting_problem([LARGEST_AMOUNT], Terms("money")) == ""


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({}, []),
        ({"unit": "hours", "rate": "50", "rate_source": "HR, 2026"}, []),
        ({"rate": "50", "rate_source": "HR, 2026"}, ["rate"]),
        ({"unit": "hours", "rate": "50"}, ["rate_source"]),
        ({"unit": "hours", "rate_source": "HR"}, ["rate"]),
        ({"unit": "hours", "rate": "0", "rate_source": "HR"}, ["rate"]),
        ({"unit": "hours", "rate": "1000000", "rate_source": "HR"}, ["rate"]),
        ({"share": "40", "has_pool": True}, []),
        ({"share": "40"}, ["pool"]),
        ({"has_pool": True}, ["share"]),
        ({"share": "100.01", "has_pool": True}, ["share"]),
        ({"share": "0", "has_pool": True}, ["share"]),
        ({"share": "33.333", "has_pool": True}, ["share"]),
        ({"share": "40", "has_pool": True, "is_disbenefit": True}, ["pool"]),
    ],
)
def test_how_a_benefit_can_count(facts, fields):
    numbers = {name: Decimal(facts[name]) if name in facts else None for name in ("rate", "share")}
    problems = terms_problems(
        terms=Terms(facts.get("unit", "money"), **numbers),
        rate_source=facts.get("rate_source", ""),
        has_pool=facts.get("has_pool", False),
        is_disbenefit=facts.get("is_disbenefit", False),
    )
    assert list(problems) == fields


def test_a_share_is_refused_with_what_is_left():
    assert share_blockers(taken=Decimal("60.00"), share=Decimal(40)) == []
    (reason,) = share_blockers(taken=Decimal("60.00"), share=Decimal("40.01"))
    assert reason.startswith("Only 40 % of this saving is left")
    assert share_blockers(taken=HUNDRED, share=Decimal("0.01"))


@pytest.mark.parametrize(
    ("changed", "has_months", "verified", "refused"),
    [
        (["name", "rate", "unit"], False, [], 0),
        (["unit", "pattern"], True, [], 2),
        (["rate"], True, [], 0),
        (["rate"], True, [MAY], 1),
        (["share"], True, [MAY], 1),
        (["is_disbenefit"], True, [MAY], 1),
        (["name", "reckoning"], True, [MAY], 0),
    ],
)
def test_what_is_verified_stays_as_it_counts(changed, has_months, verified, refused):
    assert len(edit_benefit_blockers(changed, has_months=has_months, verified=verified)) == refused


# --- Months ------------------------------------------------------------------------------------
@given(first=st.dates(date(2000, 1, 1), date(2100, 1, 1)), count=st.integers(1, 120))
def test_months_follow_one_another(first, count):
    months = months_from(first, count)
    assert len(set(months)) == count
    assert months == sorted(months)
    assert all(month.day == 1 for month in months)
    assert (months[0].year, months[0].month) == (first.year, first.month)


def test_a_plan_lies_in_months_that_can_be():
    plan = {"first": MAY, "months": 12, "amount": Decimal(1)}
    assert plan_problems(**plan) == {}
    assert list(plan_problems(**plan | {"months": 121})) == ["months"]
    assert list(plan_problems(**plan | {"months": 0})) == ["months"]
    assert list(plan_problems(**plan | {"amount": Decimal(-1)})) == ["amount"]
    assert list(plan_problems(**plan | {"first": date(2199, 12, 1)})) == ["first"]


def test_an_actual_is_of_a_month_that_has_begun():
    said = {"amount": Decimal(1), "today": date(2026, 5, 1)}
    assert actual_problems(month=MAY, **said) == {}
    assert actual_problems(month=JUNE, **said) == {"month": "Jun 2026 has not begun."}
    assert list(actual_problems(month=date(1989, 12, 1), **said)) == ["month"]


def test_a_one_off_benefit_comes_once():
    assert once_blockers(pattern="recurring", months=[MAY, JUNE], others=[]) == []
    assert once_blockers(pattern="one_off", months=[MAY], others=[MAY]) == []
    assert once_blockers(pattern="one_off", months=[MAY, JUNE], others=[]) == [
        "It comes once: give one month."
    ]
    assert "stands at May 2026" in once_blockers(pattern="one_off", months=[JUNE], others=[MAY])[0]


def test_what_was_expected_of_a_verified_month_stays():
    assert expect_blockers(months=[MAY, JUNE], verified=[]) == []
    assert "Jun 2026" in expect_blockers(months=[MAY, JUNE], verified=[JUNE])[0]


# --- Bands -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("basis", "comparison", "band"),
    [("", "", "asserted"), (" ", "x", "asserted"), ("x", " ", "measured"), ("x", "x", "attributed")],
)
def test_the_band_is_how_much_is_said(basis, comparison, band):
    assert band_of(basis=basis, comparison=comparison) == band


@pytest.mark.parametrize(
    ("band", "basis", "comparison", "may"),
    [
        ("", "x", "x", False),
        ("asserted", "x", "x", True),
        ("attributed", "", "", True),
        ("asserted", "", "x", False),
        ("verified", "x", "x", False),
    ],
)
def test_when_something_can_be_said_of_an_actual(band, basis, comparison, may):
    assert (support_blockers(band=band, basis=basis, comparison=comparison) == []) is may


@given(
    band=st.sampled_from(["", *Band.values]),
    note=st.sampled_from(["", "  ", "Checked."]),
    parts=st.tuples(*[st.booleans()] * 4),
)
def test_only_somebody_without_a_part_in_it_verifies_what_is_attributed(band, note, parts):
    names = ("owns_pilot", "answers_for_benefit", "recorded_it", "supported_it")
    refused = verify_blockers(band=band, note=note, **dict(zip(names, parts, strict=True)))
    assert (refused == []) is (band == Band.ATTRIBUTED and note == "Checked." and not any(parts))


# --- Totals ------------------------------------------------------------------------------------
AMOUNT = st.none() | CENTS
PARTS = st.lists(
    st.builds(
        lambda is_disbenefit, expected, due, said: Part(is_disbenefit, said[0], expected, due, said[1]),
        st.booleans(),
        AMOUNT,
        AMOUNT,
        st.just(("", None)) | st.tuples(st.sampled_from(Band.values), CENTS),
    ),
    max_size=30,
)


def net(parts, of):
    return sum((of(part) or 0) * (-1 if part.is_disbenefit else 1) for part in parts)


@given(PARTS)
def test_totals_by_band_are_the_sum_of_their_parts(parts):
    found = totals(parts)
    for band, total in found.bands.items():
        assert total.net == net([part for part in parts if part.band == band], lambda part: part.actual)
    assert found.actual.net == net(parts, lambda part: part.actual)
    assert found.actual == sum(found.bands.values(), Sum())
    assert found.expected.net == net(parts, lambda part: part.expected)
    assert found.due.net == net(parts, lambda part: part.due)


@given(PARTS, st.integers(0, 30))
def test_the_whole_is_the_sum_of_any_two_halves(parts, cut):
    assert totals(parts) == totals(parts[:cut]) + totals(parts[cut:])
    assert totals(parts) == totals(parts[::-1])


def test_amounts_in_words():
    assert [amount_in_words(None if a is None else Decimal(a)) for a in (None, "1200", "-80.5", "0")] == [
        "–", "1,200", "−80.50", "0",
    ]  # fmt: skip
