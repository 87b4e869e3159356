"""When have enough people signed? Pure: people are their ids, a signature is fresh or it is not.

A gate asks for roles (all of them, any one, or a number); a role asks for people among those who hold it
(all, any one, or a number). What counts:

- The latest word of each seat; a seat is a role and the person who holds it. A delegate signs in the seat
  of the person they stand in for.
- Only while what was seen is still so.
- Never of the pilot's owner, neither in their own seat nor for somebody else.
- One person once per role, however many seats they sit on.
- Still, after its signer has left or no longer holds the role: it was given by somebody who might. But it is
  nobody's in "all of those who hold it": whoever holds the role now has to sign.

Nobody is waited for who left: the seat of a person who may not sign is vacant. A role that nobody holds is
signed by any gatekeeper of the programme.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

ALL, ANY = "all", "any"
SPONSOR = "sponsor"  # the one role whose holder is the pilot's own


@dataclass(frozen=True)
class RoleTerms:
    """What a playbook asks of one gatekeeper role. `areas` is what it answers for; none means everything."""

    label: str
    quorum: str = ANY
    areas: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Roles are the same whatever their capitals."""
        return self.label.casefold()

    @property
    def is_sponsor(self) -> bool:
        return self.key == SPONSOR


@dataclass(frozen=True)
class Signature:
    """The latest word of one seat, where that was to sign. In the order in which they were given."""

    holder: int
    person: int
    fresh: bool


@dataclass(frozen=True)
class RoleCount:
    """How far one role is. `counted` are the holders whose seats are signed, `can_sign` who could still."""

    needed: int
    counted: frozenset[int]
    unsigned: tuple[int, ...]  # holders who have yet to sign
    can_sign: tuple[int, ...]
    reached: bool

    @property
    def given(self) -> int:
        return len(self.counted)

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.given)

    @property
    def is_stuck(self) -> bool:
        """Whether too few people can sign for it ever to be enough."""
        return not self.reached and len(self.can_sign) < max(1, self.missing)


def count_role(
    quorum: str,
    *,
    holders: Sequence[int],
    stand_ins: Sequence[int] = (),
    signatures: Iterable[Signature] = (),
    owner: int | None = None,
) -> RoleCount:
    """How far one role is. `holders` are active and hold it; `stand_ins` sign where no holder may."""
    holders = tuple(dict.fromkeys(person for person in holders if person != owner))
    counted = counted_seats(signatures, holders=holders, owner=owner)
    unsigned = tuple(person for person in holders if person not in counted)
    others = unsigned if holders else tuple(dict.fromkeys(stand_ins))
    can_sign = tuple(person for person in others if person not in counted and person != owner)
    if quorum == ALL:
        needed = max(1, len(counted.union(holders)))
        reached = bool(counted) and not unsigned
    else:
        needed = 1 if quorum == ANY else int(quorum)
        reached = len(counted) >= needed
    return RoleCount(needed, counted, unsigned, can_sign, reached)


def counted_seats(
    signatures: Iterable[Signature], *, holders: Collection[int], owner: int | None
) -> frozenset[int]:
    """The seats validly signed, one per signer: those of present holders first, then the own, then by time."""
    valid = [
        signature
        for signature in signatures
        if signature.fresh and (owner is None or owner not in (signature.person, signature.holder))
    ]
    signers: set[int] = set()
    seats: set[int] = set()
    for signature in sorted(valid, key=lambda one: (one.holder not in holders, one.holder != one.person)):
        if signature.person not in signers:
            signers.add(signature.person)
            seats.add(signature.holder)
    return frozenset(seats)


def roles_needed(quorum: str, count: int) -> int:
    """How many of `count` roles have to have signed; never more than there are."""
    if quorum == ALL:
        return count
    return min(count, 1 if quorum == ANY else int(quorum))


def quorum_reached(quorum: str, roles: Collection[bool]) -> bool:
    """Whether enough roles are reached. A gate that names no role asks for no sign-off."""
    return sum(roles) >= roles_needed(quorum, len(roles))


def role_words(quorum: str) -> str:
    """What a role asks for, in words: "any one signs"."""
    if quorum == ALL:
        return "all sign"
    return "any one signs" if quorum in (ANY, "1") else f"{quorum} sign"


def gate_words(quorum: str, count: int) -> str:
    """What a gate asks for, in words."""
    needed = roles_needed(quorum, count)
    if needed == count:
        return "Every role has to sign." if count > 1 else ""
    return "One of these roles has to sign." if needed == 1 else f"{needed} of these roles have to sign."


def joined(names: Sequence[str], word: str = "or") -> str:
    """ "Ana, Ben or Cleo"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"
