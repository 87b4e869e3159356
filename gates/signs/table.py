"""Every warning sign: how it lets a pilot fail, from where on it counts, what decides it."""

from dataclasses import dataclass

from gates.checks import CHECKS, Check, Fix
from gates.checks.kpis import ABOUT
from gates.choices import FailureMode, Point, Question, Sign
from gates.signs.questions import declared


@dataclass(frozen=True)
class WarningSign:
    """A sign that a pilot is about to fail in a known way. It stands where its check fails."""

    sign: Sign
    mode: FailureMode
    since: Point
    check: Check  # or the like: a question that people answer

    @property
    def key(self) -> str:
        return self.sign.value

    @property
    def title(self) -> str:
        return str(self.sign.label)

    @property
    def fix(self) -> Fix:
        return self.check.fix


LOAD_TESTED = declared(Question.LOAD_TESTED, "Say whether it was tried under load.")
ERRORS_ACCEPTED = declared(Question.ERRORS_ACCEPTED, "Say whether users accept its errors.")

M, P, S = FailureMode, Point, Sign
_ROWS = (
    (S.NO_BUSINESS_KPI, M.WRONG_PROBLEM, P.UNDER_WAY, CHECKS["business_kpi_defined"]),
    (S.NO_WORKFLOW, M.WRONG_PROBLEM, P.INTAKE, CHECKS["workflow_named"]),
    (S.NO_SPONSOR, M.WRONG_PROBLEM, P.UNDER_WAY, CHECKS["sponsor_named"]),
    (S.SILENT_SPONSOR, M.WRONG_PROBLEM, P.UNDER_WAY, CHECKS["sponsor_active"]),
    (S.NO_NEXT_STEP, M.WRONG_PROBLEM, P.TRIED, CHECKS["next_step_planned"]),
    (S.DATA_BY_HAND, M.DEBT_IGNORED, P.TRIED, CHECKS["data_comes_by_itself"]),
    (S.DEBT_NOT_LOGGED, M.DEBT_IGNORED, P.TRIED, CHECKS["shortcuts_logged"]),
    (S.DEBT_OVERDUE, M.DEBT_IGNORED, P.UNDER_WAY, CHECKS["debt_due_paid"]),
    (S.NO_INTEGRATION, M.DEBT_IGNORED, P.TRIED, CHECKS["systems_listed"]),
    (S.NOT_LOAD_TESTED, M.DEBT_IGNORED, P.PREPARED, LOAD_TESTED),
    (S.STATIC_DATA, M.NO_PIPELINE, P.TRIED, CHECKS["data_is_refreshed"]),
    (S.NO_LIVE_ACCESS, M.NO_PIPELINE, P.PREPARED, CHECKS["data_access_live"]),
    (S.MANUAL_REFRESH, M.NO_PIPELINE, P.PREPARED, CHECKS["nothing_rekeyed"]),
    (S.TECHNICAL_KPI_FALLING, M.NO_PIPELINE, P.TRIED, CHECKS["technical_kpis_hold"]),
    (S.NO_MONITORING, M.NO_OPERATING_MODEL, P.PREPARED, CHECKS["someone_monitors"]),
    (S.NO_RETRAINING, M.NO_OPERATING_MODEL, P.PREPARED, CHECKS["retraining_planned"]),
    (S.NO_OWNERS_LATER, M.NO_OPERATING_MODEL, P.PREPARED, CHECKS["business_or_it_owner"]),
    (S.NO_INCIDENT_PLAN, M.NO_OPERATING_MODEL, P.PREPARED, CHECKS["incident_plan"]),
    (S.USERS_NOT_INVOLVED, M.CHANGE_FORGOTTEN, P.TRIED, CHECKS["users_involved"]),
    (S.TRAINING_NOT_PLANNED, M.CHANGE_FORGOTTEN, P.PREPARED, CHECKS["training_planned"]),
    (S.PROCESSES_UNCHANGED, M.CHANGE_FORGOTTEN, P.PREPARED, CHECKS["processes_updated"]),
    (S.ERRORS_NOT_ACCEPTED, M.CHANGE_FORGOTTEN, P.PREPARED, ERRORS_ACCEPTED),
    (S.ADOPTION_BELOW_PLAN, M.CHANGE_FORGOTTEN, P.IN_PRODUCTION, CHECKS["adoption_as_planned"]),
    (S.PILOT_ONLY_BUDGET, M.BUDGET_TOO_SMALL, P.UNDER_WAY, CHECKS["production_budgeted"]),
    (S.NO_INTEGRATION_COST, M.BUDGET_TOO_SMALL, P.TRIED, CHECKS["integration_budgeted"]),
    (S.NO_RUNNING_COST, M.BUDGET_TOO_SMALL, P.TRIED, CHECKS["running_budgeted"]),
    (S.NO_TIME_BEFORE_PRODUCTION, M.BUDGET_TOO_SMALL, P.UNDER_WAY, CHECKS["room_before_production"]),
    (S.OVERLAP, M.PORTFOLIO, P.INTAKE, CHECKS["no_overlap"]),
    (S.NO_OWNER, M.PORTFOLIO, P.INTAKE, CHECKS["accountable_owner"]),
    (S.STUCK, M.PORTFOLIO, P.UNDER_WAY, CHECKS["within_usual_time"]),
    (S.GENERIC_TOOL, M.PORTFOLIO, P.UNDER_WAY, CHECKS["fit_recorded"]),
    (S.UNMITIGATED_RISK, M.PORTFOLIO, P.UNDER_WAY, CHECKS["high_risks_mitigated"]),
    (S.EXPIRED_PROOF, M.PORTFOLIO, P.UNDER_WAY, CHECKS["proof_in_force"]),
)
SIGNS = {row[0].value: WarningSign(*row) for row in _ROWS}
QUESTIONS = {
    question: sign for question in Question for sign in SIGNS.values() if sign.check.name == question.value
}
# Those that a reading can bring or end: many come in an hour, so nothing else is asked then.
KPI_SIGNS = frozenset(key for key, sign in SIGNS.items() if sign.check.name in {*ABOUT, "next_step_planned"})


def signs_of(mode: str) -> list[str]:
    """The keys of the signs of one way to fail."""
    return [key for key, sign in SIGNS.items() if sign.mode == mode]
