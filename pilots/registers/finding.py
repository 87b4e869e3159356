"""How a door finds a register, and who may bring entries of it in a file."""

from django.http import Http404

from pilots.models import Pilot, User
from pilots.permissions import Permission, allows
from pilots.registers.table import REGISTERS, Register


def find_register(key: str) -> Register:
    """The register of this key. Raises Http404."""
    if key not in REGISTERS:
        raise Http404
    return REGISTERS[key]


def may_upload(user: User, register: Register) -> bool:
    """Whether there is anything in this register that this person may change. Two queries at most."""
    if allows(user, Permission.EDIT_REGISTER):
        return True
    own = Pilot.objects.visible_to(user).filter(owner=user)
    return own.exists() or register.model.objects.visible_to(user).filter(owner=user).exists()
