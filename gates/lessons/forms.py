"""What a pilot taught, asked for in two fields. Forms never save."""

from django import forms

from pilots.rules import LONGEST_LESSON, LONGEST_TEXT


class LessonForm(forms.Form):
    happened = forms.CharField(
        max_length=LONGEST_LESSON,
        label="What happened",
        error_messages={"required": "Say what happened."},
    )
    advice = forms.CharField(
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="What would you do differently",
        help_text="Leave it empty if it worked: others should do the same then.",
    )
