"""The shapes of collectors and allowed hosts in the API. Nothing here saves, and nothing shows a secret."""

from dataclasses import fields
from datetime import date
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from metrics.choices import Every
from metrics.collectors.actions.collectors import NOT_SET, SET
from metrics.collectors.asking import Answered
from metrics.numbers import Number
from metrics.sources.addresses import LONGEST_ADDRESS
from metrics.sources.choices import FailureKind, SignInKind, SourceKind
from metrics.sources.prometheus_api import LONGEST_QUERY
from metrics.sources.recipes import RECIPES, field_of, shown_address
from metrics.sources.sign_in import LONGEST_SECRET
from pilots.filters import LARGEST_ID
from pilots.serializers import Person, Sent, Shown


class RunShown(Shown):
    """One time that a collector asked."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    failure = serializers.ChoiceField(choices=FailureKind.choices, allow_blank=True)
    sentence = serializers.CharField(help_text="Why nothing came, for people.")
    excerpt = serializers.CharField(help_text="The beginning of what was read, without the secret.")
    value = Number(allow_null=True)
    measured_at = serializers.DateTimeField(allow_null=True)
    readings = serializers.IntegerField(help_text="How many readings are new by it.")
    size = serializers.IntegerField(help_text="Bytes of the answer, uncompressed.")
    milliseconds = serializers.IntegerField()


class CollectorShown(Shown):
    """From where the readings of a KPI are collected, and what came of it."""

    id = serializers.IntegerField()
    kpi = serializers.IntegerField(source="kpi_id", help_text="The id of its KPI.")
    pilot = serializers.CharField(source="kpi.pilot.key", help_text="The key of its pilot.")
    kind = serializers.ChoiceField(choices=SourceKind.choices)
    url = serializers.CharField(help_text="What stands behind a question mark is not shown: it may be a key.")
    recipe = serializers.DictField(child=serializers.CharField(), help_text="How the number is found.")
    unit = serializers.CharField()
    every_hours = serializers.ChoiceField(choices=Every.choices)
    sign_in = serializers.ChoiceField(choices=SignInKind.choices)
    sign_in_name = serializers.CharField()
    secret = serializers.CharField(help_text=f"Never more than `{SET}` or `{NOT_SET}`.")
    created_by = Person()
    created_at = serializers.DateTimeField()
    paused_at = serializers.DateTimeField(allow_null=True)
    paused_by = Person(
        allow_null=True, help_text="Null where Pilotage paused it after it had failed for days."
    )
    due_at = serializers.DateTimeField(help_text="When it asks next, unless it is paused.")
    failures = serializers.IntegerField(help_text="In a row.")
    failing_since = serializers.DateTimeField(allow_null=True)
    last_success = RunShown(allow_null=True)
    last_failure = RunShown(allow_null=True)

    @classmethod
    def complete(cls, row: dict[str, Any], today: date) -> dict[str, Any]:
        row["url"] = shown_address(row["url"])
        row["secret"] = SET if row["secret"] else NOT_SET
        return row


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A value of a JSON answer, every day",
            value={
                "kpi": 40,
                "kind": "json",
                "url": "https://metrics.example.org/pilot.json",
                "recipe": {"path": "cost.per_case", "time_path": "as_of"},
                "unit": "€",
                "every_hours": 24,
                "sign_in": "bearer",
                "secret": "…",
            },
            request_only=True,
        )
    ]
)
class CollectorSent(Sent):
    """Where and how to ask. A secret goes in and never out; it is asked for again when the server changes."""

    url = serializers.CharField(max_length=LONGEST_ADDRESS)
    recipe = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=LONGEST_QUERY, trim_whitespace=False),
        help_text="json: `path`, `time_path`. csv: `value_column`, `row`, `time_column`, `where_column`, "
        "`where_value`, `delimiter`, `decimal_mark`, `date_order`. prometheus: `query`. metrics: `metric`.",
    )
    unit = serializers.CharField(max_length=30, help_text="Must be the unit of the KPI.")
    every_hours = serializers.ChoiceField(choices=Every.choices, required=False)
    sign_in = serializers.ChoiceField(choices=SignInKind.choices, required=False)
    sign_in_name = serializers.CharField(
        max_length=100, allow_blank=True, required=False, help_text="The user, or the name of the header."
    )
    secret = serializers.CharField(
        max_length=LONGEST_SECRET, allow_blank=True, required=False, trim_whitespace=False, write_only=True
    )

    def validate(self, sent):
        kind, recipe = self.after("kind", sent), sent.get("recipe", {})
        unknown = sorted(recipe.keys() - {one.name for one in fields(RECIPES[kind])})
        if unknown:
            told = [f"A source of this kind has no {name[:40]}." for name in unknown]
            raise serializers.ValidationError({"recipe": told})
        return sent


class NewCollectorSent(CollectorSent):
    kpi = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, help_text="The id of its KPI.")
    kind = serializers.ChoiceField(choices=SourceKind.choices, help_text="It stays.")


class TriedShown(serializers.Serializer):
    """What came of trying; nothing was recorded."""

    works = serializers.BooleanField()
    value = Number(allow_null=True, help_text="What would be recorded.")
    measured_at = serializers.DateTimeField(allow_null=True)
    dated = serializers.BooleanField(help_text="Whether the source says the time; else it is that of asking.")
    failure = serializers.ChoiceField(choices=FailureKind.choices, allow_blank=True)
    field = serializers.CharField(help_text="The field in which it can be put right.")
    sentence = serializers.CharField(help_text="Why nothing came, for people.")
    excerpt = serializers.CharField(help_text="The beginning of what was read, without the secret.")
    size = serializers.IntegerField(help_text="Bytes of the answer, uncompressed.")
    milliseconds = serializers.IntegerField()


def tried_shown(tried: Answered, kind: str, recipe: dict[str, Any]) -> dict[str, Any]:
    """What came of trying, as the API shows it."""
    found, failure = tried.reading, tried.failure
    said = found or failure
    return {
        "works": found is not None,
        "value": f"{found.value:f}" if found else None,
        "measured_at": found.measured_at if found else None,
        "dated": found.dated if found else False,
        "failure": failure.kind if failure else "",
        "field": field_of(failure, kind, recipe) if failure else "",
        "sentence": failure.sentence if failure else "",
        "excerpt": said.excerpt if said else "",
        "size": said.size if said else 0,
        "milliseconds": tried.milliseconds,
    }


class HostShown(Shown):
    """A private host that collectors may ask."""

    id = serializers.IntegerField()
    entry = serializers.CharField(help_text="`host` or `host:port`.")
    reason = serializers.CharField()
    allowed_by = Person()
    allowed_at = serializers.DateTimeField()


class HostSent(Sent):
    entry = serializers.CharField(max_length=270, help_text="Such as `metrics.intra.example.org:9090`.")
    reason = serializers.CharField(max_length=300, help_text="Why collectors may ask it.")
