"""What a piece of evidence holds is said in its revisions only."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("gates", "0007_first_revisions")]

    operations = [
        migrations.RemoveConstraint("evidence", "evidence_holds_what_its_kind_says"),
        *(
            migrations.RemoveField("evidence", name)
            for name in ("kind", "note", "link", "file", "file_name", "size", "sha256")
        ),
        migrations.AddConstraint(
            "evidence",
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True, removal_reason="")
                | (Q(removed_at__isnull=False, removed_by__isnull=False) & ~Q(removal_reason="")),
                name="removed_evidence_has_its_person_and_reason",
            ),
        ),
        migrations.AddConstraint(
            "evidencerevision",
            models.CheckConstraint(
                condition=(Q(kind="note") & ~Q(note=""))
                | (Q(kind="link") & ~Q(link=""))
                | (Q(kind="file") & ~Q(file="") & ~Q(file_name="") & Q(size__isnull=False)),
                name="evidence_holds_what_its_kind_says",
            ),
        ),
    ]
