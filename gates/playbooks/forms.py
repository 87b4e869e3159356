"""The shape of what people type about playbooks. What a value may be, the reader of the files says."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from gates.choices import ANY, Area, CriterionKind, GatekeeperRole
from gates.models import PlaybookVersion
from gates.playbooks.complaints import complaints
from gates.playbooks.proof_fields import ProofFields
from gates.playbooks.schema import (
    DEFAULT_WEIGHT,
    SHORT_KEY,
    CriterionSpec,
    GateSpec,
    PhaseSpec,
    PlaybookError,
    PlaybookFile,
)
from gates.playbooks.strict_yaml import MOST_CHARACTERS
from pilots.choices import RiskTier, Role

SPARE_ROWS = 2  # for roles to come
MOST_ROWS = 20
KEY_HELP = "Lower-case letters, digits, - and _, such as pilot. It joins the versions."
TOO_LARGE = f"The file is too large; at most {MOST_CHARACTERS:,} characters are read."


def _text(label: str, longest: int, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, error_messages={"required": f"Give the {label.lower()}."}, **options
    )


def _lines(label: str, longest: int, rows: int = 3, **options: Any) -> forms.CharField:
    return _text(label, longest, widget=forms.Textarea(attrs={"rows": rows}), **options)


def _coded(label: str, pattern: str, longest: int, wrong: str, **options: Any) -> forms.RegexField:
    return forms.RegexField(
        pattern,
        label=label,
        max_length=longest,
        error_messages={"required": f"Give the {label.lower()}.", "invalid": wrong},
        **options,
    )


def _slug(help_text: str) -> forms.RegexField:
    wrong = "Use lower-case letters, digits, - and _ only, and begin with a letter."
    return _coded("Key", r"^[a-z][a-z0-9_-]*$", 40, wrong, help_text=help_text)


def _short_key(label: str, example: str) -> forms.RegexField:
    looks = f"a capital letter and a number, such as {example}"
    return _coded(label, f"^{SHORT_KEY}$", 3, f"Give {looks}.", help_text=f"{looks[:1].upper()}{looks[1:]}.")


def _quorum(label: str, **options: Any) -> forms.RegexField:
    return _coded(label, r"^(all|any|[1-9]\d?)$", 3, "Say all, any or a number.", **options)


def _percent(label: str, help_text: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=100, help_text=help_text)


def _several(label: str, choices: Any, help_text: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
    )


class DraftForm(forms.Form):
    """A change to a draft."""

    renamed: Mapping[str, str] = {}  # fields that are called otherwise in the file

    def complain(self, error: PlaybookError, prefix: str) -> None:
        """Put what the reader says beside the fields it is about; `prefix` is the form's place in the file."""
        for complaint in complaints(error):
            place = complaint.path.removeprefix(prefix)
            named = self.renamed.get(place.split("[")[0], complaint.field_below(prefix))
            if named in self.fields:
                self.add_error(named, complaint.sentence)
            else:
                self.add_error(None, complaint.sentence)

    def differing(self, now: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        """Label, what the draft says by now and what was typed, of each field where these differ."""
        shown = []
        for bound in self:
            theirs = self.fields[bound.name].initial if bound.name not in now else now[bound.name]
            typed = bound.value()
            if _as_words(theirs) != _as_words(typed):
                shown.append((str(bound.label), _as_words(theirs), _as_words(typed)))
        return shown


def _as_words(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return "" if value is None else " ".join(str(value).split())


class PlaybookForm(DraftForm):
    name = _text("Name", 80)
    description = _lines("Description", 2000, help_text="What it is for, in a sentence or two.")


class NewPlaybookForm(forms.Form):
    key = _slug(KEY_HELP)
    name = _text("Name", 80)
    description = _lines("Description", 2000, help_text="What it is for, in a sentence or two.")

    def complain(self, error: PlaybookError) -> None:
        for complaint in complaints(error):
            named = complaint.field_below("")
            self.add_error(named if named in self.fields else None, complaint.sentence)


class YamlField(forms.CharField):
    """Text that means something: unlike words for people it is kept to the letter."""


class YamlForm(forms.Form):
    """A playbook as text, typed or from a file; the file counts where there are both."""

    file = forms.FileField(required=False, label="YAML file", max_length=200)
    text = YamlField(
        required=False,
        strip=False,
        max_length=MOST_CHARACTERS,
        label="Or its text",
        widget=forms.Textarea(attrs={"rows": 24, "class": "code", "spellcheck": "false", "wrap": "off"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file is None:
            return ""
        if file.size > 4 * MOST_CHARACTERS:
            raise forms.ValidationError(TOO_LARGE)
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError("The file is not text in UTF-8.") from None

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not (cleaned["file"] or cleaned["text"].strip()):
            self.add_error("file", "Choose a file, or type its text.")
        return cleaned

    @property
    def source(self) -> str:
        # Browsers send line ends as Windows writes them.
        return (self.cleaned_data["file"] or self.cleaned_data["text"]).replace("\r\n", "\n")

    def refuse(self, reasons: Sequence[str]) -> None:
        """Say at the text why it will not do."""
        self.show_source()
        self.add_error("text", [reason if reason.endswith(".") else f"{reason}." for reason in reasons])

    def show_source(self) -> None:
        """Put what was read where it can be put right, also when it came as a file."""
        self.data = self.data.copy()
        self.data["text"] = self.source


class CompareForm(forms.Form):
    """Which two versions to compare."""

    old = forms.TypedChoiceField(label="From", coerce=int)
    new = forms.TypedChoiceField(label="To", coerce=int)

    def __init__(self, *args, versions: Sequence[PlaybookVersion], **kwargs):
        super().__init__(*args, **kwargs)
        choices = [
            (version.number, f"v{version.number} ({version.get_status_display().lower()})")
            for version in versions
        ]
        for name in ("old", "new"):
            self.fields[name].choices = choices


class PhaseForm(DraftForm):
    """A phase with the gate that closes it."""

    key = _slug("Lower-case letters, digits, - and _. Imports name the phase by it.")
    name = _text("Name", 80)
    description = _lines("Description", 2000)
    typical_days = forms.IntegerField(
        label="Typical days",
        min_value=1,
        max_value=3650,
        help_text="The gates of a new pilot are planned by it.",
    )
    in_production = forms.BooleanField(required=False, label="A pilot in this phase is in production")
    gate_key = _short_key("Key of the gate", "G1")
    gate_name = _text("Name of the gate", 80)
    question = _lines("Question", 500, 2, help_text="What the gatekeepers decide here.")
    quorum = _quorum("How many roles must sign", help_text="“all”, “any”, or a number of the roles below.")
    score_threshold = _percent("Score needed, %", "Share of the weight that must be met.")
    floor_threshold = _percent("In every area, %", "The same for the weakest area.")
    freeze_days_before = forms.IntegerField(
        label="Evidence freezes, days before", min_value=0, max_value=90, initial=2
    )
    every_months = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=120,
        label="Comes again after months",
        help_text="Only the gate of the last phase can.",
    )
    override_roles = _several(
        "Who may let a pilot pass that is not ready", Role.choices, "With a written reason. None: nobody."
    )
    renamed = {
        "gate": "quorum",
        "gate.key": "gate_key",
        "gate.name": "gate_name",
        "gate.gatekeeper_roles": "role_1",
    } | {
        f"gate.{name}": name
        for name in (
            "question", "quorum", "score_threshold", "floor_threshold", "freeze_days_before", "every_months",
            "override_roles",
        )
    }  # fmt: skip

    def __init__(self, *args, roles: int = 0, **kwargs):
        """`roles`: how many there are by now; a form that was sent says so itself."""
        super().__init__(*args, **kwargs)
        if self.is_bound:
            roles = sum(bool(re.fullmatch(r"role_\d+", name)) for name in self.data) - SPARE_ROWS
        self.rows = range(1, min(max(roles, 1) + SPARE_ROWS, MOST_ROWS) + 1)
        for number in self.rows:
            self.fields[f"role_{number}"] = forms.CharField(
                required=False, max_length=60, label=f"Gatekeeper role {number}"
            )
            self.fields[f"role_quorum_{number}"] = _quorum(
                f"How many sign as role {number}", required=False, initial=ANY
            )
            self.fields[f"role_areas_{number}"] = _several(f"Role {number} answers for", Area.choices)

    @property
    def role_rows(self):
        """The fields of each role, for the page."""
        return [
            (self[f"role_{number}"], self[f"role_quorum_{number}"], self[f"role_areas_{number}"])
            for number in self.rows
        ]

    @staticmethod
    def typed(phase: PhaseSpec) -> dict[str, Any]:
        """What the fields hold for this phase."""
        gate = phase.gate
        own = {
            name: getattr(phase, name) for name in ("name", "description", "typical_days", "in_production")
        }
        asked = {name: getattr(gate, name) for name in GATE_FIELDS}
        roles: dict[str, Any] = {}
        for number, role in enumerate(gate.gatekeeper_roles, start=1):
            roles[f"role_{number}"], roles[f"role_quorum_{number}"] = role.label, role.quorum
            roles[f"role_areas_{number}"] = [area.value for area in role.areas]
        asked["override_roles"] = [role.value for role in gate.override_roles]
        return own | asked | roles | {"key": phase.key, "gate_key": gate.key, "gate_name": gate.name}

    def spec(self, criteria: tuple[CriterionSpec, ...] = ()) -> PhaseSpec:
        """The phase as typed, its gate with these criteria."""
        said = self.cleaned_data
        gate = GateSpec(
            key=said["gate_key"],
            name=said["gate_name"],
            gatekeeper_roles=tuple(self._roles()),
            criteria=criteria,
            **{name: said[name] for name in GATE_FIELDS if name != "override_roles"},
            override_roles=tuple(Role(role) for role in said["override_roles"]),
        )
        names = ("key", "name", "description", "typical_days", "in_production")
        return PhaseSpec(gate=gate, **{name: said[name] for name in names})

    def _roles(self):
        for number in self.rows:
            label = self.cleaned_data[f"role_{number}"]
            if label:
                areas = self.cleaned_data[f"role_areas_{number}"]
                quorum = self.cleaned_data[f"role_quorum_{number}"] or ANY
                yield GatekeeperRole(label, quorum, tuple(area for area in Area if area in areas))


GATE_FIELDS = (
    "question",
    "quorum",
    "score_threshold",
    "floor_threshold",
    "freeze_days_before",
    "every_months",
    "override_roles",
)


class CriterionForm(ProofFields, DraftForm):
    key = _short_key("Key", "V1")
    title = _text("What is asked", 200, help_text="Begin with a verb.")
    area = forms.ChoiceField(choices=Area.choices)
    kind = forms.ChoiceField(
        choices=CriterionKind.choices,
        widget=forms.RadioSelect,
        help_text="A must blocks the gate while it is open, a should only scores, a kill ends the pilot when it "
        "comes true.",
    )
    weight = forms.IntegerField(
        required=False, min_value=1, max_value=100, help_text="Without it 2 for a must, 1 for the others."
    )
    guidance = _lines("Counts as met when", 2000)
    evidence_example = _lines("Good evidence", 2000)
    role = _text("Usually from", 60, help_text="A role, such as Owner or Risk.")
    effort_days = forms.DecimalField(
        label="Effort in days",
        min_value=0,
        max_value=1000,
        max_digits=5,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"step": "0.1"}),
    )
    validity_days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=3650,
        label="Valid for days",
        help_text="After so many days it must be shown anew. Empty: it stays valid.",
    )
    risk_tiers = _several("Asked in risk tiers", RiskTier.choices, "None chosen: asked in every tier.")
    check = forms.ChoiceField(
        required=False, label="Decided by", help_text="A check decides by itself, from the pilot's data."
    )
    depends_on = _several("Opens after", (), "Cannot be met before these are.")

    def __init__(self, *args, checks: Sequence[str], above: Sequence[CriterionSpec], **kwargs):
        """`checks`: the names of all; `above`: the criteria that this one may depend on."""
        super().__init__(*args, **kwargs)
        named = [(name, f"Check: {name.replace('_', ' ')}") for name in checks]
        self.fields["check"].choices = [("", "People, on the checklist"), *named]
        waited_for = [one for one in above if one.kind != CriterionKind.KILL]
        self.fields["depends_on"].choices = [(one.key, f"{one.key} {one.title}") for one in waited_for]
        if not waited_for:
            self.fields["depends_on"].help_text = "Nothing stands above it in this gate."

    @staticmethod
    def typed(criterion: CriterionSpec) -> dict[str, Any]:
        """What the fields hold for this criterion."""
        held = {name: getattr(criterion, name) for name in CriterionForm.base_fields}
        plain = {"area": criterion.area.value, "kind": criterion.kind.value}
        tiers = [tier.value for tier in criterion.risk_tiers]
        return held | plain | {"risk_tiers": tiers, "depends_on": list(criterion.depends_on)}

    def spec(self) -> CriterionSpec:
        """The criterion as typed."""
        said = self.cleaned_data
        kind = CriterionKind(said["kind"])
        return CriterionSpec(
            **said
            | {
                "area": Area(said["area"]),
                "kind": kind,
                "weight": said["weight"] or DEFAULT_WEIGHT[kind],
                "risk_tiers": tuple(RiskTier(tier) for tier in said["risk_tiers"]),
                "depends_on": tuple(said["depends_on"]),
            }
        )


def typed_playbook(playbook: PlaybookFile) -> dict[str, Any]:
    """What the fields of PlaybookForm hold for this playbook."""
    return {"name": playbook.name, "description": playbook.description}
