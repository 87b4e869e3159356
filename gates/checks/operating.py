"""Checks over who runs a pilot in production, and how it reaches its users."""

from collections import defaultdict

from django.db.models import Q

from gates.checks.registry import Failures, check
from pilots.choices import OperatingDuty, ProcedureKind, ProcedureState
from pilots.models import OperatingRole, Procedure, Wave

ROLES, PROCEDURES, WAVES = ("roles",), ("procedures",), ("waves",)
Holders = dict[int, dict[str, str]]  # pilot id → role → who held it and has left; "" is a role well held


def _holders(pilots) -> Holders:
    """One query. Roles in the register that nobody was named for are left out."""
    found: Holders = defaultdict(dict)
    rows = OperatingRole.objects.standing().filter(pilot__in=pilots).order_by()
    for pilot_id, role, name, is_active, team in rows.values_list(
        "pilot_id", "role", "owner__name", "owner__is_active", "team"
    ):
        if is_active or team:
            found[pilot_id][role] = ""
        elif name:
            found[pilot_id][role] = name
    return found


@check(fix="Name who would run it.", page="pilots:register", args=ROLES)
def operator_named(pilots, today) -> Failures:
    """Somebody would answer for it as a product. Two queries."""
    holders = _holders(pilots)
    said = {pk: holders[pk].get(OperatingDuty.PRODUCT_OWNER) for pk in pilots.values_list("pk", flat=True)}
    return {
        pk: f"{name} was to run it after the pilot and has left."
        if name
        else "Nobody would run it after the pilot."
        for pk, name in said.items()
        if name != ""
    }


@check(fix="Name somebody for every operating role.", page="pilots:register", args=ROLES)
def roles_filled(pilots, today) -> Failures:
    """Each of the seven roles has a person who is here, or a team. Two queries."""
    holders = _holders(pilots)
    reasons = {pk: _unfilled(holders[pk]) for pk in pilots.values_list("pk", flat=True)}
    return {pk: reason for pk, reason in reasons.items() if reason}


def _unfilled(held: dict[str, str]) -> str:
    empty = [str(duty.label).lower() for duty in OperatingDuty if duty not in held]
    left = [f"{held[duty]} ({str(duty.label).lower()})" for duty in OperatingDuty if held.get(duty)]
    said = [
        f"Nobody yet for {', '.join(empty)}." if empty else "",
        f"Left: {', '.join(left)}." if left else "",
    ]
    return " ".join(filter(None, said))


def _without(pilots, entries, why: str) -> Failures:
    """Pilots without any of these entries. One query."""
    return dict.fromkeys(pilots.exclude(pk__in=entries.values("pilot")).values_list("pk", flat=True), why)


@check(fix="Name who watches it.", page="pilots:register", args=ROLES)
def someone_monitors(pilots, today) -> Failures:
    """The role for it is held, or a procedure says who does it. One query."""
    held = Q(owner__is_active=True) | ~Q(team="")
    role = OperatingRole.objects.standing().filter(held, role=OperatingDuty.INFRASTRUCTURE)
    watching = Procedure.objects.standing().filter(held, kind=ProcedureKind.MONITORING)
    unheld = pilots.exclude(pk__in=role.values("pilot"))
    return _without(unheld, watching, "Nobody watches it in production.")


@check(fix="Name a product owner, or who runs it in IT.", page="pilots:register", args=ROLES)
def business_or_it_owner(pilots, today) -> Failures:
    """The product owner is named, or somebody for infrastructure: one of the two sides answers. One query."""
    held = Q(owner__is_active=True) | ~Q(team="")
    either = (OperatingDuty.PRODUCT_OWNER, OperatingDuty.INFRASTRUCTURE)
    named = OperatingRole.objects.standing().filter(held, role__in=either)
    return _without(
        pilots, named, "Neither the business nor IT has named who answers for it after the pilot."
    )


@check(fix="Say how it is retrained.", page="pilots:register", args=PROCEDURES)
def retraining_planned(pilots, today) -> Failures:
    """One query."""
    said = Procedure.objects.standing().filter(kind=ProcedureKind.RETRAINING)
    return _without(pilots, said, "Nobody has said when and how it is retrained.")


@check(fix="Put an incident plan in place.", page="pilots:register", args=PROCEDURES)
def incident_plan(pilots, today) -> Failures:
    """Written down and in place, tried or not. Two queries."""
    plans = Procedure.objects.standing().filter(kind=ProcedureKind.INCIDENT)
    in_place = plans.exclude(state=ProcedureState.PLANNED)
    none = _without(pilots, plans, "There is no incident plan.")
    only_planned = _without(pilots, in_place, "The incident plan is not in place yet.")
    return only_planned | none


@check(fix="Roll it out in waves.", page="pilots:register", args=WAVES)
def rolled_out_in_waves(pilots, today) -> Failures:
    """Two waves or more, each begun and with a way back, which was tried once. Two queries."""
    waves = defaultdict(list)
    for wave in Wave.objects.standing().filter(pilot__in=pilots):
        waves[wave.pilot_id].append(wave)
    reasons = {pk: _not_in_waves(waves[pk]) for pk in pilots.values_list("pk", flat=True)}
    return {pk: reason for pk, reason in reasons.items() if reason}


def _not_in_waves(waves: list[Wave]) -> str:
    if len(waves) < 2:
        return "One wave reaches everybody at once." if waves else "No wave is planned."
    if waiting := [str(wave) for wave in waves if wave.actual_on is None]:
        return f"Not begun: {', '.join(waiting)}."
    if bare := [str(wave) for wave in waves if not wave.trigger]:
        return f"Nobody has said what would roll back {', '.join(bare)}."
    return "" if any(wave.tried_on for wave in waves) else "Rolling back was never tried."
