"""Charts: where marks stand, what is said instead of seen, and that nothing breaks the page's safety."""

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pilots import charts
from pilots.charts import Bar, Column, Part, Planned, Segment, Step, Unit
from pilots.charts.scales import nice_ticks, share, thin, value_axis, written
from tests.markup import HOSTILE, assert_harmless

SOME_DAY = st.dates(date(2020, 1, 1), date(2030, 1, 1))
FINITE = st.floats(-1e9, 1e9, allow_nan=False)
DAY = date(2026, 11, 20)


def marks(drawing: str, class_: str) -> list[dict[str, str]]:
    """The attributes of every drawn mark of this class."""
    tags = [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in re.findall(r"<[a-z][^>]*>", drawing)]
    return [tag for tag in tags if class_ in tag.get("class", "").split()]


def label(drawing: str) -> str:
    return re.search(r'aria-label="([^"]*)"', drawing).group(1)


@given(low=FINITE, high=FINITE)
def test_ticks_enclose_the_values_in_equal_steps(low, high):
    low, high = sorted((low, high))
    ticks = nice_ticks(low, high)
    slack = 1e-6 * max(abs(low), abs(high), 1)
    assert ticks[0] <= low + slack and ticks[-1] >= high - slack
    assert 2 <= len(ticks) <= 8
    steps = [b - a for a, b in pairwise(ticks)]
    assert min(steps) > 0 and max(steps) < min(steps) * 1.01


def test_an_axis_starts_at_zero_unless_that_flattens_the_line():
    assert value_axis([2.8, 5.1])[0] == 0
    assert value_axis([91, 94.6])[0] > 80


def test_a_share_never_leaves_its_place():
    assert share(3, 4) == "75.00%"
    assert share(9, 4) == "100.00%"
    assert share(-1, 4) == share(1, 0) == "0.00%"


@given(st.lists(FINITE, min_size=1, max_size=900))
def test_thinning_keeps_first_last_lowest_and_highest(values):
    points = [(DAY + timedelta(days=index), value) for index, value in enumerate(values)]
    kept = thin(points)
    assert len(kept) <= 202
    assert kept[0] == points[0] and kept[-1] == points[-1]
    assert {min(values), max(values)} <= {value for _day, value in kept}


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (2.80, "%", "2.8%"),
        (Decimal("1240.000"), "€", "€1,240"),
        (-230, "€", "−€230"),
        (5.6, "min", "5.6 min"),
        (None, "%", "–"),
        (2133, "", "2,133"),
    ],
)
def test_numbers_are_written_as_people_write_them(value, unit, text):
    assert written(value, unit) == text


class TestBullet:
    def test_bar_and_target_stand_on_one_scale_from_zero(self):
        drawing = charts.bullet(83, 80, top=100)
        assert marks(drawing, "actual")[0]["width"] == "83.00%"
        assert marks(drawing, "target")[0]["x1"] == "80.00%"

    def test_the_greys_are_reversed_when_lower_is_better(self):
        up, down = charts.bullet(83, 80, top=100), charts.bullet(2, 2, top=4, lower_is_better=True)
        assert marks(up, "poor")[0]["x"] == "0.00%" and marks(up, "good")[0]["x"] == "80.00%"
        assert marks(down, "good")[0]["x"] == "0.00%" and marks(down, "poor")[0]["x"] > "50"

    def test_what_is_expected_on_top_is_hatched(self):
        drawing = charts.bullet(50, 80, forecast=70, top=100)
        assert (
            marks(drawing, "forecast")[0]["x"] == "50.00%"
            and marks(drawing, "forecast")[0]["width"] == "20.00%"
        )
        assert not marks(charts.bullet(50, 80, forecast=40, top=100), "forecast")

    def test_without_a_measurement_target_and_baseline_stay(self):
        drawing = charts.bullet(None, 80, baseline=61, top=100, unit="%", label="Accepted")
        assert not marks(drawing, "actual") and marks(drawing, "target") and marks(drawing, "baseline")
        assert label(drawing) == "Accepted: no measurement yet, target 80%, baseline 61%"

    def test_nothing_known_draws_an_empty_line(self):
        assert marks(charts.bullet(None), "empty-line")

    def test_a_value_beyond_the_given_end_stretches_the_axis(self):
        width = float(marks(charts.bullet(200, 80, top=100), "actual")[0]["width"].rstrip("%"))
        assert 85 < width < 100


