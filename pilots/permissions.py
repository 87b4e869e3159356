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
    DECIDE_GATE = "decide at a gate"
    EDIT_KPI = "change KPIs"
    RECORD_MEASUREMENT = "record measurements"
    READ_AUDIT = "read the audit log"


P = Permission

GRANTS: dict[str, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(
        {P.MANAGE_PROGRAMMES, P.MANAGE_PEOPLE, P.CREATE_PILOT, P.EDIT_PILOT, P.ARCHIVE_PILOT, P.READ_AUDIT}
    ),
    Role.PROGRAMME_MANAGER: frozenset(set(Permission) - {P.DECIDE_GATE, P.MANAGE_PEOPLE}),
    Role.OWNER: frozenset({P.CREATE_PILOT}),
    Role.GATEKEEPER: frozenset({P.DECIDE_GATE}),
    Role.EXECUTIVE: frozenset({P.DECIDE_GATE}),
    Role.AUDITOR: frozenset({P.READ_AUDIT}),
}

# What the accountable owner may do with the own pilot, beyond the role's grants.
OWNER_GRANTS = frozenset(
    {
        P.EDIT_PILOT,
        P.START_PILOT,
        P.FILL_IN_GATE,
        P.PLAN_GATE,
        P.REQUEST_REVIEW,
        P.EDIT_KPI,
        P.RECORD_MEASUREMENT,
    }
)

# What a person may do with the very thing that names them, such as a criterion they are to show.
NAMED_GRANTS = frozenset({P.FILL_IN_GATE})


def allows(user, permission: Permission, *, pilot=None, programme=None, named: int | None = None) -> bool:
    """May this person do this, with this pilot or in this programme? Without either: anywhere at all.

    `named` is the id of the person whom the thing itself names, where it names one.
    """
    if not user.is_authenticated:
        return False  # nobody's id equals that of a pilot without an owner
    if pilot is not None and pilot.owner_id == user.pk and permission in OWNER_GRANTS:
        return True
    if named == user.pk and permission in NAMED_GRANTS:
        return True
    access = user.access
    if pilot is not None:
        roles = access.roles_in(pilot.programme_id)
    elif programme is not None:
        roles = access.roles_in(programme.pk)
    else:
        roles = access.roles
    return any(permission in GRANTS[role] for role in roles)


def require(user, permission: Permission, *, pilot=None, programme=None, named: int | None = None) -> None:
    """Raise PermissionDenied, with a sentence, unless `allows`."""
    if not allows(user, permission, pilot=pilot, programme=programme, named=named):
        raise PermissionDenied(f"Your role does not allow you to {permission}.")


def granted(user, *, pilot=None, programme=None, named: int | None = None) -> frozenset[str]:
    """The names of all permissions this person has here, in lower case, for templates: `may.edit_pilot`."""
    return frozenset(
        permission.name.lower()
        for permission in Permission
        if allows(user, permission, pilot=pilot, programme=programme, named=named)
    )
