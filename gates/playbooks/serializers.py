"""The shapes of playbooks in the API. Nothing here saves."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from gates.choices import VersionStatus
from gates.playbooks.strict_yaml import MOST_CHARACTERS
from pilots.serializers import Person, Sent, Shown


class VersionShown(Shown):
    """A version of a playbook."""

    id = serializers.IntegerField()
    playbook = serializers.SlugField(source="playbook.key", help_text="The key of its playbook.")
    name = serializers.CharField(source="playbook.name")
    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=VersionStatus.choices)
    published_at = serializers.DateTimeField(allow_null=True)
    published_by = Person(allow_null=True)
    digest = serializers.CharField(
        help_text="SHA-256 of what it means; of a draft, of its text. Send it along to publish the draft."
    )


class VersionDetail(VersionShown):
    """A version with its text."""

    yaml = serializers.CharField(source="source", help_text="The playbook file, as people wrote it.")


@extend_schema_serializer(
    examples=[OpenApiExample("A file", value={"yaml": "key: letters\nname: Letters\n…"}, request_only=True)]
)
class DraftSent(Sent):
    yaml = serializers.CharField(
        max_length=MOST_CHARACTERS, trim_whitespace=False, help_text="The text of a playbook file."
    )


@extend_schema_serializer(
    examples=[OpenApiExample("As read", value={"digest": "9f86d081884c7d65…"}, request_only=True)]
)
class PublishSent(Sent):
    digest = serializers.CharField(
        max_length=64, help_text="The digest of the draft that you looked at: nothing else is published."
    )
