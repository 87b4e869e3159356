"""The shape of what people note at a KPI. Forms never save."""

from django import forms
from django.utils import timezone

from metrics.models import Annotation
from metrics.rules import annotation_problems
from pilots.forms import DayField


class AnnotationForm(forms.ModelForm):
    class Meta:
        model = Annotation
        fields = ["on", "text"]
        field_classes = {"on": DayField}
        help_texts = {"text": "Such as: test set v4 from here on."}
        error_messages = {
            "on": {"required": "Say on which day."},
            "text": {"required": "Say what happened."},
        }

    def clean(self):
        super().clean()
        if not self.errors:
            for name, why in annotation_problems(**self.cleaned_data, today=timezone.localdate()).items():
                self.add_error(name, why)
        return self.cleaned_data
