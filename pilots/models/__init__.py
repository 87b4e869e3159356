"""Tables of the foundation: people, programmes, pilots and their registers, events."""

from pilots.models.audit import Anchor, AnchoredHead, ChainHead, Seal, Verification
from pilots.models.change_step import ChangeStep
from pilots.models.data_source import DataSource
from pilots.models.debt import Debt
from pilots.models.entry import Entry
from pilots.models.event import Event
from pilots.models.integration import Integration
from pilots.models.job import Job
from pilots.models.lesson import Lesson
from pilots.models.operating_role import OperatingRole
from pilots.models.option import Option
from pilots.models.pilot import Pilot, Sequence, SourceRecord
from pilots.models.procedure import Procedure
from pilots.models.programme import Membership, Programme
from pilots.models.register_file import RegisterFile
from pilots.models.risk import Risk
from pilots.models.scope import AppendOnly, ScopedQuerySet
from pilots.models.token import ApiToken
from pilots.models.user import User
from pilots.models.wave import Wave

__all__ = [
    "Anchor",
    "AnchoredHead",
    "ApiToken",
    "AppendOnly",
    "ChainHead",
    "ChangeStep",
    "DataSource",
    "Debt",
    "Entry",
    "Event",
    "Integration",
    "Job",
    "Lesson",
    "Membership",
    "OperatingRole",
    "Option",
    "Pilot",
    "Procedure",
    "Programme",
    "RegisterFile",
    "Risk",
    "ScopedQuerySet",
    "Seal",
    "Sequence",
    "SourceRecord",
    "User",
    "Verification",
    "Wave",
]
