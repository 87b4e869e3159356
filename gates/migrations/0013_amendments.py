import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def freeze_validity(apps, schema_editor):
    """The validity that a criterion had when it was met becomes a frozen term of its gate."""
    Assessment, Criterion = apps.get_model('gates', 'Assessment'), apps.get_model('gates', 'Criterion')
    validity = Criterion.objects.filter(pk=models.OuterRef('criterion')).values('validity_days')[:1]
    Assessment.objects.filter(criterion__validity_days__isnull=False).update(validity_days=models.Subquery(validity))


class Migration(migrations.Migration):

    dependencies = [
        ('gates', '0012_decisions_passed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='assessment',
            name='validity_days',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.RunPython(freeze_validity, migrations.RunPython.noop),
        migrations.CreateModel(
            name='Amendment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(choices=[('score_threshold', 'Score needed'), ('floor_threshold', 'Score needed in every area'), ('kind', 'Kind'), ('weight', 'Weight'), ('applies', 'Applicability'), ('validity_days', 'Validity')], max_length=20)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
                ('direction', models.CharField(choices=[('looser', 'Looser'), ('tighter', 'Tighter'), ('neither', 'Neither')], max_length=10)),
                ('reason', models.TextField()),
                ('status', models.CharField(choices=[('asked', 'Asked for'), ('approved', 'Approved'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('revoked', 'Revoked')], default='asked', max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('note', models.TextField(blank=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('assessment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='amendments', to='gates.assessment')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('gate', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='amendments', to='gates.gate')),
                ('version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='amendments', to='gates.playbookversion')),
            ],
            options={
                'ordering': ['-asked_at', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'asked'), ('assessment__isnull', True)), fields=('gate', 'field'), name='one_open_amendment_per_threshold'), models.UniqueConstraint(condition=models.Q(('status', 'asked'), ('assessment__isnull', False)), fields=('gate', 'assessment', 'field'), name='one_open_amendment_per_term'), models.CheckConstraint(condition=models.Q(('status', 'asked'), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='XOR'), name='settled_amendment_has_its_person'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'approved'), _negated=True), ('version__isnull', False), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='amendment_is_approved_by_another')],
            },
        ),
    ]
