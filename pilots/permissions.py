"""Who may do what: one table, used by pages, API and templates. When is the rules' business."""

from enum import StrEnum

from django.core.exceptions import PermissionDenied

from pilots.choices import Role


class Permission(StrEnum):
    MANAGE_PROGRAMMES = "create programmes and say who does what in them"
    MANAGE_PEOPLE = "make accounts and say who may sign in"
    CREATE_PILOT = "create pilots"
    EDIT_PILOT = "change a pilot"
    ARCHIVE_PILOT = "archive a pilot"
    START_PILOT = "start a pilot on a playbook"
    FILL_IN_GATE = "fill in a gate's checklist"
    PLAN_GATE = "set the dates of a gate"
    REQUEST_REVIEW = "ask for a gate review"
    SEND_BACK = "send a gate back to its owner"
    GIVE_FEEDBACK = "give feedback at a gate"
    SIGN_OFF = "sign off at a gate"
    MANAGE_GATEKEEPERS = "say who signs in which gatekeeper role"
    ASK_WAIVER = "ask for a waiver"
    APPROVE_WAIVER = "approve or revoke a waiver"
    ASK_AMENDMENT = "ask for an amendment of a gate"
    APPROVE_AMENDMENT = "approve an amendment of a gate"
    DECIDE_GATE = "decide at a gate"
    EDIT_VALUE = "say what a pilot costs and brings month by month"
    VERIFY_BENEFIT = "verify benefits"
    ANSWER_QUESTION = "answer what only people know of a pilot"
    EDIT_OUTLOOK = "say what going on costs and brings"
    EDIT_REGISTER = "change the registers of a pilot"
    EDIT_PLAYBOOK = "change playbooks"
    UPGRADE_PILOTS = "move pilots to another version of their playbook"
    HOLD_MEETING = "prepare and run gate meetings"
    EDIT_KPI = "change KPIs"
    EDIT_DEFINITION = "change the KPI library"
    RECORD_MEASUREMENT = "record measurements"
    ANNOTATE_KPI = "note at KPIs what happened"
    MANAGE_COLLECTORS = "say from where the readings of a KPI are collected"
    ALLOW_HOSTS = "allow collectors to ask private hosts"
    TELL_APART = "say that two pilots are not the same"
    STEER_JOB = "cancel long work or take it up again"
    READ_AUDIT = "read the audit log"
    READ_AUDIT_DOCUMENT = "read the audit document of a pilot"
    HAND_OVER_WORK = "hand over somebody's work"


P = Permission

# What is said by those who keep a gate, and not by those who want to pass it.
AT_THE_GATE = frozenset(
    {
        P.DECIDE_GATE,
        P.SEND_BACK,
        P.GIVE_FEEDBACK,
        P.APPROVE_WAIVER,
        P.APPROVE_AMENDMENT,
        P.VERIFY_BENEFIT,
    }
)

GRANTS: dict[str, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(
        {
            P.MANAGE_PROGRAMMES,
            P.MANAGE_PEOPLE,
            P.MANAGE_GATEKEEPERS,
            P.CREATE_PILOT,
            P.EDIT_PILOT,
            P.ARCHIVE_PILOT,
            P.EDIT_PLAYBOOK,
            P.UPGRADE_PILOTS,
            P.MANAGE_COLLECTORS,
            P.ALLOW_HOSTS,
            P.STEER_JOB,
            P.READ_AUDIT,
            P.READ_AUDIT_DOCUMENT,
            P.HAND_OVER_WORK,
        }
    ),
    Role.PROGRAMME_MANAGER: frozenset(
        set(Permission)
        - (AT_THE_GATE - {P.GIVE_FEEDBACK})
        - {P.MANAGE_PEOPLE, P.SIGN_OFF, P.STEER_JOB, P.ALLOW_HOSTS}
    ),
    Role.OWNER: frozenset({P.CREATE_PILOT}),
    Role.GATEKEEPER: AT_THE_GATE | {P.HOLD_MEETING, P.ANNOTATE_KPI},
    Role.EXECUTIVE: AT_THE_GATE | {P.HOLD_MEETING},
    Role.AUDITOR: frozenset({P.READ_AUDIT, P.READ_AUDIT_DOCUMENT}),
}

# What the accountable owner may do with the own pilot, beyond the role's grants.
OWNER_GRANTS = frozenset(
    {
        P.EDIT_PILOT,
        P.START_PILOT,
        P.FILL_IN_GATE,
        P.PLAN_GATE,
        P.REQUEST_REVIEW,
        P.ASK_WAIVER,
        P.ASK_AMENDMENT,
        P.EDIT_VALUE,
        P.ANSWER_QUESTION,
        P.EDIT_OUTLOOK,
        P.EDIT_REGISTER,
        P.EDIT_KPI,
        P.RECORD_MEASUREMENT,
        P.ANNOTATE_KPI,
        P.MANAGE_COLLECTORS,
        P.TELL_APART,
        P.READ_AUDIT_DOCUMENT,
    }
)

# What a person may do with the very thing that names them: a criterion they are to show, work they started or hold,
# a line of a register that is theirs.
NAMED_GRANTS = frozenset({P.FILL_IN_GATE, P.ASK_WAIVER, P.STEER_JOB, P.EDIT_REGISTER, P.HAND_OVER_WORK})

# What a person may do at a gate where they hold a gatekeeper role, or stand in for somebody who does.
SEATED_GRANTS = frozenset({P.SIGN_OFF, P.SEND_BACK, P.GIVE_FEEDBACK})


def allows(
    user,
    permission: Permission,
    *,
    pilot=None,
    programme=None,
    named: int | None = None,
    seated: bool = False,
) -> bool:
    """May this person do this, with this pilot or in this programme? Without either: anywhere at all.

    `named` is the id of the person whom the thing itself names, where it names one. `seated` says that
    this person holds a gatekeeper role at the gate in question.
    """
    if not user.is_authenticated:
        return False  # nobody's id equals that of a pilot without an owner
    if pilot is not None and pilot.owner_id == user.pk and permission in OWNER_GRANTS:
        return True
    if named == user.pk and permission in NAMED_GRANTS:
        return True
    if seated and permission in SEATED_GRANTS:
        return True
    access = user.access
    if pilot is not None:
        roles = access.roles_in(pilot.programme_id)
    elif programme is not None:
        roles = access.roles_in(programme.pk)
    else:
        roles = access.roles
    return any(permission in GRANTS[role] for role in roles)


def require(user, permission: Permission, **about) -> None:
    """Raise PermissionDenied, with a sentence, unless `allows`, which takes the same arguments."""
    if not allows(user, permission, **about):
        raise PermissionDenied(f"Your role does not allow you to {permission}.")


def granted(user, **about) -> frozenset[str]:
    """The names of all permissions this person has here, in lower case, for templates: `may.edit_pilot`."""
    return frozenset(
        permission.name.lower() for permission in Permission if allows(user, permission, **about)
    )
