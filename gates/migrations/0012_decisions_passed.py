"""Of earlier decisions it is known whether the gate was ready: what was seen says so."""

from django.db import migrations


def say_whether_it_was_ready(apps, schema_editor):
    decisions = apps.get_model("gates", "Decision").objects
    decisions.filter(seen__passes=True).update(passed=True)
    # Nothing but a gate that was ready could get a go then.
    decisions.filter(seen__passes=False).exclude(outcome="go").update(passed=False)


class Migration(migrations.Migration):
    dependencies = [("gates", "0011_decisions")]
    operations = [migrations.RunPython(say_whether_it_was_ready, migrations.RunPython.noop)]
