"""What the lists of registers can be narrowed by; the same words in the address, the page and the API."""

import django_filters
from django.db.models import Q
from django.utils import timezone

from pilots.choices import PilotState
from pilots.filters import LONGEST_TEXT, MINE, NOBODY, Owners, Repeated, Sort, YesNo
from pilots.registers.table import REGISTERS, Register


class EntryFilters(django_filters.FilterSet):
    """Entries that stand, unless removed ones are asked for. `owner=me` needs the person asking."""

    q = django_filters.CharFilter(method="by_text", label="Text", max_length=LONGEST_TEXT)
    pilot = Repeated(field_name="pilot__key", label="Key of the pilot, such as PIL-014")
    programme = Repeated(field_name="pilot__programme__slug", label="Slug of the programme")
    phase = Repeated(field_name="pilot__phase", label="Key of the phase the pilot is in")
    owner = Owners(method="by_owner", label="Id of who looks after it, “me” or “none”")
    overdue = YesNo(method="by_overdue", label="Its review is overdue")
    live = YesNo(method="by_live", label="Somebody still has to look after it")
    removed = YesNo(method="by_removed", label="Removed")
    sort = Sort(
        fields={"review_on": "review_on", "pilot__key": "pilot", "written_at": "written_at"}, label="Order"
    )

    register: Register

    def by_text(self, entries, name, text):
        for word in text.split()[:8]:
            found = Q(pilot__title__icontains=word) | Q(pilot__key__iexact=word)
            for field in self.register.texts:
                found |= Q(**{f"{field}__icontains": word})
            entries = entries.filter(found)
        return entries

    def by_owner(self, entries, name, people):
        ids = [int(who) for who in people if who not in (NOBODY, MINE)]
        if MINE in people and self.request is not None:
            ids.append(self.request.user.pk)
        nobody = Q(pk__in=entries.vacant().values("pk")) if NOBODY in people else Q(pk__in=[])
        return entries.filter(Q(owner__in=ids) | nobody)

    def by_overdue(self, entries, name, wanted):
        overdue = entries.overdue(timezone.localdate())
        return overdue if wanted else entries.exclude(pk__in=overdue.values("pk"))

    def by_live(self, entries, name, wanted):
        return entries.live() if wanted else entries.exclude(pk__in=entries.live().values("pk"))

    def by_removed(self, entries, name, wanted):
        return entries.filter(removed_at__isnull=not wanted)

    def filter_queryset(self, entries):
        found = super().filter_queryset(entries)
        return found if self.form.cleaned_data.get("removed", "") != "" else found.standing()


class LessonFilters(EntryFilters):
    """Lessons also by what became of their pilots."""

    vendor = Repeated(method="by_vendor", label="Vendor of the pilot, in any case")
    stopped_in = Repeated(method="by_stop", label="Key of the phase in which the pilot was stopped")

    def by_vendor(self, lessons, name, vendors):
        return lessons.filter(Q.create([("pilot__vendor__iexact", one) for one in vendors], connector=Q.OR))

    def by_stop(self, lessons, name, phases):
        return lessons.filter(pilot__state=PilotState.STOPPED, pilot__phase__in=phases)


BASES: dict[str, type[EntryFilters]] = {"lessons": LessonFilters}


def _filters_of(register: Register) -> type[EntryFilters]:
    """The filters of one register: those of all, and its own words to choose from."""
    own = {
        column.name: django_filters.MultipleChoiceFilter(
            choices=list(column.field.choices), label=column.label, distinct=False
        )
        for column in register.choices
    }
    base = BASES.get(register.key, EntryFilters)
    return type(f"{register.model.__name__}Filters", (base,), {"register": register, **own})


FILTERS = {key: _filters_of(register) for key, register in REGISTERS.items()}
