"""The shape of what people type about KPIs. Forms never save."""

from django import forms
from django.utils import timezone

from metrics.definitions.queries import followable, followed_facts
from metrics.definitions.rules import FOLLOWED, following_problems
from metrics.models import Kpi
from metrics.queries import fixed_in
from metrics.rules import counting_problem, definition_problems
from pilots.forms import DayField

FIXED_HINT = "Fixed when the pilot began. Propose a change on the page of the KPI."


class KpiForm(forms.ModelForm):
    class Meta:
        model = Kpi
        fields = [
            "name",
            "kind",
            "follows",
            "unit",
            "direction",
            "definition",
            "baseline",
            "baseline_on",
            "baseline_source",
            "target",
            "target_high",
            "target_on",
            "lowest",
            "highest",
            "cadence_days",
            "owner",
            "counts_from",
        ]
        widgets = {
            "definition": forms.Textarea(attrs={"rows": 3}),
        }
        field_classes = dict.fromkeys(("baseline_on", "target_on", "counts_from"), DayField)
        help_texts = {
            "kind": "A business KPI says what the organisation gains; accuracy and the like are technical.",
            "unit": "Such as %, min or €.",
            "follows": "It says unit, direction and method, the same for every pilot; they need not be filled in.",
            "baseline": "The value before the pilot.",
            "baseline_source": "Such as the ticket system, all cases of March.",
            "target": "Within a band: its lower edge.",
            "target_high": "Only for a band.",
            "lowest": "A reading below it is out of range, whatever the target.",
            "highest": "A reading above it is out of range, whatever the target.",
            "counts_from": "Said beforehand where a pilot starts slowly. Empty: the day it enters its second phase.",
            "owner": "Who sees to its readings. Empty: the owner of the pilot.",
            "cadence_days": "A reading older than this, and half as long again, counts as stale.",
        }
        error_messages = {
            "name": {"required": "Give the KPI a name."},
            "unit": {"required": "Give its unit."},
        }

    def __init__(self, *args, people=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people
        self._offer_definitions()
        if self.instance.pk:
            for name in fixed_in(self.instance, today=timezone.localdate()):
                self.fields[name].disabled = True
                self.fields[name].help_text = FIXED_HINT

    def _offer_definitions(self):
        offered = self.fields["follows"]
        offered.label, offered.empty_label = "Follows the definition", "None: measured in a way of its own"
        offered.queryset = followable(self.instance.follows_id)
        if self.data.get("follows") or (not self.is_bound and self.initial.get("follows")):
            for name in FOLLOWED:
                self.fields[name].required = False

    def _follow(self):
        follows = self.cleaned_data.get("follows")
        if follows is None:
            return
        defined = followed_facts(follows)
        for name, sentence in following_problems(self.cleaned_data, defined, self.initial).items():
            self.add_error(name, sentence)
        if not self.errors:
            self.cleaned_data |= defined

    def clean(self):
        super().clean()
        self._check_counting()
        self._follow()
        if not self.errors:
            for field, sentence in definition_problems(self.cleaned_data).items():
                self.add_error(field, sentence)
        return self.cleaned_data

    def _check_counting(self):
        before, after = self.initial.get("counts_from"), self.cleaned_data.get("counts_from")
        if problem := counting_problem(after, before=before, today=timezone.localdate()):
            self.add_error("counts_from", problem)

    def validate_constraints(self):
        """Left to the fields above, which say it in words, and to the action."""
