"""Decisions with teeth: reason codes, overrides, scope caps, step-downs, corrections."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("gates", "0010_waivers"),
    ]

    operations = [
        migrations.RemoveConstraint("decision", "stop_has_a_reason_and_a_lesson"),
        # A stop's reason was the first code there was; what people chose stays.
        migrations.RenameField("decision", "stop_reason", "reason_code"),
        migrations.AddField(
            model_name='condition',
            name='criterion',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='gates.criterion'),
        ),
        migrations.AddField(
            model_name='condition',
            name='met_link',
            field=models.URLField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name='condition',
            name='met_note',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='decision',
            name='corrected_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='decision',
            name='corrected_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='decision',
            name='correction_reason',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='decision',
            name='digest',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='decision',
            name='lapsed_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='decision',
            name='override_reason',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='decision',
            name='passed',
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name='decision',
            name='quorum_reached',
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name='decision',
            name='scope_cap',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='decision',
            name='steps_down',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='stepped_down', to='gates.decision'),
        ),
        migrations.AddField(
            model_name='decision',
            name='supersedes',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='gates.decision'),
        ),
        migrations.AlterField(
            model_name='decision',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='decision',
            name='reason_code',
            field=models.CharField(blank=True, choices=[('ready', 'Everything the gate asks for is there'), ('value_shown', 'The value is proven'), ('strategic', 'Strategy asks for it'), ('small_gaps', 'The gaps are small and can be closed on the way'), ('waits_on_others', 'What is missing lies with others'), ('limited_scope', 'Good enough for a limited scope'), ('evidence_missing', 'Evidence is missing'), ('dependency', 'Something else must happen first'), ('no_capacity', 'No people or no money for it now'), ('condition_lapsed', 'A condition was not met in time'), ('not_proven', 'What it was to show is not shown'), ('wrong_scope', 'Problem or scope must be cut anew'), ('rework', 'Data or technology must be done again'), ('no_value', 'Does not deliver the value hoped for'), ('data', 'Data not available or not good enough'), ('technical', 'Does not work well enough'), ('cost', 'Costs more than it is worth'), ('risk', 'Risk or compliance'), ('no_owner', 'Nobody will run it'), ('strategy', 'Priorities changed'), ('duplicate', 'Another pilot does the same'), ('other', 'Other')], max_length=20),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='standing',
            field=models.CharField(choices=[('owner', 'own this pilot'), ('sponsor', 'sponsor this pilot'), ('condition_owner', 'owe a condition of one of its decisions'), ('contributor', 'have in hand what blocks its gate'), ('gatekeeper', 'decide at the gates of its programme'), ('asker', 'asked for this waiver'), ('programme_manager', 'manage its programme'), ('administrator', 'administer Pilotage and nobody closer to the pilot can be reached')], max_length=20),
        ),
        migrations.AddIndex(
            model_name='condition',
            index=models.Index(condition=models.Q(('met_at__isnull', True)), fields=['due_on'], name='condition_open_by_day'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason_code', ''), models.Q(('outcome', 'stop'), _negated=True)), models.Q(('outcome', 'go'), ('reason_code__in', ['ready', 'value_shown', 'strategic', 'other'])), models.Q(('outcome', 'conditional_go'), ('reason_code__in', ['small_gaps', 'waits_on_others', 'limited_scope', 'strategic', 'other'])), models.Q(('outcome', 'hold'), ('reason_code__in', ['evidence_missing', 'dependency', 'no_capacity', 'risk', 'other'])), models.Q(('outcome', 'recycle'), ('reason_code__in', ['not_proven', 'wrong_scope', 'rework', 'risk', 'other'])), models.Q(('outcome', 'stop'), ('reason_code__in', ['no_value', 'data', 'technical', 'cost', 'risk', 'no_owner', 'strategy', 'duplicate', 'other'])), models.Q(('outcome', 'hold'), ('steps_down__isnull', False), ('reason_code', 'condition_lapsed')), _connector='OR'), name='reason_code_fits_the_outcome'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'stop'), _negated=True), models.Q(models.Q(('reason_code', ''), _negated=True), models.Q(('lesson', ''), _negated=True)), _connector='OR'), name='stop_has_a_reason_and_a_lesson'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'conditional_go'), _negated=True), ('reason_code', ''), models.Q(('scope_cap', ''), _negated=True), _connector='OR'), name='conditional_go_has_a_scope_cap'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'go'), _negated=True), models.Q(('passed', False), _negated=True), models.Q(('override_reason', ''), _negated=True), _connector='OR'), name='go_is_ready_or_overridden'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome__in', ('go', 'conditional_go')), _negated=True), models.Q(('quorum_reached', False), _negated=True), models.Q(('override_reason', ''), _negated=True), _connector='OR'), name='going_on_has_its_quorum_or_is_overridden'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('override_reason', ''), ('outcome__in', ('go', 'conditional_go')), _connector='OR'), name='only_going_on_is_overridden'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', False), ('lapsed_on__isnull', True), ('steps_down__isnull', True)), models.Q(('decided_by__isnull', True), ('lapsed_on__isnull', False), ('outcome', 'hold'), ('steps_down__isnull', False)), _connector='OR'), name='only_a_lapse_is_decided_by_nobody'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('corrected_at__isnull', True), ('corrected_by__isnull', True), ('correction_reason', ''), ('supersedes__isnull', True)), models.Q(('corrected_at__isnull', False), ('corrected_by__isnull', False), ('supersedes__isnull', False), models.Q(('correction_reason', ''), _negated=True)), _connector='OR'), name='correction_says_who_when_and_why'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.UniqueConstraint(fields=('steps_down', 'lapsed_on'), name='one_step_down_per_lapse'),
        ),
    ]
