"""The shape of an audit document in the API."""

from rest_framework import serializers


class BlockShown(serializers.Serializer):
    """Facts, a table, or the sentence that says why there is nothing."""

    name = serializers.CharField(required=False, help_text="Above it.")
    facts = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="Name, value."
    )
    head = serializers.ListField(child=serializers.CharField(), required=False)
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField()), required=False)
    says = serializers.CharField(required=False)


class PartShown(serializers.Serializer):
    title = serializers.CharField()
    blocks = BlockShown(many=True)


class AuditDocumentShown(serializers.Serializer):
    """What a regulator asks for of one pilot, at a moment."""

    key = serializers.CharField(help_text="Of the pilot.")
    title = serializers.CharField()
    at = serializers.DateTimeField()
    digest = serializers.CharField(
        help_text="SHA-256 over the canonical JSON of `key`, `title` and `parts`: sorted names, no spaces, UTF-8."
    )
    parts = PartShown(many=True)
