"""The shapes of assessments and evidence in the API. Nothing here saves."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers
from rest_framework.reverse import reverse

from gates.choices import ANSWERS, Area, AssessmentState, CriterionKind, EvidenceKind
from gates.rules import file_problem
from pilots.serializers import Person, PersonId, Sent, Shown


class AssessmentShown(Shown):
    """Where one criterion stands at one gate."""

    id = serializers.IntegerField()
    gate = serializers.IntegerField(source="gate_id", help_text="The id of its gate.")
    pilot = serializers.CharField(source="gate.pilot.key", help_text="The key of its pilot.")
    key = serializers.CharField(source="criterion.key", help_text="Its key in the playbook, such as T3.")
    title = serializers.CharField(source="criterion.title")
    guidance = serializers.CharField(source="criterion.guidance")
    area = serializers.ChoiceField(choices=Area.choices)
    kind = serializers.ChoiceField(choices=CriterionKind.choices)
    weight = serializers.IntegerField()
    check_name = serializers.CharField(help_text="The check that decides it; blank when people do.")
    state = serializers.ChoiceField(choices=AssessmentState.choices)
    note = serializers.CharField()
    responsible = Person(allow_null=True)
    state_since = serializers.DateTimeField(allow_null=True)
    stale_on = serializers.DateField(
        allow_null=True, help_text="From this day on it no longer counts as met."
    )
    evidence_count = serializers.IntegerField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Met", value={"state": "met", "note": "Run on 4,000 live cases in May."}, request_only=True
        )
    ]
)
class AssessmentSent(Sent):
    state = serializers.ChoiceField(choices=[(state.value, state.label) for state in ANSWERS])
    note = serializers.CharField(
        max_length=2_000, allow_blank=True, help_text="Needed when a criterion is not met."
    )
    responsible = PersonId(allow_null=True, help_text="Who is on it; null is the pilot's owner.")


class EvidenceShown(Shown):
    """What shows that a criterion is met: a note, a link or a file."""

    computed = ("download",)

    id = serializers.IntegerField()
    pilot = serializers.CharField(source="pilot.key", help_text="The key of its pilot.")
    kind = serializers.ChoiceField(choices=EvidenceKind.choices)
    title = serializers.CharField()
    note = serializers.CharField()
    link = serializers.CharField()
    file_name = serializers.CharField()
    size = serializers.IntegerField(allow_null=True, help_text="In bytes.")
    sha256 = serializers.CharField()
    added_by = Person(allow_null=True)
    added_at = serializers.DateTimeField()
    download = serializers.CharField(help_text="Where the file is; blank when there is none.")

    @classmethod
    def complete(cls, row: dict[str, Any], today: date) -> dict[str, Any]:
        is_file = row["kind"] == EvidenceKind.FILE
        row["download"] = reverse("evidence-file", args=[row["id"]]) if is_file else ""
        return row


class NewEvidence(Sent):
    assessment = serializers.IntegerField(help_text="The id of the criterion's assessment.")
    title = serializers.CharField(max_length=200, allow_blank=True, required=False)
    note = serializers.CharField(max_length=5_000, allow_blank=True, required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A link",
            value={"assessment": 812, "kind": "link", "link": "https://wiki.example.com/load-test"},
            request_only=True,
        ),
        OpenApiExample(
            "A note",
            value={"assessment": 812, "kind": "note", "note": "Agreed with the works council on 3 May."},
            request_only=True,
        ),
    ]
)
class TextEvidenceSent(NewEvidence):
    """A note or a link."""

    kind = serializers.ChoiceField(choices=[EvidenceKind.NOTE, EvidenceKind.LINK])
    link = serializers.URLField(
        max_length=500,
        allow_blank=True,
        required=False,
        validators=[RegexValidator(r"^https?://", "Enter a web address that begins with https://.")],
    )

    def validate(self, sent):
        if not sent.get(sent["kind"]):
            raise serializers.ValidationError({sent["kind"]: [f"Give the {sent['kind']} itself."]})
        return sent


class FileEvidenceSent(NewEvidence):
    """A file, sent as multipart/form-data."""

    file = serializers.FileField(max_length=200)

    def validate_file(self, file):
        problem = file_problem(name=file.name, size=file.size, limit=settings.EVIDENCE_MAX_BYTES)
        if problem:
            raise serializers.ValidationError(problem)
        return file

    def validate(self, sent):
        return sent | {"kind": EvidenceKind.FILE}
