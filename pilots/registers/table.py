"""All registers. A new one is a model (an Entry), a form (an EntryForm) and a row here."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.text import capfirst

from pilots.models import (
    ChangeStep,
    DataSource,
    Debt,
    Entry,
    Integration,
    Lesson,
    OperatingRole,
    Option,
    Procedure,
    Risk,
    Wave,
)
from pilots.registers.forms import (
    KEPT_BY,
    ChangeStepForm,
    DataSourceForm,
    DebtForm,
    EntryForm,
    IntegrationForm,
    LessonForm,
    OperatingRoleForm,
    OptionForm,
    ProcedureForm,
    RiskForm,
    WaveForm,
)


@dataclass(frozen=True)
class Column:
    """A field as lists and files show it."""

    name: str
    field: Any  # of the model

    @property
    def label(self) -> str:
        return capfirst(str(self.field.verbose_name))

    @property
    def is_number(self) -> bool:
        is_counted = isinstance(self.field, models.IntegerField) and not self.field.choices
        return is_counted or isinstance(self.field, models.DecimalField)

    @property
    def is_day(self) -> bool:
        return isinstance(self.field, models.DateField)


@dataclass(frozen=True)
class Register:
    """What people read of a register, and what its pages, its files and its API are built from.

    `columns` are the fields that a list shows besides what names an entry, how it stands and who looks after
    it; the form's fields are all there is.
    """

    key: str  # in addresses
    model: type[Entry]
    form: type[EntryForm]
    name: str
    one: str  # "risk"
    lead: str  # what it is for, in a sentence
    empty: str  # why it should not stay empty
    columns: tuple[str, ...]
    each: str = ""  # the field of which every choice should be there
    gap: str = "Nothing yet"  # what stands where one is not
    stages: tuple[str, str] | None = None  # what entries are called that are live, and those that are over
    outlives: bool = (
        False  # what pilots that have ended wrote here is for others, also once they are archived
    )
    crossed: tuple[str, str] | None = None  # two fields of numbered choices whose product says how bad it is

    @cached_property
    def fields(self) -> list[Column]:
        """Everything that people write, in the order of the form."""
        return [self._column(name) for name in self.form._meta.fields or ()]

    @cached_property
    def shown(self) -> list[Column]:
        return [self._column(name) for name in self.columns]

    @cached_property
    def facts(self) -> list[Column]:
        """What tells this register from others: without who looks after an entry and when."""
        return [column for column in self.fields if column.name not in KEPT_BY]

    @cached_property
    def matrix(self) -> tuple[Column, Column] | None:
        """What stands down and across in its matrix, if it has one."""
        return (self._column(self.crossed[0]), self._column(self.crossed[1])) if self.crossed else None

    @cached_property
    def choices(self) -> list[Column]:
        """What it can be narrowed by: the fields with words to choose from."""
        return [column for column in self.fields if column.field.choices]

    @cached_property
    def texts(self) -> list[str]:
        """The fields that are searched."""
        kinds = (models.CharField, models.TextField)
        return [c.name for c in self.fields if isinstance(c.field, kinds) and not c.field.choices]

    def _column(self, name: str) -> Column:
        return Column(name, self.model._meta.get_field(name))


REGISTERS: dict[str, Register] = {
    register.key: register
    for register in (
        Register(
            key="risks",
            model=Risk,
            form=RiskForm,
            name="Risks",
            one="risk",
            lead="What can go wrong, how likely and how bad that is, and what is done about it.",
            empty="Every pilot risks something. Start with what would hurt the people it serves.",
            columns=("likelihood", "impact", "trend", "mitigation"),
            crossed=("likelihood", "impact"),
        ),
        Register(
            key="integrations",
            model=Integration,
            form=IntegrationForm,
            name="Integrations",
            one="integration",
            lead="The systems it has to work with, how they are connected, and since when.",
            empty="A pilot that works with nothing else stays a demo. List what it must read from and write to.",
            columns=("direction", "method", "live_on", "cost"),
        ),
        Register(
            key="data",
            model=DataSource,
            form=DataSourceForm,
            name="Data sources",
            one="data source",
            lead="Where production data will come from, how often, and whether somebody has to carry it.",
            empty="Many pilots ran on one extract that somebody made by hand. Say where the data will come from.",
            columns=("refresh", "supply", "quality", "access"),
        ),
        Register(
            key="debt",
            model=Debt,
            form=DebtForm,
            name="Technical debt",
            one="shortcut",
            lead="The shortcuts that were right for the demo, and what putting them right takes.",
            empty="Every pilot takes some. What is written down now can be planned and paid for.",
            columns=("effort_days", "cost", "pay_back_on"),
        ),
        Register(
            key="roles",
            model=OperatingRole,
            form=OperatingRoleForm,
            name="Operating roles",
            one="operating role",
            lead="Who looks after it once it is in production: a person or a team for each of seven roles.",
            empty="Most pilots die because nobody takes them over. Name who would, role by role.",
            columns=("link",),
            each="role",
            gap="Nobody yet",
        ),
        Register(
            key="procedures",
            model=Procedure,
            form=ProcedureForm,
            name="Procedures",
            one="procedure",
            lead="How it is kept running: who watches it, when it is retrained, what happens when it fails.",
            empty="What is not written down is done by whoever built it, until they leave.",
            columns=("kind", "link"),
            each="kind",
        ),
        Register(
            key="waves",
            model=Wave,
            form=WaveForm,
            name="Roll-out waves",
            one="wave",
            lead="Who gets it when, how many use it, and what would make you go back.",
            empty="Reaching everybody at once leaves no way back. Begin with a group that you can call.",
            columns=("planned_on", "actual_on", "cap", "users"),
        ),
        Register(
            key="change",
            model=ChangeStep,
            form=ChangeStepForm,
            name="Change plan",
            one="step",
            lead="How those who work with it are involved, trained, told and heard, and what changes for them.",
            empty="What nobody was asked about and trained for is not used. Begin with who was involved.",
            columns=("kind", "audience", "planned_on", "done_on"),
            each="kind",
        ),
        Register(
            key="options",
            model=Option,
            form=OptionForm,
            name="Build or buy",
            one="option",
            lead="What was weighed before it was built or bought, and how each fits the workflow. "
            "What was decided on stands on the pilot too.",
            empty="Write down what else there was, so that nobody has to ask again in a year.",
            columns=("approach", "vendor", "yearly_cost", "decided_on"),
        ),
        Register(
            key="lessons",
            model=Lesson,
            form=LessonForm,
            name="Lessons",
            one="lesson",
            lead="What worked, what did not, and what you would do differently. Published ones are offered to others.",
            empty="The next team will make the same mistake if nobody tells them. Two sentences are enough.",
            columns=("kind", "area", "advice", "published_on"),
            stages=("Drafts", "Published"),
            outlives=True,
        ),
    )
}