class TestPlanBar:
    def test_actual_and_plan_stand_on_the_scale_of_all_rows(self):
        drawing = charts.plan_bar(Decimal(25), Decimal(50), Decimal(100), label="Invoices", unit="EUR")
        assert marks(drawing, "actual")[0]["width"] == "25.00%"
        assert marks(drawing, "hanging")[0]["width"] == "50.00%"
        assert label(drawing) == "Invoices: expected 50 EUR, actual 25 EUR"

    def test_what_is_below_zero_is_said_and_not_drawn(self):
        drawing = charts.plan_bar(-5, 0, 0)
        assert not marks(drawing, "actual") and not marks(drawing, "hanging")
        assert label(drawing) == "expected 0, actual −5"


class TestKpiLine:
    POINTS = ((date(2026, 7, 1), 5.1), (date(2026, 9, 1), 3.9), (date(2026, 11, 18), 2.8))

    def test_the_text_says_every_value_the_target_and_the_baseline(self):
        said = label(charts.kpi_line(self.POINTS, 5.1, 2, "lower", "%", title="Wrong clauses"))
        assert said == (
            "Wrong clauses. 1 Jul 2026 5.1%, 1 Sep 2026 3.9%, 18 Nov 2026 2.8%. "
            "Target at most 2%. Baseline 5.1%."
        )

    def test_the_table_holds_the_same_numbers_newest_first(self):
        drawing = charts.kpi_line(self.POINTS, unit="%")
        assert re.findall(r'<td class="right">([^<]*)', drawing) == ["2.8%", "3.9%", "5.1%"]

    def test_the_good_side_is_below_the_target_when_lower_is_better(self):
        target = float(marks(charts.kpi_line(self.POINTS, target=2, direction="lower"), "target")[0]["y1"])
        below = marks(charts.kpi_line(self.POINTS, target=2, direction="lower"), "good")[0]
        above = marks(charts.kpi_line(self.POINTS, target=2, direction="higher"), "good")[0]
        assert float(below["y"]) == target and float(above["y"]) < target

    def test_a_missed_target_turns_the_last_dot_red_and_a_stale_one_hollow(self):
        assert marks(charts.kpi_line(self.POINTS, target=2, direction="lower"), "bad")
        assert not marks(charts.kpi_line(self.POINTS, target=3, direction="lower"), "bad")
        assert marks(charts.kpi_line(self.POINTS, target=3, direction="lower", stale=True), "hollow")

    def test_never_measured_says_so_and_still_draws_target_and_baseline(self):
        drawing = charts.kpi_line([], 61, 80, unit="%")
        assert "No measurement yet" in drawing and marks(drawing, "target") and marks(drawing, "baseline")
        assert "<table" not in drawing

    def test_notes_never_overlap(self):
        drawing = charts.kpi_line([(DAY, 80.1)], 79.9, 80, unit="%")
        ys = sorted(float(y) for y in re.findall(r'<text x="8" y="([\d.]+)"', drawing))
        assert len(ys) == 3 and all(b - a >= 13.9 for a, b in pairwise(ys))

    def test_hundreds_of_points_make_one_line_and_one_dot(self):
        drawing = charts.kpi_line([(DAY + timedelta(days=i), i % 7) for i in range(600)])
        assert len(marks(drawing, "line")) == 1 and drawing.count("<circle") == 1

    @given(st.lists(st.tuples(SOME_DAY, FINITE), max_size=60), FINITE, FINITE)
    def test_every_mark_stays_inside_its_frame(self, points, baseline, target):
        drawing = charts.kpi_line(points, baseline, target)
        for mark in marks(drawing, "target") + marks(drawing, "baseline"):
            assert -0.01 <= float(mark["y1"]) <= 124.01
        assert "nan" not in drawing and "inf" not in drawing


class TestReadiness:
    SEGMENTS = (Segment("met", True), Segment("not_met", True), Segment("waived"), Segment("unknown"))

    def test_words_count_musts_and_shoulds_apart(self):
        said = "1 of 2 must-meets and 0 of 2 should-meets met, 1 not met, 1 waived"
        assert said in charts.segments(self.SEGMENTS)

    def test_musts_stand_before_shoulds_and_every_state_has_its_class(self):
        drawn = re.findall(r'<i class="([^"]+)"', charts.segments(self.SEGMENTS[::-1]))
        assert drawn == ["not_met must", "met must", "gap", "unknown", "waived"]

    def test_what_does_not_apply_is_not_drawn(self):
        assert "<i" not in charts.segments([Segment("not_applicable", True)])

    def test_an_unknown_score_is_a_dash(self):
        assert "–" in charts.ring(None) and "0%" in charts.ring(0)


