"""What an audit document is made of: plain JSON values, so that page, PDF and API show the same."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from pilots.models import User

Content = dict[str, Any]


def section(title: str, *blocks: Content) -> Content:
    return {"title": title, "blocks": [block for block in blocks if block]}


def facts(*rows: tuple[str, str]) -> Content:
    """Names and values; what is empty says so."""
    return {"facts": [[name, value or "Not written down."] for name, value in rows]}


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str, name: str = "") -> Content:
    """A table, or the sentence that says why there is none. `name` stands above it."""
    found = [[str(cell) for cell in row] for row in rows]
    named = {"name": name} if name else {}
    return named | ({"head": list(head), "rows": found} if found else {"says": empty})


def day(value: date | None) -> str:
    return date_format(value, "j M Y") if value else ""


def moment(value: datetime | None) -> str:
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{date_format(local, 'j M Y')}, {local:%H:%M %Z}"


def who(person: User | None, nobody: str = "Nobody") -> str:
    """A name; who has left keeps it."""
    if person is None:
        return nobody
    return str(person) if person.is_active else f"{person} (has left)"


def joined(*words: str, by: str = "; ") -> str:
    return by.join(word for word in words if word)
