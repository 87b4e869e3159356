"""Says of waivers that were overtaken before their day that they have ended: then only being met did that."""

from django.db import migrations
from django.utils import timezone


def say_why(apps, schema_editor):
    Waiver = apps.get_model("gates", "Waiver")
    put_away = Waiver.objects.filter(status="approved", ended_at__isnull=False)
    overtaken = [row.pk for row in put_away if timezone.localdate(row.ended_at) < row.expires_on]
    Waiver.objects.filter(pk__in=overtaken).update(status="ended", ended_because="met")


class Migration(migrations.Migration):
    dependencies = [("gates", "0020_waivers_that_end")]

    operations = [migrations.RunPython(say_why, migrations.RunPython.noop, elidable=True)]
