"""The shapes of a review. Forms never save."""

from django import forms

from gates.choices import FeedbackLevel

LONGEST = 5000


class RequestForm(forms.Form):
    message = forms.CharField(
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="What the gatekeepers should know",
    )


class SendBackForm(forms.Form):
    reason = forms.CharField(
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        label="What has to change",
        help_text="The owner reads this by e-mail and on top of the gate.",
        error_messages={"required": "Say what has to change."},
    )


class FeedbackForm(forms.Form):
    level = forms.ChoiceField(
        choices=FeedbackLevel.choices,
        error_messages={
            "required": "Choose fine, minor issue or major issue.",
            "invalid_choice": "Choose fine, minor issue or major issue.",
        },
    )
    comment = forms.CharField(
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed for an issue.",
    )


class AnswerForm(forms.Form):
    comment = forms.CharField(
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Your answer",
        error_messages={"required": "Write an answer."},
    )
