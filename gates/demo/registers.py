"""What the registers of the demo's pilots say, and how that moves on as a pilot passes its gates."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from gates.choices import Question
from gates.demo.stage import Stage
from gates.demo.story import FOLDER, written_in
from gates.signs.actions import answer_question
from pilots import clock
from pilots.choices import (
    DataAccess,
    IntegrationState,
    OperatingDuty,
    OptionVerdict,
    RiskState,
    Supply,
    Trend,
)
from pilots.models import Entry, Pilot, User
from pilots.registers.actions import add_entry, edit_entry
from pilots.registers.table import REGISTERS

TOLD = FOLDER / "registers.yaml"
FIELDS: dict[str, tuple[str, ...]] = {
    "integrations": ("system", "direction", "method", "hand_off", "cost"),
    "data": ("name", "refresh", "quality", "governance"),
    "debt": ("shortcut", "change_needed", "effort_days", "cost"),
    "risks": ("title", "likelihood", "impact", "mitigation", "checkpoint", "trend"),
    "waves": ("cohort", "cap", "trigger"),
    "lessons": ("title", "advice", "kind", "area"),
    "options": ("name", "approach", "vendor", "model_name", "fit", "yearly_cost", "verdict", "reason"),
}
# Who looks after the entries of a register, by the label that criteria use.
KEEPERS = {
    "integrations": "Technical lead",
    "data": "Data steward",
    "debt": "Technical lead",
    "waves": "Change lead",
}
DUTIES: dict[str, str] = {
    OperatingDuty.PRODUCT_OWNER: "Process owner",
    OperatingDuty.MODEL_MAINTENANCE: "Technical lead",
    OperatingDuty.DATA_PIPELINE: "Data steward",
    OperatingDuty.INFRASTRUCTURE: "IT operations",
    OperatingDuty.INCIDENT_RESPONSE: "IT operations",
    OperatingDuty.USER_SUPPORT: "",
    OperatingDuty.ADOPTION: "Change lead",
}
SUPPORT = "Service desk"
DAY = timedelta(days=1)
LOOKED_AT_AGAIN = 90 * DAY
LAST_LOOK = 25  # days ago the registers of what is under way were gone through


@cache
def told() -> Mapping[str, Any]:
    """Title of a pilot → register → what is told of it, and what is told of any."""
    return written_in(TOLD)


@dataclass
class RegisterTelling:
    """The registers of one pilot while it is told."""

    title: str
    stage: Stage
    teller: User
    pilot: Callable[[], Pilot]
    number: int  # among the pilots

    def reach(self, asked: str) -> None:
        """What is written once a pilot meets the criterion that this check decides, or that is titled so."""
        if asked in REACHED:
            REACHED[asked](self)
        for register, facts in told()["beside"].get(asked, ()):
            self._add(register, facts | ({"done_on": clock.today()} if register == "change" else {}))

    def begin(self, asked: str) -> None:
        """What is written although the pilot does not meet that criterion yet."""
        if asked in BEGUN:
            BEGUN[asked](self)

    def look_again(self) -> None:
        """Everything live gets a day for its next review; here and there one is forgotten."""
        live = [entry for register in REGISTERS for entry in self._live(register)]
        for place, entry in enumerate(live, start=self.number):
            if place % 11:
                self._edit(entry, review_on=clock.today() + DAY * (30 + 10 * (place % 9)))

    def answer(self) -> None:
        """What only people know is asked; some have not answered yet."""
        for place, (question, note) in enumerate(told()["answers"].items()):
            if (self.number + place) % 3:
                asked = Question(question)
                answer_question(pilot=self.pilot(), question=asked, yes=True, note=note, by=self.teller)

    # What is said first
    def weigh_options(self) -> None:
        for row in self._own.get("options") or self._as_decided():
            facts = dict(zip(FIELDS["options"], row, strict=True))
            decided = facts["verdict"] != OptionVerdict.CONSIDERED
            self._add("options", facts | ({"decided_on": clock.today()} if decided else {}))

    def _as_decided(self) -> Iterator[tuple[Any, ...]]:
        """What the pilot itself says was chosen; here and there nobody wrote down why."""
        pilot = self.pilot()
        if not pilot.approach or self.number % 4 == 3:
            return
        fits = told()["fits"]
        name = pilot.vendor or "Own development"
        fit, reason = fits[self.number % len(fits)]
        chosen = OptionVerdict.CHOSEN
        yield (name, pilot.approach, pilot.vendor, pilot.model_name, fit, None, chosen, reason)

    def name_data(self) -> None:
        for entry in self._told("data"):
            self._add("data", entry | {"supply": Supply.BY_HAND, "access": DataAccess.EXTRACT})

    def list_systems(self) -> None:
        for entry in self._told("integrations"):
            self._add("integrations", entry)

    def log_shortcuts(self) -> None:
        for entry in self._told("debt"):
            self._add("debt", entry)

    def open_risks(self) -> None:
        for entry in self._told("risks"):
            self._add("risks", entry)

    def name_operator(self) -> None:
        self._hold(OperatingDuty.PRODUCT_OWNER)

    def write_lessons(self) -> None:
        for entry in self._told("lessons"):
            self._add("lessons", entry)

    # What comes of it
    def automate(self) -> None:
        for entry in self._there("data", self.name_data):
            if str(entry) not in self._own.get("by_hand", ()):
                self._edit(entry, supply=Supply.AUTOMATED, access=DataAccess.LIVE)

    def go_live(self) -> None:
        for entry in self._there("integrations", self.list_systems):
            self._edit(entry, state=IntegrationState.LIVE, live_on=clock.today())

    def fill_roles(self) -> None:
        for duty in DUTIES:
            if duty not in self._own.get("vacant", ()):
                self._hold(duty)

    def mitigate(self) -> None:
        for entry in self._there("risks", self.open_risks):
            if entry.trend == Trend.FALLING:
                self._edit(entry, state=RiskState.MITIGATED, likelihood=max(1, entry.likelihood - 1))

    def begin_roll_out(self) -> None:
        """The first wave has begun, those after it are planned."""
        began = clock.today() - DAY * 40
        for place, entry in enumerate(self._told("waves")):
            planned = {"planned_on": began + DAY * 45 * place}
            self._add("waves", entry | (_begun(entry, began, tried=True) if place == 0 else planned))

    def roll_out(self) -> None:
        began = clock.today() - DAY * 50
        for place, entry in enumerate(self._told("waves")):
            self._add("waves", entry | _begun(entry, began + DAY * 40 * place, tried=place == 0))

    def pay_debt(self) -> None:
        for entry in self._there("debt", self.log_shortcuts):
            self._edit(entry, pay_back_on=clock.today() - DAY * 20, paid_on=clock.today() - DAY * 30)

    def owe_debt(self) -> None:
        for entry in self._there("debt", self.log_shortcuts):
            self._edit(entry, pay_back_on=clock.today() - DAY * 12)

    def publish_lessons(self) -> None:
        for entry in self._there("lessons", self.write_lessons):
            self._edit(entry, published_on=clock.today())

    # How it is written
    @property
    def _own(self) -> Mapping[str, Any]:
        """What the story tells of this pilot in particular."""
        return told().get(self.title, {})

    def _told(self, register: str) -> Iterator[dict[str, Any]]:
        """The entries of the story, or in their turn one that is usual."""
        usual = told()["usual"][register]
        turn = self.number % len(usual)
        for row in self._own.get(register) or (usual if register == "waves" else usual[turn : turn + 1]):
            yield dict(zip(FIELDS[register], row, strict=True))

    def _there(self, register: str, first: Callable[[], None]) -> list[Any]:
        if not self._live(register):
            first()
        return self._live(register)

    def _live(self, register: str) -> list[Any]:
        return list(REGISTERS[register].model.objects.live().filter(pilot=self.pilot()).order_by("pk"))

    def _hold(self, duty: str) -> None:
        keeper = self.stage.people.get(DUTIES[duty])
        self._add("roles", {"role": duty, "owner": keeper, "team": "" if keeper else SUPPORT})

    def _add(self, register: str, facts: dict[str, Any]) -> None:
        """A new entry, unless the pilot has come this way before."""
        keeper = self.stage.people.get(KEEPERS.get(register, ""), self.teller)
        usual = {"owner": keeper, "review_on": clock.today() + LOOKED_AT_AGAIN}
        model = REGISTERS[register].model
        there = {str(entry) for entry in model.objects.standing().filter(pilot=self.pilot())}
        if str(model(**facts)) not in there:
            add_entry(model=model, pilot=self.pilot(), by=self.teller, **usual | facts)

    def _edit(self, entry: Entry, **facts: Any) -> None:
        edit_entry(entry=entry, by=self.teller, **facts)


def _begun(wave: dict[str, Any], began: date, *, tried: bool) -> dict[str, Any]:
    """How a wave went, of which four in five use it."""
    users = wave["cap"] * 4 // 5
    tried_on = began if tried else None
    return {"planned_on": began - DAY * 7, "actual_on": began, "users": users, "tried_on": tried_on}


T = RegisterTelling
# The check that decides a criterion, or the title of one that a person decides → what is written when it is met.
REACHED: dict[str, Callable[[RegisterTelling], None]] = {
    "Name the business problem and the workflow it changes": T.weigh_options,
    "Say where the data will come from in production": T.name_data,
    "systems_listed": T.list_systems,
    "shortcuts_logged": T.log_shortcuts,
    "operator_named": T.name_operator,
    "risk_register_opened": T.open_risks,
    "pipelines_automated": T.automate,
    "integrations_live": T.go_live,
    "roles_filled": T.fill_roles,
    "high_risks_mitigated": T.mitigate,
    "rolled_out_in_waves": T.roll_out,
    "debt_due_paid": T.pay_debt,
    "learnings_written": T.write_lessons,
    "lessons_published": T.publish_lessons,
}
BEGUN: dict[str, Callable[[RegisterTelling], None]] = {
    "roles_filled": T.fill_roles,
    "rolled_out_in_waves": T.begin_roll_out,
    "debt_due_paid": T.owe_debt,
    "lessons_published": T.write_lessons,
}
