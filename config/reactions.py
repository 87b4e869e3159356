"""What happens after what: event → tasks. An empty list is a decision; a missing line is a bug."""

from gates import events as gates
from gates.journey.tasks import refresh_readiness, refresh_readiness_of_person
from gates.reminders.tasks import notify
from metrics import events as metrics
from pilots import events as pilots

REACTIONS: dict = {
    pilots.PROGRAMME_CREATED: [],
    pilots.PROGRAMME_EDITED: [],
    pilots.MEMBER_ADDED: [],
    pilots.MEMBER_REMOVED: [],
    pilots.PERSON_CREATED: [],
    pilots.PERSON_DEACTIVATED: [refresh_readiness_of_person],
    pilots.PERSON_ACTIVATED: [refresh_readiness_of_person],
    pilots.PILOT_CREATED: [],
    pilots.PILOT_EDITED: [refresh_readiness],
    pilots.PILOT_ARCHIVED: [],
    pilots.PILOT_RESTORED: [refresh_readiness],
    pilots.PILOT_IMPORTED: [],
    pilots.PILOT_UPDATED_FROM_FILE: [],
    pilots.TOKEN_CREATED: [],
    pilots.TOKEN_REVOKED: [],
    metrics.KPI_CREATED: [refresh_readiness],
    metrics.KPI_EDITED: [refresh_readiness],
    metrics.KPI_ARCHIVED: [refresh_readiness],
    metrics.MEASUREMENT_RECORDED: [refresh_readiness],
    gates.PLAYBOOK_PUBLISHED: [],
    gates.PHASE_ENTERED: [],
    gates.CRITERION_ASSESSED: [],
    gates.EVIDENCE_ADDED: [],
    gates.GATE_PLANNED: [],
    gates.REVIEW_REQUESTED: [notify],
    gates.GATE_BECAME_READY: [notify],
    gates.GATE_LOST_READINESS: [],
    gates.GATE_DECIDED: [notify],
    gates.CONDITION_MET: [refresh_readiness],
    gates.GATE_REMINDED: [],
}
