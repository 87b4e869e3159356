"""Saying from where the readings of a KPI are collected. The secret goes in, and never out again."""

from copy import copy
from dataclasses import replace
from typing import Any

from django.db import transaction

from metrics import events
from metrics.collectors.asking import Source, source_of, unit_problem
from metrics.models import Collector, Kpi
from metrics.readings.actions import check_followed, lock_to_record
from metrics.sources.choices import SignInKind
from metrics.sources.recipes import kept_of, problems_of, recipe_of, same_server, shown_address
from metrics.sources.sign_in import SignIn
from pilots import clock
from pilots.events import Changes, changed_fields, first_facts, record
from pilots.models import User
from pilots.rules import RuleViolation
from pilots.secrets import WrongKey, decrypt, encrypt

PLAIN = ("unit", "every_hours", "sign_in", "sign_in_name")
ASKED_AGAIN = "Enter the secret again: the address is of another server than the one it was given for."
SET, NOT_SET = "set", "not set"  # all that is ever said of a secret
Told = dict[str, Any]


class Unfit(RuleViolation):
    """What was said of a source cannot be used; `problems` is field → sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(*problems.values())
        self.problems = problems


@transaction.atomic
def create_collector(*, kpi: Kpi, by: User, secret: str = "", **facts: Any) -> Collector:
    """Collect the readings of a KPI from now on. `facts` are `kind`, `url`, `recipe`, `unit`, and of `every_hours`,
    `sign_in` and `sign_in_name` what differs from the usual. Raises RuleViolation, of a field Unfit.
    """
    kpi = lock_to_record(kpi)
    check_followed(kpi)
    if Collector.objects.filter(kpi=kpi).exists():
        raise RuleViolation("Readings of this KPI are collected already. Change that collector instead.")
    collector = Collector(kpi=kpi, created_by=by, due_at=clock.now(), **_trimmed(facts))
    _check(collector, secret)
    collector.secret = encrypt(secret) if secret and collector.sign_in != SignInKind.NONE else ""
    collector.save()
    first = {"kind": collector.get_kind_display(), "address": collector.address} | collector.recipe
    first |= {name: getattr(collector, name) for name in PLAIN}
    _told(events.COLLECTOR_CREATED, collector, by, first_facts(first | {"secret": _state(collector)}))
    return collector


@transaction.atomic
def edit_collector(*, collector: Collector, by: User, secret: str = "", **facts: Any) -> Collector:
    """Change where and how a collector asks; its kind stays. It asks anew at once, unless it is paused.

    secret: blank keeps the one there is, which only goes to the server it was given for. Raises RuleViolation.
    """
    collector = lock_collector(collector)
    facts = _trimmed({"kind": collector.kind, "recipe": collector.recipe} | facts)
    changes = _changes(collector, facts)
    moved = not same_server(collector.url, facts.get("url", collector.url))
    before = _state(collector)
    for name in facts:
        setattr(collector, name, facts[name])
    _check(collector, secret, moved=moved)
    if collector.sign_in == SignInKind.NONE:
        collector.secret = ""
    elif secret:
        collector.secret = encrypt(secret)
    if secret or before != _state(collector):
        changes["secret"] = [before, _state(collector)]
    if not changes:
        return collector
    _begin_anew(collector)
    collector.save()
    _told(events.COLLECTOR_EDITED, collector, by, changes)
    return collector


@transaction.atomic
def pause_collector(*, collector: Collector, by: User) -> Collector:
    """Ask no more until somebody says so. Doing it twice changes nothing."""
    collector = lock_collector(collector)
    if collector.paused_at is None:
        collector.paused_at, collector.paused_by, collector.leased_until = clock.now(), by, None
        collector.save()
        _told(events.COLLECTOR_PAUSED, collector, by, {"paused": [False, True]})
    return collector


@transaction.atomic
def resume_collector(*, collector: Collector, by: User) -> Collector:
    """Ask again from now on. Doing it twice changes nothing."""
    collector = lock_collector(collector)
    if collector.paused_at is not None:
        collector.paused_at = collector.paused_by = None
        _begin_anew(collector)
        collector.save()
        _told(events.COLLECTOR_RESUMED, collector, by, {"paused": [True, False]})
    return collector


@transaction.atomic
def remove_collector(*, collector: Collector, by: User) -> None:
    """Forget where readings came from, the secret included. The readings stay."""
    collector = lock_collector(collector)
    first = {"kind": collector.get_kind_display(), "address": collector.address, "secret": _state(collector)}
    changes = {name: [value, None] for name, value in first.items()}
    _told(events.COLLECTOR_REMOVED, collector, by, changes)
    collector.delete()


def lock_collector(collector: Collector) -> Collector:
    """The collector as it is now, with KPI and pilot, held until the end of the transaction."""
    locked = Collector.objects.select_for_update(of=("self",)).select_related("kpi__pilot")
    found = locked.filter(pk=collector.pk).first()
    if found is None:
        raise RuleViolation("This collector has been removed.")
    return found


def _trimmed(facts: Told) -> Told:
    """These facts as they are kept: no spaces around, and nothing of a sign-in where there is none."""
    facts = {name: value.strip() if isinstance(value, str) else value for name, value in facts.items()}
    if facts.get("sign_in") in (SignInKind.NONE, SignInKind.BEARER):
        facts["sign_in_name"] = ""
    return facts | {"recipe": kept_of(recipe_of(facts["kind"], facts["recipe"]))}


def proposed_source(
    *, kpi: Kpi, collector: Collector | None = None, secret: str = "", **facts: Any
) -> Source:
    """What would be asked if this were said, to try it; nothing is written. Takes what create_collector takes, or
    with a collector what edit_collector takes. Raises Unfit.
    """
    if collector is None:
        return _check(Collector(kpi=kpi, **_trimmed(facts)), secret)
    facts = _trimmed({"kind": collector.kind, "recipe": collector.recipe} | facts)
    moved = not same_server(collector.url, facts.get("url", collector.url))
    proposed = copy(collector)
    for name in facts:
        setattr(proposed, name, facts[name])
    return _check(proposed, secret, moved=moved)


def _check(collector: Collector, secret: str, *, moved: bool = False) -> Source:
    """What this collector would ask with this secret, or the one it has unless it has moved. Raises Unfit."""
    kept = "" if moved or secret else _kept_secret(collector)
    is_open = collector.sign_in == SignInKind.NONE
    sign_in = SignIn() if is_open else SignIn(collector.sign_in, collector.sign_in_name, secret or kept)
    problems = problems_of(collector.kind, collector.url, collector.recipe, sign_in)
    if "secret" in problems and moved and collector.secret and not secret:
        problems["secret"] = ASKED_AGAIN
    if problem := unit_problem(collector.unit, kpi_unit=collector.kpi.unit):
        problems["unit"] = problem
    if problems:
        raise Unfit(problems)
    return replace(source_of(collector), sign_in=sign_in, fault=None)


def _kept_secret(collector: Collector) -> str:
    """The secret that is kept; "" where there is none that can be read."""
    try:
        return decrypt(collector.secret) if collector.secret else ""
    except WrongKey:
        return ""


def _changes(collector: Collector, facts: Told) -> Changes:
    """field → [before, after], the address without what may be a key."""
    changes = changed_fields(collector, {name: facts[name] for name in PLAIN if name in facts})
    after = facts["recipe"]
    for name in sorted(collector.recipe.keys() | after.keys()):
        if collector.recipe.get(name) != after.get(name):
            changes[name] = [collector.recipe.get(name), after.get(name)]
    url = facts.get("url", collector.url)
    if url != collector.url:
        shown = [collector.address, shown_address(url)]
        changes["address"] = shown if shown[0] != shown[1] else [shown[0], f"{shown[1]} (other parameters)"]
    return changes


def _begin_anew(collector: Collector) -> None:
    """What failed before says nothing of how it is set up now; what is being asked just now does not count."""
    collector.failures, collector.failing_since, collector.is_told = 0, None, False
    collector.due_at, collector.leased_until = clock.now(), None


def _state(collector: Collector) -> str:
    return SET if collector.secret else NOT_SET


def _told(type_: str, collector: Collector, by: User | None, changes: Changes) -> None:
    record(
        type_, subject=collector, pilot=collector.kpi.pilot, actor=by, changes=changes, kpi=collector.kpi.name
    )
