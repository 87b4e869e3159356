"""What the portfolio can be narrowed and sorted by; the same words in the address, the page and the API."""

from datetime import date, timedelta

import django_filters
from django import forms
from django.core.validators import EMPTY_VALUES
from django.db.models import Exists, F, OuterRef, Q
from drf_spectacular.utils import extend_schema_field

from gates.choices import AssessmentState, CriterionKind, Health, Sign, WaitingOn
from gates.headline.queries import delivering, started, started_in
from gates.headline.rules import UNKNOWN_QUARTER
from gates.models import Assessment, SignSpell
from gates.portfolio.health import with_health
from gates.readiness import UNMET
from pilots.choices import PilotState
from pilots.filters import LONGEST_TEXT, MINE, NOBODY, Id, Owners, Repeated, Sort, YesNo

UNKNOWN_PHASE = "unknown"


def blocked_by(pilots, *, criterion_id: int, today: date):
    """Pilots whose current gate is blocked by this must-meet criterion."""
    in_the_way = Assessment.objects.filter(
        Q(state__in=UNMET) | Q(stale_on__lte=today) & ~Q(state=AssessmentState.NOT_APPLICABLE),
        gate_id=OuterRef("current__pk"),
        criterion_id=criterion_id,
        kind=CriterionKind.MUST_MEET,
    )
    return pilots.filter(Exists(in_the_way))


# Whom a gate can wait on; one that waits on nobody is not worked towards.
PARTIES = [(party.value, str(party.label)) for party in WaitingOn if party != WaitingOn.NOBODY]


STARTED = rf"(true|{UNKNOWN_QUARTER}|(19|20|21)\d\d-Q[1-4])"


@extend_schema_field({"type": "string", "pattern": f"^{STARTED}$"})
class Started(django_filters.Filter):
    """`true`, or the quarter of the start such as `2026-Q3`; archived pilots count as started too."""

    field_class = forms.RegexField

    def __init__(self, **kwargs):
        message = "Give “true”, “unknown” or a quarter such as 2026-Q3."
        super().__init__(regex=rf"\A{STARTED}\Z", error_messages={"invalid": message}, **kwargs)


