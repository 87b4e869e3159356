"""The API's frame: routes, its readable page, errors as sentences, and what the schema says of every door."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.urls import path, re_path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework import status
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.exceptions import PermissionDenied as ApiPermissionDenied
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView, exception_handler

from gates.amendments.api import AmendmentDoor, GateAmendmentDoor
from gates.audit_document.api import AuditDocumentDoor
from gates.checklist.api import AssessmentDoor
from gates.decisions.api import ConditionDoor, DecisionDoor, GateDecisionDoor
from gates.evidence.api import EvidenceDoor, ReadingEvidenceDoor
from gates.handover.api import HandoverDoor
from gates.inventory.api import InventoryDoor
from gates.journey.api import KpiAtGatesDoor
from gates.meetings.api import AgendaItemDoor, MeetingDoor
from gates.overlap.api import DistinctionDoor, OverlapDoor
from gates.packs.api import PackDoor
from gates.playbooks.api import PlaybookDoor
from gates.portfolio.api import PilotDoor
from gates.review.api import FeedbackDoor, GateDoor, GateFeedbackDoor
from gates.signoffs.api import DelegationDoor, GatekeeperDoor, SignOffDoor
from gates.signs.api import AnswerDoor, PilotSignDoor, SignDoor
from gates.summary.api import SummaryDoor
from gates.waivers.api import WaiverDoor
from metrics.annotations.api import AnnotationDoor
from metrics.collectors.api import AllowedHostDoor, CollectorDoor
from metrics.definitions.api import DefinitionDoor
from metrics.readings.api import MeasurementDoor
from metrics.value.api.benefits import BenefitDoor, BenefitPeriodDoor, BenefitPoolDoor
from metrics.value.api.budgets import BudgetLineDoor, BudgetPeriodDoor
from pilots.api import EventDoor, JobDoor, PersonDoor, ProgrammeDoor
from pilots.registers.api import DOORS as REGISTERS
from pilots.rules import RuleViolation

router = SimpleRouter()
router.register("programmes", ProgrammeDoor, "programme")
router.register("pilots", PilotDoor, "pilot")
router.register(r"pilots/(?P<pilot>[^/.]+)/audit-document", AuditDocumentDoor, "audit-document")
router.register(r"pilots/(?P<key>[^/.]+)/signs", PilotSignDoor, "pilot-sign")
router.register(r"pilots/(?P<key>[^/.]+)/answers", AnswerDoor, "pilot-answer")
router.register("signs", SignDoor, "sign")
router.register("inventory", InventoryDoor, "inventory")
router.register("summary", SummaryDoor, "summary")
router.register("gates", GateDoor, "gate")
router.register(r"gates/(?P<gate>[^/.]+)/decisions", GateDecisionDoor, "gate-decision")
router.register(r"gates/(?P<gate>[^/.]+)/feedback", GateFeedbackDoor, "gate-feedback")
router.register(r"gates/(?P<gate>[^/.]+)/packs", PackDoor, "pack")
router.register("feedback", FeedbackDoor, "feedback")
router.register(r"gates/(?P<gate>[^/.]+)/sign-offs", SignOffDoor, "sign-off")
router.register(r"programmes/(?P<programme>[^/.]+)/gatekeepers", GatekeeperDoor, "gatekeeper")
router.register("delegations", DelegationDoor, "delegation")
router.register(r"gates/(?P<gate>[^/.]+)/amendments", GateAmendmentDoor, "gate-amendment")
router.register("handovers", HandoverDoor, "handover")
router.register("amendments", AmendmentDoor, "amendment")
router.register("assessments", AssessmentDoor, "assessment")
router.register("evidence", EvidenceDoor, "evidence")
router.register("decisions", DecisionDoor, "decision")
router.register("conditions", ConditionDoor, "condition")
router.register("waivers", WaiverDoor, "waiver")
router.register("overlaps", OverlapDoor, "overlap")
router.register("distinctions", DistinctionDoor, "distinction")
router.register("meetings", MeetingDoor, "meeting")
router.register(r"meetings/(?P<meeting>[^/.]+)/items", AgendaItemDoor, "agenda-item")
router.register("kpi-definitions", DefinitionDoor, "kpi-definition")
router.register("kpis", KpiAtGatesDoor, "kpi")
router.register(r"kpis/(?P<kpi>[^/.]+)/measurements", MeasurementDoor, "measurement")
router.register(
    r"kpis/(?P<kpi>[^/.]+)/measurements/(?P<measurement>[^/.]+)/evidence",
    ReadingEvidenceDoor,
    "reading-evidence",
)
router.register(r"kpis/(?P<kpi>[^/.]+)/annotations", AnnotationDoor, "annotation")
router.register("collectors", CollectorDoor, "collector")
router.register("allowed-hosts", AllowedHostDoor, "allowed-host")
router.register("benefits", BenefitDoor, "benefit")
router.register(r"benefits/(?P<benefit>[^/.]+)/periods", BenefitPeriodDoor, "benefit-period")
router.register("benefit-pools", BenefitPoolDoor, "benefit-pool")
router.register("budget-lines", BudgetLineDoor, "budget-line")
router.register(r"budget-lines/(?P<line>[^/.]+)/periods", BudgetPeriodDoor, "budget-period")
for key, door in REGISTERS.items():
    router.register(f"registers/{key}", door, f"register-{key}")
router.register("playbooks", PlaybookDoor, "playbook")
router.register("people", PersonDoor, "person")
router.register("jobs", JobDoor, "job")
router.register("events", EventDoor, "event")


@extend_schema(exclude=True)
class Nowhere(APIView):
    """Every other address below the API's: not there, said in JSON."""

    def http_method_not_allowed(self, request, *args, **kwargs):
        raise Http404


