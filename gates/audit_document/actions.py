"""Giving an audit document out: that it was, when and with which fingerprint stays in the log."""

from django.db import transaction

from gates import events
from gates.audit_document.document import Document, document_of
from pilots.events import record
from pilots.models import Pilot, User


@transaction.atomic
def produce_document(*, pilot: Pilot, by: User) -> Document:
    """The audit document of a pilot as it is now, noted in its log. The event is not in the document itself."""
    document = document_of(pilot)
    record(events.AUDIT_DOCUMENT_PRODUCED, subject=pilot, pilot=pilot, actor=by, sha256=document.digest)
    return document
