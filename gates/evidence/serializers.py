"""The shapes of evidence in the API. Nothing here saves."""

from datetime import date
from typing import Any

from django.core.validators import RegexValidator
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers
from rest_framework.reverse import reverse

from gates.choices import TEXT_EVIDENCE, EvidenceKind
from gates.evidence.rules import validity_problem
from gates.evidence.uploads import upload_problem
from pilots.serializers import Day, Person, Sent, Shown


class EvidenceShown(Shown):
    """What shows that a criterion is met: a note, a link or a file, as its current revision holds it."""

    computed = ("download",)

    id = serializers.IntegerField()
    pilot = serializers.CharField(source="pilot.key", help_text="The key of its pilot.")
    title = serializers.CharField()
    revision = serializers.IntegerField(source="current.number", help_text="From 1; the current one.")
    kind = serializers.ChoiceField(choices=EvidenceKind.choices, source="current.kind")
    note = serializers.CharField(source="current.note")
    link = serializers.CharField(source="current.link")
    file_name = serializers.CharField(source="current.file_name")
    size = serializers.IntegerField(source="current.size", allow_null=True, help_text="In bytes.")
    sha256 = serializers.CharField(
        source="current.sha256", help_text="Of the file; of a note or link over kind, link and note."
    )
    valid_until = serializers.DateField(
        source="current.valid_until", allow_null=True, help_text="From this day on it no longer counts."
    )
    added_by = Person(allow_null=True)
    added_at = serializers.DateTimeField()
    removed_at = serializers.DateTimeField(allow_null=True)
    removal_reason = serializers.CharField()
    download = serializers.CharField(help_text="Where the file is; blank when there is none.")

    @classmethod
    def complete(cls, row: dict[str, Any], today: date) -> dict[str, Any]:
        is_file = row["kind"] == EvidenceKind.FILE
        row["download"] = reverse("evidence-file", args=[row["id"]]) if is_file else ""
        return row


class RevisionShown(Shown):
    """What a piece of evidence held from one moment on. Never changed."""

    computed = ("download",)

    evidence = serializers.IntegerField(source="evidence_id", help_text="The id of its piece.")
    number = serializers.IntegerField(help_text="From 1; the highest is the current one.")
    kind = serializers.ChoiceField(choices=EvidenceKind.choices)
    note = serializers.CharField()
    link = serializers.CharField()
    file_name = serializers.CharField()
    size = serializers.IntegerField(allow_null=True, help_text="In bytes.")
    sha256 = serializers.CharField()
    valid_until = serializers.DateField(allow_null=True, help_text="From this day on it no longer counts.")
    comment = serializers.CharField(help_text="What changed.")
    author = Person(allow_null=True)
    at = serializers.DateTimeField()
    download = serializers.CharField(help_text="Where the file is; blank when there is none.")

    @classmethod
    def complete(cls, row: dict[str, Any], today: date) -> dict[str, Any]:
        is_file = row["kind"] == EvidenceKind.FILE
        where = [row["evidence"], row["number"]]
        row["download"] = reverse("evidence-revision-file", args=where) if is_file else ""
        return row


class ContentSent(Sent):
    note = serializers.CharField(max_length=5_000, allow_blank=True, required=False)
    valid_until = Day(
        required=False, allow_null=True, help_text="From this day on it no longer counts; null: never."
    )

    def validate_valid_until(self, day):
        problem = validity_problem(valid_until=day, today=timezone.localdate())
        if problem:
            raise serializers.ValidationError(problem)
        return day


class TextSent(ContentSent):
    """A note or a link."""

    kind = serializers.ChoiceField(choices=TEXT_EVIDENCE)
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


class FileSent(ContentSent):
    """A file, sent as multipart/form-data."""

    file = serializers.FileField(max_length=200)

    def validate_file(self, file):
        problem = upload_problem(file)
        if problem:
            raise serializers.ValidationError(problem)
        return file

    def validate(self, sent):
        return sent | {"kind": EvidenceKind.FILE}


class TitledSent(Sent):
    title = serializers.CharField(max_length=200, allow_blank=True, required=False)


class NewEvidence(TitledSent):
    assessment = serializers.IntegerField(help_text="The id of the criterion's assessment.")


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
class TextEvidenceSent(TextSent, NewEvidence):
    """A note or a link for a criterion."""


class FileEvidenceSent(FileSent, NewEvidence):
    """A file for a criterion, sent as multipart/form-data."""


class TextOfReadingSent(TextSent, TitledSent):
    """A note or a link that shows a reading."""


class FileOfReadingSent(FileSent, TitledSent):
    """A file that shows a reading, sent as multipart/form-data."""


class PieceSent(Sent):
    evidence = serializers.IntegerField(help_text="The id of a piece of the same pilot.")


class NewRevision(Sent):
    comment = serializers.CharField(max_length=500, help_text="What changed.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A newer link",
            value={
                "kind": "link",
                "link": "https://wiki.example.com/load-test-2",
                "valid_until": "2027-11-03",
                "comment": "Run again after the upgrade.",
            },
            request_only=True,
        )
    ]
)
class TextRevisionSent(TextSent, NewRevision):
    """A note or a link in the place of the current revision."""


class FileRevisionSent(FileSent, NewRevision):
    """A file in the place of the current revision, sent as multipart/form-data."""


class LinkSent(Sent):
    assessment = serializers.IntegerField(help_text="The id of the criterion's assessment.")


class UnlinkSent(LinkSent):
    reason = serializers.CharField(max_length=500, help_text="Why it no longer serves this criterion.")


class RemovalSent(Sent):
    reason = serializers.CharField(max_length=500, help_text="Why it is removed.")