page = SpectacularSwaggerSplitView.as_view(
    url_name="api-schema", template_name="api/page.html", template_name_js="api/page.js"
)
urlpatterns = [
    path("", login_required(page), name="api"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    *router.urls,
    re_path(r"^.+/$", Nowhere.as_view()),
]


def explain(error, context):
    """A broken rule is a 409 with its reasons; everything else as DRF does it, in sentences."""
    if isinstance(error, RuleViolation):
        return Response({"reasons": error.reasons}, status=status.HTTP_409_CONFLICT)
    if isinstance(error, Http404):
        error = NotFound("There is nothing here that you may see.")
    if isinstance(error, SuspiciousOperation):
        error = ParseError("This is too much at once, or is not what it says it is.")
    if isinstance(error, PermissionDenied):
        error = ApiPermissionDenied(str(error) or None)
    return exception_handler(error, context)


REFUSAL = {"type": "object", "properties": {"detail": {"type": "string"}}, "required": ["detail"]}
COMPONENTS = {
    "Refusal": REFUSAL,
    "Problems": {
        "type": "object",
        "description": "Field → what is wrong with it, in sentences; `detail` when nothing could be read.",
        "additionalProperties": True,
        "example": {"title": ["This field is required."]},
    },
    "Reasons": {
        "type": "object",
        "description": "Every reason why not, in whole sentences.",
        "properties": {"reasons": {"type": "array", "items": {"type": "string"}}},
        "required": ["reasons"],
        "example": {"reasons": ["Go is not possible: 3 must-meets are still open."]},
    },
}
ANSWERS = {
    "400": ("Problems", "What was sent cannot be used; nothing was changed."),
    "401": ("Refusal", "Nobody is signed in, or the token is not valid."),
    "403": ("Refusal", "Your role does not allow this."),
    "404": ("Refusal", "There is nothing here that you may see."),
    "406": ("Refusal", "Only JSON is answered."),
    "409": ("Reasons", "It is against the rules now; nothing was changed."),
    "415": ("Refusal", "This kind of content is not read here."),
}
SCHEMES = {
    "tokenAuth": "For programs: `Authorization: Token pil_…`. Make a token on your page in Pilotage; it may "
    "do what you may do, and is shown once.",
    "cookieAuth": "For the browser in which you are signed in. What changes something also needs the "
    "`X-CSRFToken` header.",
}


def describe(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add to the schema how every door says no, and what the ways to sign in are for."""
    result["components"]["schemas"] |= COMPONENTS
    for name, text in SCHEMES.items():
        result["components"]["securitySchemes"][name]["description"] = text
    for address, operations in result["paths"].items():
        for method, operation in operations.items():
            for code in _refusals(address, method, operation):
                name, text = ANSWERS[code]
                schema = {"$ref": f"#/components/schemas/{name}"}
                answer = {"description": text, "content": {"application/json": {"schema": schema}}}
                operation["responses"].setdefault(code, answer)
    return result


def _refusals(address: str, method: str, operation: dict[str, Any]) -> list[str]:
    if method != "get":
        return list(ANSWERS)
    is_one = address.endswith("}/")
    is_asked = any(parameter["in"] == "query" for parameter in operation.get("parameters", ()))
    also = ["400"] if is_asked or not is_one else []
    if address.startswith(("/api/v1/events/", "/api/v1/allowed-hosts/")):
        also.append("403")  # what not everybody may read who sees the programme
    return [*also, "401", "404", "406"]
