"""Made-up values for the style guide: one sample of every state a drawing can have."""

from datetime import UTC, date, datetime, timedelta
from math import sin
from typing import Any

from pilots.charts import Bar, Column, Part, Planned, Segment, Step, Unit

_TODAY = date(2026, 11, 20)
_PHASES = ("Proof of concept", "Pilot", "Production planning", "Production deployment", "Scaled adoption")
_STATES = ("met", "in_progress", "not_met", "unknown", "waived")


def samples() -> dict[str, Any]:
    """Everything the page draws, by name."""
    return (
        _charts()
        | _journeys()
        | {
            "moment": datetime(2026, 11, 24, 17, 0, tzinfo=UTC),
            "yesterday": _TODAY - timedelta(days=9),
            "tomorrow": _TODAY + timedelta(days=4),
            "glyphs": ("ok", "warn", "bad", "none", "paused", "wait", "half", "new", "waived"),
            "icons": (
                "inbox",
                "layout-dashboard",
                "table",
                "target-arrow",
                "stack-2",
                "template",
                "history",
                "key",
                "bell",
            ),
        }
    )


def _charts() -> dict[str, Any]:
    months = [date(2026, month, 1) for month in range(7, 12)]
    health = [("On track", 14, "ok"), ("At risk", 6, "warn"), ("Off track", 3, "bad"), ("No data", 1, "none")]
    return {
        "parts": [Part(name, count, tone, f"?health={tone}") for name, count, tone in health],
        "line": [*zip(months, (5.1, 4.4, 3.9, 3.1, 2.6), strict=True), (date(2026, 11, 18), 2.8)],
        "line_long": [
            (date(2025, 1, 1) + timedelta(days=day), round(80 + 12 * sin(day / 40) + day / 60, 1))
            for day in range(600)
        ],
        "line_one": [(date(2026, 11, 18), 47)],
        "rows": [
            Bar("Works on real production data", 412, "412 of 2,133", "?criterion=data"),
            Bar("Somebody owns it after go-live", 388, "388 of 2,133", "?criterion=owner"),
            Bar("Baseline taken before the start", 96, "96 of 2,133", "?criterion=baseline"),
        ],
        "shares": [
            Bar("Spent", 212, "€212k of €230k", of=230),
            Bar("Benefit", 410, "€410k of €640k", of=640),
        ],
        "planned": [
            Planned("Jun 2026", 30, 34),
            Planned("Jul 2026", 30, 22),
            Planned("Aug 2026", 30, -6),
            Planned("Sep 2026", 42, 41),
            Planned("Oct 2026", 42, None),
        ],
        "plan_bars": [
            ("Over its plan", 52, 40),
            ("Behind", 18, 36),
            ("Nothing yet", 0, 30),
            ("A loss", -8, 12),
        ],
        "few": _few_columns(),
        "many": _many_columns(),
    }


def _few_columns() -> list[Column]:
    tones = (
        "ok ok ok",
        "ok ok ok warn bad",
        "ok ok ok warn warn bad",
        "ok ok ok warn warn bad",
        "ok ok warn",
    )
    return [
        Column(
            phase,
            [Unit(f"Pilot {index}", tone, f"?pilot={index}") for index, tone in enumerate(line.split(), 1)],
            note=note,
            note_tone="warn" if note.startswith(("38", "61")) else "",
        )
        for phase, line, note in zip(
            _PHASES, tones, ("12 d / 14", "38 d / 30", "61 d / 45", "74 d / 75", "52 d / 90"), strict=True
        )
    ]


def _many_columns() -> list[Column]:
    counts: tuple[dict[str, int], ...] = (
        {"ok": 402, "warn": 210, "bad": 98, "none": 41},
        {"ok": 512, "warn": 120, "bad": 60},
        {"warn": 3},
        {},
        {"ok": 690},
    )
    return [
        Column(phase, counts=count, url=f"?phase={index}", note=f"{index * 20 + 9} d")
        for index, (phase, count) in enumerate(zip(_PHASES, counts, strict=True))
    ]


def _journeys() -> dict[str, Any]:
    musts = ["met"] * 7 + ["in_progress", "not_met"]
    shoulds = ["met"] * 3 + ["in_progress", "waived", "unknown", "unknown"]
    return {
        "segments": [Segment(state, True) for state in musts] + [Segment(state) for state in shoulds],
        "many_segments": [
            Segment(_STATES[index * 7 % 5 if index % 3 else 0], index < 22) for index in range(45)
        ],
        "none_segments": [],
        "steps": [
            Step(_PHASES[0], "done", "Ready to pilot", "12 Feb", "decided", url="#"),
            Step(_PHASES[1], "done", "Value proven", "24 Jul", "decided", url="#"),
            Step(
                _PHASES[2],
                "current",
                "Ready for production",
                "26 Nov",
                "forecast",
                "+14 d",
                "120 days",
                78,
                "#",
            ),
            Step(_PHASES[3], "next", "Stable in operation", "19 Feb 2027"),
            Step(_PHASES[4], "next", "Benefits review", "30 Apr 2027"),
        ],
    }
