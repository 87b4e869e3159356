"""Charts drawn on the server: plain values go in, SVG and its text equivalent come out. Knows no model."""

from pilots.charts.ahead import Ahead, Expected
from pilots.charts.bars import Bar, Part, bars, bullet, plan_bar, stacked_bar
from pilots.charts.journey import Step, stepper, steps
from pilots.charts.line import Mark, kpi_line
from pilots.charts.months import Planned, month_columns
from pilots.charts.panel import panel
from pilots.charts.readiness import Segment, readiness, ring, segments
from pilots.charts.scales import written
from pilots.charts.spark import sparkbars, sparkline
from pilots.charts.units import Column, Unit, units

__all__ = [
    "Ahead",
    "Bar",
    "Column",
    "Expected",
    "Mark",
    "Part",
    "Planned",
    "Segment",
    "Step",
    "Unit",
    "bars",
    "bullet",
    "kpi_line",
    "month_columns",
    "panel",
    "plan_bar",
    "readiness",
    "ring",
    "segments",
    "sparkbars",
    "sparkline",
    "stacked_bar",
    "stepper",
    "steps",
    "units",
    "written",
]
