"""What the entries of all registers have in common."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from pilots import clock
from pilots.choices import ENDED, PilotState
from pilots.models.pilot import Pilot
from pilots.models.scope import ScopedQuerySet

STANDING = Q(removed_at__isnull=True)
OF_WHAT_GOES_ON = Q(pilot__state__in=[state for state in PilotState if state not in ENDED])

NOT_YET = "This day has not come yet."


class EntryQuerySet(ScopedQuerySet):
    model: Any  # a subclass of Entry

    def standing(self):
        """Those that nobody has removed."""
        return self.filter(STANDING)

    def live(self):
        """Standing, and not over: what somebody still has to look after."""
        return self.filter(self.which_live())

    def overdue(self, today: date):
        """Live, to be looked at again before this day, and of a pilot that is not over."""
        return self.filter(self.which_overdue(today))

    def vacant(self):
        """Live, of a pilot that is not over, and looked after by nobody: no person, or one who left, and no team."""
        return self.filter(self.which_vacant())

    # The same as conditions, for counting several of them at once
    def which_live(self) -> Q:
        return STANDING & ~self.model.OVER

    def which_overdue(self, today: date) -> Q:
        return self.which_live() & OF_WHAT_GOES_ON & Q(review_on__lt=today)

    def which_vacant(self) -> Q:
        return (
            self.which_live()
            & OF_WHAT_GOES_ON
            & Q(Q(owner__isnull=True) | Q(owner__is_active=False), team="")
        )


class Entry(models.Model):
    """One line of a register of a pilot. `str` of it names it in lists and in the log.

    OVER says which entries need nobody any more; `is_over` says the same of one.
    """

    OVER: ClassVar[Q] = Q(pk__in=[])
    MONEY: ClassVar[tuple[str, ...]] = ()  # fields that are amounts, in the currency of the programme
    ALONE: ClassVar[tuple[str, str]] = ("", "")  # the field that `alone` is about, and why there is no other

    pilot = models.ForeignKey(Pilot, models.CASCADE)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    team = models.CharField(max_length=120, blank=True)
    review_on = models.DateField("next review", null=True, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )
    written_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)  # one more with each change

    objects = EntryQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_over(self) -> bool:
        return False

    def is_overdue(self, today: date) -> bool:
        """As EntryQuerySet.overdue."""
        if self.removed_at is not None or self.is_over or self.pilot.state in ENDED:
            return False
        return self.review_on is not None and self.review_on < today

    def mark(self, today: date) -> tuple[str, str]:
        """How it stands, as a tone and its words; "" says there is nothing to say."""
        return "", ""

    @property
    def alone(self) -> str:
        """What only one standing entry of a pilot can be, as a constraint says; "" is what many can be."""
        return ""

    def problems(self) -> dict[str, str]:
        """What contradicts itself: field → sentence."""
        return {}

    def to_come(self, *names: str) -> dict[str, str]:
        """What is wrong with these days of what took place: field → sentence for each that is still to come."""
        days = {name: getattr(self, name) for name in names}
        return {name: NOT_YET for name, day in days.items() if day is not None and day > clock.today()}

    def clean(self):
        if problems := self.problems():
            raise ValidationError(problems)
