"""The rules of amendments: what makes a gate easier to pass, and who may move its terms. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from gates.choices import CURRENT, KPI_TERMS, PROOF_TERMS, AmendedField, AskStatus, CriterionKind, Direction
from gates.rules import direction_of_change as direction_of_change  # one definition, used by playbooks too
from metrics.kpis.rules import read

Value = int | float | str | bool | dict[str, str | None] | None

PERCENT = range(0, 101)
WEIGHTS = range(1, 101)
DAYS = range(1, 3651)
ASKER_ONLY = "Only who asked for it can withdraw it."
WITH_THE_VERSION = "This moves only with a newer version of the playbook."
NOTE_NEEDED = "Say why it is refused."


def value_problem(field: str, value: object) -> str:
    """Why this cannot be the value of a term; "" when it can. Values are as in `direction_of_change`."""
    if field in KPI_TERMS:
        return _kpi_problem(KPI_TERMS[field], value)
    if field in PROOF_TERMS:
        return WITH_THE_VERSION
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if field == AmendedField.KIND:
        return "" if value in list(CriterionKind) else "Choose must, should or kill."
    if field == AmendedField.APPLIES:
        return "" if isinstance(value, bool) else "Say whether the criterion applies."
    if field == AmendedField.WEIGHT:
        return "" if is_number and value in WEIGHTS else "Give a weight from 1 to 100."
    if field == AmendedField.VALIDITY:
        return "" if value is None or (is_number and value in DAYS) else "Give 1 to 3,650 days, or none."
    return "" if is_number and value in PERCENT else "Give a percentage from 0 to 100."


def _kpi_problem(term: str, value: object) -> str:
    try:
        read(term, value)
    except ValueError as problem:
        return str(problem)
    return ""


def way_of(*, easier: bool, harder: bool) -> Direction:
    """Which way a KPI's term moves its gate. What makes anything easier counts as looser."""
    if easier:
        return Direction.LOOSER
    return Direction.TIGHTER if harder else Direction.NEITHER


def amendment_blockers(
    *,
    gate_status: str,
    field: str,
    before: Value,
    after: Value,
    reason: str,
    applies: bool = True,
    asked_already: bool = False,
    hindrances: Iterable[str] = (),
) -> list[str]:
    """Why this amendment cannot be asked for now.

    `before` is the frozen value; `applies` whether its criterion does; `asked_already` says that a
    change of the same term waits for an answer; `hindrances` are what the KPI has against it.
    """
    if gate_status not in CURRENT:
        return ["This gate is not open, so its terms cannot be amended."]
    reasons = []
    if asked_already:
        reasons.append("A change of this term is already asked for. Approve, refuse or withdraw that first.")
    if problem := value_problem(field, after):
        reasons.append(problem)
    elif before == after:
        reasons.append("That is what it is already.")
    else:
        reasons += hindrances
    if field != AmendedField.APPLIES and not applies:
        reasons.append("This criterion does not apply. Ask for it to apply first.")
    if not reason.strip():
        reasons.append("Say why the gate should be judged on other terms.")
    return reasons


def approval_blockers(
    *, status: str, gate_status: str, asked_it: bool, owns_pilot: bool, moved: bool = False
) -> list[str]:
    """Why this person cannot approve this amendment now.

    `asked_it` and `owns_pilot` are about that person; `moved` says that the frozen value is no longer
    the one the amendment was asked on.
    """
    reasons = _answer_blockers(status=status, asked_it=asked_it, owns_pilot=owns_pilot)
    if status == AskStatus.ASKED and gate_status not in CURRENT:
        reasons.append("This gate is not open, so its terms cannot be amended.")
    elif status == AskStatus.ASKED and moved:
        reasons.append("The value has moved since this was asked for. Refuse it; it can be asked for anew.")
    return reasons


def refusal_blockers(*, status: str, asked_it: bool, owns_pilot: bool, note: str) -> list[str]:
    """Why this person cannot refuse this amendment now."""
    reasons = _answer_blockers(status=status, asked_it=asked_it, owns_pilot=owns_pilot)
    return reasons if note.strip() else [*reasons, NOTE_NEEDED]


def _answer_blockers(*, status: str, asked_it: bool, owns_pilot: bool) -> list[str]:
    if status != AskStatus.ASKED:
        return ["This amendment has been settled already."]
    reasons = []
    if asked_it:
        reasons.append("Who asked for an amendment does not answer it.")
    if owns_pilot:
        reasons.append("Owners do not amend their own gates.")
    return reasons


def withdrawal_blockers(*, status: str, asked_it: bool) -> list[str]:
    """Why this person cannot withdraw this amendment now."""
    if status != AskStatus.ASKED:
        return ["This amendment has been settled already."]
    return [] if asked_it else [ASKER_ONLY]


@dataclass(frozen=True)
class Moved:
    """How far the terms of a gate have moved since its phase was entered."""

    count: int = 0
    looser: int = 0
    tighter: int = 0

    @classmethod
    def of(cls, directions: Iterable[str]) -> "Moved":
        """From the directions of the amendments in effect."""
        found = list(directions)
        return cls(len(found), found.count(Direction.LOOSER), found.count(Direction.TIGHTER))

    @property
    def words(self) -> str:
        """ "Thresholds moved: 2, both looser"."""
        if not self.count:
            return "Thresholds as frozen"
        return f"Thresholds moved: {self.count}, {self._which_way}"

    @property
    def _which_way(self) -> str:
        for number, word in ((self.looser, "looser"), (self.tighter, "tighter")):
            if number == self.count:
                return {1: "", 2: "both "}.get(number, "all ") + word
        ways = ((self.looser, "looser"), (self.tighter, "tighter"))
        return ", ".join(f"{number} {word}" for number, word in ways if number) or "neither way"


def in_words(field: str, value: Value) -> str:
    """The value of a term of a gate or criterion as people read it: "60%", "Must", "365 days"."""
    if field == AmendedField.KIND:
        return str(CriterionKind(str(value)).label)
    if field == AmendedField.APPLIES:
        return "Applies" if value else "Set aside"
    if field in PROOF_TERMS:
        return _proof_in_words(field, str(value))
    if field == AmendedField.VALIDITY:
        return "For ever" if value is None else f"{value:,} day{'s' if value != 1 else ''}"
    return str(value) if field == AmendedField.WEIGHT else f"{value}%"


def _proof_in_words(field: str, value: str) -> str:
    if field == AmendedField.CONFIDENCE:
        return f"{value.removesuffix('.0')}% confidence"
    return f"{value} readings" if field == AmendedField.READINGS else f"the latest {value}"
