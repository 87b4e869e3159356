"""One of many small charts: what it draws and what it says."""

import re
from datetime import date

from pilots.charts import panel

COURSE = ((date(2026, 7, 1), 5.1), (date(2026, 9, 1), 3.9), (date(2026, 11, 18), 2.8))


def said(drawing) -> str:
    return re.search('aria-label="([^"]*)"', drawing)[1]


def test_it_says_where_the_readings_went_and_the_target():
    assert said(panel(COURSE, 2, "lower", unit="%", label="Wrong clauses")) == (
        "Wrong clauses: from 5.1% to 2.8%, between 2.8% and 5.1%, 3 readings; target at most 2%"
    )
    assert said(panel(COURSE, 2, "within", target_high=4, unit="%")).endswith("target from 2% to 4%")
    assert said(panel([], 2, label="Cost")) == "Cost: no measurement yet; target at least 2"


def test_the_good_side_lies_where_it_is_better():
    pattern = r'<rect x="0" y="([\d.]+)" width="100%" height="([\d.]+)" class="good"'

    def ground(*args, **more):
        found = re.search(pattern, panel(*args, **more))
        return float(found[1]), float(found[1]) + float(found[2])

    assert ground(COURSE, 3, "higher")[0] == 0
    assert ground(COURSE, 3, "lower")[1] == 72
    top, bottom = ground(COURSE, 3, "within", target_high=4)
    assert 0 < top < bottom < 72


def test_without_readings_and_target_there_is_an_empty_line():
    assert "empty-line" in panel([])


def test_what_is_not_known_today_is_hollow():
    assert 'class="hollow"' in panel(COURSE, 2, tone="none")
    assert 'class="bad"' in panel(COURSE, 2, tone="bad")


def test_panels_given_the_same_values_share_a_scale():
    def last(values, **more):
        return float(re.search(r'<circle cx="[^"]*" cy="([\d.]+)"', panel(values, **more))[1])

    low, high = [(date(2026, 7, 1), 10)], [(date(2026, 7, 1), 20)]
    assert last(low) == last(high)
    assert last(low, among=[10, 20]) > last(high, among=[10, 20])
