"""Charts drawn on the server: plain values go in, SVG and its text equivalent come out. Knows no model."""

from pilots.charts.bars import Bar, Part, bars, bullet, plan_bar, stacked_bar
from pilots.charts.journey import Mark, Step, gate_legend, gate_strip, stepper, steps
from pilots.charts.line import kpi_line
from pilots.charts.readiness import Segment, readiness, ring, segments
from pilots.charts.scales import written
from pilots.charts.spark import spark
from pilots.charts.units import Column, Unit, units

__all__ = [
    "Bar",
    "Column",
    "Mark",
    "Part",
    "Segment",
    "Step",
    "Unit",
    "bars",
    "bullet",
    "gate_legend",
    "gate_strip",
    "kpi_line",
    "plan_bar",
    "readiness",
    "ring",
    "segments",
    "spark",
    "stacked_bar",
    "stepper",
    "steps",
    "units",
    "written",
]
