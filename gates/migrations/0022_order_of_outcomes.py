"""Recycle stands before hold wherever outcomes are listed. The same words are allowed, so no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("gates", "0021_say_why_waivers_ended")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.RemoveConstraint(
                model_name='decision',
                name='outcome_is_known',
            ),
            migrations.RemoveConstraint(
                model_name='decision',
                name='reason_code_fits_the_outcome',
            ),
            migrations.RemoveConstraint(
                model_name='vote',
                name='vote_is_known',
            ),
            migrations.AlterField(
                model_name='decision',
                name='outcome',
                field=models.CharField(choices=[('go', 'Go'), ('conditional_go', 'Conditional go'), ('recycle', 'Recycle'), ('hold', 'Hold'), ('stop', 'Stop')], max_length=20),
            ),
            migrations.AlterField(
                model_name='vote',
                name='outcome',
                field=models.CharField(choices=[('go', 'Go'), ('conditional_go', 'Conditional go'), ('recycle', 'Recycle'), ('hold', 'Hold'), ('stop', 'Stop')], max_length=20),
            ),
            migrations.AddConstraint(
                model_name='decision',
                constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['go', 'conditional_go', 'recycle', 'hold', 'stop'])), name='outcome_is_known'),
            ),
            migrations.AddConstraint(
                model_name='decision',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason_code', ''), models.Q(('outcome', 'stop'), _negated=True)), models.Q(('outcome', 'go'), ('reason_code__in', ['ready', 'value_shown', 'strategic', 'other'])), models.Q(('outcome', 'conditional_go'), ('reason_code__in', ['small_gaps', 'waits_on_others', 'limited_scope', 'strategic', 'other'])), models.Q(('outcome', 'recycle'), ('reason_code__in', ['not_proven', 'wrong_scope', 'rework', 'risk', 'other'])), models.Q(('outcome', 'hold'), ('reason_code__in', ['evidence_missing', 'dependency', 'no_capacity', 'risk', 'other'])), models.Q(('outcome', 'stop'), ('reason_code__in', ['no_value', 'data', 'technical', 'cost', 'risk', 'no_owner', 'strategy', 'duplicate', 'other'])), models.Q(('outcome', 'hold'), ('steps_down__isnull', False), ('reason_code', 'condition_lapsed')), _connector='OR'), name='reason_code_fits_the_outcome'),
            ),
            migrations.AddConstraint(
                model_name='vote',
                constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['go', 'conditional_go', 'recycle', 'hold', 'stop'])), name='vote_is_known'),
            ),
        ]),
    ]
