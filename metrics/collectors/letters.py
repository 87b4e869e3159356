"""A collector's trouble as a mail: the subject on the template's first line, then plain text; beside it HTML."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from metrics import events
from metrics.models import Collector
from pilots.models import Event, User


def compose(collector: Collector, event: Event, person: User) -> EmailMultiAlternatives:
    """The mail about this event to this person; KPI and pilot must be loaded."""
    base, kpi = settings.BASE_URL.rstrip("/"), collector.kpi
    context = {
        "collector": collector,
        "kpi": _one_line(kpi.name),
        "pilot": kpi.pilot,
        "title": _one_line(kpi.pilot.title),
        "reason": event.data["reason"],
        "failures": event.data["failures"],
        "since": datetime.fromisoformat(event.data["failing_since"]),
        "is_paused": event.type == events.COLLECTOR_PAUSED,
        "recipient": person,
        "because": "own the KPI" if person == kpi.owner else "own the pilot",
        "link": f"{base}/pilots/{kpi.pilot.key}/kpis/{kpi.pk}/collector/",
    }
    subject, text = render_to_string("emails/collector_fails.txt", context).split("\n", 1)
    host = base.split("://")[-1].split("/")[0].split(":")[0]
    mail = EmailMultiAlternatives(
        subject=subject.strip(),
        body=text.strip() + "\n",
        to=[person.email],
        headers={
            "Message-ID": f"<collector.{collector.pk}.{event.pk}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(render_to_string("emails/collector_fails.html", context), "text/html")
    return mail


def _one_line(text: str) -> str:
    # A line break would end the subject, or smuggle in a header.
    return " ".join(text.split())
