"""What templates can draw. Tags write words and marks; the drawing itself is in pilots.charts."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from pilots import charts
from pilots.charts import svg

register = template.Library()

PIECE = re.compile(r"(?:&[#a-z0-9]+;|[^&]){1,16}")  # an escaped character is never cut
LONG_WORD = re.compile(r"\S{25,}")

for _draw in (
    charts.bars,
    charts.bullet,
    charts.kpi_line,
    charts.month_columns,
    charts.panel,
    charts.plan_bar,
    charts.readiness,
    charts.ring,
    charts.segments,
    charts.sparkbars,
    charts.sparkline,
    charts.stacked_bar,
    charts.stepper,
    charts.units,
):
    register.simple_tag(_draw)


# --- Marks and words ---------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """`{% icon "bell" %}`, for the eye only; with a label the words stand beside it for screen readers."""
    drawn = svg.symbol(f"i-{name}", "icon")
    return svg.join((drawn, svg.hidden(label))) if label else drawn


@register.simple_tag
def glyph(tone: str) -> SafeString:
    """`{% glyph "warn" %}`: ok, warn, bad, none, paused, wait, half, new or waived; always beside words."""
    return svg.glyph(tone)


@register.simple_tag
def status(tone: str, text: str, url: str = "") -> SafeString:
    """`{% status "warn" "At risk" %}`: a mark and its word; with a url both are the link."""
    return svg.element("a" if url else "span", svg.glyph(tone), text, class_="status", href=url or None)


_PILL_CLASSES = {"ok": "plain", "waived": "plain", "half": "info", "new": "info", "wait": "", "none": "faint"}


@register.simple_tag
def pill(tone: str, text: str, tint: bool = False) -> SafeString:
    """`{% pill "bad" "Not met" %}`: red if failed, accent if your move, grey if another's, plain if done.

    `tint=True` gives ok a tinted ground too, for a headline state.
    """
    class_ = tone if tint else _PILL_CLASSES.get(tone, tone)
    mark = "" if tone in {"faint", "info", "plain", "none", ""} else svg.glyph(tone)
    return svg.element("span", mark, text, class_=f"pill {class_}".strip())


@register.simple_tag
def tag(text: str, strong: bool = False) -> SafeString:
    """`{% tag "High risk" %}`: a word in a thin frame."""
    return svg.element("span", text, class_="tag dark" if strong else "tag")


# --- People ------------------------------------------------------------------------------------
@register.simple_tag
def avatar(user: Any, small: bool = False, named: bool = False) -> SafeString:
    """`{% avatar pilot.owner named=True %}`: initials in a circle; `named` when no name stands beside it."""
    size = "avatar small" if small else "avatar"
    if not user:
        return svg.element(
            "span", "?" if not named else svg.join(("?", svg.hidden(" Nobody yet"))), class_=f"{size} vacant"
        )
    letters = svg.element("span", _initials(str(user)), aria_hidden="true")
    words = svg.hidden(str(user)) if named else ""
    return svg.element("span", letters, words, class_=size, title=str(user) if named else None)


@register.simple_tag
def person(user: Any, role: str = "") -> SafeString:
    """`{% person pilot.owner "Owner" %}`: avatar, name and a line below; without a user "Nobody yet"."""
    name = str(user) if user else "Nobody yet"
    line = svg.element("small", role) if role else ""
    return svg.element("span", avatar(user, small=True), svg.element("span", name, line), class_="person")


def _initials(name: str) -> str:
    words = name.split("@")[0].replace(".", " ").split()
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper() if words else "?"


# --- Time --------------------------------------------------------------------------------------
@register.simple_tag
def when(
    value: date | datetime | None, weekday: bool = False, year: bool = True, empty: str = "–"
) -> SafeString | str:
    """`{% when gate.planned_on %}`: "20 Nov 2026"; of a moment "20 Nov 2026, 18:00 CET"."""
    if value is None:
        return empty
    pattern = ("D " if weekday else "") + ("j M Y" if year else "j M")
    if not isinstance(value, datetime):
        return svg.element("time", date_format(value, pattern), datetime=value.isoformat())
    moment = timezone.localtime(value) if timezone.is_aware(value) else value
    return svg.element(
        "time", f"{date_format(moment, pattern)}, {moment:%H:%M %Z}".strip(), datetime=moment.isoformat()
    )


@register.filter
def number(value: float | None, unit: str = "") -> str:
    """`{{ 2133|number }}` is "2,133", `{{ 2.80|number:"%" }}` is "2.8%", None is a dash."""
    return charts.written(value, unit)


@register.filter
def signed_days(days: int | None) -> str:
    """`{{ gate.slip|signed_days }}`: "+14 days", "−3 days", "on plan"; nothing when unknown."""
    if days is None:
        return ""
    size = f"{abs(days):,} {'day' if abs(days) == 1 else 'days'}"
    return "on plan" if not days else f"{'+' if days > 0 else '−'}{size}"


@register.filter
def breakable(text: str) -> SafeString:
    """`{{ digest|breakable }}`: a word too long for a column may break, and only such a word."""
    return mark_safe(LONG_WORD.sub(_with_breaks, conditional_escape(text)))  # noqa: S308 - escaped above


def _with_breaks(word: re.Match[str]) -> str:
    return "<wbr>".join(PIECE.findall(word[0]))


@register.filter
def under(row: Sequence[Any], heads: Sequence[str]) -> list[tuple[str, Any]]:
    """`{% for name, cell in row|under:heads %}`: each cell with what stands above its column."""
    return list(zip(heads, row, strict=True))


# --- Lists -------------------------------------------------------------------------------------
@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Mapping[str, Any], page: Page) -> dict[str, Any]:
    """`{% pagination page %}`: from, to, total, and links that keep every other part of the query."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "numbers": numbers,
        "ellipsis": page.paginator.ELLIPSIS,
        "query": context["request"].GET,
    }
