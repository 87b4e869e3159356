"""How the gates of the demo are signed before they are decided: the gatekeepers first, the sponsor last."""

from gates.decisions.footing import DEEP
from gates.models import Gate
from gates.seats.quorum import SPONSOR
from gates.signoffs.actions import sign_off
from gates.signoffs.queries import Quorum, RoleStanding, quorum_of
from pilots import clock
from pilots.models import User


def sign_all_but_sponsor(gate: Gate, *, turn: int) -> None:
    """One person signs in every role but the sponsor's; who holds a role with others takes `turn`s."""
    gate, quorum = _quorum(gate)
    for role in quorum.roles:
        if role.label.casefold() != SPONSOR and not role.reached:
            _sign(gate, role, turn)


def sign_rest(gate: Gate, *, turn: int) -> None:
    """The sponsor signs, and once more everybody whose sign-off no longer counts."""
    gate, quorum = _quorum(gate)
    for role in quorum.in_order:
        if role.can_sign and not role.reached:
            _sign(gate, role, turn)


def _quorum(gate: Gate) -> tuple[Gate, Quorum]:
    deep = Gate.objects.select_related("pilot__owner", "pilot__sponsor", DEEP).get(pk=gate.pk)
    return deep, quorum_of(deep, today=clock.today())


def _sign(gate: Gate, role: RoleStanding, turn: int) -> None:
    able = sorted(role.can_sign)
    again = role.stale[0].person if role.stale else None
    by = again or User.objects.get(pk=able[turn % len(able)])
    sign_off(gate=gate, role=role.label, by=by)
