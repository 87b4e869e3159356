"""Evidence gets revisions: first the table, then what there is moves into it, then the old columns go."""

import django.db.models.deletion
import gates.models.evidence
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("gates", "0005_who_gates_wait_on"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("assessment", "lapses_on", models.DateField(null=True)),
        migrations.CreateModel(
            name="EvidenceRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("kind", models.CharField(choices=[("note", "Note"), ("link", "Link"), ("file", "File")], max_length=10)),
                ("note", models.TextField(blank=True)),
                ("link", models.URLField(blank=True, max_length=500)),
                ("file", models.FileField(blank=True, max_length=200, upload_to=gates.models.evidence.evidence_path)),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("size", models.PositiveBigIntegerField(null=True)),
                ("sha256", models.CharField(max_length=64)),
                ("valid_until", models.DateField(null=True)),
                ("comment", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField()),
                ("author", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("evidence", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="revisions", to="gates.evidence")),
            ],
            options={
                "ordering": ["evidence_id", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("evidence", "number"), name="one_revision_per_number"),
                    models.CheckConstraint(condition=Q(number__gte=1), name="revisions_count_from_one"),
                    models.CheckConstraint(condition=~Q(sha256=""), name="evidence_has_its_fingerprint"),
                ],
            },
        ),
        migrations.AddField(
            "evidence", "current",
            models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="gates.evidencerevision"),
        ),
        migrations.AddField(
            "evidence", "removed_by",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField("evidence", "removed_at", models.DateTimeField(null=True)),
        migrations.AddField("evidence", "removal_reason", models.CharField(blank=True, max_length=500, default=""), preserve_default=False),
    ]
