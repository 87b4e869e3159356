"""Making and changing definitions of KPIs."""

from typing import Any

from django.db import IntegrityError, transaction

from metrics import events
from metrics.definitions.library import entries
from metrics.definitions.queries import followed_facts
from metrics.definitions.rules import FOLLOWED, editing_sentence
from metrics.models import Kpi, KpiDefinition
from metrics.queries import fixed_in
from metrics.readings.judging import judge
from metrics.rules import definition_problems
from pilots import clock
from pilots.events import changed_fields, first_facts, record
from pilots.models import User
from pilots.rules import RuleViolation

TAKEN = "There is already a definition of this name."
AIMS = ("baseline", "baseline_on", "target", "target_on", "target_high", "lowest", "highest")


@transaction.atomic
def create_definition(*, by: User | None, **facts: Any) -> KpiDefinition:
    """Say what is measured and how; `facts` are fields of KpiDefinition. Raises RuleViolation."""
    definition = KpiDefinition(**facts)
    _save(definition)
    record(
        events.DEFINITION_CREATED,
        subject=definition,
        actor=by,
        changes=first_facts({name: value for name, value in facts.items() if name != "name"}),
        name=definition.name,
    )
    return definition


@transaction.atomic
def edit_definition(*, definition: KpiDefinition, by: User, **facts: Any) -> KpiDefinition:
    """Change a definition, and unit, direction and method of every KPI that follows it.

    Raises RuleViolation, also when one of those is fixed: what is being judged is not redefined.
    """
    definition = lock_definition(definition)
    changes = changed_fields(definition, facts)
    if not changes:
        return definition
    for name in changes:
        setattr(definition, name, facts[name])
    kpis = _followers(definition) if set(changes) & set(FOLLOWED.values()) else []
    blockers = _fixed_blockers(kpis, by) or _band_blockers(kpis, definition)
    if blockers:
        raise RuleViolation(*blockers)
    _save(definition)
    record(
        events.DEFINITION_EDITED,
        subject=definition,
        actor=by,
        changes=changes,
        name=definition.name,
        kpis=len(kpis),
    )
    for kpi in kpis:
        _take_over(kpi, definition, by)
    return definition


@transaction.atomic
def archive_definition(*, definition: KpiDefinition, by: User) -> KpiDefinition:
    """Offer it no more; KPIs that follow it go on. Doing it twice changes nothing."""
    definition = lock_definition(definition)
    if definition.archived_at is None:
        definition.archived_at = clock.now()
        definition.save(update_fields=["archived_at"])
        changes = {"archived": [False, True]}
        record(
            events.DEFINITION_ARCHIVED, subject=definition, actor=by, changes=changes, name=definition.name
        )
    return definition


def load_library() -> list[KpiDefinition]:
    """Add the shipped definitions that were never loaded here. One whose name is taken is left out."""
    known = set(KpiDefinition.objects.values_list("shipped_as", flat=True))
    added = []
    for entry in entries():
        if entry["shipped_as"] in known:
            continue
        try:
            added.append(create_definition(by=None, **entry))
        except RuleViolation:  # people here have one of this name
            continue
    return added


def lock_definition(definition: KpiDefinition) -> KpiDefinition:
    """It as it is now, held until the end of the transaction. Taken before any KPI that follows it."""
    return KpiDefinition.objects.select_for_update().get(pk=definition.pk)


def _save(definition: KpiDefinition) -> None:
    try:
        with transaction.atomic():
            definition.save()
    except IntegrityError:
        raise RuleViolation(TAKEN) from None


def _followers(definition: KpiDefinition) -> list[Kpi]:
    found = Kpi.objects.select_for_update(of=("self",)).listed().filter(follows=definition)
    return list(found.select_related("pilot").order_by("pk"))


def _fixed_blockers(kpis: list[Kpi], by: User) -> list[str]:
    fixed = [kpi for kpi in kpis if "unit" in fixed_in(kpi, today=clock.today())]
    if not fixed:
        return []
    seen = set(
        Kpi.objects.visible_to(by).filter(pk__in=[kpi.pk for kpi in fixed]).values_list("pk", flat=True)
    )
    names = [f"{kpi.name} ({kpi.pilot.key})" for kpi in fixed if kpi.pk in seen]
    return [editing_sentence(names, len(fixed) - len(names))]


def _band_blockers(kpis: list[Kpi], definition: KpiDefinition) -> list[str]:
    """A band has two edges and nothing else has: no KPI may be left with the wrong number of them."""
    return [
        f"{kpi.name} ({kpi.pilot.key}): {why}"
        for kpi in kpis
        for why in definition_problems(
            {name: getattr(kpi, name) for name in AIMS} | {"direction": definition.direction}
        ).values()
    ]


def _take_over(kpi: Kpi, definition: KpiDefinition, by: User) -> None:
    facts = followed_facts(definition)
    changes = changed_fields(kpi, facts)
    if not changes:
        return
    for name in changes:
        setattr(kpi, name, facts[name])
    kpi.save(update_fields=list(changes))
    judge(kpi)
    record(
        events.KPI_EDITED,
        subject=kpi,
        pilot=kpi.pilot,
        actor=by,
        changes=changes,
        name=kpi.name,
        definition=definition.name,
    )
