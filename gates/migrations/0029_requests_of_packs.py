"""Packs that there are learn of which request for review they were."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def name_requests(apps, schema_editor):
    turns = apps.get_model("gates", "ReviewTurn").objects
    before = turns.filter(gate=OuterRef("gate"), at__lte=OuterRef("frozen_at")).order_by("-pk")
    packs = apps.get_model("gates", "DecisionPack").objects
    in_review = packs.annotate(last_turn=Subquery(before.values("step")[:1])).filter(last_turn="requested")
    in_review.update(request=Subquery(before.values("pk")[:1]))


class Migration(migrations.Migration):
    dependencies = [("gates", "0028_packs_of_requests")]

    operations = [migrations.RunPython(name_requests, migrations.RunPython.noop)]
