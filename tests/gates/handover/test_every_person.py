"""No row names a person without an answer to: does this person hold it, and if not, why?"""

from itertools import chain

from django.apps import apps

from gates.handover.table import HOLDINGS
from pilots.models import Entry, User

WHO_DID_IT = "says who did something; that stays under the name of who did it"
DERIVED = "worked out from who holds what now, and worked out anew when that moves"
PICKED = "what somebody picked or sent, kept for a day until it is confirmed"
ASKED = "who asked cannot be who decides, so it stays; a gatekeeper decides on it, whoever asked"

# Every other way in which a row names a person.
NOT_HELD = {
    "account.EmailAddress.user": "the address of an account",
    "pilots.ApiToken.user": "a secret of one person; the page names those that stop working when they leave",
    "pilots.Event.actor": WHO_DID_IT,
    "pilots.Job.started_by": "it runs to its end without anybody; administrators steer it too",
    "pilots.Job.cancelled_by": WHO_DID_IT,
    "pilots.RegisterFile.by": PICKED,
    "metrics.ReadingFile.by": PICKED,
    "gates.Selection.by": PICKED,
    "gates.Handover.person": WHO_DID_IT,
    "gates.Handover.by": WHO_DID_IT,
    "gates.Handover.undone_by": WHO_DID_IT,
    "gates.HandedThing.receiver": "says who got it; what they hold is the thing itself",
    "metrics.Annotation.written_by": WHO_DID_IT,
    "metrics.BenefitPeriod.recorded_by": WHO_DID_IT,
    "metrics.BenefitPeriod.supported_by": WHO_DID_IT,
    "metrics.BenefitPeriod.verified_by": WHO_DID_IT,
    "metrics.Collector.created_by": "it collects whoever set it up; the owner of its KPI hears when it fails",
    "metrics.Collector.paused_by": WHO_DID_IT,
    "metrics.AllowedHost.allowed_by": WHO_DID_IT,
    "metrics.Measurement.recorded_by": WHO_DID_IT,
    "metrics.Measurement.corrected_by": WHO_DID_IT,
    "metrics.Outlook.updated_by": WHO_DID_IT,
    "gates.PlaybookVersion.published_by": WHO_DID_IT,
    "gates.Gate.waiting_for": DERIVED,
    "gates.AskedSeat.holder": DERIVED,
    "gates.AskedSeat.signed_by": DERIVED,
    "gates.Assessment.updated_by": WHO_DID_IT,
    "gates.Amendment.asked_by": ASKED,
    "gates.Amendment.decided_by": WHO_DID_IT,
    "gates.Waiver.asked_by": ASKED,
    "gates.Waiver.decided_by": WHO_DID_IT,
    "gates.Waiver.revoked_by": WHO_DID_IT,
    "gates.Decision.decided_by": WHO_DID_IT,
    "gates.Decision.corrected_by": WHO_DID_IT,
    "gates.Condition.met_by": WHO_DID_IT,
    # Who renews evidence is whoever has its criterion in hand, or else owns the pilot: both are held.
    "gates.Evidence.added_by": WHO_DID_IT,
    "gates.Evidence.removed_by": WHO_DID_IT,
    "gates.EvidenceRevision.author": WHO_DID_IT,
    "gates.EvidenceOfReading.added_by": WHO_DID_IT,
    "gates.Delivery.recipient": "the ledger: who was sent what",
    "gates.GateReview.minutes_sent_by": WHO_DID_IT,
    "gates.Addition.by": WHO_DID_IT,
    "gates.Vote.person": WHO_DID_IT,
    "gates.Distinction.said_by": WHO_DID_IT,
    "gates.Distinction.undone_by": WHO_DID_IT,
    "gates.ReviewTurn.by": WHO_DID_IT,
    "gates.Feedback.by": "its pilot's owner answers it",
    "gates.DecisionPack.frozen_by": WHO_DID_IT,
    "gates.DeclaredAnswer.by": "when it is old, whoever owns the pilot then is asked again",
    "gates.Delegation.ended_by": WHO_DID_IT,
    "gates.SignOff.person": WHO_DID_IT,
    "gates.SignOff.on_behalf_of": WHO_DID_IT,
} | {f"{model._meta.label}.written_by": WHO_DID_IT for model in apps.get_models() if issubclass(model, Entry)}


def ways_to_name_a_person() -> set[str]:
    models = (model._meta for model in apps.get_models(include_auto_created=True))
    fields = chain.from_iterable((*model.local_fields, *model.local_many_to_many) for model in models)
    return {
        f"{field.model._meta.label}.{field.name}"
        for field in fields
        if field.is_relation and field.related_model is User
    }


def held() -> set[str]:
    return {f"{one.model._meta.label}.{one.field}" for one in HOLDINGS.values()}


def test_each_is_either_held_or_history():
    assert ways_to_name_a_person() == held() | NOT_HELD.keys()


def test_none_is_both():
    assert not held() & NOT_HELD.keys()
