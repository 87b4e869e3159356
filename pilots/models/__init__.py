"""Tables of the foundation: people, programmes, pilots, events."""

from pilots.models.audit import Anchor, AnchoredHead, ChainHead, Seal, Verification
from pilots.models.event import Event
from pilots.models.job import Job
from pilots.models.pilot import Pilot, Sequence, SourceRecord
from pilots.models.programme import Membership, Programme
from pilots.models.scope import AppendOnly, ScopedQuerySet
from pilots.models.token import ApiToken
from pilots.models.user import User

__all__ = [
    "Anchor",
    "AnchoredHead",
    "ApiToken",
    "AppendOnly",
    "ChainHead",
    "Event",
    "Job",
    "Membership",
    "Pilot",
    "Programme",
    "ScopedQuerySet",
    "Seal",
    "Sequence",
    "SourceRecord",
    "User",
    "Verification",
]
