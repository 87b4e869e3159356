"""A delivery as a mail: the subject on the template's first line, then plain text; beside it HTML."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from gates.choices import GateStatus, Outcome
from gates.models import Condition, Delivery, Gate, Letter
from gates.reminders.obligations import CONDITION, SIGN_AGAIN
from pilots.choices import PilotState

WARNING = "condition_due"
REMINDER = "gate_overdue"  # every step of a reminder is the same mail
READ_AT_DECISIONS = ("decision_stepped_down", "decision_corrected")
BLOCKERS_SHOWN = 3


def compose(
    delivery: Delivery,
    *,
    blockers: Sequence[str],
    today: date,
    connection: BaseEmailBackend,
    condition: Condition | None = None,
) -> EmailMultiAlternatives:
    """The mail of a delivery with its gate, pilot, recipient, event and letter loaded.

    `blockers` are the titles of all must-meets in the gate's way; `condition` is what the mail warns of.
    """
    if delivery.letter is not None:
        return _posted(delivery, delivery.letter, connection)
    named = delivery.event_id or delivery.step == SIGN_AGAIN
    template = delivery.step if named else WARNING if condition else REMINDER
    context = _context(delivery, blockers, today) | _condition(condition, today)
    subject, text = render_to_string(f"emails/{template}.txt", context).split("\n", 1)
    html = render_to_string(f"emails/{template}.html", context)
    return _mail(delivery, connection, subject=subject, text=text, html=html)


def _posted(delivery: Delivery, letter: Letter, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    """A letter to one of those it goes to, as it was written."""
    context = {
        "letter": letter,
        "recipient": delivery.recipient,
        "because": delivery.get_standing_display(),
        "link": letter.link,
    }
    text, html = (render_to_string(f"emails/letter.{kind}", context) for kind in ("txt", "html"))
    mail = _mail(delivery, connection, subject=letter.subject, text=text, html=html)
    if letter.calendar:
        # As a part of its own, so that calendars offer to take it, and as a file for the others.
        mail.attach_alternative(letter.calendar, f"text/calendar; method={letter.method}")
        mail.attach("invitation.ics", letter.calendar, "text/calendar")
    return mail


def _mail(
    delivery: Delivery, connection: BaseEmailBackend, *, subject: str, text: str, html: str
) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        subject=subject.strip(),
        body=text.strip() + "\n",
        to=[delivery.recipient.email],
        connection=connection,
        headers={"Message-ID": delivery.message_id, "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(html, "text/html")
    return mail


def _context(delivery: Delivery, blockers: Sequence[str], today: date) -> dict[str, Any]:
    gate, pilot = delivery.gate, delivery.pilot
    assert gate is not None and pilot is not None  # only letters are of no gate
    return {
        "recipient": delivery.recipient,
        "because": delivery.get_standing_display(),
        "pilot": pilot,
        "title": _one_line(pilot.title),
        "gate": gate,
        "gate_label": _one_line(f"{gate.definition.key} {gate.definition.name}"),
        "link": f"{settings.BASE_URL.rstrip('/')}/pilots/{pilot.key}/{_page(delivery, gate)}",
        "on_hold": pilot.state == PilotState.ON_HOLD,
        "in_review": gate.status == GateStatus.SUBMITTED,
        "blockers": blockers[:BLOCKERS_SHOWN],
        "more_blockers": max(0, len(blockers) - BLOCKERS_SHOWN),
        **_lateness(gate.planned_on, today),
        **_event(delivery),
    }


def _page(delivery: Delivery, gate: Gate) -> str:
    """Where to read on: most is about the gate, some about what was decided there."""
    about_decisions = delivery.obligation.startswith(f"{CONDITION}:") or delivery.step in READ_AT_DECISIONS
    if about_decisions:
        return "decisions/"
    signing = "sign/" if delivery.step == SIGN_AGAIN else ""
    return f"gates/{gate.definition.key}/{signing}"


def _lateness(planned_on: date | None, today: date) -> dict[str, Any]:
    if planned_on is None:
        return {}
    return {"overdue_days": (today - planned_on).days, "overdue_since": planned_on + timedelta(days=1)}


def _event(delivery: Delivery) -> dict[str, Any]:
    if delivery.event is None:
        return {}
    said = delivery.event.data
    return {
        "who": delivery.event.actor,
        "at": delivery.event.at,
        "said": said,
        "outcome": Outcome(said["outcome"]).label if "outcome" in said else "",
        "until": date.fromisoformat(said["expires_on"]) if "expires_on" in said else None,
    }


def _condition(condition: Condition | None, today: date) -> dict[str, Any]:
    if condition is None:
        return {}
    return {
        "condition": condition,
        "condition_line": _one_line(condition.text),
        "days_left": (condition.due_on - today).days,
    }


def _one_line(text: str) -> str:
    # A line break would end the subject, or smuggle in a header.
    return " ".join(text.split())
