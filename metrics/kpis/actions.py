"""Defining the KPIs of a pilot."""

from datetime import date
from typing import Any

from django.db import transaction

from metrics import events
from metrics.definitions.actions import lock_definition
from metrics.definitions.queries import followed_facts
from metrics.definitions.rules import following_problems
from metrics.kpis.queries import amending_blockers
from metrics.kpis.rules import Facts
from metrics.models import Kpi, KpiDefinition
from metrics.queries import fixed_in
from metrics.readings.judging import judge
from metrics.rules import NUMBERS, as_kept, counting_problem, definition_problems, number_problem
from pilots import clock
from pilots.events import Changes, changed_fields, first_facts, record
from pilots.models import Pilot, User
from pilots.rules import RuleViolation


@transaction.atomic
def create_kpi(*, pilot: Pilot, by: User | None, **facts: Any) -> Kpi:
    """Define a KPI of a pilot; `facts` are fields of Kpi. Raises RuleViolation.

    What the definition it `follows` says need not be given.
    """
    if facts.get("follows"):
        facts["follows"] = lock_definition(facts["follows"])
    facts = _as_defined(facts, kpi=None)
    _check_name(pilot, facts["name"])
    facts = _as_kept(facts)
    _check_definition(facts)
    _check_counting(facts, before=None)
    kpi = Kpi.objects.create(pilot=pilot, **facts)
    record(
        events.KPI_CREATED,
        subject=kpi,
        pilot=pilot,
        actor=by,
        changes=first_facts({name: value for name, value in facts.items() if name not in ("name", "kind")}),
        name=kpi.name,
        kind=kpi.kind,
    )
    return kpi


@transaction.atomic
def edit_kpi(*, kpi: Kpi, by: User, **facts: Any) -> Kpi:
    """Change the definition of a KPI. Raises RuleViolation, also for what is locked."""
    if facts.get("follows"):
        facts["follows"] = lock_definition(facts["follows"])
    kpi = lock_kpi(kpi)
    facts = _as_defined(facts, kpi=kpi)
    if "name" in facts:
        _check_name(kpi.pilot, facts["name"], besides=kpi.pk)
    facts = _as_kept(facts)
    changes = changed_fields(kpi, facts)
    fixed = [_label(name) for name in fixed_in(kpi, today=clock.today()) if name in changes]
    if fixed:
        raise RuleViolation(
            f"{', '.join(fixed)}: fixed when the pilot began. Propose a change on the page of the KPI."
        )
    return _change(kpi, facts, changes, by)


@transaction.atomic
def amend_kpi(*, kpi: Kpi, term: str, facts: Facts, by: User, **why: Any) -> Kpi:
    """Change a fixed term of a KPI, one of `TERMS`, as it was approved; its readings are judged anew.

    `facts` are some or all fields of the term, `why` what the record says besides. Raises RuleViolation.
    """
    kpi = lock_kpi(kpi)
    blockers = amending_blockers(kpi, term, facts, today=clock.today())
    if blockers:
        raise RuleViolation(*blockers)
    changes = changed_fields(kpi, dict(facts))
    for name in changes:
        setattr(kpi, name, facts[name])
    kpi.save(update_fields=list(changes))
    judge(kpi)
    told = {"name": kpi.name, **why}
    record(events.KPI_AMENDED, subject=kpi, pilot=kpi.pilot, actor=by, changes=changes, **told)
    return kpi


def lock_kpi(kpi: Kpi) -> Kpi:
    """The KPI as it is now, with its pilot, held until the end of the transaction."""
    return Kpi.objects.select_for_update(of=("self",)).select_related("pilot", "follows").get(pk=kpi.pk)


def _change(kpi: Kpi, facts: dict[str, Any], changes: Changes, by: User) -> Kpi:
    if changes:
        _check_definition({name: getattr(kpi, name) for name in DEFINING} | facts)
        _check_counting(facts, before=kpi.counts_from)
        for name in changes:
            setattr(kpi, name, facts[name])
        kpi.renew_freshness()
        kpi.save(update_fields=[*changes, "fresh_until"])
        judge(kpi)
        record(events.KPI_EDITED, subject=kpi, pilot=kpi.pilot, actor=by, changes=changes, name=kpi.name)
    return kpi


DEFINING = (*NUMBERS, "baseline_on", "target_on", "direction")


def _as_kept(facts: dict[str, Any]) -> dict[str, Any]:
    """These facts with their numbers as every database gives them back."""
    numbers = {name: facts[name] for name in NUMBERS if facts.get(name) is not None}
    return facts | {
        name: value if number_problem(value) else as_kept(value) for name, value in numbers.items()
    }


def _as_defined(facts: dict[str, Any], *, kpi: Kpi | None) -> dict[str, Any]:
    """These facts with what the definition says that the KPI will follow, if it follows one."""
    follows: KpiDefinition | None = facts.get("follows", kpi.follows if kpi else None)
    if follows is None:
        return facts
    defined = followed_facts(follows)
    now = {} if kpi is None else {name: getattr(kpi, name) for name in defined}
    problems = following_problems(facts, defined, now)
    if problems:
        raise RuleViolation(*(f"{_label(name)}: {why}" for name, why in problems.items()))
    return facts | defined


def _check_definition(facts: dict[str, Any]) -> None:
    problems = definition_problems(facts)
    if problems:
        raise RuleViolation(*(f"{_label(name)}: {why}" for name, why in problems.items()))


def _check_counting(facts: dict[str, Any], *, before: date | None) -> None:
    if problem := counting_problem(facts.get("counts_from"), before=before, today=clock.today()):
        raise RuleViolation(f"{_label('counts_from')}: {problem}")


def _label(name: str) -> str:
    label = str(getattr(Kpi, name).field.verbose_name)
    return label[0].upper() + label[1:]


def _check_name(pilot: Pilot, name: str, *, besides: int | None = None) -> None:
    # Two of one name at once: the second one waits.
    Pilot.objects.select_for_update(no_key=True).get(pk=pilot.pk)
    if pilot.kpis.listed().filter(name__iexact=name).exclude(pk=besides).exists():
        raise RuleViolation("This pilot already has a KPI of this name.")


@transaction.atomic
def archive_kpi(*, kpi: Kpi, by: User) -> Kpi:
    """Stop following a KPI; its measurements stay. Doing it twice changes nothing."""
    kpi = lock_kpi(kpi)
    if kpi.archived_at is None:
        kpi.archived_at = clock.now()
        kpi.save(update_fields=["archived_at"])
        changes = {"archived": [False, True]}
        record(events.KPI_ARCHIVED, subject=kpi, pilot=kpi.pilot, actor=by, changes=changes, name=kpi.name)
    return kpi
