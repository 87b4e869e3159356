"""What can be asked about KPIs over all pilots."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format

from metrics import events
from metrics.choices import KpiKind, KpiState
from metrics.kpis.rules import TERMS, Facts, Written, is_easier, missing, read, written
from metrics.models import AskedTerms, Kpi
from metrics.queries import fixed_in, with_unit
from metrics.rules import definition_problems
from pilots.choices import RUNNING
from pilots.models import Event


@dataclass(frozen=True)
class KpiChoice:
    """What the list of KPIs is narrowed to; blank means everything."""

    kind: str = ""
    state: str = ""  # one of KPI_LISTS
    programme: str = ""  # slug


KPI_LISTS = {
    "target": "With a target",
    "measured": "Measured at their cadence",
    "at_target": "At target, getting worse or not",
    **{
        state.value: str(state.label)
        for state in (
            KpiState.ON_TARGET,
            KpiState.DEGRADING,
            KpiState.UNPROVEN,
            KpiState.OFF_TARGET,
            KpiState.OUT_OF_RANGE,
            KpiState.STALE,
            KpiState.NO_DATA,
            KpiState.NO_TARGET,
        )
    },
}


def kpis_under_way(user, choice: KpiChoice, *, today: date):
    """The followed KPIs of pilots under way that this person may see, with their pilots."""
    kpis = (
        Kpi.objects.visible_to(user)
        .listed()
        .filter(pilot__state__in=RUNNING, pilot__archived_at__isnull=True)
    )
    if choice.kind:
        kpis = kpis.filter(kind=choice.kind) if choice.kind in KpiKind else kpis.none()
    if choice.programme:
        known = choice.programme.isprintable()  # PostgreSQL refuses NUL in a text
        kpis = kpis.filter(pilot__programme__slug=choice.programme) if known else kpis.none()
    kpis = _narrowed(kpis, choice.state, today)
    return kpis.select_related("pilot").order_by("pilot__title", "pilot_id", "kind", "name", "pk")


def _narrowed(kpis, state: str, today: date):
    if state in KpiState.values:
        return kpis.in_state(state, today)
    if state == "at_target":
        return kpis.at_target(today)
    if state in KPI_LISTS:
        targeted = kpis.filter(target__isnull=False)
        return targeted.fresh(today) if state == "measured" else targeted
    return kpis


# --- Terms that are fixed ------------------------------------------------------------------------
def facts_of(kpi: Kpi) -> Facts:
    """All its terms and its direction by name."""
    return {name: getattr(kpi, name) for names in TERMS.values() for name in names} | {
        "direction": kpi.direction
    }


def term_now(kpi: Kpi, term: str) -> Written:
    """A term of a loaded KPI as JSON."""
    return written(term, facts_of(kpi))


def fixed_terms(kpi: Kpi, *, today: date) -> list[str]:
    """The terms of which something is fixed, as `TERMS` lists them. The KPI brings its pilot."""
    fixed = set(fixed_in(kpi, today=today))
    return [term for term, names in TERMS.items() if fixed & set(names)]


def amending_blockers(kpi: Kpi, term: str, facts: Facts, *, today: date) -> list[str]:
    """Why the KPI cannot be followed with these facts of a fixed term; [] means it can."""
    if kpi.archived_at is not None:
        return [f"{kpi.name} is no longer followed."]
    if term not in fixed_terms(kpi, today=today):
        return [f"The {term} of {kpi.name} is not fixed. Edit the KPI."]
    after = {**facts_of(kpi), **facts}
    if problem := missing(term, after):
        return [problem]
    return list(definition_problems(after).values())


def which_way(kpi: Kpi, term: str, facts: Facts) -> tuple[bool, bool]:
    """Whether these facts make it easier, and whether they make it harder, to reach; both, or neither, can be."""
    now = facts_of(kpi)
    after = {**now, **facts}
    return is_easier(term, now, after), is_easier(term, after, now)


def term_in_words(term: str, said: Written, unit: str) -> str:
    """A term as people read it: "€9 by 31 Dec 2026", "18 min to 22 min by …", "at most 5%"."""
    facts = read(term, said)
    if term == "range":
        return _range_in_words(facts["lowest"], facts["highest"], unit)
    value, day = with_unit(facts[term], unit), facts[f"{term}_on"]
    if term == "target" and facts["target_high"] is not None:
        value += f" to {with_unit(facts['target_high'], unit)}"
    if day is not None:
        value += f" {'by' if term == 'target' else 'on'} {date_format(day, 'j M Y')}"
    source = facts.get("baseline_source")
    return f"{value} ({source})" if source else value


def _range_in_words(lowest: Decimal | None, highest: Decimal | None, unit: str) -> str:
    edges = (("at least", lowest), ("at most", highest))
    return (
        " and ".join(f"{word} {with_unit(edge, unit)}" for word, edge in edges if edge is not None) or "any"
    )


@dataclass(frozen=True)
class TermMoved:
    """A fixed term that was changed: from what to what, when, who approved it and why."""

    event: Event
    moved: list[tuple[str, str, str]]  # field in words, before, after


def amended(kpi: Kpi) -> list[TermMoved]:
    """What was changed of the fixed terms of a KPI, newest first. One query."""
    about = f"{Kpi._meta.label}:{kpi.pk}"
    found = Event.objects.filter(pilot=kpi.pilot_id, type=events.KPI_AMENDED, subject=about)
    return [
        TermMoved(event, [_moved(name, pair, kpi.unit) for name, pair in event.changes.items()])
        for event in found.select_related("actor").order_by("-pk")
    ]


def _moved(name: str, pair: list[str | None], unit: str) -> tuple[str, str, str]:
    label = str(getattr(Kpi, name).field.verbose_name)
    return label[0].upper() + label[1:], _said(name, pair[0], unit), _said(name, pair[1], unit)


def _said(name: str, value: str | None, unit: str) -> str:
    term = next(term for term, names in TERMS.items() if name in names)
    fact = read(term, {name: value})[name]
    if isinstance(fact, date):
        return date_format(fact, "j M Y")
    return with_unit(fact, unit) if isinstance(fact, Decimal) else fact or "–"


def terms_asked(kpi: Kpi) -> AskedTerms | None:
    """By what it counts as at target where its gate asks for other than the usual. One query."""
    return AskedTerms.objects.filter(pilot=kpi.pilot_id, kind=kpi.kind).first()