class TestUnits:
    def test_few_pilots_are_one_link_each_sorted_by_health(self):
        column = Column("Pilot", [Unit("B", "bad", "/b/"), Unit("A", "ok", "/a/")])
        assert re.findall(r'href="(/[ab]/)"', charts.units([column])) == ["/a/", "/b/"]

    def test_one_crowded_column_turns_all_into_bars_with_counts(self):
        crowd = Column("Pilot", [Unit(str(i), "ok", f"/{i}/") for i in range(25)], url="?phase=pilot")
        drawing = charts.units([crowd, Column("Scale", [Unit("X", "warn", "/x/")])])
        assert "/3/" not in drawing and 'href="?phase=pilot"' in drawing
        assert "Pilot: 25 on track" in drawing and "Scale: 1 at risk" in drawing

    def test_thousands_are_drawn_without_a_link_each(self):
        drawing = charts.units([Column("Pilot", counts={"ok": 2000, "bad": 133})])
        assert "2,133" in drawing and len(drawing) < 2000

    def test_no_columns_say_so(self):
        assert "Nothing to show yet" in charts.units([])


class TestJourney:
    def test_the_current_phase_is_marked_and_its_line_drawn_as_far_as_it_has_come(self):
        drawing = charts.stepper([Step("Pilot", "current", "Value proven", progress=40), Step("Scale")])
        assert 'aria-current="step"' in drawing and 'width="40%"' in drawing
        assert ", planned" in drawing

    def test_no_playbook_says_so(self):
        assert "No playbook" in charts.stepper([])

    def test_dashes_are_read_as_a_phase_number(self):
        assert "Phase 3 of 5, Production planning" in charts.steps(3, 5, label="Production planning")


class TestBars:
    def test_the_longest_stands_first(self):
        drawing = charts.bars([Bar("a", 1), Bar("b", 3)])
        assert drawing.index(">b<") < drawing.index(">a<")

    def test_parts_of_zero_are_named_but_not_drawn(self):
        drawing = charts.stacked_bar([Part("On track", 3, "ok"), Part("Off track", 0, "bad")])
        assert len(marks(drawing, "part")) == 1 and "0 off track" in label(drawing)

    def test_nothing_draws_an_empty_line(self):
        assert marks(charts.stacked_bar([]), "empty-line")


HOSTILE_DRAWINGS = [
    ("bars", charts.bars([Bar(HOSTILE, 1, HOSTILE, HOSTILE)], label=HOSTILE)),
    ("bars", charts.bars([Bar("a", 1)], unit=HOSTILE)),
    ("plan_bar", charts.plan_bar(1, 2, 3, unit=HOSTILE, label=HOSTILE)),
    ("bullet", charts.bullet(1, 2, unit=HOSTILE, label=HOSTILE)),
    ("kpi_line", charts.kpi_line([(DAY, 1)], 1, 2, unit=HOSTILE, title=HOSTILE)),
    ("month_columns", charts.month_columns([Planned(HOSTILE, 3, 2)], label=HOSTILE, unit=HOSTILE)),
    ("panel", charts.panel([(DAY, 1), (DAY + timedelta(1), 2)], 1, unit=HOSTILE, label=HOSTILE)),
    ("readiness", charts.readiness([Segment("met", label=HOSTILE)], 40)),
    ("ring", charts.ring(40, label=HOSTILE)),
    ("segments", charts.segments([Segment("met", label=HOSTILE)])),
    ("sparkline", charts.sparkline([(DAY, 1), (DAY + timedelta(1), 2)], 1, unit=HOSTILE, label=HOSTILE)),
    ("sparkbars", charts.sparkbars([(HOSTILE, 3), (HOSTILE, None)], label=HOSTILE)),
    ("stacked_bar", charts.stacked_bar([Part(HOSTILE, 1, "ok", HOSTILE)], label=HOSTILE)),
    (
        "stepper",
        charts.stepper([Step(HOSTILE, "current", HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, url=HOSTILE)]),
    ),
    ("steps", charts.steps(3, 5, label=HOSTILE)),
    (
        "units",
        charts.units([Column(HOSTILE, [Unit(HOSTILE, "ok", HOSTILE)], note=HOSTILE, note_tone=HOSTILE)]),
    ),
    ("units", charts.units([Column(HOSTILE, counts={"ok": 3}, url=HOSTILE)])),
]


@pytest.mark.parametrize(("chart", "drawing"), HOSTILE_DRAWINGS, ids=[name for name, _ in HOSTILE_DRAWINGS])
def test_no_drawing_lets_markup_or_a_style_through(chart, drawing):
    assert_harmless(drawing)


def test_no_chart_is_missing_above():
    assert {name for name, _ in HOSTILE_DRAWINGS} == {name for name in charts.__all__ if name.islower()} - {
        "written"
    }
