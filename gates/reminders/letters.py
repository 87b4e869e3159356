"""A letter: written once from its templates, kept, and posted to each of those it goes to. Nothing here saves."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from gates.models import Letter
from pilots.models import Event

LONGEST_SUBJECT = 300


def letter(event: Event, template: str, context: dict[str, Any], *, link: str, **facts: str) -> Letter:
    """What `emails/TEMPLATE.txt` (its first line is the subject) and `.html` say of this event; not saved.

    `link` is an address as `outside` writes it; `facts` are further fields of the letter, `link_text` among them.
    """
    subject, text = render_to_string(f"emails/{template}.txt", context).split("\n", 1)
    return Letter(
        event=event,
        subject=" ".join(subject.split())[:LONGEST_SUBJECT],
        text=text.strip(),
        html=render_to_string(f"emails/{template}.html", context).strip(),
        link=link,
        written_at=timezone.now(),
        **facts,
    )


def outside(path: str) -> str:
    """An address of ours for whoever is not on one of our pages."""
    return f"{settings.BASE_URL.rstrip('/')}{path}"
