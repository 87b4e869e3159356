"""The mail folder as pages, for the demo only: mail is readable without a mail server."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

SHOWN = 200
# Django's file backend keeps all mails of one connection in one file, with a line between them.
BETWEEN_MAILS = re.compile(rb"^-{79}\r?\n", re.MULTILINE)


@dataclass(frozen=True)
class Mail:
    """One mail of the folder, as text only."""

    file: str
    number: int  # its place in the file, from 1
    subject: str
    sender: str
    to: str
    sent_at: datetime | None
    text: str


@require_safe
def mail_list(request):
    """The newest mails."""
    _demo_only()
    mails = [mail for _, mail in zip(range(SHOWN), newest_first(settings.MAIL_FOLDER), strict=False)]
    return render(request, "mail/list.html", {"mails": mails, "shown": SHOWN})


@require_safe
def mail(request, file: str, number: int):
    """One mail."""
    _demo_only()
    for found in newest_first(settings.MAIL_FOLDER):
        if (found.file, found.number) == (file, number):
            return render(request, "mail/message.html", {"mail": found})
    raise Http404("There is no such mail.")


def _demo_only() -> None:
    if not settings.DEMO:
        raise Http404("There is no mail folder here.")


def newest_first(folder: Path) -> Iterator[Mail]:
    """The mails in the files of a folder, each file read when its turn comes. A missing folder has none."""
    # The folder is listed, so that no address can point outside it.
    files = sorted(Path(folder).glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in files:
        yield from reversed(mails_in(path))


def mails_in(path: Path) -> list[Mail]:
    """The mails of one file, in the order they were sent."""
    parts = [part for part in BETWEEN_MAILS.split(path.read_bytes()) if part.strip()]
    return [
        _mail(path.name, number, message_from_bytes(part, policy=policy.default))
        for number, part in enumerate(parts, start=1)
    ]


def _mail(file: str, number: int, message: EmailMessage) -> Mail:
    body = message.get_body(("plain",))
    return Mail(
        file=file,
        number=number,
        subject=str(message["Subject"] or "(no subject)"),
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        sent_at=message["Date"].datetime if message["Date"] else None,
        text=body.get_content() if body else "This mail has no plain text.",
    )
