"""Gates and where their criteria stand."""

from tests.api.calls.call import Call
from tests.roles import KEEPERS

READS = (
    Call("download the portfolio", "get", lambda w: "inventory/standard/", to_outsiders=200),
    Call("show a gate", "get", lambda w: f"gates/{w.gate.pk}/"),
    Call("show an assessment", "get", lambda w: f"assessments/{w.assessment.pk}/"),
)
WRITES = (
    Call(
        "set a gate's dates",
        "patch",
        lambda w: f"gates/{w.gate.pk}/",
        KEEPERS,
        lambda w: {"forecast_on": "2027-02-01"},
    ),
    Call(
        "assess a criterion",
        "patch",
        lambda w: f"assessments/{w.assessment.pk}/",
        KEEPERS,
        lambda w: {"state": "met"},
    ),
)
