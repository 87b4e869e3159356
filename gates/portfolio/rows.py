"""Draws what the portfolio has much of: its rows, and the options of its filters.

The template engine would cost more than the database. Drawings that many rows share are kept.
"""

from collections.abc import Collection, Iterable
from datetime import date
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString, mark_safe

from gates.portfolio.queries import Row, met_segments
from pilots.charts import segments, steps
from pilots.charts.svg import glyph

ROW = (
    '<tr><th scope="row">{pick}<a class="name" href="/pilots/{key}/">{title}</a><small>{key} · {unit}</small></th>'
    '<td data-label="Phase">{steps}<small>{where}</small></td>'
    '<td class="right" data-label="Days in phase">{days}</td>'
    '<td data-label="Health">{health}</td>'
    '<td data-label="Next gate">{gate}</td>'
    '<td data-label="Readiness">{ready}</td>'
    '<td class="right" data-label="Blockers">{blockers}</td>'
    '<td data-label="Owner">{owner}</td>'
    '<td data-label="Waiting on">{waiting}</td></tr>'
)


PICK = '<input type="checkbox" class="pick" name="pilots" value="{}" form="bulk" aria-label="Pick {}">'


def draw_rows(rows: Iterable[Row], *, pick: bool = False) -> SafeString:
    """The table's body; everything people typed is escaped. With `pick` each row can be ticked."""
    return mark_safe("".join(_draw(row, pick) for row in rows))  # noqa: S308 - every value is escaped in _draw


def _draw(row: Row, pick: bool) -> str:
    return ROW.format(
        pick=PICK.format(row.pk, escape(row.title)) if pick else "",
        key=escape(row.key),
        title=escape(row.title),
        unit=escape(row.unit or row.programme),
        steps=_steps(row.phase_number, row.phase_count) if row.phase_number else "",
        where=escape(row.where),
        days=f"{row.days:,}" if row.days is not None else '<span class="text-3">–</span>',
        health=f'<span class="status">{glyph(row.tone)}{escape(row.health_label)}</span>'
        if row.health
        else "",
        gate=_gate(row),
        ready=_readiness(row),
        blockers=_blockers(row),
        owner=escape(row.owner) or '<span class="text-3">Nobody</span>',
        waiting=_waiting(row),
    )


def _gate(row: Row) -> str:
    if not row.has_gate:
        return '<span class="text-3">–</span>'
    name = f'<span class="gate-tag" title="{escape(row.gate_name)}">{escape(row.gate_key)}</span>'
    return f"{name} {_planned(row)}"


def _planned(row: Row) -> str:
    if row.planned_on is None:
        return '<span class="text-3">no date</span>'
    drawn = _day(row.planned_on)
    if row.overdue_days:
        days = "day" if row.overdue_days == 1 else "days"
        return f'{drawn}<small class="text-bad">{row.overdue_days:,} {days} overdue</small>'
    if row.slip_days:
        return f"{drawn}<small>forecast {row.slip_days:+d} d</small>"
    return drawn


def _day(day: date) -> str:
    return f'<time datetime="{day.isoformat()}">{day.day} {day:%b %Y}</time>'


def _readiness(row: Row) -> str:
    if not row.has_gate:
        return ""
    return f'<span class="readiness"><b>{row.score}%</b>{_bars(*row.counts)}</span>'


def _blockers(row: Row) -> str:
    if not row.has_gate:
        return ""
    link = f"/pilots/{escape(row.key)}/gates/{escape(row.gate_key)}/"
    return f'<a href="{link}">{row.blockers}</a>' if row.blockers else "0"


def _waiting(row: Row) -> str:
    if row.waiting_since is None:
        return '<span class="text-3">–</span>'
    days = (
        f"{row.waiting_days:,} {'day' if row.waiting_days == 1 else 'days'}" if row.waiting_days else "today"
    )
    # The days stand in the hint: rows must not grow a third line.
    return (
        f'{escape(row.waits_on)}<small class="nowrap" title="{days}">since {_day(row.waiting_since)}</small>'
    )


@lru_cache(maxsize=100)
def _steps(number: int, count: int) -> str:
    return steps(number, count)


@lru_cache(maxsize=10_000)
def _bars(must_met: int, must_total: int, should_met: int, should_total: int) -> str:
    return segments(met_segments(must_met, must_total, should_met, should_total))


OPTION = '<label class="check"><input type="checkbox" name="{}" value="{}"{}> {}</label>'


def draw_options(name: str, offered: Iterable[tuple[str, str]], chosen: Collection[str]) -> SafeString:
    """What can be ticked in a filter's menu: (value, label) each, `chosen` the values that are ticked."""
    drawn = (
        OPTION.format(name, escape(value), " checked" if value in chosen else "", escape(label))
        for value, label in offered
    )
    return mark_safe("".join(drawn))  # noqa: S308 - values and labels are escaped
