"""Every piece of evidence there is becomes its own first revision."""

import hashlib

from django.db import migrations
from django.db.models import F, OuterRef, Subquery

CHUNK = 1_000
KEPT = ["pk", "kind", "note", "link", "file", "file_name", "size", "sha256", "added_by", "added_at"]


def first_revisions(apps, schema_editor):
    evidence = apps.get_model("gates", "Evidence")
    revision = apps.get_model("gates", "EvidenceRevision")
    waiting, last = evidence.objects.order_by("pk").values(*KEPT), 0
    while rows := list(waiting.filter(pk__gt=last)[:CHUNK]):
        revision.objects.bulk_create(revision(**_first(row)) for row in rows)
        last = rows[-1]["pk"]
    first = revision.objects.filter(evidence=OuterRef("pk")).values("pk")
    evidence.objects.update(current=Subquery(first))
    apps.get_model("gates", "Assessment").objects.update(lapses_on=F("stale_on"))


def _first(row):
    said = f"{row['kind']}\n{row['link']}\n{row['note']}"
    return {
        "evidence_id": row["pk"],
        "number": 1,
        "author_id": row["added_by"],
        "at": row["added_at"],
        "size": row["size"] if row["kind"] != "file" or row["size"] is not None else 0,
        "sha256": row["sha256"] or hashlib.sha256(said.encode()).hexdigest(),
        # A file name could be left out before.
        "file_name": row["file_name"] or row["file"].rsplit("/", 1)[-1],
    } | {name: row[name] for name in ("kind", "note", "link", "file")}


class Migration(migrations.Migration):
    dependencies = [("gates", "0006_evidence_revisions")]

    operations = [migrations.RunPython(first_revisions, migrations.RunPython.noop, elidable=True)]
