"""Draws the lines of a checklist: there are dozens, and the template engine would take longer than the database."""

from collections.abc import Iterable
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from gates.checklist.queries import CriterionRow
from gates.models import Gate
from pilots.charts import svg
from pilots.templatetags.ui import avatar, icon, pill

LONGEST_HINT = 110
LINE = (
    '<div class="criterion-row"><span class="criterion-id">{key}</span><div>'
    '{link}<p class="criterion-hint">{hint}</p></div>'
    '<div class="criterion-meta"><span class="{strength}">{kind}</span>'
    '<span class="criterion-evidence">{evidence}</span>{who}'
    '<span class="criterion-state">{state}</span></div></div>'
)
LINK = (
    '<a class="criterion-title" id="title-{key}"{focus} href="{url}"'
    ' hx-get="{url}{closing}" hx-target="#c-{key}" hx-swap="outerHTML" aria-expanded="{expanded}">{title}</a>'
)
NO_LINK = '<span class="criterion-title" id="title-{key}">{title}</span>'


def draw_line(row: CriterionRow, url: str, *, is_open: bool = False, is_saved: bool = False) -> SafeString:
    """The line of a criterion, which opens and closes what is below it; all that people wrote is escaped.

    `is_saved`: it stands in for the line that was just saved, and takes the keyboard's focus back.
    """
    # What cannot start yet is nobody's move, so there is nothing to open.
    link = (NO_LINK if row.cannot_start and not is_open else LINK).format(
        key=escape(row.key),
        url=escape(url),
        focus=" data-focus" if is_saved else "",
        closing="?closed=1" if is_open else "",
        expanded="true" if is_open else "false",
        title=escape(row.title),
    )
    drawn = LINE.format(
        key=escape(row.key),
        link=link,
        hint=escape(row.hint if len(row.hint) <= LONGEST_HINT else f"{row.hint[: LONGEST_HINT - 1]}…"),
        strength="must" if row.is_must else "should",
        kind=escape(row.kind_label),
        evidence=_evidence(len(row.evidence)),
        who=avatar(row.who, small=True, named=True),
        state=_state(row, url),
    )
    return mark_safe(drawn)  # noqa: S308 - every value is escaped


def _state(row: CriterionRow, url: str) -> SafeString:
    """Where it stands; of a waived criterion this leads to its waiver. `url` is the criterion's own."""
    drawn = pill(row.tone, row.label)
    if not row.is_waived:
        return drawn
    gate = url.rsplit("criteria/", 1)[0]
    return svg.element("a", drawn, href=f"{gate}waivers/#of-{row.key}", class_="criterion-waiver")


def draw_closed(gate: Gate, rows: Iterable[CriterionRow]) -> SafeString:
    """The criteria of a gate as items of a list, each closed."""
    base = reverse("gates:gate", args=[gate.pilot.key, gate.definition.key])
    drawn = (
        f'<li class="criterion" id="c-{escape(row.key)}">{draw_line(row, f"{base}criteria/{row.key}/")}</li>'
        for row in rows
    )
    return mark_safe("".join(drawn))  # noqa: S308 - drawn by draw_line


def _evidence(count: int) -> str:
    if not count:
        return ""
    pieces = f"{count} piece{'' if count == 1 else 's'} of evidence"
    return f'{icon("paperclip")}<span aria-hidden="true">{count}</span><span class="visually-hidden">{pieces}</span>'
