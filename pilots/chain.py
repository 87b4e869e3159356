"""How events are chained: what is hashed, and in which spelling. Pure.

This never changes: every hash ever written is checked with it. What an event says more one day is
added to `said` only where it is not empty, so that older events keep their hash.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

ORGANISATION = "organisation"


def name_of(*, pilot_id: int | None, programme_id: int | None) -> str:
    """The chain an event belongs to: its pilot's, else its programme's, else the organisation's."""
    if pilot_id is not None:
        return f"pilot:{pilot_id}"
    return ORGANISATION if programme_id is None else f"programme:{programme_id}"


def said(
    *,
    type: str,
    programme: int | None,
    pilot: int | None,
    actor: int | None,
    subject: str,
    changes: Mapping[str, Any],
    data: Mapping[str, Any],
    at: datetime,
    via: str,
    request_id: str,
    token: str,
) -> dict[str, Any]:
    """Everything an event says, in JSON values that are the same whichever database kept it."""
    facts = {
        "type": type,
        "programme": programme,
        "pilot": pilot,
        "actor": actor,
        "subject": subject,
        "changes": _plain(changes),
        "data": _plain(data),
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    came = {"via": via, "request_id": request_id, "token": token}
    return facts | {name: text for name, text in came.items() if text}


def hash_of(said: Mapping[str, Any], *, sequence: int | None, previous: str) -> str:
    """SHA-256, in hexadecimal, of what an event says at this place of its chain.

    Without a sequence it is the event's own fingerprint until it is sealed. Raises ValueError for
    what is no JSON.
    """
    whole = {**said, "sequence": sequence, "previous": previous}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """The same value in one spelling: PostgreSQL gives 1e3 back as 1000, and 100.0 as 100.0."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(Decimal(repr(value)))
    return value


def anchor_hash(*, number: int, at: datetime, previous: str, heads: str) -> str:
    """SHA-256 of an anchor: its number, its moment, the anchor before it and the hash of its heads."""
    text = f"{number}|{at.astimezone(UTC).isoformat(timespec='microseconds')}|{previous}|{heads}"
    return sha256(text.encode()).hexdigest()


class HeadsHash:
    """The hash of many heads, taken one by one in the order of their ids."""

    def __init__(self) -> None:
        self._hash = sha256()

    def add(self, chain: str, sequence: int, hash: str) -> None:
        self._hash.update(f"{chain}:{sequence}:{hash}\n".encode())

    def hexdigest(self) -> str:
        return self._hash.hexdigest()