class PilotFilters(django_filters.FilterSet):
    """Narrows pilots of `with_current_gate`. Needs `today` and, for `owner=me`, the person asking."""

    q = django_filters.CharFilter(method="by_text", label="Text", max_length=LONGEST_TEXT)
    programme = Repeated(field_name="programme__slug", label="Programme")
    phase = Repeated(method="by_phase", label="Phase")
    state = django_filters.MultipleChoiceFilter(choices=PilotState.choices, label="State", distinct=False)
    owner = Owners(method="by_owner", label="Owner")
    health = django_filters.MultipleChoiceFilter(
        choices=Health.choices, method="by_health", label="Health", distinct=False
    )
    overdue = YesNo(method="by_overdue", label="Gate overdue")
    blocked = YesNo(method="by_blocked", label="Blocked")
    submitted = YesNo(method="by_submitted", label="Waiting for a decision")
    waiting = django_filters.MultipleChoiceFilter(
        choices=PARTIES, method="by_waiting", label="Waiting on", distinct=False
    )
    due = django_filters.NumberFilter(
        method="by_due", label="Gate due within days", min_value=0, max_value=3650
    )
    blocker = Id(method="by_blocker", label="Blocked by criterion")
    value = django_filters.ChoiceFilter(
        method="by_value", choices=[("measured", "Measured value")], label="Value"
    )
    started = Started(method="by_started", label="Started")
    production = YesNo(field_name="in_production", label="In production")
    sign = django_filters.MultipleChoiceFilter(
        choices=Sign.choices, method="by_sign", label="Warning sign", distinct=False
    )
    archived = YesNo(method="by_archived", label="Archived")

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def by_text(self, pilots, name, text):
        for word in text.split()[:8]:
            pilots = pilots.filter(
                Q(title__icontains=word) | Q(key__icontains=word) | Q(unit__icontains=word)
            )
        return pilots

    def by_phase(self, pilots, name, wanted):
        unknown = Q(phase="", state__in=[PilotState.ACTIVE, PilotState.ON_HOLD])
        return pilots.filter(
            Q(phase__in=[key for key in wanted if key and key != UNKNOWN_PHASE])
            | (unknown if UNKNOWN_PHASE in wanted else Q(pk__in=[]))
        )

    def by_owner(self, pilots, name, people):
        ids = [int(who) for who in people if who not in (NOBODY, MINE)]
        if MINE in people and self.request is not None:
            ids.append(self.request.user.pk)
        nobody = Q(owner__isnull=True) if NOBODY in people else Q(pk__in=[])
        return pilots.filter(Q(owner__in=ids) | nobody)

    def by_health(self, pilots, name, wanted):
        return with_health(pilots, today=self.today).filter(health__in=wanted) if wanted else pilots

    def by_overdue(self, pilots, name, wanted):
        overdue = Q(current__planned_on__lt=self.today)
        return pilots.filter(overdue) if wanted else pilots.exclude(overdue)

    def by_blocked(self, pilots, name, wanted):
        blocked = Q(current__blocker_count__gt=0)
        return pilots.filter(blocked) if wanted else pilots.exclude(blocked)

    def by_submitted(self, pilots, name, wanted):
        waiting = Q(current__status="submitted")
        return pilots.filter(waiting) if wanted else pilots.exclude(waiting)

    def by_waiting(self, pilots, name, parties):
        return pilots.filter(current__waiting_on__in=parties) if parties else pilots

    def by_due(self, pilots, name, days):
        return pilots.filter(current__planned_on__lte=self.today + timedelta(days=int(days)))

    def by_blocker(self, pilots, name, criterion_id):
        return blocked_by(pilots, criterion_id=criterion_id, today=self.today)

    def by_value(self, pilots, name, value):
        return delivering(pilots, today=self.today)

    def by_sign(self, pilots, name, wanted):
        """Those that show one of these signs now."""
        shown = SignSpell.objects.standing().filter(pilot=OuterRef("pk"), sign__in=wanted)
        return pilots.filter(Exists(shown)) if wanted else pilots

    def by_started(self, pilots, name, when):
        return started(pilots) if when == "true" else started_in(pilots, when, today=self.today)

    def listed(self, pilots):
        """Without those archived, unless they are asked for. Call once the filters are known to be valid."""
        asked = self.form.cleaned_data
        spoken_of = asked.get("archived") not in (None, "") or asked.get("started")
        return pilots if spoken_of else pilots.listed()

    def by_archived(self, pilots, name, wanted):
        return pilots.filter(archived_at__isnull=not wanted)


SORTS = {
    "title": F("title").asc(),
    "phase": F("phase_number").asc(),
    "gate": F("current__planned_on").asc(nulls_last=True),
    "ready": F("current__score").asc(nulls_last=True),
    "blockers": F("current__blocker_count").asc(nulls_last=True),
    "owner": F("owner__name").asc(nulls_last=True),
    "days": F("phase_entered_on").desc(nulls_last=True),
    "priority": F("priority").asc(),
}
REVERSED = {
    "title": F("title").desc(),
    "phase": F("phase_number").desc(),
    "gate": F("current__planned_on").desc(nulls_last=True),
    "ready": F("current__score").desc(nulls_last=True),
    "blockers": F("current__blocker_count").desc(nulls_last=True),
    "owner": F("owner__name").desc(nulls_last=True),
    "days": F("phase_entered_on").asc(nulls_last=True),
    "priority": F("priority").desc(),
}
MAX_SORT_LEVELS = 3


def sort_keys(text: str) -> list[str]:
    """The known keys of `-blockers,title`, at most three; nonsense is left out."""
    keys = [key.strip() for key in text.split(",")]
    return [key for key in keys if key.removeprefix("-") in SORTS][:MAX_SORT_LEVELS]


def ordering(keys: list[str]) -> list:
    """What to order by; the last word is the pilot's id, so that pages never overlap."""
    order = [REVERSED[key[1:]] if key.startswith("-") else SORTS[key] for key in keys]
    return [*order, "title", "pk"] if order else ["title", "pk"]


class PortfolioSort(Sort):
    """The portfolio's order, `?sort=-blockers,title`, for the API: a word that is no key is refused."""

    def __init__(self, **kwargs):
        super().__init__(fields=list(SORTS), **kwargs)

    def filter(self, qs, value):
        return qs if value in EMPTY_VALUES else qs.order_by(*ordering(value))
