from django.db import migrations, models


def say_roles_in_full(apps, schema_editor):
    """Gatekeeper roles used to be labels; one that said no more means any one who holds it, for everything."""
    GateDefinition = apps.get_model("gates", "GateDefinition")
    definitions = list(GateDefinition.objects.only("gatekeeper_roles"))
    for definition in definitions:
        definition.gatekeeper_roles = [
            {"role": role, "quorum": "any", "areas": []} if isinstance(role, str) else role
            for role in definition.gatekeeper_roles
        ]
    GateDefinition.objects.bulk_update(definitions, ["gatekeeper_roles"], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('gates', '0002_signoffs'),
    ]

    operations = [
        migrations.AddField(
            model_name='criterion',
            name='depends_on',
            field=models.JSONField(default=list),
        ),
        migrations.RunPython(say_roles_in_full, migrations.RunPython.noop),
    ]
